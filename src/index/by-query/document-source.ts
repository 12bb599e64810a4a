import type { IndexAccess } from '../../core/access.ts'
import type { IndexContext } from '../index-context.ts'

/** A document that is to be worked on, with all that writing it again takes. */
export interface FoundDocument {
  /** The name of the index it is in. */
  readonly index: string
  readonly id: string
  readonly seqNo: number
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
}

export interface OpenOptions {
  /** Documents of one batch. */
  readonly size: number
  readonly signal: AbortSignal
}

/**
 * Where a request by query gets its documents from: they are read as they are when it is opened.
 * @throws ElkhornError where the query cannot be answered
 */
export type DocumentSource = (context: IndexContext, access: IndexAccess, options: OpenOptions) => Promise<OpenDocuments>

export interface OpenDocuments {
  /** Of each index that is read: what the number of slices can be left to. */
  readonly shards: readonly number[]
  /** How many there are. */
  count(): Promise<number>
  /** Each time from the first one on. */
  batches(): AsyncIterable<readonly FoundDocument[]>
}
