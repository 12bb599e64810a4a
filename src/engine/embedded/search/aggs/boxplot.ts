import type { Box, ValuesSource } from '../../../../query/aggregation.ts'
import { boxOfValues } from '../../../../query/box-plot.ts'
import { sql } from '../../sql.ts'
import { floats, uint } from '../columns.ts'
import type { Measure, MeasureScope } from './measure.ts'
import { INTERPOLATED_VALUES } from './percentiles.ts'

const PROPERTIES = ['min', 'q1', 'q2', 'q3', 'max', 'lower', 'upper'] as const

/** Exact; holds all values of a group, 8 bytes each. Of few values the quartiles lie between them, as of percentiles. */
export function boxplot({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const input = scope.numbers(source)
  const count = scope.aggregate('count', input)
  const values = scope.aggregate('groupArray', input)
  const few = sql`if(${count} <= ${INTERPOLATED_VALUES}, ${values}, [])`
  const quartiles = sql`arrayReduce('quantilesExact(0, 0.25, 0.5, 0.75, 1)', ${values})`
  const reach = sql`1.5 * (${quartiles}[4] - ${quartiles}[2])`
  const lower = sql`arrayMin(arrayFilter(x -> x >= ${quartiles}[2] - ${reach}, ${values}))`
  const upper = sql`arrayMax(arrayFilter(x -> x <= ${quartiles}[4] + ${reach}, ${values}))`
  const box = sql`if(${count} <= ${INTERPOLATED_VALUES}, [], arrayConcat(${quartiles}, [${lower}, ${upper}]))`
  const boxOf = ([total, small, large]: readonly unknown[]): Box | null => {
    if (total === 0) return null
    if ((small as number[]).length > 0) return boxOfValues(Float64Array.from(small as number[]).toSorted())
    const [min = NaN, q1 = NaN, q2 = NaN, q3 = NaN, max = NaN, low = NaN, high = NaN] = large as number[]
    return { min, max, quartiles: [q1, q2, q3], whiskers: [low, high] }
  }
  return {
    states: [
      { column: uint(count), empty: 0 },
      { column: floats(few), empty: [] },
      { column: floats(box), empty: [] },
    ],
    result: (state) => ({ kind: 'boxplot', box: boxOf(state) }),
    orderValue: (property, state) => {
      const found = boxOf(state)
      if (found === null) return null
      const [q1, q2, q3] = found.quartiles
      const all = [found.min, q1, q2, q3, found.max, ...found.whiskers]
      return all[PROPERTIES.findIndex((name) => name === property)]
    },
    orderSql: (property) => {
      const at = PROPERTIES.findIndex((name) => name === property)
      return at < 0 ? undefined : sql`if(${count} = 0, NULL, arrayConcat(${quartiles}, [${lower}, ${upper}])[${at + 1}])`
    },
  }
}
