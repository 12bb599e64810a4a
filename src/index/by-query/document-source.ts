import type { IndexAccess } from '../../core/access.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import type { IndexContext } from '../index-context.ts'

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
  batches(): AsyncIterable<readonly StoredDocument[]>
}
