import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import type { FieldInput } from './field-input.ts'
import {
  countState,
  maxState,
  type MeasureScope,
  minState,
  orderMax,
  orderMaxSql,
  orderMin,
  orderMinSql,
  type State,
  sumState,
} from './measure.ts'

/** How many values there are, between which numbers, and their sum: what `stats` and `extended_stats` begin with. */
export interface Summary {
  readonly input: FieldInput
  readonly count: Sql
  readonly sum: Sql
  readonly states: readonly State[]
  /** What buckets may be ordered by. */
  readonly properties: ReadonlyMap<string, Sql>
}

export function summarize(source: ValuesSource, scope: MeasureScope): Summary {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const sum = scope.aggregate('sum', input)
  const [min, max] = [scope.aggregate('minOrNull', input), scope.aggregate('maxOrNull', input)]
  return {
    input,
    count,
    sum,
    states: [countState(count), minState(min), maxState(max), sumState(sum)],
    properties: new Map([
      ['count', count],
      ['sum', sql`ifNull(${sum}, 0)`],
      ['min', orderMinSql(min)],
      ['max', orderMaxSql(max)],
      ['avg', sql`if(${count} = 0, NULL, ${sum} / ${count})`],
    ]),
  }
}

/** Values of the states of a summary. */
export function readSummary([count, least, greatest, sum]: readonly unknown[]) {
  return {
    count: Number(count),
    min: least === null ? null : Number(least),
    max: greatest === null ? null : Number(greatest),
    sum: Number(sum),
  }
}

/** What buckets are ordered by, of the values of the states; `undefined` for what a summary does not tell. */
export function orderBySummary(property: string | undefined, values: readonly unknown[]): number | null | undefined {
  const [, least, greatest] = values
  const { count, sum } = readSummary(values)
  switch (property) {
    case 'count':
      return count
    case 'min':
      return orderMin(least)
    case 'max':
      return orderMax(greatest)
    case 'sum':
      return sum
    case 'avg':
      return count === 0 ? null : sum / count
    default:
      return undefined
  }
}
