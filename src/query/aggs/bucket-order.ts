import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { BucketOrder } from '../aggregation.ts'
import { parsingException } from '../dsl/errors.ts'
import { valuePlace, type Member, type Read } from '../dsl/reading.ts'

/** `{ "_count": "asc" }`, or a list of such. */
export const bucketOrder: Read<readonly BucketOrder[]> = (value, at) => {
  if (!Array.isArray(value)) return [oneOrder(value, at)]
  return value.map((entry: JsonValue, index) => oneOrder(entry, { node: value, key: index, owner: at.owner }))
}

function oneOrder(value: JsonValue, at: Member): BucketOrder {
  const entries = isJsonObject(value) ? Object.entries(value) : []
  const [first] = entries
  if (!first || entries.length > 1) throw parsingException(`Must specify at least one field for [order]`, valuePlace(at))
  const [by, direction] = first
  const order = typeof direction === 'string' ? direction.toLowerCase() : undefined
  if (order !== 'asc' && order !== 'desc')
    throw parsingException(`Unknown order direction [${String(direction)}]`, valuePlace(at))
  return { by: by === '_term' || by === '_time' ? '_key' : by, order }
}

/** Most documents first; among equals the smaller key. */
export const BY_COUNT: readonly BucketOrder[] = [
  { by: '_count', order: 'desc' },
  { by: '_key', order: 'asc' },
]

export const BY_KEY: readonly BucketOrder[] = [{ by: '_key', order: 'asc' }]

/** Equal buckets are told apart by their keys unless the order does so already. */
export function withTieBreak(order: readonly BucketOrder[]): readonly BucketOrder[] {
  return order.some(({ by }) => by === '_key') ? order : [...order, { by: '_key', order: 'asc' }]
}

interface CountedTerms {
  readonly size: number
  readonly shardSize: number | undefined
  readonly order: readonly BucketOrder[]
  /** How many terms there are, those beyond `size` too. */
  readonly found: number
}

/**
 * `doc_count_error_upper_bound`: counts are exact here, so 0. -1 stands for "unknown" where Elasticsearch, even with one
 * shard, would have left out terms in an order in which it cannot tell what they count.
 */
export function docCountError({ size, shardSize, order, found }: CountedTerms): number {
  const [first] = order
  if (first === undefined || first.by === '_key' || (first.by === '_count' && first.order === 'desc')) return 0
  return found < Math.max(size, shardSize ?? Math.trunc(size * 1.5 + 10)) ? 0 : -1
}

/** @throws ElkhornError where an order names an aggregation that is not within the bucket */
export function checkOrder(order: readonly BucketOrder[], children: readonly string[]): void {
  for (const { by } of order) {
    if (by === '_count' || by === '_key') continue
    const name = by.split('>')[0]?.replace(/\[.*$/, '') ?? ''
    if (children.some((child) => child === by || child === name || name.startsWith(`${child}.`))) continue
    throw illegalArgument(
      `Invalid aggregation order path [${by}]. The provided aggregation [${name}] either does not exist, or is a pipeline aggregation and cannot be used to sort the buckets.`,
    )
  }
}
