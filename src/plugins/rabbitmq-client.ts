import { clientTlsOptions, loadClientTls, type ClientTls } from './client-tls.ts'
import { loadOptionalPackage } from './optional-package.ts'
import { flag, hash, ignored, integer, list, number, password, port, text } from './options.ts'
import { findHostAndPort } from './host-and-port.ts'

/** As much of the package `amqplib` as is used. */
interface Package {
  connect(address: object, socket: object): Promise<RabbitmqConnection>
}

export interface RabbitmqConnection {
  createChannel(): Promise<RabbitmqChannel>
  createConfirmChannel(): Promise<RabbitmqChannel>
  close(): Promise<void>
  on(event: 'error' | 'close', listener: (error?: Error) => void): void
}

export interface RabbitmqChannel {
  assertQueue(queue: string, options: object): Promise<{ readonly queue: string }>
  checkQueue(queue: string): Promise<{ readonly queue: string }>
  assertExchange(exchange: string, type: string, options: object): Promise<unknown>
  checkExchange(exchange: string): Promise<unknown>
  bindQueue(queue: string, exchange: string, key: string): Promise<unknown>
  prefetch(count: number): Promise<unknown>
  consume(
    queue: string,
    take: (message: RabbitmqMessage | null) => void,
    options: object,
  ): Promise<{ readonly consumerTag: string }>
  cancel(consumerTag: string): Promise<unknown>
  ack(message: RabbitmqMessage): void
  nack(message: RabbitmqMessage): void
  publish(exchange: string, key: string, content: Buffer, options: object, confirmed: (error: Error | null) => void): boolean
  on(event: 'error' | 'close' | 'drain', listener: (error?: Error) => void): void
}

export interface RabbitmqMessage {
  readonly content: Buffer
  readonly fields: Readonly<Record<string, unknown>>
  readonly properties: Readonly<Record<string, unknown>>
}

/** Options of the `rabbitmq` input and output about the connection. */
export const rabbitmqOptions = {
  host: list().describe('Hosts of RabbitMQ, with `:port` where it is another one. The first that answers is used.'),
  port: port().default(5672).describe('Port of hosts that name none.'),
  user: text().default('guest').describe('User to log in as.'),
  password: password().default('guest').describe('Their password.'),
  vhost: text().default('/').describe('Virtual host.'),
  heartbeat: integer({ min: 0 }).default(60).describe('Seconds between signs of life.'),
  connect_retry_interval: number({ min: 0.001 }).default(1).describe('Seconds until a connection is tried again.'),
  connection_timeout: integer({ min: 1 }).default(10_000).describe('Milliseconds that a connection may take.'),
  automatic_recovery: ignored('a connection that broke is made anew'),
  passive: flag().default(false).describe('Whether queue or exchange must be there already.'),
  durable: flag().optional().describe('Whether queue or exchange survive a restart of RabbitMQ.'),
  auto_delete: flag().default(false).describe('Whether the queue goes when nobody reads it any more.'),
  arguments: hash().default({}).describe('Further arguments, such as `x-message-ttl`.'),
  ssl: flag().optional().meta({ option: 'boolean', aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enabled: flag().default(false).describe('Whether the connection uses TLS.'),
  ssl_version: ignored('the newest that both ends speak is used'),
  ssl_certificate_path: ignored('name certificate and key as PEM files'),
  ssl_certificate_password: ignored('name certificate and key as PEM files'),
  ...clientTlsOptions,
}

interface ConnectionOptions extends ClientTls {
  readonly host: readonly string[]
  readonly port: number
  readonly user: string
  readonly password: string
  readonly vhost: string
  readonly heartbeat: number
  readonly connection_timeout: number
  readonly ssl_enabled: boolean
}

/** Connects to the first host that answers. Rejects with the reason of the last. */
export async function connectRabbitmq(plugin: string, options: ConnectionOptions): Promise<RabbitmqConnection> {
  const { default: library } = (await loadOptionalPackage(`rabbitmq ${plugin}`, 'amqplib')) as { readonly default: Package }
  const { ca, ...tls } = options.ssl_enabled ? await loadClientTls(options) : {}
  let failure: unknown = new Error('no host is named')
  for (const written of options.host) {
    const { host: hostname, port: ownPort } = parseRabbitmqHost(written, options.port)
    try {
      const connection = await library.connect(
        {
          protocol: options.ssl_enabled ? 'amqps' : 'amqp',
          hostname,
          port: ownPort,
          username: options.user,
          password: options.password,
          vhost: options.vhost,
          heartbeat: options.heartbeat,
        },
        { ...tls, ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }), timeout: options.connection_timeout, noDelay: true },
      )
      connection.on('error', () => undefined) // followed by `close`
      return connection
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** @throws Error naming what is no host */
export function parseRabbitmqHost(written: string, defaultPort: number) {
  const address = findHostAndPort(written, defaultPort)
  if (address === undefined) throw new Error(`[rabbitmq] host: [${written}] is no host: write rabbit.example.org:5672`)
  return address
}
