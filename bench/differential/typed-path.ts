import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'

/**
 * A place in the answer to a search with the types of its aggregations for their names: `aggregations.terms_0.buckets.3.key`.
 * The generator names them so, but a request that was made smaller has moved some to where others were.
 */
export function typedPath(path: string, body: JsonObject | undefined): string {
  const [first, ...rest] = path.split('.')
  if (first !== 'aggregations') return path
  let around: JsonValue | undefined = body?.['aggs'] ?? body?.['aggregations']
  const typed = rest.map((segment) => {
    const aggregation = isJsonObject(around) ? around[segment] : undefined
    if (!isJsonObject(aggregation)) return segment
    around = aggregation['aggs'] ?? aggregation['aggregations']
    const type = Object.keys(aggregation).find((key) => !['aggs', 'aggregations', 'meta'].includes(key))
    return type === undefined ? segment : `${type}_${/_(\d+)$/.exec(segment)?.[1] ?? 0}`
  })
  return [first, ...typed].join('.')
}
