import type { JsonObject } from '../../../src/core/json.ts'
import type { Operation } from './operation.ts'

/** The order of a terms aggregation by an operation that stands under `name`; by count where it cannot be ordered by. */
export function rankOrder(operation: Operation | undefined, name: string, direction: 'asc' | 'desc'): JsonObject {
  if (operation === undefined || operation.kind === 'last_value') return { _count: direction }
  if (operation.kind === 'count') return operation.filter === undefined ? { _count: direction } : { [name]: direction }
  const percent = operation.kind === 'median' ? '.50' : operation.kind === 'percentile' ? `.${operation.percentile}` : ''
  return { [`${operation.filter === undefined ? name : `${name}>${name}`}${percent}`]: direction }
}
