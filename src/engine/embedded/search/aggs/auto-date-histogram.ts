import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { type AutoInterval, autoInterval } from '../../../../query/auto-interval.ts'
import { joinSql, sql, type Sql } from '../../sql.ts'
import { int, nullable } from '../columns.ts'
import type { BindContext, BucketBinding, Choice } from './bucket-binding.ts'
import { addKey, once } from './bucket-key.ts'
import { type FieldInput, fieldInput } from './field-input.ts'
import { levelKey } from './group-statement.ts'
import { RowSource } from './row-source.ts'
import { matchingSpan } from './time-span.ts'
import { tooManyBuckets } from './too-many-buckets.ts'

type AutoDateHistogram = Extract<BucketAggregation, { kind: 'auto_date_histogram' }>

/** The interval follows from the first and the last value of the bucket around, or of all matches. */
export async function bindAutoDateHistogram(histogram: AutoDateHistogram, context: BindContext): Promise<BucketBinding> {
  const input = fieldInput(histogram.source, context.targets)
  if (context.amongBuckets) return bindWithinBuckets(histogram, input)
  const span = await matchingSpan(input, context)
  const chosen = span && intervalOf(histogram, span.from, span.to)
  const { starts, unitStarts } = chosen ?? { starts: [], unitStarts: [] }
  const startOf = (value: Sql, of: readonly number[]): Sql =>
    of.length === 0 ? sql`CAST(NULL AS Nullable(Int64))` : sql`roundDown(${value}, CAST(${of} AS Array(Int64)))`
  // Units are collected, then merged to longer buckets: a document counts for each unit that it has values in.
  const units = (list: Sql): Sql => once(sql`arrayMap(x -> ${startOf(sql`x`, unitStarts)}, ${list})`)
  return {
    key: {
      several: input.several,
      sql: (target) =>
        input.several
          ? sql`arrayMap(x -> ${startOf(sql`x`, starts)}, ${units(input.sql(target))})`
          : startOf(input.sql(target), starts),
      read: nullable(int),
    },
    shape: 'buckets',
    keyOf: Number,
    always: starts,
    order: [],
    ...(chosen !== undefined && { interval: chosen.interval }),
  }
}

/** Rows find the interval of their bucket by its span, so that it does not matter what buckets are told apart by. */
function bindWithinBuckets(histogram: AutoDateHistogram, input: FieldInput): BucketBinding {
  let intervals: ReadonlyMap<string, AutoInterval> = new Map()
  const unused = (): never => {
    throw new Error('the key follows from the bucket around')
  }
  return {
    key: {
      several: input.several,
      sql: unused,
      read: nullable(int),
      put: (rows) => {
        const times = rows.column(input.sql)
        const { from, to } = spanOf(times, input)
        const chosen = [...intervals]
        const at = sql`transform(concat(toString(from), ' ', toString(to)), ${chosen.map(([span]) => span)}, ${chosen.map((_, i) => i + 1)}, 0)`
        const key = startsIn(times, input, {
          starts: sql`${lists(chosen.map(([, { starts }]) => starts))}[${at}]`,
          unitStarts: sql`${lists(chosen.map(([, { unitStarts }]) => unitStarts))}[${at}]`,
        })
        const alias = rows.derive(
          chosen.length === 0 ? sql`CAST(NULL AS Nullable(Int64))` : key,
          sql`${from} AS from, ${to} AS to`,
        )
        return { columns: [alias], read: nullable(int)(alias) }
      },
    },
    choose: async (path, { parts, statements, maxBuckets }) => {
      const rows = new RowSource(parts)
      const keys = path.map((level) => addKey(levelKey(level), rows, { narrow: true }))
      const { from, to } = spanOf(rows.column(input.sql), input)
      const columns = [...keys.map(({ read }) => read), nullable(int)(from), nullable(int)(to)]
      const groups =
        parts.length === 0
          ? []
          : await statements.selectRows(columns, sql`FROM ${rows.sql()} GROUP BY ${joinSql(rows.keys, ', ')}`)
      const found = new Map<string, AutoInterval>()
      const choices = groups.flatMap((row): Choice[] => {
        const [first, last] = row.slice(-2) as [number | null, number | null]
        if (first === null || last === null) return []
        const span = `${first} ${last}`
        const interval = found.get(span) ?? intervalOf(histogram, first, last)
        found.set(span, interval)
        return [{ path: row.slice(0, -2), always: interval.starts, interval: interval.interval }]
      })
      if (choices.reduce((sum, { always }) => sum + always.length, 0) > maxBuckets) throw tooManyBuckets(maxBuckets)
      intervals = found
      return choices
    },
    shape: 'buckets',
    keyOf: Number,
    always: [],
    order: [],
  }
}

const intervalOf = ({ buckets, zone, minimum }: AutoDateHistogram, from: number, to: number): AutoInterval =>
  autoInterval(from, to, buckets, zone, minimum)

/** First and last time of a group of rows. */
function spanOf(times: Sql, { several }: FieldInput): { readonly from: Sql; readonly to: Sql } {
  const suffix: Sql = { kind: 'sql', text: several ? 'Array' : '' }
  return { from: sql`minOrNull${suffix}(${times})`, to: sql`maxOrNull${suffix}(${times})` }
}

/** Starts of the buckets that a row's times lie in, of an interval that the row tells; several make as many rows. */
function startsIn(
  times: Sql,
  { several }: FieldInput,
  { starts, unitStarts }: { readonly starts: Sql; readonly unitStarts: Sql },
): Sql {
  const startOf = (value: Sql, of: Sql): Sql => sql`arrayLast(s -> s <= ${value}, ${of})`
  if (!several) return sql`if(isNull(${times}), NULL, toNullable(${startOf(sql`assumeNotNull(${times})`, starts)}))`
  const units = once(sql`arrayMap(u -> ${startOf(sql`u`, unitStarts)}, ${times})`)
  return sql`toNullable(arrayJoin(arrayMap(x -> ${startOf(sql`x`, starts)}, ${units})))`
}

function lists(all: readonly (readonly number[])[]): Sql {
  return sql`CAST([${joinSql(
    all.map((one) => sql`${one}`),
    ',',
  )}] AS Array(Array(Int64)))`
}
