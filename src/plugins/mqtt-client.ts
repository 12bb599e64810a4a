import type { MqttClient } from 'mqtt'
import { clientTlsOptions, loadClientTls, type ClientTls } from './client-tls.ts'
import type { Log } from '../core/log.ts'
import { choice, flag, integer, password, port, text } from './options.ts'
import { Trouble } from './trouble.ts'

/** Options of plug-ins that connect to an MQTT broker elsewhere. */
export const mqttClientOptions = {
  host: text().optional().describe('The broker. The one inside when absent, `localhost`, or one of `pipelines.broker_hosts`.'),
  port: port().optional().describe('Port of the broker: 1883, and 8883 with `ssl`.'),
  client_id: text().optional().describe('Client id at another broker. Made up when absent.'),
  username: text().optional().describe('User name at another broker.'),
  user: text().optional().meta({ aliasOf: 'username' }).describe('Another name of `username`.'),
  password: password().optional().describe('Password at another broker.'),
  clean_session: flag()
    .default(true)
    .describe('Whether another broker forgets what it keeps for this client when the connection ends.'),
  session_expiry: integer({ min: 0, max: 0xffffffff })
    .default(86_400)
    .describe('MQTT 5, without a clean session: seconds for which another broker keeps what it has for this client.'),
  keep_alive: integer({ min: 0, max: 65_535 }).default(60).describe('Seconds between signs of life.'),
  mqtt_version: choice('3.1', '3.1.1', '5')
    .default('3.1.1')
    .describe('Version of the protocol that another broker is spoken to in.'),
  ssl: flag().default(false).describe('Whether another broker is spoken to over TLS.'),
  ssl_enabled: flag().optional().meta({ aliasOf: 'ssl' }).describe('Another name of `ssl`.'),
  tls: flag().optional().meta({ aliasOf: 'ssl' }).describe('Another name of `ssl`.'),
  cert_file: text().optional().meta({ aliasOf: 'ssl_certificate' }).describe('Another name of `ssl_certificate`.'),
  key_file: text().optional().meta({ aliasOf: 'ssl_key' }).describe('Another name of `ssl_key`.'),
  ...clientTlsOptions,
} as const

interface MqttClientConfig extends ClientTls {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly client_id?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly clean_session: boolean
  readonly session_expiry: number
  readonly keep_alive: number
  readonly mqtt_version: '3.1' | '3.1.1' | '5'
  readonly ssl: boolean
}

const VERSIONS = { '3.1': 3, '3.1.1': 4, '5': 5 } as const
const RECONNECT_MS = 1_000
const CONNECT_LIMIT_MS = 10_000
/** Messages that a broker may have under way to us without an acknowledgement (MQTT 5). */
const RECEIVE_MAXIMUM = 1_000

/** Port of the broker that options name. */
export function brokerPort({ port: given, ssl }: Pick<MqttClientConfig, 'port' | 'ssl'>): number {
  return given ?? (ssl ? 8883 : 1883)
}

/** A connection to a broker elsewhere that is made again when it breaks; it may not be up yet. */
export async function connectMqtt(options: MqttClientConfig, idPrefix: string, log: Log): Promise<MqttClient> {
  const { host = 'localhost', ssl } = options
  const version = VERSIONS[options.mqtt_version]
  const { ca, ...tls } = ssl ? await loadClientTls(options) : {}
  // Loaded by those who use it: it takes memory and time.
  const { connect } = await import('mqtt')
  const client = connect({
    protocol: ssl ? 'mqtts' : 'mqtt',
    host,
    port: brokerPort(options),
    clientId: options.client_id ?? `${idPrefix}-${Math.trunc(performance.timeOrigin + performance.now()).toString(36)}`,
    clean: options.clean_session,
    keepalive: options.keep_alive,
    protocolVersion: version,
    ...(version === 3 && { protocolId: 'MQIsdp' as const }),
    ...(version === 5 && {
      properties: {
        receiveMaximum: RECEIVE_MAXIMUM,
        ...(!options.clean_session && { sessionExpiryInterval: options.session_expiry }),
      },
    }),
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: CONNECT_LIMIT_MS,
    reconnectOnConnackError: true,
    ...(options.username !== undefined && { username: options.username }),
    ...(options.password !== undefined && { password: options.password }),
    ...tls,
    ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }),
  })
  const address = `${host}:${brokerPort(options)}`
  const trouble = new Trouble(log, { broker: address })
  const tell = (error: unknown): void => trouble.tell('no connection to the broker: it is tried again', error)
  client.on('connect', () => trouble.works('connected to the broker'))
  client.on('error', tell)
  client.on('close', () => tell('the connection was closed'))
  return client
}
