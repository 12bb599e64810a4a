import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { strings } from '../templates/parse-template.ts'

const TYPES = ['match', 'range', 'geo_match'] as const
export type EnrichType = (typeof TYPES)[number]

/** What documents are enriched with: fields of other documents, found by one of them. */
export interface EnrichPolicy {
  readonly type: EnrichType
  readonly indices: readonly string[]
  /** Query DSL, as given: only what it matches counts. */
  readonly query?: JsonObject
  readonly matchField: string
  readonly enrichFields: readonly string[]
}

const MEMBERS = ['name', 'indices', 'query', 'match_field', 'enrich_fields', 'elasticsearch_version']

/** @throws ElkhornError 400 naming what is missing or not known */
export function parseEnrichPolicy(json: JsonObject): EnrichPolicy {
  const [[type, body] = [], ...more] = Object.entries(json)
  const known = TYPES.find((one) => one === type)
  if (known === undefined || more.length > 0 || !isJsonObject(body))
    throw illegalArgument(`an enrich policy has one of [${TYPES.join('], [')}], given [${Object.keys(json).join(', ')}]`)
  for (const name of Object.keys(body)) {
    if (!MEMBERS.includes(name)) throw new ElkhornError('x_content_parse_exception', 400, `[policy] unknown field [${name}]`)
  }
  const indices = strings(body['indices'])
  const enrichFields = strings(body['enrich_fields'])
  const matchField = body['match_field']
  const { query } = body
  const missing = [
    ...(indices.length === 0 ? ['indices'] : []),
    ...(typeof matchField !== 'string' ? ['match_field'] : []),
    ...(enrichFields.length === 0 ? ['enrich_fields'] : []),
  ]
  if (typeof matchField !== 'string' || missing.length > 0) throw illegalArgument(`Required [${missing.join(', ')}]`)
  if (query !== undefined && query !== null && !isJsonObject(query)) throw illegalArgument('[query] must be an object')
  return { type: known, indices, matchField, enrichFields, ...(isJsonObject(query) && { query }) }
}

export function printEnrichPolicy(name: string, { type, indices, query, matchField, enrichFields }: EnrichPolicy): JsonValue {
  return {
    config: {
      [type]: {
        name,
        indices: [...indices],
        ...(query === undefined ? {} : { query }),
        match_field: matchField,
        enrich_fields: [...enrichFields],
      },
    },
  }
}
