import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import type { EpochMillis } from '../core/time.ts'
import type { Sighting } from './device-sighting.ts'

/** What is known of a device that was seen. */
export interface SeenDevice {
  readonly type?: string | undefined
  readonly firmware?: string | undefined
  readonly address?: string | undefined
  readonly firstSeen: EpochMillis
  readonly lastSeen: EpochMillis
  readonly sources: readonly Sighting['source'][]
}

/** When a device was last seen goes to disk at most this often; everything else about it at the next flush. */
const LAST_SEEN_STALE_MS = 5 * 60_000

/** Devices that were seen, by their ids. They appear by themselves; when there are too many, the one not heard of for longest goes. */
export class DeviceRegistry {
  readonly #kept: MetadataSection<SeenDevice>
  readonly #maxDevices: number
  /** In the order in which they were heard of last. */
  readonly #devices: Map<string, SeenDevice>
  readonly #changed = new Set<string>()
  #forgotten = 0

  constructor(metadata: MetadataStore, maxDevices: number) {
    this.#kept = metadata.section<SeenDevice>('devices')
    this.#maxDevices = maxDevices
    this.#devices = new Map([...this.#kept.entries()].toSorted(([, a], [, b]) => a.lastSeen - b.lastSeen))
  }

  get size(): number {
    return this.#devices.size
  }

  /** Devices that were dropped because there were too many. */
  get forgotten(): number {
    return this.#forgotten
  }

  find(id: string): SeenDevice | undefined {
    return this.#devices.get(id)
  }

  entries(): IterableIterator<[string, SeenDevice]> {
    return this.#devices.entries()
  }

  sighted({ id, at, source, type, firmware, address }: Sighting): void {
    const before = this.#devices.get(id)
    const isLater = before === undefined || at >= before.lastSeen
    const after: SeenDevice = {
      type: (isLater ? type : undefined) ?? before?.type ?? type,
      firmware: (isLater ? firmware : undefined) ?? before?.firmware ?? firmware,
      address: (isLater ? address : undefined) ?? before?.address ?? address,
      firstSeen: Math.min(before?.firstSeen ?? at, at),
      lastSeen: isLater ? at : before.lastSeen,
      sources: before === undefined ? [source] : before.sources.includes(source) ? before.sources : [...before.sources, source],
    }
    this.#devices.delete(id)
    this.#devices.set(id, after)
    if (before === undefined) {
      this.#changed.add(id)
      if (this.#devices.size > this.#maxDevices) this.#forgetOldest()
    } else if (!isSame(before, after) || at - (this.#kept.get(id)?.lastSeen ?? 0) > LAST_SEEN_STALE_MS) this.#changed.add(id)
  }

  /** @returns whether it was known */
  async forget(id: string): Promise<boolean> {
    this.#changed.delete(id)
    const found = this.#devices.delete(id)
    await this.#kept.delete(id)
    return found
  }

  /** Writes what has changed. */
  async flush(): Promise<void> {
    const ids = [...this.#changed]
    this.#changed.clear()
    const puts = ids.flatMap((id) => {
      const device = this.#devices.get(id)
      return device === undefined ? [] : [this.#kept.put(id, device)]
    })
    await Promise.all(puts)
  }

  /** Writes everything that is newer than what was written. */
  async flushAll(): Promise<void> {
    for (const [id, { lastSeen }] of this.#devices) if (this.#kept.get(id)?.lastSeen !== lastSeen) this.#changed.add(id)
    await this.flush()
  }

  #forgetOldest(): void {
    const [oldest] = this.#devices.keys()
    if (oldest === undefined) return
    this.#devices.delete(oldest)
    this.#changed.delete(oldest)
    void this.#kept.delete(oldest).catch(() => undefined) // a failing disk is told by the next flush
    this.#forgotten += 1
  }
}

const isSame = (a: SeenDevice, b: SeenDevice): boolean =>
  a.type === b.type &&
  a.firmware === b.firmware &&
  a.address === b.address &&
  a.sources === b.sources &&
  a.firstSeen === b.firstSeen
