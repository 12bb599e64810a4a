import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchNone, type NestedScoreMode, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { isPlainObject, queryShardException, withinNested, type BindContext } from '../bind/context.ts'
import { nestedBelow } from '../nested-objects.ts'
import { clause, type ParseQuery } from './clause.ts'
import { bool, common, readObject, text, type Member, type Read } from './reading.ts'
import { readInnerHits, type NestedInnerHits } from './inner-hits.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "nested": { "path": "parts", "query": … } }` */
export interface NestedQuery {
  readonly kind: 'nested'
  readonly path: string
  readonly query: UnboundQuery
  readonly scoreMode: NestedScoreMode
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
  /** Asks for the objects that matched, within each hit. */
  readonly innerHits: NestedInnerHits | undefined
}

export function parseNested(json: JsonValue, at: Member, parse: ParseQuery): NestedQuery {
  const read = readObject(json, at, {
    ...common,
    path: text,
    query: clause(parse),
    score_mode: scoreMode,
    ignore_unmapped: bool,
    inner_hits: readInnerHits,
  })
  if (read.path === undefined) throw illegalArgument("[nested] requires 'path' field")
  if (!read.query) throw illegalArgument("[nested] requires 'query' field")
  return {
    kind: 'nested',
    path: read.path,
    query: read.query,
    scoreMode: read.score_mode ?? 'avg',
    ignoreUnmapped: read.ignore_unmapped ?? false,
    boost: read.boost,
    innerHits: read.inner_hits,
  }
}

export const scoreMode: Read<NestedScoreMode> = (value, at) => {
  const name = text(value, at)
  const mode = MODES.find((one) => one === name)
  if (mode === undefined) throw illegalArgument(`No score mode for child query [${name}] found`)
  return mode
}

const MODES: readonly NestedScoreMode[] = ['avg', 'sum', 'min', 'max', 'none']

export function bindNested(query: NestedQuery, context: BindContext, bind: BindQuery): Query {
  const { path, scoreMode } = query
  const objects = context.nested?.objects ?? []
  if (!objects.some((one) => one.path === path)) {
    if (query.ignoreUnmapped) return matchNone
    const reason = isPlainObject(path, context)
      ? `[nested] nested object under path [${path}] is not of nested type`
      : `[nested] failed to find nested object under path [${path}]`
    const cause = new ElkhornError('illegal_state_exception', 400, reason)
    throw queryShardException(context, `failed to create query: ${reason}`, cause)
  }
  const inner = bind(query.query, withinNested(context, path))
  // Objects of one path hold none of another path that is not below it.
  if (inner.kind === 'none' || !nestedBelow(context.scope ?? '', path, objects)?.length) return matchNone
  return withBoost({ kind: 'nested', path, query: inner, scoreMode }, query.boost)
}
