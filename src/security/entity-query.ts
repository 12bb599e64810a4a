import { ElkhornError, illegalArgument } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { matchesWildcard } from '../core/wildcard.ts'
import { printJson } from '../core/print-json.ts'

/** What `_security/_query/*` is asked: of users, roles or keys, which are in memory and few. */
export interface EntityQuery {
  readonly query: JsonObject | undefined
  readonly from: number
  readonly size: number
  readonly sort: readonly SortKey[]
}

interface SortKey {
  readonly field: string
  readonly descending: boolean
}

/** @throws ElkhornError (400) */
export function parseEntityQuery(json: JsonObject): EntityQuery {
  const { query, from, size, sort, ...rest } = json
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined)
    throw new ElkhornError('x_content_parse_exception', 400, `[query_request] unknown field [${unknown}]`)
  const keys = sort === undefined || sort === null ? [] : ((Array.isArray(sort) ? sort : [sort]) as readonly JsonValue[])
  return {
    query: isJsonObject(query) ? query : undefined,
    from: count(from, 'from', 0),
    size: count(size, 'size', 10),
    sort: keys.map(parseSortKey),
  }
}

function count(value: JsonValue | undefined, name: string, fallback: number): number {
  if (value === undefined || value === null) return fallback
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 10_000) {
    throw illegalArgument(`[${name}] must be a whole number from 0 to 10000, got [${printJson(value)}]`)
  }
  return value
}

function parseSortKey(json: JsonValue): SortKey {
  if (typeof json === 'string') return { field: json, descending: false }
  const [field, order] = isJsonObject(json) ? (Object.entries(json)[0] ?? []) : []
  if (field === undefined) throw illegalArgument('[sort] must be names of fields')
  const direction = isJsonObject(order) ? order['order'] : order
  return { field, descending: direction === 'desc' }
}

export interface EntityPage {
  readonly total: number
  /** With the values that it was sorted by, when it was. */
  readonly found: readonly JsonObject[]
}

/** Those that match, in order, a page of them. @throws ElkhornError (400) for a query that cannot be asked of them */
export function queryEntities(entities: readonly JsonObject[], { query, from, size, sort }: EntityQuery): EntityPage {
  const matching = query ? entities.filter((entity) => matches(query, entity)) : [...entities]
  const sorted = matching
    .map((entity) => ({ entity, keys: sort.map(({ field }) => firstOf(entity, field)) }))
    .sort((a, b) => compareKeys(a.keys, b.keys, sort))
  return {
    total: matching.length,
    found: sorted.slice(from, from + size).map(({ entity, keys }) => (sort.length > 0 ? { ...entity, _sort: keys } : entity)),
  }
}

const firstOf = (entity: JsonObject, field: string): JsonValue => valuesAt(entity, field)[0] ?? null

function compareKeys(a: readonly JsonValue[], b: readonly JsonValue[], sort: readonly SortKey[]): number {
  for (const [at, { descending }] of sort.entries()) {
    const [one, other] = [a[at] ?? null, b[at] ?? null]
    if (one === other) continue
    // What has no value comes last.
    if (one === null || other === null) return one === null ? 1 : -1
    return (one < other ? -1 : 1) * (descending ? -1 : 1)
  }
  return 0
}

/** Every plain value at a path of an object; `*` in it is any letters. */
function valuesAt(entity: JsonObject, path: string): readonly JsonValue[] {
  return leaves(entity, '').flatMap(([own, value]) =>
    own === path || (path.includes('*') && matchesWildcard(path, own)) ? [value] : [],
  )
}

function leaves(value: JsonValue | undefined, path: string): readonly (readonly [string, JsonValue])[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((one) => leaves(one, path))
  if (!isJsonObject(value)) return [[path, value]]
  return Object.entries(value).flatMap(([key, below]) => leaves(below, path === '' ? key : `${path}.${key}`))
}

function matches(query: JsonObject, entity: JsonObject): boolean {
  const [kind, body] = Object.entries(query)[0] ?? []
  if (kind === undefined || !isJsonObject(body)) throw illegalArgument('query malformed, no start_object after query name')
  switch (kind) {
    case 'match_all':
      return true
    case 'bool':
      return matchesBool(body, entity)
    case 'ids':
      return list(body['values']).includes(entity['id'] ?? entity['name'] ?? entity['username'] ?? null)
    case 'exists':
      return valuesAt(entity, String(body['field'])).length > 0
    case 'term':
    case 'match':
    case 'terms':
    case 'prefix':
    case 'wildcard':
    case 'range':
      return matchesField(kind, body, entity)
    default:
      throw illegalArgument(
        `Query type [${kind}] is not supported: [bool, exists, ids, match, match_all, prefix, range, term, terms, wildcard] are`,
      )
  }
}

const list = (value: JsonValue | undefined): readonly JsonValue[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly JsonValue[]) : [value]

function matchesBool(body: JsonObject, entity: JsonObject): boolean {
  const clauses = (name: string): readonly JsonObject[] => list(body[name]).filter(isJsonObject)
  const should = clauses('should')
  const required = [...clauses('must'), ...clauses('filter')]
  const needed = body['minimum_should_match'] ?? (required.length === 0 && should.length > 0 ? 1 : 0)
  return (
    required.every((one) => matches(one, entity)) &&
    !clauses('must_not').some((one) => matches(one, entity)) &&
    should.filter((one) => matches(one, entity)).length >= Number(needed)
  )
}

function matchesField(
  kind: 'term' | 'match' | 'terms' | 'prefix' | 'wildcard' | 'range',
  body: JsonObject,
  entity: JsonObject,
): boolean {
  const { boost: _boost, ...fields } = body
  const [field, condition] = Object.entries(fields)[0] ?? []
  if (field === undefined) throw illegalArgument(`[${kind}] query needs a field`)
  const values = valuesAt(entity, field)
  if (kind === 'range') {
    const { gt, gte, lt, lte } = isJsonObject(condition) ? condition : {}
    return values.some(
      (value) =>
        value !== null &&
        (gt === undefined || gt === null || value > gt) &&
        (gte === undefined || gte === null || value >= gte) &&
        (lt === undefined || lt === null || value < lt) &&
        (lte === undefined || lte === null || value <= lte),
    )
  }
  const wanted = isJsonObject(condition) ? (condition['value'] ?? condition['query']) : condition
  if (kind === 'terms') return list(wanted).some((one) => values.some((value) => sameText(value, one)))
  if (kind === 'prefix') return values.some((value) => String(value).startsWith(String(wanted)))
  if (kind === 'wildcard') return values.some((value) => matchesWildcard(String(wanted), String(value)))
  return values.some((value) => sameText(value, wanted ?? null))
}

const sameText = (a: JsonValue, b: JsonValue): boolean => String(a) === String(b)
