import { join } from 'node:path'
import { z } from 'zod'
import { createEvent, type FieldValue } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { reasonOf } from '../../core/reason.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { choice, duration, integer, password, text, textHash } from '../options.ts'
import { defineInput } from '../plugin.ts'

const PACKAGE = 'node-opcua-client'
/** Comes with it. */
const CERTIFICATES_PACKAGE = 'node-opcua-certificate-manager'

/** Attribute `Value` (OPC 10000-6, A.1). */
const VALUE_ATTRIBUTE = 13
/** Both timestamps are asked for: OPC 10000-4, 7.40. */
const BOTH_TIMESTAMPS = 2

/** As much of the package as is used. */
interface Package {
  readonly OPCUAClient: {
    create(options: Readonly<Record<string, unknown>>): Client
  }
  readonly ClientSubscription: {
    create(session: Session, options: Readonly<Record<string, unknown>>): Subscription
  }
  readonly ClientMonitoredItem: {
    create(subscription: Subscription, item: object, options: object, timestamps: number): MonitoredItem
  }
  readonly MessageSecurityMode: Readonly<Record<string, unknown>>
  readonly SecurityPolicy: Readonly<Record<string, unknown>>
  readonly UserTokenType: Readonly<Record<string, unknown>>
  resolveNodeId(id: string): object
}
interface CertificatesPackage {
  readonly OPCUACertificateManager: new (options: Readonly<Record<string, unknown>>) => object
}
interface Client {
  connect(endpoint: string): Promise<void>
  createSession(identity?: object): Promise<Session>
  disconnect(): Promise<void>
  on(event: 'backoff' | 'connection_lost' | 'connection_reestablished', listener: (count: number) => void): unknown
}
interface Session {
  close(deleteSubscriptions: boolean): Promise<void>
}
interface Subscription {
  setPublishingMode(enabled: boolean): Promise<unknown>
}
interface MonitoredItem {
  on(event: 'changed', listener: (value: DataValue) => void): unknown
  on(event: 'err', listener: (message: string) => void): unknown
}
interface DataValue {
  readonly value?: { readonly value: unknown } | undefined
  readonly statusCode: { readonly name: string; readonly value: number }
  readonly sourceTimestamp?: Date | null
  readonly serverTimestamp?: Date | null
}

const SECURITY_MODES = { none: 'None', sign: 'Sign', sign_and_encrypt: 'SignAndEncrypt' } as const
const SECURITY_POLICIES = {
  none: 'None',
  basic256sha256: 'Basic256Sha256',
  aes128_sha256_rsaoaep: 'Aes128_Sha256_RsaOaep',
  aes256_sha256_rsapss: 'Aes256_Sha256_RsaPss',
} as const

const config = z.strictObject({
  endpoint: text().describe('The server: `opc.tcp://10.0.0.30:4840`.'),
  nodes: textHash().describe('Fields and the nodes whose values they get: `{ "temperature" => "ns=2;s=Line1.Temperature" }`.'),
  sampling_interval: duration().default(1_000).describe('How often the server looks at each node.'),
  publishing_interval: duration().default(1_000).describe('How often it sends what has changed.'),
  queue_size: integer({ min: 1, max: 10_000 })
    .default(100)
    .describe('Changes of a node that the server keeps while the pipeline is full; the oldest go first.'),
  security_mode: choice('none', 'sign', 'sign_and_encrypt')
    .default('none')
    .describe('Whether messages are signed, and encrypted.'),
  security_policy: choice('none', 'basic256sha256', 'aes128_sha256_rsaoaep', 'aes256_sha256_rsapss')
    .default('none')
    .describe(
      'With which algorithms. Elkhorn makes a certificate of its own in `plugins/` of the data folder; the server must trust it.',
    ),
  user: text().optional().describe('User to sign in as. Anonymous when absent.'),
  password: password().optional().describe('Their password.'),
})

