import { readFile } from 'node:fs/promises'
import type { HttpTls } from './http-client.ts'
import { javaStore, javaTlsOptions } from './java-tls.ts'
import { choice, flag, list, password, path } from './options.ts'
import { MissingFileError } from './missing-file.ts'

/** Options of plug-ins that connect to others: TLS, by its present names and the older ones. */
export const clientTlsOptions = {
  ssl_certificate_authorities: list().default([]).describe('Files of certificates that are trusted (PEM).'),
  cacert: list()
    .optional()
    .meta({ aliasOf: 'ssl_certificate_authorities' })
    .describe('Older name of `ssl_certificate_authorities`.'),
  ca_file: list().optional().meta({ aliasOf: 'ssl_certificate_authorities' }).describe('Another name of it.'),
  ssl_cacert: list().optional().meta({ aliasOf: 'ssl_certificate_authorities' }).describe('Another name of it.'),
  ssl_certificate: path().optional().describe("This client's certificate (PEM)."),
  ssl_cert: path().optional().meta({ aliasOf: 'ssl_certificate' }).describe('Older name of `ssl_certificate`.'),
  client_cert: path().optional().meta({ aliasOf: 'ssl_certificate' }).describe('Older name of `ssl_certificate`.'),
  ssl_key: path().optional().describe('Its key (PEM).'),
  client_key: path().optional().meta({ aliasOf: 'ssl_key' }).describe('Older name of `ssl_key`.'),
  ssl_key_passphrase: password().optional().describe('What the key is encrypted with.'),
  ssl_verification_mode: choice('full', 'none').default('full').describe("Whether the server's certificate is checked."),
  ssl_certificate_verification: flag().optional().describe('Older form of `ssl_verification_mode`.'),
  ssl_verify: flag().optional().meta({ aliasOf: 'ssl_certificate_verification' }).describe('Older form of it.'),
  verify_ssl: flag()
    .optional()
    .meta({ option: 'boolean', aliasOf: 'ssl_certificate_verification' })
    .describe('Older form of it.'),
  ssl_certificate_validation: flag()
    .optional()
    .meta({ option: 'boolean', aliasOf: 'ssl_certificate_verification' })
    .describe('Older form of it.'),
  ...javaTlsOptions,
  keystore: javaStore,
  keystore_password: javaStore,
  keystore_type: javaStore,
  truststore: javaStore,
  truststore_password: javaStore,
  truststore_type: javaStore,
} as const

export interface ClientTls {
  readonly ssl_certificate_authorities: readonly string[]
  readonly ssl_certificate?: string | undefined
  readonly ssl_key?: string | undefined
  readonly ssl_key_passphrase?: string | undefined
  readonly ssl_verification_mode: 'full' | 'none'
  readonly ssl_certificate_verification?: boolean | undefined
}

/** What a TLS client needs. Rejects when a file is missing. */
export async function loadClientTls(options: ClientTls): Promise<HttpTls> {
  const { ssl_certificate: certificate, ssl_key: key, ssl_key_passphrase: passphrase } = options
  return {
    ca: await Promise.all(options.ssl_certificate_authorities.map(readPem)),
    ...(certificate !== undefined && { cert: await readPem(certificate) }),
    ...(key !== undefined && { key: await readPem(key) }),
    ...(passphrase !== undefined && { passphrase }),
    rejectUnauthorized: options.ssl_verification_mode === 'full' && options.ssl_certificate_verification !== false,
  }
}

function readPem(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => Promise.reject(new MissingFileError(file, error)))
}
