import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { AggregationResult } from '../aggregation.ts'
import { bool, int, listOf, number, raw, readObject, type Read } from '../dsl/reading.ts'
import type { ValueFormat } from '../value-format.ts'
import type { SampledQuantiles } from '../value-sample.ts'
import type { AggregationDefinition } from './definition.ts'
import { orHistograms } from './histogram-field.ts'
import type { ShapedMetric } from './shaped.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'
import { printDouble } from '../../core/double.ts'

const DEFAULT_PERCENTS = [1, 5, 25, 50, 75, 95, 99]

const tdigest: Read<{ readonly compression: number | undefined }> = (value, at) =>
  readObject(value, at, { compression: number, execution_hint: raw }, 'object')
const hdr: Read<{ readonly number_of_significant_value_digits: number | undefined }> = (value, at) =>
  readObject(value, at, { number_of_significant_value_digits: int }, 'object')

/** How percentiles shall be estimated. Engines that know them exactly say so exactly. */
export const percentileMethods = { tdigest, hdr } as const

/** @throws ElkhornError (400) for settings that no method has */
export function readMethod(
  read: { readonly [K in keyof typeof percentileMethods]: ReturnType<(typeof percentileMethods)[K]> | undefined },
  name: string,
): 'tdigest' | 'hdr' {
  const compression = read.tdigest?.compression
  if (compression !== undefined && compression < 0) {
    throw illegalArgument(`[compression] must be greater than or equal to 0. Found [${printDouble(compression)}] in [${name}]`)
  }
  const digits = read.hdr?.number_of_significant_value_digits
  if (digits !== undefined && (digits < 0 || digits > 5)) {
    throw illegalArgument(`[numberOfSignificantValueDigits] must be between 0 and 5: [${name}]`)
  }
  return read.hdr ? 'hdr' : 'tdigest'
}

/** One number for each of `keys`, by name or in a list. */
export function shapePercentiles(
  result: AggregationResult,
  keys: readonly number[],
  keyed: boolean,
  format: ValueFormat,
): ShapedMetric {
  const found = result.kind === 'percentiles' ? result.values : []
  const rows = keys.map((key, index) => {
    const value = found[index] ?? null
    return { key, value, text: value === null ? undefined : format.text(value) }
  })
  if (!keyed) {
    const list = rows.map(({ key, value, text }) => ({ key, value, ...(text === undefined ? {} : { value_as_string: text }) }))
    return { kind: 'metric', json: { values: list } }
  }
  const values: Record<string, JsonValue> = {}
  for (const { key, value, text } of rows) {
    values[printDouble(key)] = value
    if (text !== undefined) values[`${printDouble(key)}_as_string`] = text
  }
  return { kind: 'metric', json: { values } }
}

/** Values below which so many percent of all lie. */
export const percentiles: AggregationDefinition = {
  name: 'percentiles',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        percents: listOf(number),
        keyed: bool,
        ...percentileMethods,
      },
      'object',
    )
    const request = readSource(read, 'percentiles')
    const asked = read.percents ?? DEFAULT_PERCENTS
    if (asked.length === 0) throw illegalArgument(`[percents] must not be empty: [${name}]`)
    for (const percent of asked) {
      if (!(percent >= 0 && percent <= 100))
        throw illegalArgument(`percent must be in [0,100], got [${printDouble(percent)}]: [${name}]`)
    }
    const percents = [...new Set(asked)].sort((a, b) => a - b)
    const method = readMethod(read, name)
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'percentiles', 'numbers, dates and histograms', context)
        const sampled = context.merged?.includes(name) ? ({ sampled: true } as const) : {}
        const write = (result: AggregationResult): ShapedMetric => shapePercentiles(result, percents, read.keyed ?? true, format)
        const together = (of: SampledQuantiles): ShapedMetric =>
          write({ kind: 'percentiles', values: percents.map((percent) => of.at(percent / 100) ?? null) })
        const bound = {
          aggregation: { kind: 'percentiles', source, percents, method, ...sampled },
          typedKey: `${method}_percentiles`,
          shape: (result: AggregationResult): ShapedMetric => {
            const sample = result.kind === 'percentiles' ? result.sample : undefined
            return { ...write(result), mergeable: { kind: 'percentiles', sample, write: together } }
          },
        } as const
        return orHistograms(bound, field, context)
      },
    }
  },
}
