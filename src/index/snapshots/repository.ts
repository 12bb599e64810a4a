import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { ElkhornError } from '../../core/errors.ts'
import type { MetadataSection, MetadataStore } from '../../core/metadata-store.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { folderStore, urlStore, type BlobStore, type WritableBlobStore } from './blob-store.ts'
import type { SnapshotRecord } from './snapshot-record.ts'

/** A repository as it was registered. */
export interface RepositoryRecord {
  readonly type: 'fs' | 'url'
  readonly settings: Readonly<Record<string, string>>
}

/** All snapshots of a repository: read whole, written whole. */
const CATALOG = 'elkhorn-snapshots.json'

/** Where snapshots are kept: folders below those that the configuration allows, or addresses that are only read. */
export class Repositories {
  readonly #records: MetadataSection<RepositoryRecord>
  readonly #allowed: readonly string[]
  /** What writes to a folder, one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>()

  /** @param allowed folders that repositories may be in (`repositories.path`) */
  constructor(store: MetadataStore, allowed: readonly string[]) {
    this.#records = store.section('snapshot_repositories')
    this.#allowed = allowed
  }

  entries(): readonly (readonly [string, RepositoryRecord])[] {
    return [...this.#records.entries()].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** Those that names and wildcards stand for. @throws ElkhornError `repository_missing_exception` (404) */
  find(names: readonly string[]): readonly (readonly [string, RepositoryRecord])[] {
    const all = this.entries()
    if (names.length === 0) return all
    return names.flatMap((name) => {
      if (name === '_all' || name.includes('*')) return all.filter(([own]) => name === '_all' || matchesWildcard(name, own))
      const record = this.#records.get(name)
      if (!record) throw repositoryMissing(name)
      return [[name, record] as const]
    })
  }

  /** @throws ElkhornError `repository_exception` for a place that is not allowed or cannot be used */
  async put(name: string, record: RepositoryRecord, verify: boolean): Promise<void> {
    const store = this.#store(name, record)
    if (verify) await this.#verify(name, record, store)
    await this.#records.put(name, record)
  }

  async delete(names: readonly string[]): Promise<void> {
    for (const [name] of this.find(names)) await this.#records.delete(name)
  }

  /** @throws ElkhornError `repository_missing_exception`, `repository_verification_exception` */
  async verify(name: string): Promise<void> {
    const record = this.#require(name)
    await this.#verify(name, record, this.#store(name, record))
  }

  open(name: string): BlobStore {
    return this.#store(name, this.#require(name))
  }

  /** @throws ElkhornError `repository_exception` for one that is only read */
  openToWrite(name: string, what: string): WritableBlobStore {
    const store = this.open(name)
    if (isWritable(store)) return store
    throw repositoryError(name, `cannot ${what} a readonly repository`)
  }

  async snapshots(name: string): Promise<readonly SnapshotRecord[]> {
    const bytes = await this.open(name).read(CATALOG)
    if (!bytes) return []
    return (JSON.parse(bytes.toString('utf8')) as { snapshots: readonly SnapshotRecord[] }).snapshots
  }

  /** Changes the list of snapshots; nobody else changes it meanwhile. */
  async change(
    name: string,
    store: WritableBlobStore,
    change: (snapshots: readonly SnapshotRecord[]) => Promise<readonly SnapshotRecord[]>,
  ): Promise<void> {
    await this.#inTurn(this.#placeOf(this.#require(name)), async () => {
      const snapshots = await change(await this.snapshots(name))
      await store.write(CATALOG, Buffer.from(JSON.stringify({ version: 1, snapshots }), 'utf8'))
    })
  }

  async #inTurn(place: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(place) ?? Promise.resolve()
    const turn = before.then(work, work)
    this.#turns.set(place, turn)
    try {
      await turn
    } finally {
      if (this.#turns.get(place) === turn) this.#turns.delete(place)
    }
  }

  #require(name: string): RepositoryRecord {
    const record = this.#records.get(name)
    if (!record) throw repositoryMissing(name)
    return record
  }

  #store(name: string, record: RepositoryRecord): BlobStore {
    if (record.type === 'url') return urlStore(checkedUrl(name, record))
    const store = folderStore(this.#folder(name, record))
    return record.settings['readonly'] === 'true' ? { ...store, readOnly: true } : store
  }

  #placeOf(record: RepositoryRecord): string {
    return record.settings['location'] ?? record.settings['url'] ?? ''
  }

  #folder(name: string, { settings }: RepositoryRecord): string {
    const location = settings['location']
    if (location === undefined || location === '') throw repositoryError(name, 'missing location')
    for (const root of this.#allowed) {
      const folder = resolve(root, location)
      const way = relative(root, folder)
      if (!way.startsWith('..') && !isAbsolute(way)) return folder
    }
    throw repositoryError(
      name,
      this.#allowed.length === 0
        ? `location [${location}] doesn't match any of the locations specified by path.repo because this setting is empty`
        : `location [${location}] doesn't match any of the locations specified by path.repo`,
    )
  }

  async #verify(name: string, record: RepositoryRecord, store: BlobStore): Promise<void> {
    try {
      if (record.type === 'fs' && !store.readOnly) {
        const folder = this.#folder(name, record)
        await mkdir(folder, { recursive: true })
        await access(folder, constants.W_OK)
      }
      await store.read(CATALOG)
    } catch (error) {
      if (error instanceof ElkhornError) throw error
      const reason = `[${name}] path is not accessible: ${error instanceof Error ? error.message : String(error)}`
      throw new ElkhornError('repository_verification_exception', 400, reason)
    }
  }
}

const isWritable = (store: BlobStore): store is WritableBlobStore => !store.readOnly

function checkedUrl(name: string, { settings }: RepositoryRecord): string {
  const url = settings['url']
  if (url === undefined || url === '') throw repositoryError(name, 'missing url')
  if (!URL.canParse(url) || !['http:', 'https:', 'file:'].includes(new URL(url).protocol)) {
    throw repositoryError(name, `cannot use url [${url}]: it has to begin with http, https or file`)
  }
  return url
}

export function repositoryError(name: string, problem: string): ElkhornError {
  return new ElkhornError('repository_exception', 400, `[${name}] ${problem}`)
}

function repositoryMissing(name: string): ElkhornError {
  return new ElkhornError('repository_missing_exception', 404, `[${name}] missing`)
}
