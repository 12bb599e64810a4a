import type { Field } from '../field.ts'
import type { DocumentValues } from './computation.ts'

/** What is read of a document, as far as it is known beforehand. */
export interface DocumentReads {
  /** Fields whose values are read; `undefined`: any. */
  readonly reads: readonly Field[] | undefined
  readonly readsScore: boolean
  readonly readsSource: boolean
}

/** An aggregation that looks at documents itself. */
export interface DocumentCollection {
  /** For each search target. */
  readonly of: readonly DocumentReads[]
  /** A search begins. What is answered makes a collector for a bucket and a target; all of them share one budget of memory. */
  open(): (target: number) => DocumentCollector
}

/** Collects the documents of one bucket and one target, in the order in which they were written. */
export interface DocumentCollector {
  /** The view is the same object for all documents. @throws ElkhornError where a script fails, or for too much memory */
  add(document: DocumentValues): void
  result(): unknown
}
