import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { matchNone, type NestedScoreMode, type Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import { queryShardException, type BindContext } from '../bind/context.ts'
import { joinField, parentIdPath, relationOfChild, relationOfParent, type Relation } from '../join.ts'
import { clause, type ParseQuery } from './clause.ts'
import { readInnerHits, type NestedInnerHits } from './inner-hits.ts'
import { scoreMode } from './nested.ts'
import { bool, common, int, readObject, text, type Member } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "has_child": { "type": "answer", "query": … } }`: documents with children that match. */
export interface HasChildQuery {
  readonly kind: 'has_child'
  readonly type: string
  readonly query: UnboundQuery
  readonly scoreMode: NestedScoreMode
  readonly minChildren: number
  readonly maxChildren: number
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
  /** Asks for the children that matched, within each hit. */
  readonly innerHits: NestedInnerHits | undefined
}

/** `{ "has_parent": { "parent_type": "question", "query": … } }`: documents whose parent matches. */
export interface HasParentQuery {
  readonly kind: 'has_parent'
  readonly type: string
  readonly query: UnboundQuery
  /** Whether they score what their parent does. */
  readonly isScored: boolean
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
  readonly innerHits: NestedInnerHits | undefined
}

/** `{ "parent_id": { "type": "answer", "id": "1" } }`: the children of one document. */
export interface ParentIdQuery {
  readonly kind: 'parent_id'
  readonly type: string
  readonly id: string
  readonly ignoreUnmapped: boolean
  readonly boost: number | undefined
}

/** @throws ElkhornError 400 */
export function parseHasChild(json: JsonValue, at: Member, parse: ParseQuery): HasChildQuery {
  const read = readObject(json, at, {
    ...common,
    type: text,
    query: clause(parse),
    score_mode: scoreMode,
    min_children: int,
    max_children: int,
    ignore_unmapped: bool,
    inner_hits: readInnerHits,
  })
  const { min_children: minChildren = 1, max_children: maxChildren = Infinity } = read
  if (read.type === undefined) throw illegalArgument("[has_child] requires 'type' field")
  if (!read.query) throw illegalArgument("[has_child] requires 'query' field")
  if (minChildren < 0) throw illegalArgument("[has_child] requires non-negative 'min_children' field")
  if (maxChildren < 0) throw illegalArgument("[has_child] requires non-negative 'max_children' field")
  if (maxChildren < minChildren) throw illegalArgument("[has_child] 'max_children' is less than 'min_children'")
  return {
    kind: 'has_child',
    type: read.type,
    query: read.query,
    scoreMode: read.score_mode ?? 'none',
    minChildren: Math.max(1, minChildren),
    maxChildren,
    ignoreUnmapped: read.ignore_unmapped ?? false,
    boost: read.boost,
    innerHits: read.inner_hits,
  }
}

/** @throws ElkhornError 400 */
export function parseHasParent(json: JsonValue, at: Member, parse: ParseQuery): HasParentQuery {
  const spec = { parent_type: text, query: clause(parse), score: bool, ignore_unmapped: bool, inner_hits: readInnerHits }
  const read = readObject(json, at, { ...common, ...spec })
  if (read.parent_type === undefined) throw illegalArgument("[has_parent] requires 'parent_type' field")
  if (!read.query) throw illegalArgument("[has_parent] requires 'query' field")
  return {
    kind: 'has_parent',
    type: read.parent_type,
    query: read.query,
    isScored: read.score ?? false,
    ignoreUnmapped: read.ignore_unmapped ?? false,
    boost: read.boost,
    innerHits: read.inner_hits,
  }
}

/** @throws ElkhornError 400 */
export function parseParentId(json: JsonValue, at: Member): ParentIdQuery {
  const read = readObject(json, at, { ...common, type: text, id: text, ignore_unmapped: bool })
  if (read.type === undefined) throw illegalArgument("[parent_id] requires 'type' field")
  if (read.id === undefined) throw illegalArgument("[parent_id] requires 'id' field")
  return { kind: 'parent_id', type: read.type, id: read.id, ignoreUnmapped: read.ignore_unmapped ?? false, boost: read.boost }
}

export function bindHasChild(query: HasChildQuery, context: BindContext, bind: BindQuery): Query {
  const relation = findRelation(query, context, relationOfChild, 'as a child')
  if (!relation) return matchNone
  const children = only([query.type], relation, bind(query.query, context))
  const { scoreMode: mode, minChildren: least, maxChildren: most } = query
  const parentId = parentIdPath(relation.join.path, relation.parent)
  const holders: Query = { kind: 'has_child', parentId, query: children, scoreMode: mode, least, most }
  return withBoost(only([relation.parent], relation, holders), query.boost)
}

export function bindHasParent(query: HasParentQuery, context: BindContext, bind: BindQuery): Query {
  const relation = findRelation(query, context, relationOfParent, 'as a parent')
  if (!relation) return matchNone
  const parents = only([relation.parent], relation, bind(query.query, context))
  const parentId = parentIdPath(relation.join.path, relation.parent)
  return withBoost({ kind: 'has_parent', parentId, query: parents, isScored: query.isScored }, query.boost)
}

export function bindParentId({ type, id, ignoreUnmapped, boost }: ParentIdQuery, context: BindContext): Query {
  const join = joinField(context.fields)
  const relation = join && relationOfChild(join, type)
  if (relation) {
    const ofParent: Query = { kind: 'terms', field: parentIdPath(relation.join.path, relation.parent), values: [id] }
    return withBoost(only([type], relation, ofParent), boost)
  }
  if (ignoreUnmapped) return matchNone
  throw queryShardException(
    context,
    join
      ? `[parent_id] no relation found for child [${type}]`
      : `[parent_id] no join field found for index [${context.index.name}]`,
  )
}

/** The matches among documents of some names in the relation, with their scores. */
function only(names: readonly string[], { join }: Relation, query: Query): Query {
  const named: Query = { kind: 'terms', field: join.path, values: names }
  return { kind: 'bool', must: [query], filter: [named], should: [], mustNot: [], minimumShouldMatch: 0 }
}

function findRelation(
  { kind, type, ignoreUnmapped }: HasChildQuery | HasParentQuery,
  context: BindContext,
  find: typeof relationOfChild,
  as: string,
): Relation | undefined {
  const join = joinField(context.fields)
  const relation = join && find(join, type)
  if (relation || ignoreUnmapped) return relation
  throw queryShardException(
    context,
    join ? `[${kind}] join field [${join.path}] doesn't hold [${type}] ${as}` : `[${kind}] no join field has been configured`,
  )
}
