import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { int, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** As many as Elasticsearch allows: a tenth of the buckets that an answer may have there by default. */
const MOST_BUCKETS = 1000

/** Buckets of values that lie near each other. */
export const variableWidthHistogram: AggregationDefinition = {
  name: 'variable_width_histogram',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(json, at, { ...sourceMembers, buckets: int, shard_size: int, initial_buffer: int }, 'object')
    const request = readSource(read, 'variable_width_histogram')
    const { buckets: wanted = 10, shard_size: shardSize, initial_buffer: buffer } = read
    if (wanted <= 0) throw illegalArgument(`buckets must be greater than [0] for [${name}]`)
    if (wanted > MOST_BUCKETS) throw illegalArgument(`buckets must be less than ${MOST_BUCKETS}`)
    if (shardSize !== undefined && shardSize <= 1) throw illegalArgument(`shard_size must be greater than [1] for [${name}]`)
    if (buffer !== undefined && buffer <= 0) throw illegalArgument(`initial_buffer must be greater than [0] for [${name}]`)
    return {
      bind(context) {
        if (context.amongBuckets) {
          throw illegalArgument(
            '[variable_width_histogram] cannot be nested inside an aggregation that collects more than a single bucket.',
          )
        }
        const { source, format } = bindSource(request, 'variable_width_histogram', 'numbers and dates', context)
        const member = (key: string, value: number): Record<string, JsonValue> => {
          const asText = format.text(value)
          return { [key]: value, ...(asText !== undefined && { [`${key}_as_string`]: asText }) }
        }
        return {
          aggregation: { kind: 'variable_width_histogram', source, buckets: wanted },
          typedKey: 'variable_width_histogram',
          shape: (result) => ({
            kind: 'multi',
            keyed: false,
            json: {},
            buckets: (result.kind === 'buckets' ? result.buckets : []).map(({ keys, docCount, children }): BucketSkeleton => {
              const [mean = NaN, min = NaN, max = NaN] = keys?.map(Number) ?? []
              const ends: JsonObject = { ...member('min', min), ...member('key', mean), ...member('max', max) }
              return { key: mean, name: String(mean), json: { ...ends, doc_count: docCount }, docCount, results: children }
            }),
          }),
        }
      },
    }
  },
}
