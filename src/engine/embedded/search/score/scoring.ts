import type { Query } from '../../../../query/ast.ts'
import { sql, type Sql } from '../../sql.ts'
import type { Lookups } from '../nested/lookups.ts'
import { nestedScore } from '../nested/nested-score.ts'
import type { KnownScore } from '../computed/scored-fields.ts'
import type { QueryScope } from '../query/compile.ts'
import { ALWAYS, announced, type Condition, leaf, NEVER } from '../query/condition.ts'
import { loadPivot } from '../query/rank-feature.ts'
import type { Statements } from '../statement.ts'
import type { Target } from '../target.ts'
import { joinScore, type JoinQuery } from './join-score.ts'
import { compileScore, type Score, scoringLeaves, type ScoreStatistics, type WordScore } from './score.ts'
import {
  type CorpusStatistics,
  loadTokenStatistics,
  NO_TEXT,
  type TermStatistics,
  type TextStatistics,
  type TokenStatistics,
} from './statistics.ts'

type NestedQuery = Extract<Query, { kind: 'nested' }>

/** The scores of a search's documents. */
export interface Scoring {
  /** Whether some documents score differently. */
  readonly varies: boolean
  of(target: Target): Sql
  announce(target: Target): Condition
  atLeast(score: number, target: Target): Condition
  /** Where the score of a target is that of one token and nothing else. */
  word(target: Target): WordScore | undefined
}

/** All documents score 0. */
export const UNSCORED: Scoring = {
  varies: false,
  of: () => sql`0`,
  announce: () => ALWAYS,
  atLeast: () => ALWAYS,
  word: () => undefined,
}

/** Loads what the scores of a query need, and compiles them. */
export function createScorer(corpus: CorpusStatistics, statements: Statements, lookups: Lookups): ScoreIn {
  const scoreIn: ScoreIn = async (query: Query, scope: QueryScope, outerBoost = 1): Promise<Score> => {
    await computeFunctions(query, scope, outerBoost, scoreIn)
    const statistics = await loadStatistics(query, scope, corpus, statements, (one) =>
      one.kind === 'nested' ? nestedScore(one, scope, scoreIn, lookups) : joinScore(one, scope, scoreIn, lookups),
    )
    return compileScore(query, { ...scope, statistics }, outerBoost)
  }
  return scoreIn
}

export async function createScoring(targets: readonly Target[], scoreIn: ScoreIn): Promise<Scoring> {
  const scores = new Map<number, Score>()
  await Promise.all(
    targets.map(async (target) => {
      scores.set(target.position, await scoreIn(target.query, target.scope))
    }),
  )
  const all = [...scores.values()]
  const scoreOf = (target: Target): Score => scores.get(target.position) ?? { kind: 'constant', value: 0 }
  const of = (target: Target): Sql => {
    const score = scoreOf(target)
    return score.kind === 'constant' ? sql`${score.value}` : score.value
  }
  return {
    varies:
      all.some((score) => score.kind === 'varies') ||
      new Set(all.map((score) => score.kind === 'constant' && score.value)).size > 1,
    of,
    word: (target) => {
      const score = scoreOf(target)
      return score.kind === 'varies' ? score.word : undefined
    },
    announce: (target) => {
      const score = scoreOf(target)
      return score.kind === 'constant' ? ALWAYS : announced(score.conditions)
    },
    atLeast: (minimum, target) => {
      const score = scoreOf(target)
      if (score.kind === 'constant') return score.value >= minimum ? ALWAYS : NEVER
      return leaf(sql`${score.value} >= ${minimum}`, { nullable: false })
    },
  }
}

type ScoreIn = (query: Query, scope: QueryScope, outerBoost?: number) => Promise<Score>

/** Runs the scripts of score functions that read what the query within scores, and are more than an expression of it. */
async function computeFunctions(query: Query, scope: QueryScope, outerBoost: number, scoreIn: ScoreIn): Promise<void> {
  const { scored } = scope
  if (scored === undefined || scored.waiting.size === 0) return
  const boost = Math.fround(outerBoost * ('boost' in query ? (query.boost ?? 1) : 1))
  const within = async (inner: readonly Query[]): Promise<void> => {
    for (const one of inner) await computeFunctions(one, scope, boost, scoreIn)
  }
  switch (query.kind) {
    case 'bool':
      return within([...query.must, ...query.should])
    case 'dis_max':
      return within(query.queries)
    case 'boosting':
      return within([query.positive])
    case 'function_score': {
      const fields = query.functions.flatMap(({ value }) => (value.kind === 'script' ? [value.field] : []))
      const waiting = fields.filter((field) => scored.waiting.has(field))
      if (waiting.length === 0) return within([query.query])
      const score = await scoreIn(query.query, scope, boost)
      for (const field of waiting) await scored.compute(field, knownScore(score))
      return
    }
    default:
  }
}

const knownScore = (score: Score): KnownScore =>
  score.kind === 'constant'
    ? { value: sql`${score.value}`, announced: ALWAYS }
    : { value: score.value, announced: announced(score.conditions) }

/** Whether scripts of aggregations or sort keys wait for the score. */
export function waitsForScore({ scope: { scored } }: Target): boolean {
  return [...(scored?.waiting ?? [])].some(({ computation }) => computation?.isScore === false)
}

/** Runs these scripts. */
export async function computeScored(target: Target, scoring: Scoring): Promise<void> {
  const { scored } = target.scope
  const score = { value: scoring.of(target), announced: scoring.announce(target) }
  for (const field of scored?.waiting ?? []) if (field.computation?.isScore === false) await scored?.compute(field, score)
}

async function loadStatistics(
  query: Query,
  scope: QueryScope,
  corpus: CorpusStatistics,
  statements: Statements,
  scoreOf: (query: NestedQuery | JoinQuery) => Promise<Score>,
): Promise<ScoreStatistics> {
  const { layout } = scope
  const leaves = scoringLeaves(query, scope)
  const fields = new Map<string, TextStatistics>()
  const tokens = new Map<string, ReadonlyMap<string, TokenStatistics>>()
  const terms = new Map<Query, TermStatistics>()
  const pivots = new Map<Query, number>()
  const others = new Map<Query, Score>()
  await Promise.all([
    ...[...leaves.tokens].map(async ([path, list]) => {
      const column = layout.column(path)
      if (column?.storage !== 'tokens') return
      const [field, known] = await Promise.all([
        corpus.text(column, layout, statements),
        list.size === 0 ? new Map() : loadTokenStatistics(column, layout, [...list], statements),
      ])
      fields.set(path, field)
      tokens.set(path, known)
    }),
    ...leaves.terms.map(async ({ query, column, values }) => {
      terms.set(query, await corpus.term(column, layout, values, statements))
    }),
    ...leaves.features.map(async (one) => {
      const column = layout.column(one.field)
      if (column !== undefined) pivots.set(one, await loadPivot(column, one, layout, statements))
    }),
    ...[...leaves.nested, ...leaves.joins].map(async (one) => others.set(one, await scoreOf(one))),
  ])
  return {
    field: (path) => fields.get(path) ?? NO_TEXT,
    token: (path, token) => tokens.get(path)?.get(token),
    term: (term) => terms.get(term),
    pivot: (one) => (one.function.kind === 'saturation' ? one.function.pivot : undefined) ?? pivots.get(one) ?? 1,
    nested: (one) => others.get(one) ?? { kind: 'constant', value: 0 },
    join: (one) => others.get(one) ?? { kind: 'constant', value: 0 },
  }
}
