import type { JsonObject } from '../../../../src/core/json.ts'
import type { Sort } from '../../app/address.ts'

/** The order in which documents are stored: of those that have no time. */
export const AS_STORED: Sort = { field: '_doc', order: 'asc' }

/** Documents of the same value come in the order in which they are stored: a page begins right behind the one before. */
export function sortClauses({ field, order }: Sort): JsonObject[] {
  if (field === AS_STORED.field) return [{ _doc: 'asc' }]
  return [{ [field]: { order, missing: '_last' } }, { _doc: 'asc' }]
}
