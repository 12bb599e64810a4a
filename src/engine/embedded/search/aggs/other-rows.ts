import type { BucketAggregation } from '../../../../query/aggregation.ts'
import type { ScopePath } from '../../../../query/nested-objects.ts'

/** Aggregations whose single bucket holds other rows than the buckets around. */
export type OtherRowsAggregation = Extract<BucketAggregation, { kind: 'nested' | 'reverse_nested' | 'relatives' }>

/** Which rows those are: those of a scope, within the rows around or around them, or documents that are related to these. */
export type OtherRows = { readonly kind: 'scope'; readonly path: ScopePath } | Extract<BucketAggregation, { kind: 'relatives' }>

export function otherRows(aggregation: BucketAggregation): OtherRows | undefined {
  if (aggregation.kind === 'relatives') return aggregation
  return 'path' in aggregation ? { kind: 'scope', path: aggregation.path } : undefined
}
