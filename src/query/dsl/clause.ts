import type { JsonValue } from '../../core/json.ts'
import { listOf, type Member, type Read } from './reading.ts'
import type { UnboundQuery } from './unbound.ts'

/** Reads any query, given to queries that hold others. */
export type ParseQuery = (json: JsonValue, at: Member) => UnboundQuery

export function clause(parse: ParseQuery): Read<UnboundQuery> {
  return parse
}

/** A list of queries, or one. */
export function clauses(parse: ParseQuery): Read<readonly UnboundQuery[]> {
  const list = listOf(parse)
  // A null clause is left out, as Elasticsearch does.
  return (value, at) => (value === null ? [] : list(value, at))
}
