import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { number, readObject } from '../dsl/reading.ts'
import type { ValueFormat } from '../value-format.ts'
import type { AggregationDefinition } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** What is known of a set of numbers without looking at them again. */
export interface NumberSummary {
  readonly count: number
  readonly min: number | null
  readonly max: number | null
  readonly sum: number
  readonly sumOfSquares: number
}

/** As stats, and how far values are spread around their mean. */
export const extendedStats: AggregationDefinition = {
  name: 'extended_stats',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(json, at, { ...sourceMembers, sigma: number }, 'object')
    const request = readSource(read, 'extended_stats')
    const sigma = checkSigma(read.sigma, name)
    return {
      bind(context) {
        const { source, format } = bindSource(request, 'extended_stats', 'numbers and dates', context)
        return {
          aggregation: { kind: 'extended_stats', source },
          typedKey: 'extended_stats',
          shape: (result) => ({
            kind: 'metric',
            json: shapeExtendedStats(result.kind === 'extended_stats' ? result : NOTHING, sigma, format),
          }),
        }
      },
    }
  },
}

const NOTHING: NumberSummary = { count: 0, min: null, max: null, sum: 0, sumOfSquares: 0 }

/** How many standard deviations the bounds are from the mean. @throws ElkhornError (400) */
export function checkSigma(sigma: number | undefined, name: string): number {
  if (sigma !== undefined && sigma < 0)
    throw illegalArgument(`[sigma] must be greater than or equal to 0. Found [${sigma}] in [${name}]`)
  return sigma ?? 2
}

/** The answer's members, with their texts where the format has some. */
export function shapeExtendedStats(summary: NumberSummary, sigma: number, format: ValueFormat): JsonObject {
  const { count, min, max, sum, sumOfSquares } = summary
  const known = (value: number): number | null => (count === 0 || !Number.isFinite(value) ? null : value)
  const mean = sum / count
  // What rounding leaves of equal values is no variance.
  const spread = Math.max(0, sumOfSquares - (sum * sum) / count)
  const population = known(spread / count)
  // Of one value alone there is no sample: Java's NaN, which JSON shows as a text.
  const sampling = count === 1 ? NaN : known(spread / (count - 1))
  const deviation = (variance: number | null): number | null => (variance === null ? null : Math.sqrt(variance))
  const [ofAll, ofSample] = [deviation(population), deviation(sampling)]
  const bound = (sign: 1 | -1, std: number | null): number | null => (std === null ? null : mean + sign * sigma * std)
  const bounds = {
    upper: bound(1, ofAll),
    lower: bound(-1, ofAll),
    upper_population: bound(1, ofAll),
    lower_population: bound(-1, ofAll),
    upper_sampling: bound(1, ofSample),
    lower_sampling: bound(-1, ofSample),
  }
  const values = {
    min,
    max,
    avg: known(mean),
    sum,
    sum_of_squares: count === 0 ? null : sumOfSquares,
    variance: population,
    variance_population: population,
    variance_sampling: sampling,
    std_deviation: ofAll,
    std_deviation_population: ofAll,
    std_deviation_sampling: ofSample,
  }
  const json: Record<string, JsonValue> = { count, ...printed(values), std_deviation_bounds: printed(bounds) }
  if (count === 0) return json
  const texts = textsOf(values, format)
  const boundTexts = textsOf(bounds, format)
  if (Object.keys(boundTexts).length > 0) texts['std_deviation_bounds_as_string'] = boundTexts
  for (const [name, text] of Object.entries(texts)) json[name.endsWith('_as_string') ? name : `${name}_as_string`] = text
  return json
}

function printed(values: Readonly<Record<string, number | null>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number.isNaN(value) ? 'NaN' : value]))
}

function textsOf(values: Readonly<Record<string, number | null>>, format: ValueFormat): Record<string, JsonValue> {
  const texts: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(values)) {
    const text = value === null ? undefined : Number.isNaN(value) ? format.text(0) && 'NaN' : format.text(value)
    if (text !== undefined) texts[name] = text
  }
  return texts
}
