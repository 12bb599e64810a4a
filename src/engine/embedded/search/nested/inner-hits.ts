import type { EngineInnerHits, EngineInnerPage } from '../../../engine.ts'
import { aroundColumn, objectSeqNo, SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import type { BucketBinding } from '../aggs/bucket-binding.ts'
import { KnownCardinalities } from '../aggs/known-cardinalities.ts'
import { TreeRun } from '../aggs/tree-run.ts'
import { nullable, uint } from '../columns.ts'
import type { HitsContext } from '../hits/hits.ts'
import { compileQuery, type QueryScope } from '../query/compile.ts'
import { and, type Condition, leaf, or } from '../query/condition.ts'
import { documentOf } from '../query/nested.ts'
import { ALL_TIME } from '../query/range.ts'
import type { Scoring } from '../score/scoring.ts'
import type { Target } from '../target.ts'
import { expandPatterns } from '../terms/expand.ts'

const NOTHING: EngineInnerPage = { total: 0, maxScore: null, hits: [] }

export interface InnerHitsContext extends Omit<HitsContext, 'scoring'> {
  score(target: Target): Promise<Scoring>
  /** Looks up what the sort needs. */
  prepare(target: Target): Promise<Target>
}

/**
 * The objects that hits hold: those of all of them are looked for at once, in buckets by holder.
 * @param documents the table that the hits are of
 */
export async function objectsOfHits(
  request: EngineInnerHits,
  documents: Target,
  context: InnerHitsContext,
): Promise<readonly EngineInnerPage[]> {
  const { holders, from, size, sort } = request
  const plain = await objectsTarget(request, documents, context)
  if (plain === undefined || holders.length === 0) return holders.map(() => NOTHING)
  const target = await context.prepare(plain)
  const scoring = await context.score(target)
  const targets = [target]
  const run = new TreeRun({
    ...context,
    scoring,
    targets,
    parts: targets,
    maxBuckets: Infinity,
    cardinalities: new KnownCardinalities(),
  })
  const top = { name: 'hits', aggregation: { kind: 'top_hits', from, size, sort } } as const
  const below = { metrics: [], conditionals: [], tops: size === 0 ? [] : [top], collections: [], buckets: [] }
  const results = await run.run({
    metrics: [],
    conditionals: [],
    tops: [],
    collections: [],
    buckets: [{ name: 'holders', binding: byHolder(request), below }],
  })
  const found = results.get('holders')
  const pages = new Map<number, EngineInnerPage>()
  for (const { key, docCount, children } of found?.kind === 'buckets' ? found.buckets : []) {
    const hits = children.get('hits')
    pages.set(Number(key), hits?.kind === 'hits' ? hits : { ...NOTHING, total: docCount })
  }
  return holders.map((holder) => pages.get(numberOf(holder)) ?? NOTHING)
}

async function objectsTarget(
  { path, query, holders }: EngineInnerHits,
  documents: Target,
  { statements }: InnerHitsContext,
): Promise<Target | undefined> {
  const layout = documents.layout.objects?.(path)
  if (layout === undefined) return undefined
  const expansions = await expandPatterns(query, layout, statements)
  const scope: QueryScope = { ...documents.scope, layout, expansions, documents: documents.layout }
  const visible = and([heldBy(holders), within(holders, layout)])
  const matches = and([visible, compileQuery(query, scope)])
  return { ...documents, layout, query, scope, visible, matches, time: ALL_TIME }
}

type Holder = EngineInnerHits['holders'][number]

/** The number of a holder among the rows of its table. */
function numberOf({ seqNo, object }: Holder): number {
  return object === undefined ? seqNo : objectSeqNo(seqNo, object.number)
}

/** Column of the holder's number in a row of objects. */
function holderColumn([first]: readonly Holder[], layout: TableLayout): Sql {
  if (first?.object === undefined) return documentOf(identifier(SEQ_NO))
  const depth = layout.objects?.(first.object.path)?.nested?.depth
  return depth === undefined || depth === layout.nested?.depth ? identifier(SEQ_NO) : identifier(aroundColumn(depth))
}

function within(holders: readonly Holder[], layout: TableLayout): Condition {
  return leaf(sql`${holderColumn(holders, layout)} IN ${holders.map(numberOf)}`, { nullable: false })
}

/** Ranges that the order of the table serves. */
const MAX_RANGES = 100

/** The objects of a document lie together. */
function heldBy(holders: readonly Holder[]): Condition {
  const seqNos = [...new Set(holders.map(({ seqNo }) => seqNo))]
  const range = (first: number, last: number): Condition =>
    leaf(sql`${identifier(SEQ_NO)} BETWEEN ${objectSeqNo(first, 0)} AND ${objectSeqNo(last + 1, 0) - 1}`, { nullable: false })
  if (seqNos.length > MAX_RANGES) return range(Math.min(...seqNos), Math.max(...seqNos))
  return or(seqNos.map((seqNo) => range(seqNo, seqNo)))
}

function byHolder({ holders }: EngineInnerHits): BucketBinding {
  return {
    key: { several: false, sql: ({ layout }) => holderColumn(holders, layout), read: nullable(uint) },
    shape: 'buckets',
    keyOf: (raw) => Number(raw),
    order: [{ by: '_key', order: 'asc' }],
  }
}
