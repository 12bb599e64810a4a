import type { JsonObject } from '../core/json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'
import { IndexState, type AliasRecord, type IndexRecord } from './index-state.ts'
import type { CompiledMapping } from './mapping/compile-mapping.ts'
import { MappingPool } from './mapping-pool.ts'
import type { LifecyclePolicy } from './lifecycle-policy.ts'
import type { Settings } from './settings/settings-json.ts'
import { storedSynonymSets } from './settings/synonym-sets.ts'
import type { SynonymSets } from '../query/analysis/filters/synonyms.ts'
import type { StreamOverrides } from './templates/stream-overrides.ts'
import type { ComponentTemplate, IndexTemplate, LegacyTemplate } from './templates/template.ts'

/** A data stream: a name for the backing indices that one time series of documents fills one after the other. */
export interface DataStream {
  readonly name: string
  /** Oldest first; the last one is written to. */
  readonly indices: readonly string[]
  /** Number of the last backing index that was made. */
  readonly generation: number
  readonly template: string
  readonly hidden: boolean
  readonly meta?: JsonObject
  readonly aliases?: Readonly<Record<string, AliasRecord>>
  readonly lifecycle?: JsonObject
  /** Whether documents that it refuses are kept. */
  readonly failureStore?: boolean
  /** Where they are kept, oldest first; the last one is written to. */
  readonly failureIndices?: readonly string[]
  /** What it says itself over its template. */
  readonly overrides?: StreamOverrides
}

/** What an alias stands for. */
export interface AliasTargets {
  readonly indices: ReadonlyMap<string, AliasRecord>
  readonly dataStreams: ReadonlyMap<string, AliasRecord>
}

/**
 * Everything that has a name: indices, aliases, data streams and templates, in memory and in the metadata store.
 *
 * It keeps itself consistent and durable and decides nothing: the rules are in the functions that change it. Every change
 * is in effect when the call returns; its promise resolves when it is on disk.
 */
export class Catalog {
  readonly #store: MetadataStore
  readonly #indexRecords: MetadataSection<IndexRecord>
  readonly #dataStreams: MetadataSection<DataStream>
  readonly #indices = new Map<string, IndexState>()
  readonly #byUuid = new Map<string, IndexState>()
  readonly #aliases = new Map<string, { indices: Map<string, AliasRecord>; dataStreams: Map<string, AliasRecord> }>()
  readonly #pool: MappingPool
  readonly componentTemplates: MetadataSection<ComponentTemplate>
  readonly indexTemplates: MetadataSection<IndexTemplate>
  readonly legacyTemplates: MetadataSection<LegacyTemplate>
  readonly lifecyclePolicies: MetadataSection<LifecyclePolicy>
  /** `persistent` and `transient`; the latter is emptied at every start. */
  readonly clusterSettings: MetadataSection<Settings>
  readonly synonymSets: SynonymSets

  constructor(store: MetadataStore) {
    this.#store = store
    this.#indexRecords = store.section<IndexRecord>('indices')
    this.#dataStreams = store.section<DataStream>('data_streams')
    this.componentTemplates = store.section<ComponentTemplate>('component_templates')
    this.indexTemplates = store.section<IndexTemplate>('index_templates')
    this.legacyTemplates = store.section<LegacyTemplate>('legacy_templates')
    this.lifecyclePolicies = store.section<LifecyclePolicy>('lifecycle_policies')
    this.clusterSettings = store.section<Settings>('cluster_settings')
    this.synonymSets = storedSynonymSets(store)
    this.#pool = new MappingPool(store)
    for (const [name, record] of this.#indexRecords.entries()) {
      const mapping = this.#pool.load(record.mapping)
      // Already durable: no journal entry follows.
      void this.#pool.hold(mapping)
      this.#adopt(new IndexState(name, record, mapping, this.synonymSets))
    }
    for (const [name, stream] of this.#dataStreams.entries()) {
      for (const index of stream.indices) this.#markBacking(index, name)
      for (const [alias, record] of Object.entries(stream.aliases ?? {})) this.#targets(alias).dataStreams.set(name, record)
    }
    this.#pool.sweep()
  }

  /** Resolves when everything changed so far is on disk. */
  durable(): Promise<void> {
    return this.#store.flush()
  }

  // Indices

  get indices(): ReadonlyMap<string, IndexState> {
    return this.#indices
  }

  findIndex(name: string): IndexState | undefined {
    return this.#indices.get(name)
  }

  findByUuid(uuid: string): IndexState | undefined {
    return this.#byUuid.get(uuid)
  }

