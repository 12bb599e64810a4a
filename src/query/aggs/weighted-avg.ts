import { illegalArgument } from '../../core/errors.ts'
import { raw, readObject, text, type Read } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'
import { shapeValue } from './metrics.ts'
import { bindSource, readSource, type SourceRequest } from './values-source.ts'

const side: Read<SourceRequest> = (value, at) =>
  readSource(
    { ...readObject(value, at, { field: text, missing: raw, script: raw }, 'object'), format: undefined, value_type: undefined },
    'weighted_avg',
  )

/** The mean of a field where documents count by the weight that another field gives them. */
export const weightedAvg: AggregationDefinition = {
  name: 'weighted_avg',
  holdsOthers: false,
  parse(json, at) {
    const read = readObject(json, at, { value: side, weight: side, format: text, value_type: text }, 'object')
    const { value, weight } = read
    if (!value || !weight) throw illegalArgument(`Required [${value ? 'weight' : 'value'}]`)
    return {
      bind(context) {
        const bound = bindSource({ ...value, format: read.format }, 'weighted_avg', 'numbers', context)
        const { source } = bindSource(weight, 'weighted_avg', 'numbers', context)
        return {
          aggregation: { kind: 'weighted_avg', value: bound.source, weight: source },
          typedKey: 'weighted_avg',
          shape: (result) => shapeValue(result, null, bound.format),
        }
      },
    }
  },
}
