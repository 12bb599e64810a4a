import { readFile } from 'node:fs/promises'
import type { TlsOptions } from 'node:tls'
import { javaStore, javaTlsOptions } from '../java-tls.ts'
import { choice, flag, ignored, list, password, path } from '../options.ts'
import { MissingFileError } from '../missing-file.ts'

/** Options of inputs that listen: TLS, by its present names and the older ones. */
export const serverTlsOptions = {
  ssl_enabled: flag().default(false).describe('Whether clients must speak TLS.'),
  ssl: flag().optional().meta({ aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enable: flag().optional().meta({ aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_certificate: path().optional().describe('Certificate (PEM), with its chain.'),
  ssl_cert: path().optional().meta({ aliasOf: 'ssl_certificate' }).describe('Older name of `ssl_certificate`.'),
  ssl_key: path().optional().describe('Its private key (PEM).'),
  ssl_key_passphrase: password().optional().describe('What the key is encrypted with.'),
  ssl_certificate_authorities: list().optional().describe('Authorities (PEM) whose clients are let in.'),
  cacert: list()
    .optional()
    .meta({ aliasOf: 'ssl_certificate_authorities' })
    .describe('Older name of `ssl_certificate_authorities`.'),
  ssl_client_authentication: choice('none', 'optional', 'required')
    .optional()
    .describe('Whether clients must show a certificate. `required` when authorities are given.'),
  ssl_verify_mode: choice('none', 'peer', 'force_peer').optional().describe('Older form of `ssl_client_authentication`.'),
  verify_mode: choice('none', 'peer', 'force_peer')
    .optional()
    .meta({ option: 'choice', aliasOf: 'ssl_verify_mode' })
    .describe('Older name of it.'),
  ssl_verify: flag().optional().describe('Older form of `ssl_client_authentication`.'),
  ...javaTlsOptions,
  keystore: javaStore,
  keystore_password: javaStore,
  ssl_handshake_timeout: ignored('a handshake may take ten seconds'),
  cipher_suites: ignored('the ciphers of the runtime are used'),
  tls_min_version: ignored('TLS 1.2 and 1.3 are spoken'),
  tls_max_version: ignored('TLS 1.2 and 1.3 are spoken'),
} as const

export interface ServerTls {
  readonly ssl_enabled: boolean
  readonly ssl_certificate?: string | undefined
  readonly ssl_key?: string | undefined
  readonly ssl_key_passphrase?: string | undefined
  readonly ssl_certificate_authorities?: readonly string[] | undefined
  readonly ssl_client_authentication?: 'none' | 'optional' | 'required' | undefined
  readonly ssl_verify_mode?: 'none' | 'peer' | 'force_peer' | undefined
  readonly ssl_verify?: boolean | undefined
}

/** What a TLS server needs; `undefined` when TLS is off. Rejects when a file is missing or not named. */
export async function loadServerTls(options: ServerTls): Promise<TlsOptions | undefined> {
  if (!options.ssl_enabled) return undefined
  const { ssl_certificate: certificate, ssl_key: key, ssl_certificate_authorities: authorities } = options
  if (certificate === undefined || key === undefined) throw new Error('ssl_enabled needs ssl_certificate and ssl_key')
  const asked = clientAuthentication(options)
  return {
    cert: await readPem(certificate),
    key: await readPem(key),
    ...(options.ssl_key_passphrase === undefined ? {} : { passphrase: options.ssl_key_passphrase }),
    ...(authorities === undefined ? {} : { ca: await Promise.all(authorities.map(readPem)) }),
    requestCert: asked !== 'none',
    rejectUnauthorized: asked === 'required',
    handshakeTimeout: 10_000,
  }
}

function clientAuthentication(options: ServerTls): 'none' | 'optional' | 'required' {
  const {
    ssl_client_authentication: asked,
    ssl_verify_mode: mode,
    ssl_verify: verify,
    ssl_certificate_authorities: authorities,
  } = options
  if (asked !== undefined) return asked
  if (mode !== undefined) return mode === 'none' ? 'none' : mode === 'peer' ? 'optional' : 'required'
  return authorities === undefined || verify === false ? 'none' : 'required'
}

function readPem(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => Promise.reject(new MissingFileError(file, error)))
}
