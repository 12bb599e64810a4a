import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import type { Config } from '../config/schema.ts'
import { systemClock } from '../core/time.ts'
import type { TlsIdentity } from '../core/tls.ts'
import { version } from '../core/version.ts'
import type { IndexContext } from '../index/index-context.ts'
import type { Service } from '../core/service.ts'
import type { Authentication, DeviceCredentials } from '../plugins/context.ts'
import { Broker } from '../plugins/inputs/mqtt-broker/broker.ts'
import { SessionJournal } from '../plugins/inputs/mqtt-broker/journal/session-journal.ts'
import { defaultLimits, type BrokerLimits } from '../plugins/inputs/mqtt-broker/limits.ts'
import { TcpListener } from '../plugins/inputs/mqtt-broker/tcp-listener.ts'
import { TopicAcl, type AclLine } from '../plugins/inputs/mqtt-broker/topic-acl.ts'
import { ReloadedFile } from '../plugins/reloaded-file.ts'
import { authenticateDevice, type Security } from '../security/security.ts'
import type { Devices } from './devices.ts'
import { MqttAudit } from './mqtt-audit.ts'
import { SAMPLE_DEVICES } from './sample.ts'
import type { StartContext } from './services.ts'

/** The MQTT broker and its port. Pipelines subscribe before it listens. */
export interface BrokerService extends Service {
  readonly broker: Broker
  readonly port: number
  /** `undefined` when no certificate is given. */
  readonly tlsPort: number | undefined
}

interface BrokerParts {
  readonly security: Security
  readonly index: IndexContext
  readonly tls: TlsIdentity | undefined
  readonly devices: Devices
}

/** Realm of clients that gave no name. */
const ANONYMOUS = '__anonymous'
/** Folder of what the broker keeps, in the data folder. */
const FOLDER = 'mqtt'
/** How often it is looked whether the access list was changed. */
const ACL_INTERVAL_MS = 1_000

/** @throws Error naming the lines of an access list that cannot be read */
export async function createBroker(
  { config, log }: StartContext,
  { security, index, tls, devices }: BrokerParts,
): Promise<BrokerService> {
  const own = log.child({ service: 'mqtt' })
  const audit = new MqttAudit(index, own)
  const aclFile = config.mqtt.acl_file
  const readAcl = (): Promise<TopicAcl | undefined> => loadTopicAcl(config.mqtt)
  const changing = aclFile === undefined ? undefined : new ReloadedFile(aclFile, ACL_INTERVAL_MS, systemClock, own, readAcl)
  await changing?.open()
  let acl = changing === undefined ? await readAcl() : changing.value
  let aclTimer: NodeJS.Timeout | undefined
  const broker = new Broker({
    clock: systemClock,
    log: own,
    limits: brokerLimits(config.mqtt),
    sys: config.mqtt.sys_interval === 0 ? undefined : { version, intervalMs: config.mqtt.sys_interval },
    rightsOf: ({ realm, user }, clientId) => {
      // Nobody writes rules for what is only there to be looked at.
      const isSample = realm === 'devices' && security.devices.find(user)?.description === SAMPLE_DEVICES
      return isSample ? undefined : acl?.rightsOf(realm === ANONYMOUS ? undefined : user, clientId)
    },
    newClientId: () => `auto-${randomBytes(16).toString('base64url')}`,
    journal: new SessionJournal({ folder: join(config.data.path, FOLDER), log: own }),
    authenticate: deviceAuthentication(security, config.mqtt.allow_anonymous),
    onEvent(event) {
      audit.add(event)
      devices.onEvent(event)
      const { kind, clientId, username, remoteAddress, reason, topic } = event
      own.debug({ client: clientId, user: username, address: remoteAddress, reason, topic }, `client ${kind}`)
    },
  })
  devices.attach(broker, (change) => audit.addChange(change))
  const { host } = config.network
  const { websocket: webSocket } = config.mqtt
  const plain = new TcpListener({ broker, host, port: config.mqtt.port, webSocket })
  let secure: TcpListener | undefined
  return {
    name: 'mqtt',
    broker,
    get port() {
      return plain.port
    },
    get tlsPort() {
      return secure?.port
    },
    async start() {
      await audit.start()
      await broker.restore()
      await plain.start()
      if (tls !== undefined) {
        const identity = await tlsOptions(tls, config.mqtt.client_ca)
        secure = new TcpListener({ broker, host, port: config.mqtt.tls_port, tls: identity, webSocket })
        await secure.start()
      }
      broker.start()
      if (changing === undefined) return
      aclTimer = setInterval(() => {
        const next = changing.value
        if (next === acl) return
        acl = next
        broker.refreshRights()
      }, ACL_INTERVAL_MS).unref()
    },
    async stop() {
      clearInterval(aclTimer)
      plain.close()
      secure?.close()
      await broker.stop()
      plain.destroy()
      secure?.destroy()
      await audit.stop()
    },
  }
}

