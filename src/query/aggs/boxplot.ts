import type { JsonValue } from '../../core/json.ts'
import type { AggregationResult } from '../aggregation.ts'
import { number, raw, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition, Skeleton } from './definition.ts'
import { orHistograms } from './histogram-field.ts'
import { percentileMethods, readMethod } from './percentiles.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** Quartiles, extremes, and whiskers that leave outliers out. */
export const boxplot: AggregationDefinition = {
  name: 'boxplot',
  holdsOthers: false,
  parse(json, at, name) {
    const { tdigest } = percentileMethods
    const read = readObject(json, at, { ...sourceMembers, compression: number, execution_hint: raw, tdigest }, 'object')
    readMethod({ tdigest: read.tdigest ?? { compression: read.compression }, hdr: undefined }, name)
    const request = readSource(read, 'boxplot')
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'boxplot', 'numbers and histograms', context)
        const bound = {
          aggregation: { kind: 'boxplot', source } as const,
          typedKey: 'boxplot',
          shape(result: AggregationResult): Skeleton {
            const box = result.kind === 'boxplot' ? result.box : null
            const [q1, q2, q3] = box?.quartiles ?? [NaN, NaN, NaN]
            const [lower, upper] = box?.whiskers ?? [NaN, NaN]
            const members = { min: box?.min ?? Infinity, max: box?.max ?? -Infinity, q1, q2, q3, lower, upper }
            const json: Record<string, JsonValue> = {}
            // Java writes what is no number as a string.
            for (const [key, value] of Object.entries(members)) json[key] = Number.isFinite(value) ? value : String(value)
            for (const [key, value] of Object.entries(members)) {
              const text = Number.isFinite(value) ? format.text(value) : undefined
              if (text !== undefined) json[`${key}_as_string`] = text
            }
            return { kind: 'metric', json }
          },
        }
        return orHistograms(bound, field, context)
      },
    }
  },
}
