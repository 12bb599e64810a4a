/** A server's own certificate chain and private key, as PEM. */
export interface TlsIdentity {
  readonly certificate: Buffer
  readonly key: Buffer
}
