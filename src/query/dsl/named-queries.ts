import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseQuery, QUERY_NAMES } from './parse-query.ts'
import type { UnboundQuery } from './unbound.ts'

/** A query with a `_name`: hits say whether it matched them. */
export interface NamedQuery {
  readonly name: string
  readonly query: UnboundQuery
}

const KINDS: ReadonlySet<string> = new Set(QUERY_NAMES)

/** Queries that hold others. What is named within `nested` is about its objects, not about documents. */
const COMPOUND: ReadonlySet<string> = new Set([
  'bool',
  'boosting',
  'constant_score',
  'dis_max',
  'function_score',
  'pinned',
  'script_score',
])

/** The named queries of one that was read already, however deep; of several with one name the last counts. */
export function namedQueries(query: JsonValue): readonly NamedQuery[] {
  const found = new Map<string, UnboundQuery>()
  const visit = (value: JsonValue | undefined): void => {
    if (Array.isArray(value)) for (const one of value as readonly JsonValue[]) visit(one)
    if (!isJsonObject(value)) return
    for (const [kind, body] of Object.entries(value)) {
      if (!KINDS.has(kind)) {
        visit(body)
        continue
      }
      const name = isJsonObject(body) ? nameOf(body) : undefined
      if (name !== undefined && body !== undefined) found.set(name, parseQuery({ [kind]: body }))
      if (COMPOUND.has(kind) && isJsonObject(body)) for (const below of Object.values(body)) visit(below)
    }
  }
  visit(query)
  return [...found].map(([name, one]) => ({ name, query: one }))
}

/** `_name` beside the query's options, or among those of its field. */
function nameOf(body: JsonObject): string | undefined {
  const own = body['_name']
  if (typeof own === 'string') return own
  for (const options of Object.values(body)) {
    const name = isJsonObject(options) ? options['_name'] : undefined
    if (typeof name === 'string') return name
  }
  return undefined
}
