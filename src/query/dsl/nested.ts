import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchNone, type Query } from '../ast.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import { clause, type ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { bool, common, objectAt, oneOf, raw, readObject, text, type Member } from './reading.ts'
import type { UnboundQuery } from './unbound.ts'

/** `{ "nested": { "path": "parts", "query": … } }` */
export interface NestedQuery {
  readonly kind: 'nested'
  readonly path: string
  readonly query: UnboundQuery
  readonly ignoreUnmapped: boolean
}

export function parseNested(json: JsonValue, at: Member, parse: ParseQuery): NestedQuery {
  const read = readObject(json, at, {
    ...common,
    path: text,
    query: clause(parse),
    score_mode: oneOf('avg', 'sum', 'min', 'max', 'none'),
    ignore_unmapped: bool,
    inner_hits: raw,
  })
  const end = { node: objectAt(json, at), part: 'end' } as const
  if (!read.query) throw parsingException('[nested] requires [query] field', end)
  if (read.path === undefined) throw parsingException('[nested] requires [path] field', end)
  return { kind: 'nested', path: read.path, query: read.query, ignoreUnmapped: read.ignore_unmapped ?? false }
}

export function bindNested(query: NestedQuery, context: BindContext): Query {
  if (!context.nestedPaths?.includes(query.path)) {
    if (query.ignoreUnmapped) return matchNone
    throw queryShardException(context, `failed to create query: [nested] failed to find nested object under path [${query.path}]`)
  }
  throw illegalArgument(`[nested] query on [${query.path}]: nested objects are not supported yet`)
}
