import type { IndexAccess } from '../core/access.ts'
import type { JsonObject } from '../core/json.ts'
import type { FieldsAnswer } from './wire/fields.ts'
import type { Hit, SearchAnswer } from './wire/query.ts'

/** What the pages need of the documents. Every call goes with what the signed-in user may see. */
export interface DocumentsPort {
  /**
   * One search: `body` as `_search` takes it.
   * @throws ElkhornError as `_search` answers it
   */
  search(access: IndexAccess, index: string, body: JsonObject, signal: AbortSignal): Promise<SearchAnswer>
  /** The fields of all indices that `index` stands for. */
  fields(access: IndexAccess, index: string, signal: AbortSignal): Promise<FieldsAnswer>
  /** Names that can be searched: data streams, aliases and indices that are not hidden. */
  names(access: IndexAccess): Promise<readonly string[]>
  readonly tail: TailPort
}

/** Positions in the indices of a tail, by the index's uuid: the highest sequence number that was read. */
export type TailPositions = ReadonlyMap<string, number>

export interface TailPort {
  /** Where every index that `index` stands for now ends, as far as searches can see. */
  positions(access: IndexAccess, index: string): Promise<TailPositions>
  /**
   * Documents behind `after` and up to `upTo` (both by uuid; an index missing in `after` is read from its start), oldest
   * first, at most `limit` of them.
   */
  read(request: {
    readonly access: IndexAccess
    readonly index: string
    readonly query: JsonObject | undefined
    readonly after: TailPositions
    readonly upTo: TailPositions
    readonly limit: number
    readonly signal: AbortSignal
  }): Promise<TailRead>
  /** Calls back when documents became searchable somewhere. Returns the way out. */
  onSearchable(listener: () => void): () => void
}

export interface TailRead {
  readonly hits: readonly Hit[]
  /** How many there are, those behind `limit` included. */
  readonly total: number
  /** Where reading stopped: `upTo`, or the last hit where `limit` cut. */
  readonly positions: TailPositions
}
