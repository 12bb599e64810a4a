import type { ElkhornError } from './errors.ts'
import type { JsonObject, JsonValue } from './json.ts'

/**
 * One write, as it arrives: a line of `_bulk`, an event leaving a pipeline, an alert, an audit event. All of them meet
 * in `index/`, which resolves `target`, runs ingest pipelines, maps the document and hands it to the engine.
 */
export interface BulkOperation {
  readonly action: 'index' | 'create' | 'update' | 'delete'
  /** An index, an alias with one write index, or a data stream; made from a template where it does not exist. */
  readonly target: string
  readonly id?: string
  /** The document (or the update's body), byte for byte as it will be kept. Must not change until the write ends. */
  readonly source?: Uint8Array
  /** `source` where its author has it parsed already: saves reading it again. */
  readonly document?: JsonObject
  readonly routing?: string
  /** Ingest pipeline instead of the index's default one; `_none` for none. */
  readonly pipeline?: string
  readonly ifSeqNo?: number
  readonly ifPrimaryTerm?: number
  readonly version?: number
  readonly versionType?: 'internal' | 'external' | 'external_gte'
  readonly requireAlias?: boolean
  readonly requireDataStream?: boolean
  /** Updates: how often a conflict is tried again. */
  readonly retryOnConflict?: number
  /** Updates: how much of the document the answer shows, as `_source` says it. */
  readonly returnSource?: JsonValue
}

export type BulkOutcome =
  | {
      readonly result: 'created' | 'updated' | 'deleted' | 'not_found' | 'noop'
      /** The concrete index that was written: of a data stream the backing index. */
      readonly index: string
      readonly id: string
      readonly version: number
      readonly seqNo: number
      readonly primaryTerm: number
      /** Of an update: the document as it is now. */
      readonly source?: Uint8Array
      /** The data stream refused the document, and its failure store has it: `index` and `id` are those there. */
      readonly failureStore?: 'used'
    }
  | {
      readonly result: 'failed'
      readonly index: string
      readonly id: string | undefined
      readonly error: ElkhornError
      /** The failure store did not take it either. */
      readonly failureStore?: 'failed'
    }

/** When a write answers: at once, after making itself searchable, or when that has happened by itself. */
export type RefreshPolicy = 'false' | 'true' | 'wait_for'
