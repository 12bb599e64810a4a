import type { Query } from '../../../../query/ast.ts'
import { MAX_OBJECTS } from '../../../engine.ts'
import { aroundColumn, DATABASE, SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import type { QueryScope } from './compile.ts'
import { type Condition, leaf, NEVER, where } from './condition.ts'

type NestedQuery = Extract<Query, { kind: 'nested' }>

/**
 * Documents, or objects, that hold objects which match. The objects lie in a table of their own, so this is whether the
 * number of the row is among those of the holders of matching objects: once for a statement, whatever it is a part of.
 */
export function nestedCondition(
  query: NestedQuery,
  scope: QueryScope,
  compile: (query: Query, scope: QueryScope) => Condition,
): Condition {
  const inner = nestedScope(query.path, scope)
  if (inner === undefined) return NEVER
  const matching = compile(query.query, inner)
  if (matching.kind === 'never') return NEVER
  const holders = sql`SELECT ${holder(inner.layout, scope.layout)} FROM ${tableOf(inner.layout)} ${where(matching)}`
  return leaf(sql`${identifier(SEQ_NO)} IN (${holders})`, { nullable: false })
}

/** What a query about the nested objects of a path is compiled against; `undefined` where there are none. */
export function nestedScope(path: string, scope: QueryScope): QueryScope | undefined {
  const layout = scope.layout.objects?.(path)
  return layout && { ...scope, layout, documents: scope.documents ?? scope.layout }
}

/** Of nested objects: whether their documents fulfil a condition. */
export function inDocuments(condition: Condition, documents: TableLayout): Condition {
  if (condition.kind !== 'test') return condition
  const seqNo = identifier(SEQ_NO)
  return leaf(sql`${documentOf(seqNo)} IN (SELECT ${seqNo} FROM ${tableOf(documents)} ${where(condition)})`, {
    nullable: false,
  })
}

/** Of rows that are joined to others: calls that the text index answers are made where it can be asked, see `anyIndexed`. */
export function inTable(condition: Condition, layout: TableLayout): Condition {
  if (condition.kind !== 'test' || condition.indexCalls.length === 0) return condition
  const seqNo = identifier(SEQ_NO)
  return leaf(sql`${seqNo} IN (SELECT ${seqNo} FROM ${tableOf(layout)} ${where(condition)})`, { nullable: false })
}

/** In a row of nested objects: the sequence number of what holds it among the rows of another table. */
export function holder({ nested }: TableLayout, among: TableLayout): Sql {
  const depth = among.nested?.depth ?? 0
  if (depth === 0) return documentOf(identifier(SEQ_NO))
  return identifier(depth === nested?.depth ? SEQ_NO : aroundColumn(depth))
}

/** Of a nested object's sequence number: that of its document. */
export function documentOf(seqNo: Sql): Sql {
  return sql`intDiv(${seqNo}, ${MAX_OBJECTS})`
}

export function tableOf({ table }: TableLayout): Sql {
  return sql`${identifier(DATABASE)}.${identifier(table)}`
}
