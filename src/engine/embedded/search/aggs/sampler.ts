import type { BucketAggregation } from '../../../../query/aggregation.ts'
import { SEQ_NO } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { and, type Condition, leaf, where } from '../query/condition.ts'
import { tableName, type Target } from '../target.ts'
import type { BindContext, BucketBinding } from './bucket-binding.ts'
import { readIndex } from './bucket-key.ts'
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
        if (rows.keys.length === 0) rows.narrow((target) => bestOf(target, sampler, context))
        else keepBest(rows, sampler, context)
        const alias = rows.column(() => sql`toUInt8(0)`)
        return { columns: [alias], read: readIndex(alias) }
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

/** A document is in the sample of all. */
function bestOf(target: Target, sampler: Sampler, { targets, scoring }: BindContext): Condition {
  const seqNo = identifier(SEQ_NO)
  const score = scoring.varies ? sql`toFloat64(${scoring.of(target)})` : sql`toFloat64(0)`
  const value = valueOf(sampler, targets)
  const documents = and([target.matches, scoring.announce(target)])
  const columns = [sql`${seqNo} AS n`, sql`${score} AS s`, ...(value ? [sql`${value(target)} AS v`] : [])]
  const all = sql`SELECT ${joinSql(columns, ', ')} FROM ${tableName(target)} ${where(documents)} ORDER BY s DESC, n`
  const diverse = value ? sql`SELECT n, s FROM (${all} LIMIT ${sampler.diverse?.maxPerValue ?? 1} BY v) ORDER BY s DESC, n` : all
  return leaf(sql`${seqNo} IN (SELECT n FROM (${diverse} LIMIT ${sampler.size}))`, { nullable: false })
}

/** Rows whose document is in the sample of its target and its bucket. */
function keepBest(rows: RowSource, sampler: Sampler, { targets, scoring }: BindContext): void {
  const keys = [...rows.keys]
  const position = rows.column(({ position: place }) => sql`toUInt32(${place})`)
  const seqNo = rows.column(() => identifier(SEQ_NO))
  const score = rows.column((target) => (scoring.varies ? sql`toFloat64(${scoring.of(target)})` : sql`toFloat64(0)`))
  rows.narrow((target) => scoring.announce(target))
  const value = valueOf(sampler, targets)
  const document = [position, seqNo, ...keys]
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
