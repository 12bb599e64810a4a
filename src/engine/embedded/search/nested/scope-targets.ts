import { isAround, type ScopePath } from '../../../../query/nested-objects.ts'
import { SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { addKey, type BucketKey } from '../aggs/bucket-key.ts'
import { levelKey, type PathLevel } from '../aggs/group-statement.ts'
import { RowSource } from '../aggs/row-source.ts'
import { ALL_TIME } from '../query/range.ts'
import { ALWAYS, type Condition, leaf, where } from '../query/condition.ts'
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

/** Targets whose rows are those of another scope; without those that have no such rows. */
export function targetsWithin(targets: readonly Target[], scope: ScopePath): readonly Target[] {
  return targets.flatMap((target) => {
    const layout = layoutOf(target, scope)
    if (layout === undefined) return []
    return [
      {
        ...moved(target, layout),
        matches: linked(target, target.matches, layout),
        visible: linked(target, target.visible, layout),
      },
    ]
  })
}

/**
 * The same below known buckets: rows carry the keys of the rows that they come from, so that a statement groups by those
 * and by keys of their own at once. A row that comes from several rows of a bucket is in it once.
 */
export function bucketsWithin(
  targets: readonly Target[],
  scope: ScopePath,
  path: readonly PathLevel[],
  scoring: Scoring,
): ScopeTargets {
  const plain = targetsWithin(targets, scope)
  if (path.length === 0 && scoring === UNSCORED) return { targets: plain, path, scoring }
  const prefix = `s${path.length}_`
  const outer = targets.filter((target) => layoutOf(target, scope) !== undefined)
  // All targets in one go: the same keys have the same columns in each.
  const rows = new RowSource(outer, prefix)
  const keys = path.map((level) => addKey(levelKey(level), rows, { narrow: true }))
  const link = rows.column((target) => linkOf(target.layout, layoutOf(target, scope)))
  const score = scoring === UNSCORED ? undefined : rows.column((target) => sql`toFloat64(${scoring.of(target)})`)
  if (score !== undefined) rows.narrow((target) => scoring.announce(target))
  const carried = rows.columns.filter((name) => name.text !== link.text)
  return {
    targets: plain.map((target, i) => {
      const from = outer[i]
      if (from === undefined) throw new Error('a target is missing')
      const distinct = isAround(scope, from.layout.nested?.path ?? '') ? sql`DISTINCT ` : sql``
      const inner = sql`SELECT ${distinct}${joinSql([...carried, sql`${link} AS link`], ', ')} FROM ${rows.sqlOf(from)}`
      const own = linkOf(target.layout, from.layout)
      const joined = sql`(SELECT * EXCEPT link FROM (SELECT *, ${own} AS own_link FROM ${tableOf(target.layout)}) AS o INNER JOIN (${inner}) AS i ON o.own_link = i.link)`
      return { ...target, from: joined, matches: ALWAYS, plain: target }
    }),
    path: path.map(({ node }, i) => ({ node, only: undefined, key: carriedKey(keys[i], carried) })),
    scoring: score === undefined ? UNSCORED : { ...scoring, of: () => score, announce: () => ALWAYS, word: () => undefined },
  }
}

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
  const { documents: _, ...scope } = target.scope
  const { from: _from, plain: _plain, ...rest } = target
  return {
    ...rest,
    layout,
    // Its times are those of documents; what is known of them says nothing of single objects.
    time: ALL_TIME,
    scope: layout.nested === undefined ? { ...scope, layout } : { ...scope, layout, documents },
  }
}

/** Whether a row of `layout` belongs to a row of a target for which a condition holds. */
function linked(target: Target, condition: Condition, layout: TableLayout): Condition {
  // Going out, a row counts only where there is one that it holds.
  const isOutward = isAround(layout.nested?.path ?? '', target.layout.nested?.path ?? '')
  if (condition.kind !== 'test' && !(condition.kind === 'always' && isOutward)) return condition
  const rows = sql`SELECT ${linkOf(target.layout, layout)} FROM ${tableName(target)} ${where(condition)}`
  return leaf(sql`${linkOf(layout, target.layout)} IN (${rows})`, { nullable: false })
}

/** What rows of two tables, of which one holds the other's, have in common: the number of the outer one. */
function linkOf(layout: TableLayout, other: TableLayout | undefined): Sql {
  const isOuter = isAround(layout.nested?.path ?? '', other?.nested?.path ?? '')
  return isOuter || other === undefined ? identifier(SEQ_NO) : holder(layout, other)
}
