import { illegalArgument } from '../../core/errors.ts'
import type { AggregationResult } from '../aggregation.ts'
import { bool, listOf, number, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'
import { orHistograms } from './histogram-field.ts'
import { percentileMethods, readMethod, shapePercentiles } from './percentiles.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** How many per cent of all values lie below some values. */
export const percentileRanks: AggregationDefinition = {
  name: 'percentile_ranks',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(json, at, { ...sourceMembers, values: listOf(number), keyed: bool, ...percentileMethods }, 'object')
    const request = readSource(read, 'percentile_ranks')
    if (!read.values) throw illegalArgument(`[values] must not be null: [${name}]`)
    if (read.values.length === 0) throw illegalArgument(`[values] must not be an empty array: [${name}]`)
    const values = [...new Set(read.values)].sort((a, b) => a - b)
    const method = readMethod(read, name)
    return {
      bind(context) {
        const { source, field, format } = bindSource(request, 'percentile_ranks', 'numbers, dates and histograms', context)
        const bound = {
          aggregation: { kind: 'percentile_ranks', source, values, method },
          typedKey: `${method}_percentile_ranks`,
          shape: (result: AggregationResult) => shapePercentiles(result, values, read.keyed ?? true, format),
        } as const
        return orHistograms(bound, field, context)
      },
    }
  },
}