export const opcua = defineInput({
  name: 'opcua',
  summary:
    'Subscribes to values of an OPC UA server: an event for each change, with the time and quality that the server gives. Needs the package `node-opcua-client`; a server that is gone is connected again.',
  config,
  examples: [
    { title: 'A line', config: { endpoint: 'opc.tcp://10.0.0.30:4840', nodes: { temperature: 'ns=2;s=Line1.Temperature' } } },
  ],
  defaultCodec: 'plain',
  create(options, { log, dataDir }) {
    const { endpoint, nodes } = options
    if (Object.keys(nodes).length === 0) throw new Error('nodes: nothing is asked for')
    const stopped = new AbortController()
    let client: Client | undefined
    let session: Session | undefined
    let running: Promise<void> = Promise.resolve()
    return {
      async start(sink) {
        const library = ((await loadOptionalPackage('opcua input', PACKAGE)) as { readonly default: Package }).default
        const { default: certificates } = (await loadOptionalPackage('opcua input', CERTIFICATES_PACKAGE)) as {
          readonly default: CertificatesPackage
        }
        const ids = Object.entries(nodes).map(([field, id]) => ({ field, id, nodeId: nodeIdOf(library, field, id) }))
        const made = library.OPCUAClient.create({
          applicationName: 'Elkhorn',
          endpointMustExist: false,
          keepSessionAlive: true,
          clientCertificateManager: new certificates.OPCUACertificateManager({
            rootFolder: join(dataDir, 'opcua'),
            automaticallyAcceptUnknownCertificate: true,
          }),
          securityMode: library.MessageSecurityMode[SECURITY_MODES[options.security_mode]],
          securityPolicy: library.SecurityPolicy[SECURITY_POLICIES[options.security_policy]],
          connectionStrategy: { initialDelay: 1_000, maxDelay: 30_000, maxRetry: -1 },
        })
        made.on('backoff', () => log.debug({ endpoint }, 'the server does not answer: it is tried again'))
        made.on('connection_lost', () => log.warn({ endpoint }, 'the server is gone: it is connected again'))
        made.on('connection_reestablished', () => log.info({ endpoint }, 'the server is connected again'))
        client = made

        let isFull = false
        const take = (subscription: Subscription, { field, id }: { field: string; id: string }, value: DataValue): void => {
          const event = createEvent({ opcua: { endpoint, node: id, status: value.statusCode.name } })
          const at = value.sourceTimestamp ?? value.serverTimestamp
          if (at !== undefined && at !== null) event.fields['@timestamp'] = new Timestamp(at.getTime())
          fieldPath(field).set(event, fieldValueOf(value.value?.value))
          if (sink.push([event]) || isFull) return
          // The server keeps what changes meanwhile.
          isFull = true
          const publish = (enabled: boolean): Promise<unknown> =>
            subscription.setPublishingMode(enabled).catch((error: unknown) => log.debug({ error: String(error) }, 'not switched'))
          void publish(false)
            .then(() => sink.ready(stopped.signal))
            .then(() => ((isFull = false), publish(true)))
        }
        const run = async (): Promise<void> => {
          await made.connect(endpoint)
          if (stopped.signal.aborted) return
          const { user, password: secret } = options
          const identity = { type: library.UserTokenType['UserName'], userName: user, password: secret ?? '' }
          session = await made.createSession(user === undefined ? undefined : identity)
          const subscription = library.ClientSubscription.create(session, {
            requestedPublishingInterval: options.publishing_interval,
            requestedLifetimeCount: 60,
            requestedMaxKeepAliveCount: 10,
            maxNotificationsPerPublish: 1_000,
            publishingEnabled: true,
            priority: 0,
          })
          for (const node of ids) {
            const item = library.ClientMonitoredItem.create(
              subscription,
              { nodeId: node.nodeId, attributeId: VALUE_ATTRIBUTE },
              { samplingInterval: options.sampling_interval, queueSize: options.queue_size, discardOldest: true },
              BOTH_TIMESTAMPS,
            )
            item.on('changed', (value) => take(subscription, node, value))
            item.on('err', (reason) => log.error({ endpoint, node: node.id, reason }, 'a node cannot be watched'))
          }
        }
        running = run().catch((error: unknown) => {
          if (!stopped.signal.aborted) log.error({ endpoint, reason: reasonOf(error) }, 'the server cannot be watched')
        })
      },
      async stop() {
        stopped.abort()
        await session?.close(true).catch((error: unknown) => log.debug({ reason: reasonOf(error) }, 'the session was gone'))
        await client?.disconnect()
        await running
      },
    }
  },
})

function nodeIdOf(library: Package, field: string, id: string): object {
  try {
    return library.resolveNodeId(id)
  } catch (error) {
    throw new Error(`nodes: [${field} => "${id}"] is no node id such as "ns=2;s=Line1.Temperature"`, { cause: error })
  }
}

/** Numbers, texts, times, bytes and lists of them; 64 bits come as two halves. What else there is becomes text. */
function fieldValueOf(value: unknown): FieldValue {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? value : Number.isFinite(value) ? float(value) : String(value)
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'undefined':
      return null
    default:
  }
  if (value === null) return null
  if (value instanceof Date) return new Timestamp(value.getTime())
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, fieldValueOf)
  if (typeof value === 'object' && 'text' in value && typeof value.text === 'string') return value.text
  return JSON.stringify(value) ?? null
}
