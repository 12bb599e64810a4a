import type { JsonObject } from '../../core/json.ts'
import type { WireError } from './error.ts'

/**
 * `POST /_ui/query`: several searches in one request. Each is answered on its own, in the order in which they end, as
 * one line of JSON (`QueryLine`); equal ones are run once. `POST /_ui/query/cancel` gives up single ones by id.
 */
export interface QueryBatch {
  readonly requests: readonly QueryRequest[]
}

export interface QueryRequest {
  /** Chosen by the page, unique among its open requests. */
  readonly id: string
  /** Index names, patterns and data streams, comma between. */
  readonly index: string
  /** A body of Elasticsearch's `_search`. */
  readonly body: JsonObject
}

export type QueryLine =
  | { readonly id: string; readonly answer: SearchAnswer }
  | { readonly id: string; readonly error: WireError }

/** As `_search` answers, but with sources as text. */
export interface SearchAnswer {
  readonly took: number
  readonly timed_out: boolean
  readonly _shards: { readonly failed: number; readonly failures?: readonly { readonly reason: { readonly reason?: string } }[] }
  readonly hits: {
    readonly total?: { readonly value: number; readonly relation: 'eq' | 'gte' }
    readonly hits: readonly Hit[]
  }
  readonly aggregations?: JsonObject
}

export interface Hit {
  readonly _index: string
  readonly _id: string
  /** The document as it was sent, byte for byte: numbers beyond 2^53 survive, and it is read only where it is shown. */
  readonly _source: string
  readonly sort?: readonly (string | number | boolean | null)[]
}

export interface CancelQueries {
  readonly ids: readonly string[]
}
