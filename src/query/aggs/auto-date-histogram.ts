import { timeZone } from '../../core/dates/time-zone.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { int, oneOf, optionalText, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition, BucketSkeleton } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'

/** Elasticsearch's, from `search.max_buckets` and how far intervals are apart. */
const MOST_BUCKETS = 2184

/** Buckets over time, about as many as are asked for, of an interval that people know. */
export const autoDateHistogram: AggregationDefinition = {
  name: 'auto_date_histogram',
  holdsOthers: true,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        buckets: int,
        time_zone: optionalText,
        minimum_interval: oneOf('second', 'minute', 'hour', 'day', 'month', 'year'),
      },
      'object',
    )
    const zone = read.time_zone ?? 'UTC'
    timeZone(zone)
    const request = readSource(read, 'auto_date_histogram', zone)
    const wanted = read.buckets ?? 10
    if (wanted <= 0) throw illegalArgument(`buckets must be greater than 0 for [${name}]`)
    if (wanted > MOST_BUCKETS) throw illegalArgument(`buckets must be less than ${MOST_BUCKETS}`)
    return {
      bind(context) {
        const { source, format } = bindSource(request, 'auto_date_histogram', 'dates', context)
        return {
          aggregation: {
            kind: 'auto_date_histogram',
            source,
            buckets: wanted,
            zone,
            minimum: read.minimum_interval ?? 'second',
          },
          typedKey: 'auto_date_histogram',
          shape(result) {
            const { buckets, interval } = result.kind === 'buckets' ? result : { buckets: [], interval: undefined }
            return {
              kind: 'multi',
              keyed: false,
              buckets: buckets.map(({ key, docCount, children }): BucketSkeleton => {
                const asText = format.text(key)
                const own: JsonObject = { ...(asText === undefined ? {} : { key_as_string: asText }), key: Number(key) }
                return { key, name: asText ?? String(key), json: { ...own, doc_count: docCount }, docCount, results: children }
              }),
              json: { interval: interval ?? '1s' },
            }
          },
        }
      },
    }
  },
}
