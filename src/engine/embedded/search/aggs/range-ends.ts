import type { StoredColumn } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { isRangeStorage, RANGE_TO } from '../../tables/column-shape.ts'

/** Buckets that the ranges of a search may touch together, as many as Elasticsearch answers with. */
export const MAX_TOUCHED_BUCKETS = 65_536

export function holdsRanges(column: StoredColumn | undefined): boolean {
  return column !== undefined && isRangeStorage(column.storage)
}

/** All ranges of a document as one text, equal for equal ones: how they are counted, and told apart. */
export function wholeRanges(column: StoredColumn | undefined): Sql {
  if (column === undefined) return sql`CAST(NULL AS Nullable(String))`
  const { from, to } = allEnds(column)
  return sql`if(empty(${from}), NULL, toString(arrayZip(${from}, ${to})))`
}

/** Lower and upper ends of all ranges of a document; a value that is none stands for both. */
export function allEnds(column: StoredColumn): { readonly from: Sql; readonly to: Sql } {
  const suffix = isRangeStorage(column.storage) ? RANGE_TO : ''
  const list = (end: string): Sql => {
    const one = identifier(column.name + end)
    const ones = sql`if(isNull(${one}), [], [assumeNotNull(${one})])`
    if (column.arrayName === undefined) return ones
    const several = identifier(column.arrayName + end)
    return sql`if(empty(${several}), ${ones}, ${several})`
  }
  return { from: list(''), to: list(suffix) }
}

export interface RangeSpan {
  readonly from: number
  readonly to: number
}

/** Numbers of the buckets that the ranges of a document touch, each once; `numberOf` computes that of a value as Int64. */
export function touchedBuckets(
  column: StoredColumn | undefined,
  span: RangeSpan | undefined,
  numberOf: (value: Sql) => Sql,
): Sql {
  if (column === undefined || span === undefined) return sql`CAST([] AS Array(Int64))`
  const { from, to } = allEnds(column)
  const [low, high] = [sql`greatest(x, ${span.from})`, sql`least(y, ${span.to})`]
  const touched = sql`range(${numberOf(low)}, ${numberOf(high)} + 1)`
  return sql`arrayDistinct(arrayFlatten(arrayMap((x, y) -> ${touched}, ${from}, ${to})))`
}
