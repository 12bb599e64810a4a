import type { AggregationResult, MetricAggregation, ValuesSource } from '../../../../query/aggregation.ts'
import { DOC_COUNT } from '../../../../query/doc-count.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { type Column, float, nullable, uint } from '../columns.ts'
import type { Condition } from '../query/condition.ts'
import { flag } from '../query/condition.ts'
import type { Target } from '../target.ts'
import { type FieldInput, fieldInput, numberInput, pointInput } from './field-input.ts'
import type { FineGroups } from './fine-groups.ts'
import type { RowSource } from './row-source.ts'

/** What the engine computes for a metric in every group, and what the metric is made of it. */
export interface Measure {
  readonly states: readonly State[]
  readonly result: (values: readonly unknown[]) => AggregationResult
  /** The value that buckets may be ordered by; `property` as in `stats.max` or `percentiles.99`. */
  readonly orderSql?: (property: string | undefined) => Sql | undefined
  /** The same of values; absent where the result tells. */
  readonly orderValue?: (property: string | undefined, values: readonly unknown[]) => number | null | undefined
}

/** One value of a group. With `merge` the values of several groups make that of all their documents. */
export interface State {
  readonly column: Column<unknown>
  readonly empty: unknown
  readonly merge?: (a: unknown, b: unknown) => unknown
}

export const countState = (value: Sql): State => ({ column: uint(value), empty: 0, merge: (a, b) => Number(a) + Number(b) })
export const sumState = (value: Sql): State => ({
  column: float(sql`ifNull(${value}, 0)`),
  empty: 0,
  merge: (a, b) => Number(a) + Number(b),
})
export const minState = (value: Sql): State => ({ column: nullable(float)(value), empty: null, merge: extreme(Math.min) })
export const maxState = (value: Sql): State => ({ column: nullable(float)(value), empty: null, merge: extreme(Math.max) })

/** To an order a minimum of nothing is infinitely large, a maximum infinitely small, as Elasticsearch begins them. */
export const orderMin = (least: unknown): number => (least === null ? Infinity : Number(least))
export const orderMax = (greatest: unknown): number => (greatest === null ? -Infinity : Number(greatest))
export const orderMinSql = (least: Sql): Sql => sql`ifNull(toFloat64(${least}), inf)`
export const orderMaxSql = (greatest: Sql): Sql => sql`ifNull(toFloat64(${greatest}), -inf)`

const extreme =
  (choose: (a: number, b: number) => number) =>
  (a: unknown, b: unknown): unknown =>
    a === null ? b : b === null ? a : choose(Number(a), Number(b))

/**
 * Extremes of no values are NULL. Doubles are looked at one by one for whether they are NULL, and then taken as what is not:
 * an average and a maximum of 2 M documents cost 24 CPU-ms, with functions that skip NULL by themselves 32.
 */
const EXTREMES = new Map([
  ['minOrNull', 'min'],
  ['maxOrNull', 'max'],
])

/** Where a metric is computed: over the rows of a statement, or over those of them that a condition holds for. */
export class MeasureScope {
  readonly source: RowSource
  readonly #condition: Sql | undefined
  readonly #finer: FineGroups | undefined
  /** Columns whose values are both summed and counted. */
  readonly #averaged = new Set<string>()

  /** @param finer groups of which those of the statement are put together */
  constructor(source: RowSource, { condition, finer }: { readonly condition?: Sql; readonly finer?: FineGroups } = {}) {
    this.source = source
    this.#condition = condition
    this.#finer = finer
  }

  /** The documents of this scope for which one more condition holds. */
  under(condition: (target: Target) => Condition): MeasureScope {
    const holds = this.source.column(
      (target) => flag(condition(target)),
      (target) => [condition(target)],
    )
    const all = this.#condition === undefined ? holds : sql`(${this.#condition} AND ${holds})`
    return new MeasureScope(this.source, { condition: all, ...(this.#finer && { finer: this.#finer }) })
  }

  /** Number of documents; one that says so stands for several. */
  count(): Sql {
    if (!this.source.targets.some(standsForSeveral)) return this.#call('count', sql``, [])
    return this.#call('sum', sql``, [this.source.column(documentCount)])
  }

  /** Announces an average, so that whatever else counts or sums up the same values shares the work. */
  averages(source: ValuesSource): void {
    this.#averaged.add(this.source.column(this.numbers(source).sql).text)
  }

  /** An aggregate function of the engine over all values of an input; `parameters` and `more` are its further arguments. */
  aggregate(name: string, input: FieldInput, parameters?: Sql): Sql {
    const values = this.source.column(input.sql)
    const called = parameters === undefined ? sql`` : sql`(${parameters})`
    if (input.several) return this.#call(`${name}Array`, called, [values])
    const ofThose = (plain: string): Sql => this.#call(plain, called, [sql`assumeNotNull(${values})`], sql`isNotNull(${values})`)
    if (name === 'groupArray' || name.startsWith('quantiles')) return ofThose(name)
    if (input.type !== 'double') return this.#call(name, called, [values])
    if ((name === 'sum' || name === 'count') && this.#averaged.has(values.text))
      return sql`tupleElement(${ofThose('sumCount')}, ${name === 'sum' ? 1 : 2})`
    if (name === 'sum') return this.#call(name, called, [sql`ifNull(${values}, 0)`])
    const extreme = EXTREMES.get(name)
    if (extreme === undefined) return this.#call(name, called, [values])
    return sql`if(${this.aggregate('count', input)} = 0, NULL, ${ofThose(extreme)})`
  }

  /** How often each string comes in lists of them: a pair of arrays. */
  countEach(of: (target: Target) => Sql): Sql {
    const lists = this.source.column(of)
    return this.#call('sumMap', sql``, [lists, sql`arrayMap(x -> toUInt64(1), ${lists})`])
  }

  /** @param only a condition of the call, besides that of the scope */
  #call(name: string, parameters: Sql, values: readonly Sql[], only?: Sql): Sql {
    const conditions = [only, this.#condition].filter((condition) => condition !== undefined)
    const condition = conditions.length === 0 ? [] : [sql`(${joinSql(conditions, ' AND ')})`]
    const combined: Sql = { kind: 'sql', text: condition.length === 0 ? name : `${name}If` }
    const all = joinSql([...values, ...condition], ', ')
    return this.#finer?.merged(combined, parameters, all) ?? sql`${combined}${parameters}(${all})`
  }

  numbers(from: ValuesSource): FieldInput {
    return numberInput(from, this.source.targets)
  }

  values(from: ValuesSource): FieldInput {
    return fieldInput(from, this.source.targets)
  }

  /** Latitudes and longitudes, in the same order. */
  points(field: string): { readonly lat: FieldInput; readonly lon: FieldInput } {
    return { lat: pointInput(field, 'lat', this.source.targets), lon: pointInput(field, 'lon', this.source.targets) }
  }
}

/** Whether documents of a target may stand for several. */
export const standsForSeveral = ({ layout }: Target): boolean => layout.column(DOC_COUNT) !== undefined

function documentCount({ layout }: Target): Sql {
  const column = layout.column(DOC_COUNT)
  return column === undefined ? sql`toUInt64(1)` : sql`toUInt64(ifNull(${identifier(column.name)}, 1))`
}

/** Metrics that a statement computes along with its groups; the others look at documents, see `top.ts` and `collect.ts`. */
export type MeasuredMetric = Exclude<MetricAggregation, { readonly kind: 'top_hits' | 'top_metrics' | 'collected' }>
export type MeasuredKind = MeasuredMetric['kind']
