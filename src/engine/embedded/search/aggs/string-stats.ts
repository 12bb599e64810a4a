import type { ValuesSource } from '../../../../query/aggregation.ts'
import { sql, type Sql } from '../../sql.ts'
import { counts } from '../columns.ts'
import { derivedInput } from './field-input.ts'
import { countState, maxState, type Measure, type MeasureScope, minState, sumState } from './measure.ts'

/** Characters beyond the basic plane, which are two of Java's. */
const WIDE = '[\\x{10000}-\\x{10FFFF}]'

/** Lengths and characters of strings. */
export function stringStats({ source }: { readonly source: ValuesSource }, scope: MeasureScope): Measure {
  const input = scope.values(source)
  // A field of no index has numbers for all that is known.
  const asText = (value: Sql): Sql => (input.type === 'string' ? value : sql`toString(${value})`)
  const lengths = derivedInput(
    input,
    (value) => sql`toFloat64(lengthUTF8(${asText(value)}) + countMatches(${asText(value)}, ${WIDE}))`,
  )
  const count = scope.aggregate('count', lengths)
  const [min, max] = [scope.aggregate('minOrNull', lengths), scope.aggregate('maxOrNull', lengths)]
  const sum = scope.aggregate('sum', lengths)
  const characters = scope.countEach((target) => {
    const values = input.sql(target)
    return input.several
      ? sql`arrayFlatten(arrayMap(x -> ngrams(${asText(sql`x`)}, 1), ${values}))`
      : sql`ngrams(ifNull(${asText(values)}, ''), 1)`
  })
  const properties = new Map<string | undefined, Sql>([
    ['count', count],
    ['min_length', min],
    ['max_length', max],
    ['avg_length', sql`if(${count} = 0, NULL, ${sum} / ${count})`],
  ])
  return {
    states: [
      countState(count),
      minState(min),
      maxState(max),
      sumState(sum),
      { column: counts(characters), empty: new Map(), merge: addCounts },
    ],
    result: ([documents, least, greatest, total, each]) => ({
      kind: 'string_stats',
      count: Number(documents),
      minLength: Number(least ?? 0),
      maxLength: Number(greatest ?? 0),
      totalLength: Number(total),
      characters: each as ReadonlyMap<string, number>,
    }),
    orderSql: (property) => properties.get(property),
    orderValue: (property, [documents, least, greatest, total]) => {
      const known = Number(documents)
      switch (property) {
        case 'count':
          return known
        case 'min_length':
          return known === 0 ? null : Number(least)
        case 'max_length':
          return known === 0 ? null : Number(greatest)
        case 'avg_length':
          return known === 0 ? null : Number(total) / known
        default:
          return undefined
      }
    },
  }
}

function addCounts(a: unknown, b: unknown): unknown {
  const sum = new Map(a as ReadonlyMap<string, number>)
  for (const [key, count] of b as ReadonlyMap<string, number>) sum.set(key, (sum.get(key) ?? 0) + count)
  return sum
}
