import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { SEQ_NO } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { and, type Condition, leaf, where } from '../query/condition.ts'
import { tableName, type Target } from '../target.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { ONE_BUCKET, readIndex } from './bucket-key.ts'
import { fieldInput } from './field-input.ts'
import type { RowSource } from './row-source.ts'

type Sampler = Extract<BucketAggregation, { kind: 'sampler' }>

/** The best documents of each target: of equal scores those that came first. */
export function bindSampler(sampler: Sampler, context: BindContext): BucketBinding {
  return {
    key: {
      several: false,
      sql: () => sql`toUInt8(0)`,
      // For what looks at the sample before it makes buckets; in several buckets around it is another one in each.
      ...(!context.amongBuckets && { where: (target) => bestOf(target, sampler, context) }),
      put: (rows) => {
        const isWhole = rows.keys.length === 0 && rows.targets.every((target) => wholeOf(target, context.targets) !== undefined)
        if (isWhole) rows.narrow((target) => bestOf(target, sampler, context))
        else keepBest(rows, sampler, context)
        return ONE_BUCKET
      },
      read: readIndex,
    },
    samples: true,
    shape: 'single',
    keyOf: () => 0,
    always: [0],
    order: [],
  }
}

/** A first value, NULL where there is none: documents without one count as having the same. */
function valueOf({ diverse }: Sampler, targets: readonly Target[]): ((target: Target) => Sql) | undefined {
  if (diverse === undefined) return undefined
  const input = fieldInput(diverse.source, targets)
  return (target) => {
    const value = input.sql(target)
    return input.several ? sql`if(empty(${value}), NULL, toNullable(${value}[1]))` : value
  }
}

/** A document is in the sample of its target, of whose rows `part` may be only some. */
function bestOf(part: Target, sampler: Sampler, context: BindContext): Condition {
  const { targets, scoring } = context
  const seqNo = identifier(SEQ_NO)
  const target = wholeOf(part, targets) ?? part
  const value = valueOf(sampler, targets)?.(target)
  const rows = sql`FROM ${tableName(target)} ${where(and([target.matches, scoring.announce(target)]))}`
  const best = scoring.varies
    ? bestByScore(sampler, sql`toFloat64(${scoring.of(target)})`, value, rows)
    : first(sampler, value, rows)
  return leaf(sql`${seqNo} IN (${best})`, { nullable: false })
}

/** The target that a part of it was made of: the same rows, narrowed by time alone. */
function wholeOf({ position, layout, from }: Target, targets: readonly Target[]): Target | undefined {
  return targets.find((target) => target.position === position && target.layout === layout && target.from === from)
}

type Sample = Pick<Sampler, 'diverse' | 'size'>

function bestByScore({ diverse, size }: Sample, score: Sql, value: Sql | undefined, rows: Sql): Sql {
  const columns = [sql`${identifier(SEQ_NO)} AS n`, sql`${score} AS s`, ...(value ? [sql`${value} AS v`] : [])]
  const all = sql`SELECT ${joinSql(columns, ', ')} ${rows} ORDER BY s DESC, n`
  const some = value ? sql`SELECT n, s FROM (${all} LIMIT ${diverse?.maxPerValue ?? 1} BY v) ORDER BY s DESC, n` : all
  return sql`SELECT n FROM (${some} LIMIT ${size})`
}

/** Documents of one value that are kept while others are read; beyond it all are sorted. */
const MAX_KEPT = 1_000

/** The same of equal scores. Sorting all rows to take a few of each value costs four times as much as keeping these few. */
function first(sample: Sample, value: Sql | undefined, rows: Sql): Sql {
  const seqNo = identifier(SEQ_NO)
  const { diverse, size } = sample
  if (value === undefined) return sql`SELECT ${seqNo} AS n ${rows} ORDER BY n LIMIT ${size}`
  const most = Math.min(diverse?.maxPerValue ?? 1, size)
  if (most > MAX_KEPT) return bestByScore(sample, sql`toFloat64(0)`, value, rows)
  const ofValue = most === 1 ? sql`min(${seqNo})` : sql`arrayJoin(groupArraySorted(${most})(${seqNo}))`
  return sql`SELECT n FROM (SELECT ${value} AS v, ${ofValue} AS n ${rows} GROUP BY v) ORDER BY n LIMIT ${size}`
}

/** Rows whose document is in the sample of its target and its bucket. */
function keepBest(rows: RowSource, sampler: Sampler, { targets, scoring }: BindContext): void {
  const keys = [...rows.keys]
  const position = rows.column(({ position: place }) => sql`toUInt32(${place})`)
  const seqNo = rows.column(() => identifier(SEQ_NO))
  const score = rows.column((target) => (scoring.varies ? sql`toFloat64(${scoring.of(target)})` : sql`toFloat64(0)`))
  rows.narrow((target) => scoring.announce(target))
  const value = valueOf(sampler, targets)
  // A key may be NULL, which is IN nothing; in a list it is as any other.
  const document = [position, seqNo, ...keys.map((key) => sql`[${key}]`)]
  const rank = (from: Sql, by: readonly Sql[], most: number): Sql => {
    const groups = joinSql([position, ...keys, ...by], ', ')
    const ranked = sql`SELECT *, dense_rank() OVER (PARTITION BY ${groups} ORDER BY ${score} DESC, ${seqNo}) AS place FROM ${from}`
    return sql`(SELECT * EXCEPT place FROM (${ranked}) WHERE place <= ${most})`
  }
  const diverse = value ? [rows.column(value)] : []
  let sample = rows.sql()
  if (sampler.diverse !== undefined) sample = rank(sample, diverse, sampler.diverse.maxPerValue)
  sample = rank(sample, [], sampler.size)
  const tuple = joinSql(document, ', ')
  rows.keep(sql`(${tuple}) IN (SELECT ${tuple} FROM ${sample})`)
}
