import type { JsonObject } from '../core/json.ts'
import type { EpochMillis } from '../core/time.ts'
import type { IndexSchema } from '../engine/engine.ts'
import type { SynonymSets } from '../query/analysis/filters/synonyms.ts'
import type { Analysis } from '../query/analysis/analysis.ts'
import type { Field, FieldLookup } from '../query/field.ts'
import type { NestedObjects } from '../query/nested-objects.ts'
import { newCounters, type Counters } from './counters.ts'
import type { CompiledMapping } from './mapping/compile-mapping.ts'
import type { MappingLimits } from './mapping/limits.ts'
import type { PooledMapping } from './mapping-pool.ts'
import { analysisOf } from './settings/analysis-settings.ts'
import { booleanSetting, indexSetting, numberSetting } from './settings/index-settings.ts'
import { mappingLimits } from './settings/mapping-limits.ts'
import type { Settings } from './settings/settings-json.ts'

/** An alias of one index or data stream. */
export interface AliasRecord {
  /** Query DSL, as given: searches through the alias see only what it matches. */
  readonly filter?: JsonObject
  readonly index_routing?: string
  readonly search_routing?: string
  readonly is_write_index?: boolean
  readonly is_hidden?: boolean
}

/** An index as it is kept in the metadata store, under its name. */
export interface IndexRecord {
  readonly uuid: string
  readonly createdAt: EpochMillis
  readonly settings: Settings
  /** Key of its mapping in the pool: indices with equal mappings share one. */
  readonly mapping: string
  readonly aliases: Readonly<Record<string, AliasRecord>>
  readonly closed?: boolean
}

/** Fields by which an index without declared dimensions keeps documents together: what names the thing that sent them. */
const USUAL_DIMENSIONS = [
  'device.id',
  'device_id',
  'deviceId',
  'sensor_id',
  'sensor.id',
  'machine_id',
  'equipment_id',
  'host.name',
  'host.id',
  'service.name',
  'agent.id',
]

/** Where the documents of an index came from, if not from writes. */
export interface RestoredFrom {
  readonly repository: string
  readonly snapshot: string
  /** What the index was called there. */
  readonly index: string
  readonly bytes: number
  readonly startedAt: EpochMillis
  readonly endedAt: EpochMillis
}

/** An index while the program runs: what the catalog knows of it, and the schema that the engine sees. */
export class IndexState implements IndexSchema {
  readonly uuid: string
  readonly name: string
  readonly createdAt: EpochMillis
  readonly fields: FieldLookup
  readonly counters: Counters = newCounters()
  settings: Settings
  aliases: ReadonlyMap<string, AliasRecord>
  closed: boolean
  /** The data stream that it is a backing index of. */
  dataStream: string | undefined = undefined
  /** Set while this process runs, for the list of recoveries. */
  restored: RestoredFrom | undefined = undefined
  /** Settled when the engine knows the index; writes and searches wait for it. */
  ready: Promise<void> = Promise.resolve()
  #mapping: PooledMapping
  #pipelines: { readonly of: Settings; readonly names: IndexState['pipelines'] } | undefined
  readonly #synonymSets: SynonymSets
  #analysis: { readonly of: Settings; readonly analysis: Analysis } | undefined
  #limits: { readonly of: Settings; readonly limits: MappingLimits } | undefined

  constructor(name: string, record: IndexRecord, mapping: PooledMapping, synonymSets: SynonymSets) {
    this.#synonymSets = synonymSets
    this.uuid = record.uuid
    this.name = name
    this.createdAt = record.createdAt
    this.settings = record.settings
    this.aliases = new Map(Object.entries(record.aliases))
    this.closed = record.closed ?? false
    this.#mapping = mapping
    // The mapping is swapped when the index learns fields: readers always see the newest.
    this.fields = {
      find: (path: string): Field | undefined => this.mapping.find(path),
      match: (pattern: string): readonly Field[] => this.mapping.match(pattern),
      all: (): readonly Field[] => this.mapping.all(),
    }
  }

  get mapping(): CompiledMapping {
    return this.#mapping.compiled
  }

  get pooledMapping(): PooledMapping {
    return this.#mapping
  }

  set pooledMapping(mapping: PooledMapping) {
    this.#mapping = mapping
  }

  get timeField(): string | undefined {
    const type = this.mapping.find('@timestamp')?.type
    return type === 'date' || type === 'date_nanos' ? '@timestamp' : undefined
  }

  get nested(): readonly NestedObjects[] {
    return this.mapping.nested
  }

  get dimensions(): readonly string[] {
    const declared = this.mapping.all().filter((field) => field.parameters.dimension === true)
    if (declared.length > 0) return declared.map((field) => field.path)
    const usual = USUAL_DIMENSIONS.find((path) => this.mapping.find(path)?.type === 'keyword')
    return usual === undefined ? [] : [usual]
  }

  get analysis(): Analysis {
    if (this.#analysis?.of !== this.settings)
      this.#analysis = { of: this.settings, analysis: analysisOf(this.settings, this.#synonymSets) }
    return this.#analysis.analysis
  }

  get hidden(): boolean {
    return booleanSetting(this.settings, 'index.hidden')
  }

  get shards(): number {
    return numberSetting(this.settings, 'index.number_of_shards')
  }

  get replicas(): number {
    return numberSetting(this.settings, 'index.number_of_replicas')
  }

  /** Ingest pipelines that documents of this index go through unless they name their own; most have none. */
  get pipelines(): { readonly default: string | undefined; readonly final: string | undefined } {
    if (this.#pipelines?.of !== this.settings) {
      const named = (key: string): string | undefined => {
        const name = indexSetting(this.settings, key)
        return name === '_none' || name === '' ? undefined : name
      }
      const names = { default: named('index.default_pipeline'), final: named('index.final_pipeline') }
      this.#pipelines = { of: this.settings, names }
    }
    return this.#pipelines.names
  }

  get limits(): MappingLimits {
    if (this.#limits?.of !== this.settings) {
      this.#limits = { of: this.settings, limits: mappingLimits(this.settings) }
    }
    return this.#limits.limits
  }

  toRecord(): IndexRecord {
    return {
      uuid: this.uuid,
      createdAt: this.createdAt,
      settings: this.settings,
      mapping: this.#mapping.key,
      aliases: Object.fromEntries(this.aliases),
      ...(this.closed ? { closed: true } : {}),
    }
  }
}
