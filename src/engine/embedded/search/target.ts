import type { IndexSchema, SearchTarget } from '../../engine.ts'
import type { Query } from '../../../query/ast.ts'
import type { SortKey } from '../../../query/sort.ts'
import { DATABASE, SEQ_NO, SUPERSEDED, type TableLayout } from '../layout.ts'
import { identifier, sql, type Sql } from '../sql.ts'
import { SEQ_NO_CHARACTERS } from '../ids/generated-id.ts'
import type { Tables } from '../tables.ts'
import type { ComputedLayout } from './computed/computed-columns.ts'
import { computeInScopes } from './computed/scoped-columns.ts'
import { namedFields, withoutComputed } from './computed/named-fields.ts'
import { findMinimums, type ScoreOf } from './score/minimums.ts'
import type { ScratchLanes } from './computed/scratch-table.ts'
import type { NestedSortValue } from './nested/sort-values.ts'
import { compileQuery, type QueryScope } from './query/compile.ts'
import { and, type Condition, leaf, NEVER } from './query/condition.ts'
import type { JoinScope } from './query/join.ts'
import type { TimeBounds } from './query/range.ts'
import { outerTime } from './split-minutes.ts'
import type { Statements } from './statement.ts'
import { type Expansions, expandPatterns } from './terms/expand.ts'

/** An index of a search with its table open and its query compiled. */
export interface Target {
  /** Position among the targets of the request. */
  readonly position: number
  readonly schema: IndexSchema
  readonly layout: TableLayout
  readonly query: Query
  readonly scope: QueryScope
  /** Stands for the table where rows are made of several tables'. */
  readonly from?: Sql
  /** Where `from` leaves some out: all rows that there are. */
  readonly plain?: Target
  /** What keys of a sort that are about nested objects come to. */
  readonly sortValues?: ReadonlyMap<SortKey, NestedSortValue>
  /** The query, for documents that this search sees. */
  readonly matches: Condition
  /** What this search sees, whatever it asks. */
  readonly visible: Condition
  /** Whether testing the query reads texts, or looks up thousands of terms: once is enough. */
  readonly isDear: boolean
  /** The time that the query asks for, as far as it can be told from outside. */
  readonly time: TimeBounds
}

export interface OpenTargets {
  readonly targets: readonly Target[]
  release(): Promise<void>
}

export interface TargetOptions {
  readonly tables: Tables
  /** Ids that the engine makes for an index, and their sequence numbers. */
  readonly encodeId: (uuid: string, seqNo: number) => string
  readonly decodeId: (uuid: string, id: string) => number | undefined
  readonly statements: Statements
  /** Further queries about a target, by its position: filters of aggregations. */
  readonly alsoAsked: (position: number) => readonly Query[]
  readonly lanes: ScratchLanes
  /** Parts of the request beside its queries, which may name fields that are computed. */
  readonly alsoNamed: readonly unknown[]
  /** What documents score for a part of a query. */
  readonly scoreOf: ScoreOf
  /** Documents that match nothing of the query are looked at, because they are related to others. */
  readonly alsoRelatives?: boolean
  /** Documents of one search whose values scripts may compute outside of the engine. */
  readonly scriptDocuments: number
  /** Open also what cannot match: buckets of terms without documents are asked for. */
  readonly all?: boolean
}

