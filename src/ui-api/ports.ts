import type { IndexAccess } from '../core/access.ts'
import type { JsonObject } from '../core/json.ts'
import type { FieldsAnswer } from './wire/fields.ts'

/** What the pages need of the documents. Every call goes with what the signed-in user may see. */
export interface DocumentsPort {
  /**
   * One search: `body` as `_search` takes it, the answer as JSON text of a `SearchAnswer`.
   * @throws ElkhornError as `_search` answers it
   */
  search(access: IndexAccess, index: string, body: JsonObject, signal: AbortSignal): Promise<string>
  /** The fields of all indices that `index` stands for. */
  fields(access: IndexAccess, index: string): FieldsAnswer
  /** Names that can be searched: data streams, aliases and indices that are not hidden. */
  names(access: IndexAccess): readonly string[]
  readonly tail: TailPort
}

/** Positions in the indices of a tail, by the index's uuid: the highest sequence number that was read. */
export type TailPositions = ReadonlyMap<string, number>

export interface TailPort {
  /** Where every index that `index` stands for now ends, as far as searches can see. */
  start(access: IndexAccess, index: string): Promise<TailPositions>
  /**
   * Where they end by now, of those that have something behind `after`. Indices made since `since` count from their
   * beginning.
   */
  newest(access: IndexAccess, index: string, after: TailPositions, since: number): TailPositions
  /**
   * Documents behind `after` and up to `upTo` (an index missing in `after` is read from its start), oldest first in each
   * index, at most `limit` of them.
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
  /** JSON text of each hit, sources as text. */
  readonly hits: readonly string[]
  /** How many there are, those behind `limit` included. */
  readonly total: number
  /** Where reading stopped, of every index of `upTo`: there, or at the last hit where `limit` cut. */
  readonly positions: TailPositions
}
