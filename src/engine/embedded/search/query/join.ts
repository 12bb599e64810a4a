import type { Query } from '../../../../query/ast.ts'
import { ID, SEQ_NO } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import type { QueryScope } from './compile.ts'
import { and, type Condition, leaf, NEVER, where } from './condition.ts'
import { tableOf } from './nested.ts'

type HasChild = Extract<Query, { kind: 'has_child' }>
type HasParent = Extract<Query, { kind: 'has_parent' }>

/**
 * How documents of one index find each other: by the moment of the search, which rows of another query have to be of as
 * well, and by what the ids begin with that the engine makes and does not store.
 */
export interface JoinScope {
  readonly visible: Condition
  readonly idPrefix: string
}

/** Parents by the ids that their matching children name. */
export function hasChildCondition(
  query: HasChild,
  scope: QueryScope,
  compile: (query: Query, scope: QueryScope) => Condition,
): Condition {
  const children = childRows(query, scope, compile)
  if (!children) return NEVER
  const { least, most } = query
  const few = Number.isFinite(most) ? sql`count() <= ${most}` : sql`1`
  const counted = least > 1 || Number.isFinite(most) ? sql`GROUP BY parent HAVING count() >= ${least} AND ${few}` : sql``
  return leaf(sql`${documentId(scope)} IN (SELECT ${children.parent} AS parent ${children.rows} ${counted})`, { nullable: false })
}

/** Children by the id of their parent. */
export function hasParentCondition(
  query: HasParent,
  scope: QueryScope,
  compile: (query: Query, scope: QueryScope) => Condition,
): Condition {
  const column = scope.layout.column(query.parentId)
  const rows = matchingRows(query.query, scope, compile)
  if (!column || !rows) return NEVER
  const own = sql`ifNull(toString(${identifier(column.name)}), '')`
  return leaf(sql`${own} IN (SELECT ${documentId(scope)} ${rows})`, { nullable: false })
}

/** The rows of matching children, and in them the id of the parent. */
export function childRows(
  { parentId, query }: HasChild,
  scope: QueryScope,
  compile: (query: Query, scope: QueryScope) => Condition,
  called?: Condition,
): { readonly parent: Sql; readonly rows: Sql } | undefined {
  const column = scope.layout.column(parentId)
  const rows = matchingRows(query, scope, compile, called)
  return column && rows && { parent: sql`assumeNotNull(toString(${identifier(column.name)}))`, rows }
}

/** `FROM … WHERE …` of what matches at the moment of the search; `undefined` for nothing. */
export function matchingRows(
  query: Query,
  scope: QueryScope,
  compile: (query: Query, scope: QueryScope) => Condition,
  called?: Condition,
): Sql | undefined {
  const { join, layout } = scope
  if (!join) throw new Error('documents are joined where a search knows its moment')
  const matching = compile(query, scope)
  if (matching.kind === 'never' || join.visible.kind === 'never') return undefined
  const all = [matching, join.visible].filter(({ kind }) => kind === 'test')
  return sql`FROM ${tableOf(layout)} ${where(and(all), called)}`
}

/** The id of a row's document, as clients write it. */
export function documentId({ join }: QueryScope): Sql {
  const [id, bytes] = [identifier(ID), sql`unhex(leftPad(hex(toUInt64(${identifier(SEQ_NO)})), 12, '0'))`]
  return sql`if(${id} = '', concat(${join?.idPrefix ?? ''}, base64URLEncode(${bytes})), ${id})`
}
