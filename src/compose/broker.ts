import { randomBytes } from 'node:crypto'
import { systemClock } from '../core/time.ts'
import type { Service } from '../core/service.ts'
import type { Authentication, DeviceCredentials } from '../plugins/context.ts'
import { Broker } from '../plugins/inputs/mqtt-broker/broker.ts'
import { defaultLimits } from '../plugins/inputs/mqtt-broker/limits.ts'
import { TcpListener } from '../plugins/inputs/mqtt-broker/tcp-listener.ts'
import { authenticateDevice, type Security } from '../security/security.ts'
import type { StartContext } from './services.ts'

/** The MQTT broker and its port. Pipelines subscribe before it listens. */
export interface BrokerService extends Service {
  readonly broker: Broker
  readonly port: number
}

export function createBroker({ config, log }: StartContext, security: Security): BrokerService {
  const own = log.child({ service: 'mqtt' })
  const broker = new Broker({
    clock: systemClock,
    log: own,
    limits: {
      ...defaultLimits,
      maxConnections: config.mqtt.max_connections,
      maxPacketBytes: config.mqtt.max_packet_size,
    },
    newClientId: () => `auto-${randomBytes(16).toString('base64url')}`,
    authenticate: deviceAuthentication(security, config.mqtt.allow_anonymous),
    onEvent: ({ kind, clientId, username, remoteAddress, reason, topic }) => {
      if (kind === 'connected' || kind === 'disconnected') return
      own.info({ client: clientId, user: username, address: remoteAddress, reason, topic }, `client ${kind}`)
    },
  })
  const listener = new TcpListener({ broker, host: config.network.host, port: config.mqtt.port })
  return {
    name: 'mqtt',
    broker,
    get port() {
      return listener.port
    },
    async start() {
      await listener.start()
      broker.start()
    },
    async stop() {
      listener.close()
      await broker.stop()
      listener.destroy()
    },
  }
}

/** Who may connect: devices with credentials, users who may write everywhere, and anybody where that is switched on. */
export function deviceAuthentication(security: Security, allowAnonymous: boolean) {
  return async ({ username: name, password, clientId, address }: DeviceCredentials): Promise<Authentication> => {
    const username = name === '' ? undefined : name
    if (username === undefined && allowAnonymous) {
      return { allowed: true, principal: { name: clientId, kind: 'device', roles: [], realm: '__anonymous' } }
    }
    if (username === undefined || password === undefined) return { allowed: false, reason: 'no user name and password' }
    const secret = Buffer.from(password).toString()
    const principal = await authenticateDevice(security, username, secret, { address, request: 'CONNECT' })
    return principal ? { allowed: true, principal } : { allowed: false, reason: 'wrong user name or password' }
  }
}
