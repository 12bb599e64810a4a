import type { JsonObject } from '../../core/json.ts'
import type { AliasRecord } from '../index-state.ts'
import type { Settings } from '../settings/settings-json.ts'

/** What templates give to a new index. Mappings are kept as given: they are merged when an index is made. */
export interface TemplateBody {
  readonly settings?: Settings
  readonly mappings?: JsonObject
  readonly aliases?: Readonly<Record<string, AliasRecord>>
  readonly lifecycle?: JsonObject
  /** Of data streams: whether documents that are refused are kept (`data_stream_options.failure_store.enabled`). */
  readonly failureStore?: boolean
}

export interface ComponentTemplate {
  readonly template: TemplateBody
  readonly version?: number
  readonly meta?: JsonObject
  readonly deprecated?: boolean
}

export interface IndexTemplate {
  readonly indexPatterns: readonly string[]
  readonly template?: TemplateBody
  readonly composedOf: readonly string[]
  readonly ignoreMissingComponents?: readonly string[]
  readonly priority?: number
  readonly version?: number
  readonly meta?: JsonObject
  /** Present: names that match become data streams. */
  readonly dataStream?: { readonly hidden?: boolean; readonly allowCustomRouting?: boolean }
  readonly allowAutoCreate?: boolean
  readonly deprecated?: boolean
}

/** `_template`: several may match, and are laid over each other by `order`. */
export interface LegacyTemplate {
  readonly indexPatterns: readonly string[]
  readonly order: number
  readonly version?: number
  readonly settings: Settings
  readonly mappings: JsonObject
  readonly aliases: Readonly<Record<string, AliasRecord>>
}