  addIndex(name: string, record: Omit<IndexRecord, 'mapping'>, mapping: CompiledMapping): IndexState {
    const pooled = this.#pool.intern(mapping)
    const index = new IndexState(name, { ...record, mapping: pooled.key }, pooled, this.synonymSets)
    void this.#pool.hold(pooled).catch(ignoreUntilFlush)
    this.#adopt(index)
    void this.#save(index)
    return index
  }

  removeIndex(index: IndexState): Promise<boolean> {
    this.#indices.delete(index.name)
    this.#byUuid.delete(index.uuid)
    for (const alias of index.aliases.keys()) this.#dropTarget(alias, 'indices', index.name)
    const deleted = this.#indexRecords.delete(index.name)
    this.#pool.release(index.pooledMapping)
    return deleted
  }

  setMapping(index: IndexState, mapping: CompiledMapping): Promise<void> {
    const before = index.pooledMapping
    const pooled = this.#pool.intern(mapping)
    if (pooled === before) return Promise.resolve()
    void this.#pool.hold(pooled).catch(ignoreUntilFlush)
    index.pooledMapping = pooled
    const saved = this.#save(index)
    this.#pool.release(before)
    return saved
  }

  setSettings(index: IndexState, settings: Settings): Promise<void> {
    index.settings = settings
    return this.#save(index)
  }

  setClosed(index: IndexState, closed: boolean): Promise<void> {
    index.closed = closed
    return this.#save(index)
  }

  setAliases(index: IndexState, aliases: ReadonlyMap<string, AliasRecord>): Promise<void> {
    for (const alias of index.aliases.keys()) if (!aliases.has(alias)) this.#dropTarget(alias, 'indices', index.name)
    for (const [alias, record] of aliases) this.#targets(alias).indices.set(index.name, record)
    index.aliases = aliases
    return this.#save(index)
  }

  // Aliases

  get aliasNames(): IterableIterator<string> {
    return this.#aliases.keys()
  }

  findAlias(name: string): AliasTargets | undefined {
    return this.#aliases.get(name)
  }

  // Data streams

  get dataStreams(): IterableIterator<[string, DataStream]> {
    return this.#dataStreams.entries()
  }

  findDataStream(name: string): DataStream | undefined {
    return this.#dataStreams.get(name)
  }

  putDataStream(stream: DataStream): Promise<void> {
    const before = this.#dataStreams.get(stream.name)
    for (const index of before?.indices ?? []) if (!stream.indices.includes(index)) this.#markBacking(index, undefined)
    for (const index of stream.indices) this.#markBacking(index, stream.name)
    for (const alias of Object.keys(before?.aliases ?? {})) {
      if (!stream.aliases?.[alias]) this.#dropTarget(alias, 'dataStreams', stream.name)
    }
    for (const [alias, record] of Object.entries(stream.aliases ?? {})) this.#targets(alias).dataStreams.set(stream.name, record)
    return this.#dataStreams.put(stream.name, stream)
  }

  removeDataStream(name: string): Promise<boolean> {
    const stream = this.#dataStreams.get(name)
    for (const index of stream?.indices ?? []) this.#markBacking(index, undefined)
    for (const alias of Object.keys(stream?.aliases ?? {})) this.#dropTarget(alias, 'dataStreams', name)
    return this.#dataStreams.delete(name)
  }

  /** Whether an index, alias or data stream has this name. */
  has(name: string): boolean {
    return this.#indices.has(name) || this.#aliases.has(name) || this.#dataStreams.has(name)
  }

  #adopt(index: IndexState): void {
    this.#indices.set(index.name, index)
    this.#byUuid.set(index.uuid, index)
    for (const [alias, record] of index.aliases) this.#targets(alias).indices.set(index.name, record)
  }

  #save(index: IndexState): Promise<void> {
    const saved = this.#indexRecords.put(index.name, index.toRecord())
    saved.catch(ignoreUntilFlush)
    return saved
  }

  #markBacking(index: string, stream: string | undefined): void {
    const state = this.#indices.get(index)
    if (state) state.dataStream = stream
  }

  #targets(alias: string): { indices: Map<string, AliasRecord>; dataStreams: Map<string, AliasRecord> } {
    let targets = this.#aliases.get(alias)
    if (!targets) {
      targets = { indices: new Map(), dataStreams: new Map() }
      this.#aliases.set(alias, targets)
    }
    return targets
  }

  #dropTarget(alias: string, kind: 'indices' | 'dataStreams', name: string): void {
    const targets = this.#aliases.get(alias)
    targets?.[kind].delete(name)
    if (targets && targets.indices.size === 0 && targets.dataStreams.size === 0) this.#aliases.delete(alias)
  }
}

/** A failed write stays pending in the store; whoever needs durability awaits `durable()`, which reports it. */
const ignoreUntilFlush = (): void => undefined
