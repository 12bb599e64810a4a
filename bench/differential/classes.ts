import { isJsonObject, type JsonValue } from '../../src/core/json.ts'
import type { GeneratedRequest } from '../requests/requests.ts'
import type { Mismatch } from './compare.ts'

export interface Difference extends Mismatch {
  /** As small as it was found to be. */
  readonly request: GeneratedRequest
}

/** A name for differences of one cause, roughly: what is in the smallest request, and where the answers part. */
export function classOf({ request, path, outcomes }: Difference): string {
  const place = path.replaceAll(/\.\d+(?=\.|$)/g, '[]').replaceAll(/([a-z]_)[0-9a-z]\b/g, '$1')
  const status = outcomes.some(({ status: code }) => code >= 400)
    ? ` ${outcomes.map(({ status: code, type }) => `${code} ${type ?? ''}`).join('/')}`
    : ''
  return `${request.kind} ${[...kindsIn(request.body ?? (request.lines as JsonValue) ?? {})].join('+')}: ${place}${status}`
}

/** Members whose value is an object or a list: names of queries and aggregations, mostly. */
function* kindsIn(value: JsonValue, depth = 0): Generator<string> {
  if (depth > 6) return
  if (Array.isArray(value)) {
    for (const one of value) yield* kindsIn(one, depth + 1)
  } else if (isJsonObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner !== 'object' || inner === null) continue
      if (
        !/^(?:aggs|query|filter|must|should|fields|sort|bool|script|queries)$|[_.]|^[a-z]$/.test(name) ||
        /^(?:match_|query_|simple_|multi_|geo_|date_)/.test(name)
      )
        yield name
      yield* kindsIn(inner, depth + 1)
    }
  }
}
