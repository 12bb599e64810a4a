import type { ConnectionOptions } from '@platformatic/kafka'
import { clientTlsOptions, loadClientTls, type ClientTls } from './client-tls.ts'
import { choice, ignored, list, path, text } from './options.ts'

const java = ignored('connections are tuned by themselves')
const pem = ignored('keys and certificates are read as PEM files')

/** Options of plug-ins that connect to Kafka. */
export const kafkaOptions = {
  bootstrap_servers: text().default('localhost:9092').describe('Brokers to ask first: `host:port`, with commas.'),
  client_id: text().default('logstash').describe('Name of this client in the logs of the brokers.'),
  security_protocol: choice('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL')
    .default('PLAINTEXT')
    .describe('Whether brokers are spoken to over TLS, and whether it logs in.'),
  sasl_mechanism: choice('PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'GSSAPI', 'OAUTHBEARER')
    .default('GSSAPI')
    .describe('How it logs in: PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 work.'),
  sasl_jaas_config: text().optional().describe('User and password, as `… required username="u" password="p";`.'),
  jaas_path: path().optional().describe('Not read: write `sasl_jaas_config`.'),
  kerberos_config: path().optional().describe('Not read: Kerberos is not spoken.'),
  sasl_kerberos_service_name: text().optional().describe('Not read: Kerberos is not spoken.'),
  sasl_client_callback_handler_class: java,
  sasl_oauthbearer_token_endpoint_url: java,
  sasl_oauthbearer_scope_claim_name: java,
  sasl_iam_jar_paths: java,
  ssl_endpoint_identification_algorithm: text()
    .default('https')
    .describe('Whether the name in a certificate is checked: empty for not.'),
  ssl_key_password: ignored('keys are read as PEM files'),
  sasl_login_callback_handler_class: java,
  sasl_login_connect_timeout_ms: java,
  sasl_login_read_timeout_ms: java,
  sasl_login_retry_backoff_ms: java,
  sasl_login_retry_backoff_max_ms: java,
  ssl_keystore_location: pem,
  ssl_truststore_location: pem,
  client_dns_lookup: java,
  connections_max_idle_ms: java,
  metadata_max_age_ms: java,
  receive_buffer_bytes: java,
  send_buffer_bytes: java,
  reconnect_backoff_ms: java,
  reconnect_backoff_max_ms: java,
  request_timeout_ms: java,
  retry_backoff_ms: java,
  schema_registry_url: text().optional().describe('Not asked: records are read by the codec.'),
  topics: list().optional().describe('Topics.'),
  ...clientTlsOptions,
} as const

interface KafkaClientConfig extends ClientTls {
  readonly bootstrap_servers: string
  readonly client_id: string
  readonly security_protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'
  readonly sasl_mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'GSSAPI' | 'OAUTHBEARER'
  readonly sasl_jaas_config?: string | undefined
  readonly ssl_endpoint_identification_algorithm: string
}

export interface KafkaConnection extends ConnectionOptions {
  readonly clientId: string
  readonly bootstrapBrokers: string[]
}

/** @throws Error when it cannot log in in the way that is asked for */
export async function kafkaConnection(options: KafkaClientConfig): Promise<KafkaConnection> {
  const { security_protocol: security, sasl_mechanism: mechanism } = options
  const { ca, ...tls } = security.endsWith('SSL') ? await loadClientTls(options) : {}
  const brokers = options.bootstrap_servers.split(',').map((server) => server.trim().replace(/^\w+:\/\//, ''))
  return {
    clientId: options.client_id,
    bootstrapBrokers: brokers.map((server) => (/:\d+$/.test(server) ? server : `${server}:9092`)),
    ...(security.endsWith('SSL') && {
      tls: {
        ...tls,
        ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }),
        ...(options.ssl_endpoint_identification_algorithm === '' && { checkServerIdentity: () => undefined }),
      },
    }),
    ...(security.startsWith('SASL') && { sasl: { mechanism: knownMechanism(mechanism), ...credentials(options) } }),
  }
}

function knownMechanism(mechanism: KafkaClientConfig['sasl_mechanism']): 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' {
  if (mechanism === 'GSSAPI' || mechanism === 'OAUTHBEARER')
    throw new Error(`[kafka] sasl_mechanism [${mechanism}] is not spoken: PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 are`)
  return mechanism
}

function credentials({ sasl_jaas_config: jaas = '' }: KafkaClientConfig): {
  readonly username: string
  readonly password: string
} {
  const part = (name: string): string | undefined => new RegExp(`${name}\\s*=\\s*["']([^"']*)["']`).exec(jaas)?.[1]
  const username = part('username')
  const password = part('password')
  if (username === undefined || password === undefined)
    throw new Error('[kafka] sasl_jaas_config needs username="…" and password="…"')
  return { username, password }
}