const limitOr = (value: number): number => (value === 0 ? Infinity : value)

function brokerLimits(mqtt: Config['mqtt']): BrokerLimits {
  return {
    ...defaultLimits,
    maxConnections: mqtt.max_connections,
    maxConnectionsPerAddress: limitOr(mqtt.max_connections_per_address),
    connectsPerSecond: limitOr(mqtt.connect_rate),
    messagesPerSecond: limitOr(mqtt.message_rate),
    maxPacketBytes: mqtt.max_packet_size,
    receiveMaximum: mqtt.receive_maximum,
    sendMaximum: mqtt.max_inflight_messages,
    maxQueuedMessages: mqtt.max_queued_messages,
    maxQueuedBytes: mqtt.max_queued_bytes,
    maxTotalQueuedBytes: mqtt.max_total_queued_bytes,
    maxSessions: mqtt.max_sessions,
    maxSessionExpirySeconds: Math.floor(mqtt.session_expiry / 1000),
    maxSubscriptionsPerClient: mqtt.max_subscriptions,
    maxRetainedMessages: mqtt.max_retained_messages,
    maxRetainedBytes: mqtt.max_retained_bytes,
  }
}

/** `undefined` when nothing is said: then everybody may use all topics. */
async function loadTopicAcl({ acl_file: file, acl }: Config['mqtt']): Promise<TopicAcl | undefined> {
  const lines: AclLine[] = acl.map((text, index) => ({ text, place: `mqtt.acl, line ${index + 1}` }))
  if (file === undefined) return lines.length === 0 ? undefined : new TopicAcl(lines)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`cannot read mqtt.acl_file [${file}]`, { cause })
  })
  return new TopicAcl([...text.split('\n').map((line, index) => ({ text: line, place: `${file}:${index + 1}` })), ...lines])
}

/** With an authority, clients may show a certificate; those that it has signed stand for the device in their common name. */
async function tlsOptions({ certificate, key }: TlsIdentity, clientCa: string | undefined): Promise<TlsOptions> {
  const identity = { cert: certificate, key }
  if (clientCa === undefined) return identity
  const authority = await readFile(clientCa).catch((cause: unknown) => {
    throw new Error(`cannot read mqtt.client_ca [${clientCa}]`, { cause })
  })
  return { ...identity, ca: authority, requestCert: true, rejectUnauthorized: false }
}

/** Who may connect: devices with credentials, users who may write everywhere, and anybody where that is switched on. */
export function deviceAuthentication(security: Security, allowAnonymous: boolean) {
  return async ({ username: name, password, clientId, certificate, address }: DeviceCredentials): Promise<Authentication> => {
    const username = name === '' ? undefined : name
    // TLS has verified it: a device that is known and not disabled needs no secret besides.
    if (username === undefined && certificate !== undefined && certificate.commonName !== '') {
      const device = security.devices.find(certificate.commonName)
      if (device?.enabled === false) return { allowed: false, reason: `device [${certificate.commonName}] is disabled` }
      return { allowed: true, principal: { name: certificate.commonName, kind: 'device', roles: [], realm: 'certificates' } }
    }
    if (username === undefined && allowAnonymous) {
      return { allowed: true, principal: { name: clientId, kind: 'device', roles: [], realm: ANONYMOUS } }
    }
    if (username === undefined || password === undefined) return { allowed: false, reason: 'no user name and password' }
    const secret = Buffer.from(password).toString()
    const principal = await authenticateDevice(security, username, secret, { address, request: 'CONNECT' })
    return principal ? { allowed: true, principal } : { allowed: false, reason: 'wrong user name or password' }
  }
}
