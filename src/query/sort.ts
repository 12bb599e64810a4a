import type { FieldValue } from './field.ts'

/** One key of a sort. `_score` and `_doc` (the order of arrival) are fields here too. */
export interface SortKey {
  readonly field: string
  readonly order: 'asc' | 'desc'
  /** Where documents without a value go, or the value that stands in for theirs. */
  readonly missing: 'first' | 'last' | { readonly value: FieldValue }
  /** Which of several values of a document counts; the default is `min` ascending and `max` descending. */
  readonly mode: 'min' | 'max' | 'sum' | 'avg' | 'median'
  /** Treat the field as this type where it is not mapped, instead of refusing the search. */
  readonly unmappedType?: string
  readonly numericType?: 'long' | 'double' | 'date' | 'date_nanos'
  /** Date format of the printed sort value. */
  readonly format?: string
}
