import type { FieldValue } from '../../query/field.ts'

/** A document as the memory engine keeps it: everything a query could ask for, nothing prepared. */
export interface MemoryDocument {
  readonly id: string
  readonly seqNo: number
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
  /** Values by path, in document order. */
  readonly values: ReadonlyMap<string, readonly FieldValue[]>
  /** Fields whose values are nanoseconds: `date_nanos`. Long whole numbers are bigints as well. */
  readonly nanos: ReadonlySet<string>
  /** Tokens of text fields by path, values `VALUE_GAP` apart. */
  readonly tokens: ReadonlyMap<string, readonly PlacedToken[]>
  /** Nested objects in it by path, documents of their own. */
  readonly objects: ReadonlyMap<string, readonly MemoryDocument[]>
  /** Of a nested object: which one, and what is around it, its document first. */
  readonly object?: { readonly path: string; readonly number: number; readonly around: readonly MemoryDocument[] }
  /** The sequence number that replaced or deleted it; `undefined` while it is live. */
  superseded: number | undefined
}

export interface PlacedToken {
  readonly term: string
  readonly position: number
}

/** Elasticsearch's `position_increment_gap`. */
export const VALUE_GAP = 100
