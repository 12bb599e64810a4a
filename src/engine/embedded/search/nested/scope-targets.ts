import { isAround, type ScopePath } from '../../../../query/nested-objects.ts'
import { SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { addKey, type BucketKey } from '../aggs/bucket-key.ts'
import { levelKey, type PathLevel } from '../aggs/group-statement.ts'
import type { OtherRows } from '../aggs/other-rows.ts'
import { RowSource } from '../aggs/row-source.ts'
import { ALL_TIME } from '../query/range.ts'
import { compileQuery } from '../query/compile.ts'
import { ALWAYS, and, type Condition, leaf, where } from '../query/condition.ts'
import { documentId } from '../query/join.ts'
import { holder, tableOf } from '../query/nested.ts'
import { type Scoring, UNSCORED } from '../score/scoring.ts'
import { tableName, type Target } from '../target.ts'

/** The objects that matching rows hold, or what is around them: as targets, with the buckets that their rows are in. */
export interface ScopeTargets {
  readonly targets: readonly Target[]
  readonly path: readonly PathLevel[]
  /** Rows have the score of those that they come from. */
  readonly scoring: Scoring
}

/** How rows of a target and of what is made of it find each other. */
interface Link {
  /** What both have in common, in the rows of the target. */
  readonly outer: Sql
  /** The same in the other rows. */
  readonly inner: Sql
  readonly layout: TableLayout
  /** Of the other rows, those that may take part at all. */
  readonly within: Condition
  /** Whether several rows of the target may lead to the same other row. */
  readonly meets: boolean
}

function linkTo(target: Target, rows: OtherRows): Link | undefined {
  if (rows.kind === 'relatives') return linkToRelatives(target, rows)
  const layout = layoutOf(target, rows.path)
  if (layout === undefined) return undefined
  const outer = linkOf(target.layout, layout)
  const meets = isAround(rows.path, target.layout.nested?.path ?? '')
  return { outer, inner: linkOf(layout, target.layout), layout, within: ALWAYS, meets }
}

function linkToRelatives(target: Target, { of, relations }: OtherRows & { kind: 'relatives' }): Link | undefined {
  const { layout, scope, visible } = target
  const relation = relations[target.position]
  const column = relation && layout.column(relation.parentId)
  if (!relation || column === undefined || layout.nested !== undefined) return undefined
  const within = and([visible, compileQuery(relation.query, scope)])
  const [id, parentId] = [documentId(scope), sql`ifNull(toString(${identifier(column.name)}), '')`]
  return of === 'children'
    ? { outer: id, inner: parentId, layout, within, meets: false }
    : { outer: parentId, inner: id, layout, within, meets: true }
}

/** Targets whose rows are others; without those that have no such rows. */
export function targetsWithin(targets: readonly Target[], rows: OtherRows): readonly Target[] {
  return targets.flatMap((target) => {
    const link = linkTo(target, rows)
    if (link === undefined || link.within.kind === 'never') return []
    const visible = rows.kind === 'relatives' ? target.visible : linked(target, target.visible, link)
    return [{ ...moved(target, link.layout), matches: and([link.within, linked(target, target.matches, link)]), visible }]
  })
}

/**
 * The same below known buckets: rows carry the keys of the rows that they come from, so that a statement groups by those
 * and by keys of their own at once. A row that comes from several rows of a bucket is in it once.
 */
export function bucketsWithin(
  targets: readonly Target[],
  other: OtherRows,
  path: readonly PathLevel[],
  scoring: Scoring,
): ScopeTargets {
  const plain = targetsWithin(targets, other)
  if (path.length === 0 && scoring === UNSCORED) return { targets: plain, path, scoring }
  const prefix = `s${path.length}_`
  const outer = targets.filter((target) => plain.some(({ position }) => position === target.position))
  // All targets in one go: the same keys have the same columns in each.
  const rows = new RowSource(outer, prefix)
  const keys = path.map((level) => addKey(levelKey(level), rows, { narrow: true }))
  const link = rows.column((target) => linkTo(target, other)?.outer ?? sql`NULL`)
  const score = scoring === UNSCORED ? undefined : rows.column((target) => sql`toFloat64(${scoring.of(target)})`)
  if (score !== undefined) rows.narrow((target) => scoring.announce(target))
  const carried = rows.columns.filter((name) => name.text !== link.text)
  return {
    targets: plain.map((target, i) => {
      const from = outer[i]
      if (from === undefined) throw new Error('a target is missing')
      const to = linkTo(from, other)
      if (to === undefined) throw new Error('a target has lost its link')
      const distinct = to.meets ? sql`DISTINCT ` : sql``
      const inner = sql`SELECT ${distinct}${joinSql([...carried, sql`${link} AS link`], ', ')} FROM ${rows.sqlOf(from)}`
      const others = sql`SELECT ${columnsOf(target.layout)}, ${to.inner} AS own_link FROM ${tableOf(target.layout)} ${where(to.within)}`
      const joined = sql`(SELECT * EXCEPT link FROM (${others}) AS o INNER JOIN (${inner}) AS i ON o.own_link = i.link)`
      return { ...target, scope: { ...target.scope, isJoined: true }, from: joined, matches: ALWAYS, plain: target }
    }),
    path: path.map(({ node }, i) => ({ node, only: undefined, key: carriedKey(keys[i], carried) })),
    scoring: score === undefined ? UNSCORED : { ...scoring, of: () => score, announce: () => ALWAYS, word: () => undefined },
  }
}

/** All columns of a table: `*` stands for those alone that are written. */
const columnsOf = ({ minuteColumn }: TableLayout): Sql =>
  minuteColumn === undefined ? sql`*` : sql`*, ${identifier(minuteColumn)}`

/** A key that lies in columns already. */
function carriedKey(put: ReturnType<typeof addKey> | undefined, carried: readonly Sql[]): BucketKey {
  if (put === undefined) throw new Error('a key is missing')
  const unused = (): never => {
    throw new Error('a carried key is columns')
  }
  return {
    several: false,
    sql: unused,
    read: unused,
    put: (source) => {
      for (const name of carried) source.carry(name)
      return put
    },
  }
}

/** The table whose rows are those of a scope, beside the table of a target. */
function layoutOf({ layout, scope: { documents = layout } }: Target, scope: ScopePath): TableLayout | undefined {
  const here = layout.nested?.path ?? ''
  if (scope === here) return undefined
  if (!isAround(scope, here) && !isAround(here, scope)) return undefined
  return scope === '' ? documents : documents.objects?.(scope)
}

function moved(target: Target, layout: TableLayout): Target {
  const { documents = target.layout } = target.scope
  const { documents: _, isJoined: _isJoined, ...scope } = target.scope
  const { from: _from, plain: _plain, ...rest } = target
  return {
    ...rest,
    layout,
    // Its times are those of documents; what is known of them says nothing of single objects.
    time: ALL_TIME,
    scope: layout.nested === undefined ? { ...scope, layout } : { ...scope, layout, documents },
  }
}

/** Whether another row belongs to a row of a target for which a condition holds. */
function linked(target: Target, condition: Condition, { outer, inner, meets, layout }: Link): Condition {
  // Going out, a row counts only where there is one that it holds; and so does whoever is related to some.
  const needsOne = meets || layout === target.layout
  if (condition.kind !== 'test' && !(condition.kind === 'always' && needsOne)) return condition
  const rows = sql`SELECT ${outer} FROM ${tableName(target)} ${where(condition)}`
  return leaf(sql`${inner} IN (${rows})`, { nullable: false })
}

/** What rows of two tables, of which one holds the other's, have in common: the number of the outer one. */
function linkOf(layout: TableLayout, other: TableLayout | undefined): Sql {
  const isOuter = isAround(layout.nested?.path ?? '', other?.nested?.path ?? '')
  return isOuter || other === undefined ? identifier(SEQ_NO) : holder(layout, other)
}