/** Opens the tables of those indices that may hold a match: not those whose time or query rules it out. */
export async function openTargets(asked: readonly SearchTarget[], options: TargetOptions): Promise<OpenTargets> {
  const candidates = asked
    .map((target, position) => ({ target, position, time: outerTime(target.query, timeFieldOf(target.schema)) }))
    .filter(({ target, time }) => options.all === true || isCandidate(target, time, options.tables))
  const open = await options.tables.open(candidates.map(({ target }) => target.schema))
  const drops: (() => Promise<void>)[] = []
  const release = async (): Promise<void> => {
    open.release()
    await Promise.all(drops.map((drop) => drop()))
  }
  try {
    const targets = await Promise.all(
      candidates.map(async ({ target, position, time }, i) => {
        const layout = open.layouts[i]
        return layout === undefined ? undefined : compileTarget(target, position, layout, time, options, drops)
      }),
    )
    return {
      targets: targets
        .filter((target) => target !== undefined)
        .filter(({ matches }) => options.all === true || matches.kind !== 'never'),
      release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

async function compileTarget(
  target: SearchTarget,
  position: number,
  stored: TableLayout,
  time: TimeBounds,
  options: TargetOptions,
  drops: (() => Promise<void>)[],
): Promise<Target> {
  const { schema, query, seqNoFrom, seqNoTo, seqNoBefore } = target
  const { decodeId, statements, alsoAsked } = options
  // Where rows were marked and not merged since, an answer from the index of terms alone has no rows at all.
  if (stored.hasSuperseded) statements.checkTerms()
  const visible = visibleRows(stored, { from: seqNoFrom, to: seqNoTo, before: seqNoBefore })
  const computed = await computedLayout(target, position, stored, visible, options)
  if (computed) drops.push(() => computed.drop())
  const layout = computed?.layout ?? stored
  const queries = [query, ...alsoAsked(position)]
  const maps = await Promise.all(queries.map((one) => expandPatterns(one, layout, statements)))
  const unbounded: QueryScope = {
    layout,
    decodeId: (id) => decodeId(layout.uuid, id),
    join: joinScope(layout, visible, options),
    expansions: new Map(maps.flatMap((map) => [...map])),
    ...(computed && { scored: computed.scored }),
  }
  const scope = { ...unbounded, minimums: await findMinimums(queries, unbounded, options.scoreOf) }
  const matches = and([visible, compileQuery(query, scope)])
  return { position, schema, layout, query, scope, time, visible, matches, isDear: isDear(query, scope.expansions) }
}

/** The table with columns for the computed fields that the search names, if it names any. */
async function computedLayout(
  { schema, query, computed }: SearchTarget,
  position: number,
  layout: TableLayout,
  visible: Condition,
  options: TargetOptions,
): Promise<ComputedLayout | undefined> {
  const { statements, lanes, alsoNamed, alsoAsked, decodeId, encodeId, scriptDocuments } = options
  const named = computed && namedFields([query, alsoAsked(position), alsoNamed], computed)
  if (!computed || !named || named.size === 0) return undefined
  const around = withoutComputed(query, computed)
  const expansions = await expandPatterns(around, layout, statements)
  const join = joinScope(layout, visible, options)
  const scope: QueryScope = { layout, expansions, join, decodeId: (id) => decodeId(layout.uuid, id) }
  const matches = options.alsoRelatives === true ? visible : and([visible, compileQuery(around, scope)])
  const context = { fields: schema.fields.all(), statements, lanes, encodeId, maxDocuments: scriptDocuments }
  return computeInScopes(named, { ...context, layout, matches })
}

/** Ids that the engine makes differ in their last characters alone, which tell the sequence number. */
function joinScope({ uuid }: TableLayout, visible: Condition, { encodeId }: TargetOptions): JoinScope {
  return { visible, idPrefix: encodeId(uuid, 0).slice(0, -SEQ_NO_CHARACTERS) }
}

/** One moment of the table: what was written up to it and not yet replaced then. */
function visibleRows(
  layout: TableLayout,
  { from, to, before }: { readonly [K in 'from' | 'to' | 'before']: number | undefined },
): Condition {
  const [seqNo, superseded] = [identifier(SEQ_NO), identifier(SUPERSEDED)]
  const last = Math.min(to ?? Infinity, layout.visibleSeqNo)
  if (last < 0) return NEVER
  const tests: Condition[] = []
  const test = (is: Sql): unknown => tests.push(leaf(is, { nullable: false }))
  if (from !== undefined && from > 0) test(sql`${seqNo} >= ${from}`)
  if (before !== undefined && before <= last) test(sql`${seqNo} < ${before}`)
  if (layout.growing || last < layout.visibleSeqNo) test(sql`${seqNo} <= ${last}`)
  if (layout.hasSuperseded) test(sql`(${superseded} = 0 OR ${superseded} > ${last})`)
  return and(tests)
}

/** Whether the time that a query is about, and the query itself, leave something to look for in an index. */
export function mayMatch(target: SearchTarget, tables: Pick<Tables, 'summary'>): boolean {
  return isCandidate(target, outerTime(target.query, timeFieldOf(target.schema)), tables)
}

function isCandidate({ query, schema }: SearchTarget, time: TimeBounds, tables: Pick<Tables, 'summary'>): boolean {
  return query.kind !== 'none' && mayHold(tables.summary(schema.uuid), time)
}

function mayHold(summary: ReturnType<Tables['summary']>, { from, to }: TimeBounds): boolean {
  if (summary === undefined) return true
  if (from === -Infinity && to === Infinity) return true
  const { minTime, maxTime } = summary
  return minTime !== undefined && maxTime !== undefined && from <= maxTime && to > minTime
}

/** The field whose ranges are ranges of time; nanoseconds are not compared with what is known in milliseconds. */
function timeFieldOf({ timeField, fields }: IndexSchema): string | undefined {
  return timeField !== undefined && fields.find(timeField)?.type === 'date' ? timeField : undefined
}

function isDear(query: Query, expansions: Expansions): boolean {
  switch (query.kind) {
    case 'phrase':
      return query.phrase.places.length > 1
    case 'intervals':
    case 'nested':
    case 'has_child':
    case 'has_parent':
      return true
    case 'pattern':
      return expansions.get(query)?.kind === 'scan' || expansions.get(query)?.kind === 'dictionary'
    case 'bool':
      return [query.must, query.filter, query.should, query.mustNot].flat().some((inner) => isDear(inner, expansions))
    case 'constant_score':
      return isDear(query.query, expansions)
    case 'boosting':
      return isDear(query.positive, expansions)
    case 'function_score':
      return isDear(query.query, expansions)
    case 'dis_max':
      return query.queries.some((inner) => isDear(inner, expansions))
    default:
      return false
  }
}

/** The table's full name, or what stands for it. */
export function tableName({ layout, from }: Pick<Target, 'layout' | 'from'>): Sql {
  return from ?? sql`${identifier(DATABASE)}.${identifier(layout.table)}`
}
