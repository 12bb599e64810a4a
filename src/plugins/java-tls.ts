import { ignored } from './options.ts'

export const javaStore = ignored('keys and certificates are read as PEM files')

/** Options of TLS that only Java has: taken, and without effect. */
export const javaTlsOptions = {
  ssl_keystore_path: javaStore,
  ssl_keystore_password: javaStore,
  ssl_keystore_type: javaStore,
  ssl_truststore_path: javaStore,
  ssl_truststore_password: javaStore,
  ssl_truststore_type: javaStore,
  ssl_cipher_suites: ignored('the ciphers of the runtime are used'),
  ssl_supported_protocols: ignored('TLS 1.2 and 1.3 are spoken'),
} as const
