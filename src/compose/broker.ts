import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { systemClock } from '../core/time.ts'
import type { TlsIdentity } from '../core/tls.ts'
import type { IndexContext } from '../index/index-context.ts'
import type { Service } from '../core/service.ts'
import type { Authentication, DeviceCredentials } from '../plugins/context.ts'
import { Broker } from '../plugins/inputs/mqtt-broker/broker.ts'
import { SessionJournal } from '../plugins/inputs/mqtt-broker/journal/session-journal.ts'
import { defaultLimits } from '../plugins/inputs/mqtt-broker/limits.ts'
import { TcpListener } from '../plugins/inputs/mqtt-broker/tcp-listener.ts'
import { authenticateDevice, type Security } from '../security/security.ts'
import { MqttAudit } from './mqtt-audit.ts'
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
}

/** Folder of what the broker keeps, in the data folder. */
const FOLDER = 'mqtt'

export function createBroker({ config, log }: StartContext, { security, index, tls }: BrokerParts): BrokerService {
  const own = log.child({ service: 'mqtt' })
  const audit = new MqttAudit(index, own)
  const broker = new Broker({
    clock: systemClock,
    log: own,
    limits: {
      ...defaultLimits,
      maxConnections: config.mqtt.max_connections,
      maxPacketBytes: config.mqtt.max_packet_size,
    },
    newClientId: () => `auto-${randomBytes(16).toString('base64url')}`,
    journal: new SessionJournal({ folder: join(config.data.path, FOLDER), log: own }),
    authenticate: deviceAuthentication(security, config.mqtt.allow_anonymous),
    onEvent(event) {
      audit.add(event)
      const { kind, clientId, username, remoteAddress, reason, topic } = event
      own.debug({ client: clientId, user: username, address: remoteAddress, reason, topic }, `client ${kind}`)
    },
  })
  const { host } = config.network
  const plain = new TcpListener({ broker, host, port: config.mqtt.port })
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
        secure = new TcpListener({ broker, host, port: config.mqtt.tls_port, tls: await tlsOptions(tls, config.mqtt.client_ca) })
        await secure.start()
      }
      broker.start()
    },
    async stop() {
      plain.close()
      secure?.close()
      await broker.stop()
      plain.destroy()
      secure?.destroy()
      await audit.stop()
    },
  }
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
      return { allowed: true, principal: { name: clientId, kind: 'device', roles: [], realm: '__anonymous' } }
    }
    if (username === undefined || password === undefined) return { allowed: false, reason: 'no user name and password' }
    const secret = Buffer.from(password).toString()
    const principal = await authenticateDevice(security, username, secret, { address, request: 'CONNECT' })
    return principal ? { allowed: true, principal } : { allowed: false, reason: 'wrong user name or password' }
  }
}
