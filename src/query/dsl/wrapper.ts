import { parseRequestJson } from '../../core/request-json.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { objectAt, readObject, text, type Member } from './reading.ts'
import type { UnboundQuery } from './unbound.ts'

/** `{ "wrapper": { "query": "<base64 of JSON>" } }` is the query within. */
export function parseWrapper(json: JsonValue, at: Member, parse: ParseQuery): UnboundQuery {
  const { query } = readObject(json, at, { query: text })
  if (query === undefined)
    throw parsingException('[wrapper] query malformed, missing [query]', { node: objectAt(json, at), part: 'end' })
  return parse(parseRequestJson(decode(query)), at)
}

function decode(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
  } catch {
    // Neither base64 nor text: the caller's mistake in any case.
    throw illegalArgument('[wrapper] query is not the base64 of a JSON text')
  }
}
