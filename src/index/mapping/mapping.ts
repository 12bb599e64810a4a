import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { FieldType } from '../../query/field.ts'

/**
 * A mapping, checked and normalised: what `parseMapping` makes, `mergeMappings` adds to, `printMapping` shows and
 * `compileMapping` turns into readers. Immutable; nodes that a merge did not touch are shared with the mapping before.
 */
export interface Mapping {
  /** Members beside `properties`, in Elasticsearch's spelling, as given: `_source`, `date_detection`, `_meta`, … */
  readonly options: MappingOptions
  readonly root: ObjectMapping
}

export interface MappingOptions {
  readonly dateDetection?: boolean
  readonly numericDetection?: boolean
  readonly dynamicDateFormats?: readonly string[]
  readonly dynamicTemplates?: readonly DynamicTemplate[]
  readonly source?: SourceOptions
  readonly routingRequired?: boolean
  readonly meta?: JsonObject
  /** Runtime fields by name, as given. */
  readonly runtime?: JsonObject
  /** Metadata fields that are accepted and kept as given: `_size`, `_data_stream_timestamp`. */
  readonly metadata?: JsonObject
}

export interface SourceOptions {
  readonly enabled?: boolean
  readonly includes?: readonly string[]
  readonly excludes?: readonly string[]
  readonly mode?: 'stored' | 'disabled' | 'synthetic'
}

export type MappingNode = ObjectMapping | LeafMapping | AliasMapping

/** What happens to a field that the mapping does not know. */
export type Dynamic = 'true' | 'false' | 'strict' | 'runtime'

export interface ObjectMapping {
  readonly kind: 'object'
  /** Absent: the parent's. */
  readonly dynamic?: Dynamic
  /** False: whatever stands there is kept in `_source` and otherwise not looked at. */
  readonly enabled: boolean
  readonly subobjects?: boolean
  /** Its values are documents of their own: whoever searches the document that holds them does not see their fields. */
  readonly nested?: NestedOptions
  /** Its fields may be named without it (`passthrough`). Of two such objects with a field of one name, the one of higher priority has it. */
  readonly passthrough?: { readonly priority: number; readonly dimensions: boolean }
  readonly properties: ReadonlyMap<string, MappingNode>
}

/** To whom the fields of nested objects are shown nevertheless, as if they were plain objects. */
export interface NestedOptions {
  readonly includeInParent?: boolean
  readonly includeInRoot?: boolean
}

export interface LeafMapping {
  readonly kind: 'leaf'
  readonly type: FieldType
  /** Parameters that differ from their defaults, in Elasticsearch's spelling. */
  readonly parameters: Readonly<Record<string, JsonValue>>
  readonly copyTo: readonly string[]
  readonly multiFields: ReadonlyMap<string, LeafMapping>
}

export interface AliasMapping {
  readonly kind: 'alias'
  /** Full path of the field that it stands for. */
  readonly target: string
}

/** A rule for fields that are not mapped yet. `match…` lists hold patterns, any of which may match. */
export interface DynamicTemplate {
  readonly name: string
  readonly matchMappingType?: readonly string[]
  readonly unmatchMappingType?: readonly string[]
  readonly match: readonly string[]
  readonly unmatch: readonly string[]
  readonly pathMatch: readonly string[]
  readonly pathUnmatch: readonly string[]
  /** `regex`: the patterns of `match` and `unmatch` are regular expressions over the whole name. */
  readonly matchPattern?: 'simple' | 'regex'
  readonly mapping: JsonObject
  readonly runtime: boolean
  /** As its author wrote it: printed back. */
  readonly definition: JsonObject
}

export const emptyObject: ObjectMapping = { kind: 'object', enabled: true, properties: new Map() }

export const emptyMapping: Mapping = { options: {}, root: emptyObject }

/** Joins a path and a name; the root's path is empty. */
export function childPath(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`
}
