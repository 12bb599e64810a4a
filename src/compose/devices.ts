import type { Principal } from '../core/access.ts'
import type { BulkOperation, BulkOutcome } from '../core/bulk.ts'
import { ElkhornError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import type { MetadataStore } from '../core/metadata-store.ts'
import type { Service } from '../core/service.ts'
import type { Clock, EpochMillis } from '../core/time.ts'
import type { Config } from '../config/schema.ts'
import type { DeviceControl, DeviceView, Doer } from '../api/routes/devices.ts'
import type { Broker, Presence } from '../plugins/inputs/mqtt-broker/broker.ts'
import type { BrokerEvent } from '../plugins/inputs/mqtt-broker/broker-event.ts'
import { DeviceRegistry } from '../security/device-registry.ts'
import { sightingOf } from '../security/device-sighting.ts'
import type { DeviceStore } from '../security/devices.ts'
import type { CredentialsChange } from './mqtt-audit.ts'

interface DeviceParts {
  readonly metadata: MetadataStore
  readonly credentials: DeviceStore
  readonly clock: Clock
  readonly log: Log
  readonly config: Config['devices']
}

/** Realms whose principals are devices, by the device's id. */
const DEVICE_REALMS = ['devices', 'certificates']
const FLUSH_MS = 10_000
/** Documents of one write that are read for their device; of larger ones, every so many. */
const MAX_READ = 50
/** What most documents about no device lack. */
const HINT = Buffer.from('"device')

/** Devices as the API tells of them: what was seen of them, whether they are there, and their credentials. */
export class Devices implements DeviceControl, Service {
  readonly name = 'devices'
  readonly #registry: DeviceRegistry
  readonly #parts: DeviceParts
  #broker: Broker | undefined
  #onChange: ((change: CredentialsChange) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(parts: DeviceParts) {
    this.#parts = parts
    this.#registry = new DeviceRegistry(parts.metadata, parts.config.max)
  }

  start(): Promise<void> {
    this.#timer = setInterval(() => void this.#flush(), FLUSH_MS).unref()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#registry.flushAll()
  }

  async #flush(): Promise<void> {
    try {
      await this.#registry.flush()
    } catch (error) {
      this.#parts.log.warn({ error }, 'what is known of devices could not be kept')
    }
  }

  // --- what is seen ---

  /** The broker knows who is connected, and ends the connections of whom is not to come in any more. */
  attach(broker: Broker, onChange: (change: CredentialsChange) => void): void {
    this.#broker = broker
    this.#onChange = onChange
  }

  onEvent({ kind, at, principal, clientId, remoteAddress }: BrokerEvent): void {
    if (kind !== 'connected' && kind !== 'disconnected') return
    const id = deviceOf(principal, clientId)
    if (id !== undefined) this.#registry.sighted({ id, at, source: 'mqtt', address: remoteAddress })
  }

  /** Somebody sends data otherwise than over MQTT. */
  signedIn(principal: Principal, address: string): void {
    const id = deviceOf(principal, '')
    if (id !== undefined) this.#registry.sighted({ id, at: this.#parts.clock.now(), source: 'data', address })
  }

  onWritten(operations: readonly BulkOperation[], outcomes: readonly BulkOutcome[]): void {
    const now = this.#parts.clock.now()
    const step = Math.ceil(operations.length / MAX_READ)
    for (let place = 0; place < operations.length; place++) {
      const operation = operations[place]
      if (operation === undefined || place % step !== 0) continue
      if (outcomes[place]?.result === 'failed' || operation.action === 'delete' || isOurs(operation.target)) continue
      const document = operation.document ?? read(operation.source)
      const sighting = document === undefined ? undefined : sightingOf(document, now)
      if (sighting !== undefined) this.#registry.sighted(sighting)
    }
  }

  // --- what is told ---

  list(): readonly DeviceView[] {
    const present = this.#present()
    const ids = new Set<string>(present.keys())
    for (const [id] of this.#registry.entries()) ids.add(id)
    for (const { id } of this.#parts.credentials.list()) ids.add(id)
    return [...ids].toSorted().map((id) => this.#view(id, present.get(id) ?? []))
  }

  find(id: string): DeviceView | undefined {
    const present = this.#present().get(id) ?? []
    if (present.length === 0 && this.#registry.find(id) === undefined && this.#parts.credentials.find(id) === undefined) {
      return undefined
    }
    return this.#view(id, present)
  }

  #present(): ReadonlyMap<string, readonly Presence[]> {
    const present = new Map<string, Presence[]>()
    for (const presence of this.#broker?.presences() ?? []) {
      const id = deviceOf(presence.principal, presence.clientId)
      if (id === undefined) continue
      const others = present.get(id)
      if (others === undefined) present.set(id, [presence])
      else others.push(presence)
    }
    return present
  }

  #view(id: string, present: readonly Presence[]): DeviceView {
    const { clock, config, credentials } = this.#parts
    const seen = this.#registry.find(id)
    const lastPacketAt = present.reduce<EpochMillis>((latest, one) => Math.max(latest, one.lastPacketAt), 0)
    const lastSeen = Math.max(seen?.lastSeen ?? 0, lastPacketAt)
    const hasData = seen?.sources.includes('data') === true && clock.now() - seen.lastSeen <= config.offline_after
    return {
      id,
      type: seen?.type,
      firmware: seen?.firmware,
      address: present[0]?.remoteAddress ?? seen?.address,
      online: present.length > 0 || hasData,
      connections: present.length,
      firstSeen: seen?.firstSeen,
      lastSeen: lastSeen === 0 ? undefined : lastSeen,
      sources: seen?.sources ?? [],
      credentials: credentials.find(id),
    }
  }

  // --- credentials ---

  async issue(id: string, description: string, by: Doer): Promise<string> {
    const secret = await this.#parts.credentials.issue(id, description)
    this.#tell(id, 'issued', by)
    return secret
  }

  async rotate(id: string, by: Doer): Promise<string> {
    const secret = await this.#parts.credentials.rotate(id)
    this.#expel(id, 'its secret was rotated', ['devices'])
    this.#tell(id, 'rotated', by)
    return secret
  }

  async setEnabled(id: string, enabled: boolean, by: Doer): Promise<void> {
    await this.#parts.credentials.setEnabled(id, enabled)
    if (!enabled) this.#expel(id, 'it was disabled', DEVICE_REALMS)
    this.#tell(id, enabled ? 'enabled' : 'disabled', by)
  }

  async remove(id: string, by: Doer): Promise<boolean> {
    const hadCredentials = await this.#parts.credentials.revoke(id)
    if (hadCredentials) {
      this.#expel(id, 'its credentials were revoked', ['devices'])
      this.#tell(id, 'revoked', by)
    }
    const wasSeen = await this.#registry.forget(id)
    return hadCredentials || wasSeen
  }

  #expel(id: string, why: string, realms: readonly string[]): void {
    this.#broker?.expel(({ name, realm }) => name === id && realms.includes(realm), why)
  }

  #tell(device: string, change: CredentialsChange['change'], { user, address }: Doer): void {
    this.#onChange?.({ device, change, user, address, at: this.#parts.clock.now() })
  }
}

/** Elkhorn's own writing tells nothing of devices that is not known. */
const isOurs = (target: string): boolean => target.startsWith('.') || target.startsWith('logs-mqtt.audit-')

/** People who look with a client of theirs are no devices; a client without a name is, by the id that it chose. */
function deviceOf(principal: Principal | undefined, clientId: string): string | undefined {
  if (principal?.kind !== 'device') return undefined
  if (DEVICE_REALMS.includes(principal.realm)) return principal.name
  return clientId === '' || clientId.startsWith('auto-') ? undefined : clientId
}

function read(source: Uint8Array | undefined): Record<string, never> | undefined {
  if (source === undefined) return undefined
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  if (!bytes.includes(HINT)) return undefined
  try {
    const document: unknown = JSON.parse(bytes.toString())
    return isJsonObject(document) ? (document as Record<string, never>) : undefined
  } catch (error) {
    // What is no JSON was refused already; an update may hold a script only.
    if (error instanceof SyntaxError) return undefined
    throw new ElkhornError('exception', 500, 'a document could not be read')
  }
}
