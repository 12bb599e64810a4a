import { illegalArgument } from '../../core/errors.ts'
import { number, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'
import { shapeValue } from './metrics.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** The median of how far values are from their median: spread that a few wild values do not change. */
export const medianAbsoluteDeviation: AggregationDefinition = {
  name: 'median_absolute_deviation',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(json, at, { ...sourceMembers, compression: number }, 'object')
    const request = readSource(read, 'median_absolute_deviation')
    if (read.compression !== undefined && !(read.compression > 0)) {
      throw illegalArgument(`[compression] must be greater than 0. Found [${read.compression}] in [${name}]`)
    }
    return {
      bind(context) {
        const { source, format } = bindSource(request, 'median_absolute_deviation', 'numbers', context)
        return {
          aggregation: { kind: 'median_absolute_deviation', source },
          typedKey: 'median_absolute_deviation',
          shape: (result) => shapeValue(result, null, format),
        }
      },
    }
  },
}
