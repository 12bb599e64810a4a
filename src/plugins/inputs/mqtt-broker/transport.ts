/** What a connection needs of a socket, whatever it speaks below: TCP, TLS or WebSocket. */
export interface Transport {
  readonly remoteAddress: string
  readonly certificate: { readonly subject: string; readonly commonName: string; readonly fingerprint: string } | undefined
  /** What is wrong with the certificate that the client showed. */
  readonly certificateError: string | undefined
  /** Bytes that were written and not yet taken by the system. */
  readonly writableLength: number
  write(bytes: Buffer): void
  pause(): void
  resume(): void
  /** Sends what is written, then closes. */
  end(): void
  destroy(): void
}
