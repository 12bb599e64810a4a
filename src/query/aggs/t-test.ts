import { illegalArgument } from '../../core/errors.ts'
import type { AggregationResult, NamedAggregation } from '../aggregation.ts'
import { matchAll } from '../ast.ts'
import { bindQuery } from '../dsl/bind-query.ts'
import { parseQuery } from '../dsl/parse-query.ts'
import { int, oneOf, raw, readObject, text, type Read } from '../dsl/reading.ts'
import type { UnboundQuery } from '../dsl/unbound.ts'
import { studentsT } from './students-t.ts'
import type { AggregationContext, AggregationDefinition } from './definition.ts'
import { shapeValue } from './metrics.ts'
import { bindSource, readSource, type SourceRequest } from './values-source.ts'

/** One of the two populations: a field of the documents, or of some of them. */
interface Population {
  readonly source: SourceRequest
  readonly filter: UnboundQuery | undefined
}

const population: Read<Population> = (value, at) => {
  const read = readObject(value, at, { field: text, missing: raw, script: raw, filter: raw }, 'object')
  return {
    source: readSource({ ...read, format: undefined, value_type: undefined }, 't_test'),
    filter: read.filter === undefined ? undefined : parseQuery(read.filter),
  }
}

/** How likely two populations differ by chance only: the p-value of a t-test. */
export const tTest: AggregationDefinition = {
  name: 't_test',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(
      json,
      at,
      { a: population, b: population, type: oneOf('paired', 'homoscedastic', 'heteroscedastic'), tails: int, format: text },
      'object',
    )
    const { a, b, type = 'heteroscedastic', tails = 2 } = read
    if (!a || !b) throw illegalArgument(`Required [${a ? 'b' : 'a'}]`)
    if (tails !== 1 && tails !== 2) throw illegalArgument(`[tails] must be 1 or 2. Found [${tails}] in [t_test]`)
    if (type === 'paired' && (a.filter ?? b.filter)) throw illegalArgument("Paired t-test doesn't support filters")
    return {
      bind(context) {
        const { source: first, format } = bindSource({ ...a.source, format: read.format }, 't_test', 'numbers', context)
        const { source: second } = bindSource(b.source, 't_test', 'numbers', context)
        const all = context.indices.map(() => matchAll)
        const children: readonly NamedAggregation[] =
          type === 'paired'
            ? [{ name: PAIRS, aggregation: { kind: 'matrix_stats', sources: [first, second], mode: 'avg' }, children: [] }]
            : [
                { ...side('a', a.filter, context), children: [summary(first)] },
                { ...side('b', b.filter, context), children: [summary(second)] },
              ]
        return {
          // One bucket around what is measured of each population.
          aggregation: { kind: 'filter', query: all },
          within: () => children,
          typedKey: 't_test',
          shape(result) {
            const statistic = type === 'paired' ? paired(result) : unpaired(result, type === 'homoscedastic')
            const { t, degrees } = statistic
            const known = Number.isFinite(t) && degrees > 0
            const value = known ? tails * studentsT(-Math.abs(t), degrees) : null
            return shapeValue({ kind: 'value', value }, null, format)
          },
        }
      },
    }
  },
}

const [PAIRS, SUMMARY] = ['pairs', 'summary']

function side(
  name: string,
  filter: UnboundQuery | undefined,
  { indices }: AggregationContext,
): Omit<NamedAggregation, 'children'> {
  const query = indices.map((index) => (filter ? bindQuery(filter, index) : matchAll))
  return { name, aggregation: { kind: 'filter', query } }
}

const summary = (source: Extract<NamedAggregation['aggregation'], { kind: 'extended_stats' }>['source']): NamedAggregation => ({
  name: SUMMARY,
  aggregation: { kind: 'extended_stats', source },
  children: [],
})

interface Statistic {
  readonly t: number
  /** Degrees of freedom. */
  readonly degrees: number
}

const UNKNOWN: Statistic = { t: NaN, degrees: NaN }

/** Over the documents that have both values. */
function paired(result: AggregationResult): Statistic {
  const pairs = result.kind === 'single' ? result.children.get(PAIRS) : undefined
  if (pairs?.kind !== 'matrix_stats' || pairs.moments.count < 2) return UNKNOWN
  const { count, means, seconds, products } = pairs.moments
  const [a = NaN, b = NaN] = means
  const variance = ((seconds[0] ?? 0) + (seconds[1] ?? 0) - 2 * (products[0]?.[1] ?? 0)) / (count - 1)
  return { t: (a - b) * Math.sqrt(count / variance), degrees: count - 1 }
}

/** Student's test where both vary alike, Welch's where they need not. */
function unpaired(result: AggregationResult, alike: boolean): Statistic {
  const [a, b] = [spreadOf(result, 'a'), spreadOf(result, 'b')]
  if (!a || !b) return UNKNOWN
  if (alike) {
    const degrees = a.count + b.count - 2
    const pooled = ((a.count - 1) * a.variance + (b.count - 1) * b.variance) / degrees
    return { t: (a.mean - b.mean) / Math.sqrt(pooled * (1 / a.count + 1 / b.count)), degrees }
  }
  const [first, second] = [a.variance / a.count, b.variance / b.count]
  const degrees = (first + second) ** 2 / (first ** 2 / (a.count - 1) + second ** 2 / (b.count - 1))
  return { t: (a.mean - b.mean) / Math.sqrt(first + second), degrees }
}

function spreadOf(
  result: AggregationResult,
  name: string,
): { readonly [K in 'count' | 'mean' | 'variance']: number } | undefined {
  const one = result.kind === 'single' ? result.children.get(name) : undefined
  const found = one?.kind === 'single' ? one.children.get(SUMMARY) : undefined
  if (found?.kind !== 'extended_stats' || found.count < 2) return undefined
  const { count, sum, sumOfSquares } = found
  return { count, mean: sum / count, variance: (sumOfSquares - (sum * sum) / count) / (count - 1) }
}
