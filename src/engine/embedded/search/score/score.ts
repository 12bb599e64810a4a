import { unreachable } from '../../../../core/errors.ts'
import type { Query } from '../../../../query/ast.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { intervalLeaves } from '../../../../query/interval-rule.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { frequencyMarker, indexedToken } from '../../token-column.ts'
import { anyIndexed } from '../query/column-test.ts'
import { compileQuery, type QueryScope } from '../query/compile.ts'
import { ALWAYS, type Condition, flag } from '../query/condition.ts'
import { textOf } from '../query/literal.ts'
import { rankFeatureScore } from '../query/rank-feature.ts'
import { expandedTokens, intervalFrequency, narrowFrequency } from '../query/intervals.ts'
import { resolvePlaces } from '../query/phrase.ts'
import { termsCondition } from '../query/terms.ts'
import { type ExpandedTerm, similarity } from '../terms/expand.ts'
import {
  EXACT_LENGTHS,
  inverseDocumentFrequency,
  lengthClass,
  lengthFactors,
  PACKED_FROM,
  termScore,
  termWeight,
} from './bm25.ts'
import { changedScore, featureScore, functionValue } from './functions.ts'
import type { JoinQuery } from './join-score.ts'
import { phraseFrequency } from './phrase-frequency.ts'
import type { TermStatistics, TextStatistics, TokenStatistics } from './statistics.ts'

type TermsQuery = Extract<Query, { kind: 'terms' }>
type RankFeatureQuery = Extract<Query, { kind: 'rank_feature' }>
type PatternQuery = Extract<Query, { kind: 'pattern' }>
type NestedQuery = Extract<Query, { kind: 'nested' }>

/** What a query adds to the score of a document that it matches. */
export type Score =
  | { readonly kind: 'constant'; readonly value: number }
  | {
      readonly kind: 'varies'
      /** A 32-bit float as `Float64`; 0 for documents that the query does not match. */
      readonly value: Sql
      /** Conditions that `value` calls on, see `announced`. */
      readonly conditions: readonly Condition[]
      /** Where the score is that of one token and nothing else. */
      readonly word?: WordScore
    }

/** What a score is made of that depends on the frequency of a token and on the length of the text alone. */
export interface WordScore {
  readonly column: StoredColumn
  readonly token: string
  readonly weight: number
  readonly statistics: TokenStatistics
  readonly field: TextStatistics
}

/** Statistics of everything in a query that scores by them, loaded beforehand. */
export interface ScoreStatistics {
  field(path: string): TextStatistics
  token(path: string, token: string): TokenStatistics | undefined
  /** Of a `terms` query with a single value; of a fuzzy one the statistics of its most frequent term. */
  term(query: TermsQuery | PatternQuery): TermStatistics | undefined
  /** Of a `rank_feature` query by saturation that names none. */
  pivot(query: RankFeatureQuery): number
  /** Without its own boost. */
  nested(query: NestedQuery): Score
  join(query: JoinQuery): Score
}

export interface ScoreScope extends QueryScope {
  readonly statistics: ScoreStatistics
}

/**
 * The score of matching documents: a fold like `compileQuery`. `outerBoost` is that of all nodes around; `implied` says
 * that every document of the search matches this node.
 */
export function compileScore(query: Query, scope: ScoreScope, outerBoost = 1, implied = true): Score {
  const boost = Math.fround(outerBoost * ('boost' in query ? (query.boost ?? 1) : 1))
  const constant: Score = { kind: 'constant', value: boost }
  switch (query.kind) {
    case 'all':
    case 'none':
    case 'range':
    case 'range_relation':
    case 'exists':
    case 'ids':
    case 'routing':
    case 'constant_score':
    case 'geo_distance':
    case 'geo_box':
    case 'geo_polygon':
    case 'shape':
    case 'terms_set':
      return constant
    case 'intervals': {
      if (query.scoredBy !== undefined) return intervalsScore(query, query.scoredBy, boost, scope, implied)
      const frequency = narrowFrequency(query.rule, (field) => scope.layout.column(field), scope.expansions)
      return { kind: 'varies', value: saturationSql(boost, float32(frequency)), conditions: [] }
    }
    case 'nested': {
      const score = scope.statistics.nested(query)
      if (score.kind === 'constant') return { kind: 'constant', value: Math.fround(score.value * boost) }
      return boost === 1 ? score : { ...score, value: float32(sql`${boost} * ${score.value}`) }
    }
    case 'has_child':
    case 'has_parent': {
      const score = scope.statistics.join(query)
      if (score.kind === 'constant') return { kind: 'constant', value: Math.fround(score.value * boost) }
      return onlyIf(implied, { ...score, value: float32(sql`${boost} * ${score.value}`) }, query, scope)
    }
    case 'boosting': {
      const positive = compileScore(query.positive, scope, boost, implied)
      const negative = compileQuery(query.negative, scope)
      if (negative.kind === 'never') return positive
      const value = sql`(${valueOf(positive)} * if(${flag(negative)}, ${query.negativeBoost}, 1))`
      return onlyIf(
        implied,
        { kind: 'varies', value: float32(value), conditions: [...conditionsOf([positive]), negative] },
        query,
        scope,
      )
    }
    case 'function_score': {
      const inner = compileScore(query.query, scope, query.boostsResult === true ? 1 : boost, implied)
      const filters = query.functions.map(({ filter }) => compileQuery(filter, scope))
      const matching = flag(implied ? ALWAYS : compileQuery(query.query, scope))
      const functions = query.functions.map((one, i) => {
        const filter = filters[i] ?? ALWAYS
        const applies = filter.kind === 'always' ? undefined : flag(filter)
        const value = functionValue(one, scope.layout, valueOf(inner))
        const isFactor = one.value.kind === 'field'
        return { applies, value: isFactor ? notNegative(value, sql`${applies ?? 1} AND ${matching}`) : value, weight: one.weight }
      })
      const changed = float32(changedScore(valueOf(inner), functions, query))
      const value = query.boostsResult === true && boost !== 1 ? float32(sql`${boost} * ${changed}`) : changed
      return onlyIf(implied, { kind: 'varies', value, conditions: [...conditionsOf([inner]), ...filters] }, query, scope)
    }
    case 'distance_feature': {
      const column = scope.layout.column(query.field)
      if (column === undefined) return constant
      return { kind: 'varies', value: float32(featureScore(column, query, boost)), conditions: [] }
    }
    case 'rank_feature': {
      const column = scope.layout.column(query.field)
      if (column === undefined) return constant
      const value = float32(rankFeatureScore(column, query, scope.statistics.pivot(query), boost))
      return { kind: 'varies', value, conditions: [] }
    }
    case 'terms': {
      const column = scope.layout.column(query.field)
      const [value] = query.values
      if (column === undefined || value === undefined || query.values.length > 1) return constant
      if (column.storage === 'tokens') return tokensScore(column, [{ token: indexedToken(textOf(value)), boost }], scope)
      return column.field.computation === undefined ? termFieldScore(query, boost, scope) : constant
    }
    case 'tokens': {
      const column = scope.layout.column(query.field)
      if (column === undefined) return constant
      const tokens = query.tokens.map((token) => ({ token: indexedToken(token), boost }))
      if (column.storage !== 'tokens') return constant
      const score = tokensScore(column, tokens, scope)
      return score.kind === 'varies' && query.minimum > 1 ? onlyIf(implied, score, query, scope) : score
    }
    case 'pattern':
      return fuzzyScore(query, boost, scope) ?? constant
    case 'phrase':
      return phraseScore(query, boost, scope, implied)
    case 'bool': {
      const must = sum(query.must.map((inner) => compileScore(inner, scope, boost, implied)))
      const should = query.should.map((inner) => onlyIfMatching(compileScore(inner, scope, boost, false), inner, scope))
      const score = sum(query.should.length === 0 ? [must] : [must, sum(should)])
      return score.kind === 'varies' && !isZeroElsewhere(query) ? onlyIf(implied, score, query, scope) : score
    }
    case 'dis_max':
      return best(
        query.queries.map((inner) => onlyIfMatching(compileScore(inner, scope, boost, false), inner, scope)),
        query.tieBreaker,
      )
    default:
      return unreachable(query)
  }
}

/** Scores are never negative: a document whose field would make one is refused, where it takes part. */
function notNegative(factor: Sql, takesPart: Sql): Sql {
  return sql`(${factor} + throwIf(${takesPart} AND ${factor} < 0, 'field value function must not produce negative scores'))`
}

/** Rounded to 32 bits, as Lucene adds up the clauses of every bool. */
function sum(scores: readonly Score[]): Score {
  let constant = 0
  const parts: Sql[] = []
  for (const score of scores) {
    if (score.kind === 'constant') constant += score.value
    else parts.push(score.value)
  }
  if (parts.length === 0) return { kind: 'constant', value: Math.fround(constant) }
  if (constant !== 0) parts.push(sql`${constant}`)
  const varying = scores.filter((score) => score.kind === 'varies')
  const [only] = varying
  if (only !== undefined && parts.length === 1) return only
  return { kind: 'varies', value: float32(joinSql(parts, ' + ')), conditions: conditionsOf(scores) }
}

function best(scores: readonly Score[], tieBreaker: number): Score {
  const values = scores.map((score) => (score.kind === 'constant' ? sql`${score.value}` : score.value))
  const [only] = values
  if (only === undefined) return { kind: 'constant', value: 0 }
  if (values.length === 1) return scores[0] ?? { kind: 'constant', value: 0 }
  const max = sql`greatest(${joinSql(values, ', ')})`
  const value = tieBreaker === 0 ? max : float32(sql`${max} + (${joinSql(values, ' + ')} - ${max}) * ${Math.fround(tieBreaker)}`)
  return { kind: 'varies', value, conditions: conditionsOf(scores) }
}

/** An optional clause adds nothing where it does not match; varying scores are 0 there by themselves. */
function onlyIfMatching(score: Score, query: Query, scope: ScoreScope): Score {
  if (score.kind === 'varies' || score.value === 0) return score
  const condition = compileQuery(query, scope)
  if (condition.kind === 'always') return score
  if (condition.kind === 'never') return { kind: 'constant', value: 0 }
  return { kind: 'varies', value: sql`if(${flag(condition)}, ${score.value}, 0)`, conditions: [condition] }
}

/** Whether the clauses of a bool add up to 0 wherever it does not match. */
function isZeroElsewhere({ must, filter, should, mustNot, minimumShouldMatch }: Query & { kind: 'bool' }): boolean {
  if (filter.length + mustNot.length > 0) return false
  return must.length === 0 ? minimumShouldMatch <= 1 : must.length === 1 && should.length === 0
}

/** A varying score that is not 0 by itself where the query does not match. */
function onlyIf(implied: boolean, score: Score & { kind: 'varies' }, query: Query, scope: ScoreScope): Score {
  if (implied) return score
  const condition = compileQuery(query, scope)
  return { kind: 'varies', value: sql`if(${flag(condition)}, ${score.value}, 0)`, conditions: [...score.conditions, condition] }
}

function valueOf(score: Score): Sql {
  return score.kind === 'constant' ? sql`${score.value}` : score.value
}

function conditionsOf(scores: readonly Score[]): readonly Condition[] {
  return scores.flatMap((score) => (score.kind === 'varies' ? score.conditions : []))
}

interface WeightedToken {
  readonly token: string
  readonly boost: number
  /** Stands in for the token's own count of documents. */
  readonly matching?: number
}

/** Each token that stands in the document adds its own score. */
function tokensScore(column: StoredColumn, tokens: readonly WeightedToken[], scope: ScoreScope): Score {
  const boosts = new Map<string, WeightedToken>()
  for (const one of tokens) {
    const before = boosts.get(one.token)
    boosts.set(one.token, before === undefined ? one : { ...one, boost: before.boost + one.boost })
  }
  return sum([...boosts.values()].map((token) => tokenScore(column, token, scope)))
}

function tokenScore(column: StoredColumn, { token, boost, matching }: WeightedToken, scope: ScoreScope): Score {
  const { path } = column.field
  const known = scope.statistics.token(path, token)
  if (known === undefined) return { kind: 'constant', value: 0 }
  // Without lengths (match_only_text) nothing is known that could tell two documents apart.
  if (column.lengthName === undefined) {
    const condition = anyIndexed(column, sql`${[token]}`)
    return { kind: 'varies', value: sql`if(${flag(condition)}, ${boost}, 0)`, conditions: [condition] }
  }
  const field = scope.statistics.field(path)
  const weight = termWeight(inverseDocumentFrequency(matching ?? known.matching, field.documents), boost)
  const once = anyIndexed(column, sql`${[token]}`)
  const counted = column.field.parameters.indexOptions === 'docs' ? [] : known.frequencies
  const more = counted.map(({ count }) => ({
    count,
    condition: anyIndexed(column, sql`${[frequencyMarker(token, count)]}`),
  }))
  return {
    kind: 'varies',
    value: tokenScoreSql(column, identifier(column.lengthName), weight, [once, more], field),
    conditions: [once, ...more.map(({ condition }) => condition)],
    ...(column.field.parameters.omitsNorms === true || counted !== known.frequencies
      ? {}
      : { word: { column, token, weight, statistics: known, field } }),
  }
}

/** Scores that a statement carries so that it need not compute them. */
const MAX_KNOWN_SCORES = 400

interface Standing {
  readonly count: number
  readonly condition: Condition
}

/**
 * Score of a token that stands once where `once` holds, and more often where one of `more` does. What short texts score
 * is looked up by their length: 1.5 CPU-ms less for a rare word than computing it.
 */
function tokenScoreSql(
  column: StoredColumn,
  length: Sql,
  weight: number,
  [once, more]: readonly [once: Condition, more: readonly Standing[]],
  field: TextStatistics,
): Sql {
  const { omitsNorms } = column.field.parameters
  if (omitsNorms !== true && field.longest < EXACT_LENGTHS && field.longest * (more.length + 1) <= MAX_KNOWN_SCORES) {
    const factors = lengthFactors(field).slice(0, field.longest + 1)
    const standing = (count: number): Sql =>
      sql`arrayElement(${factors.map((factor) => termScore(weight, count, factor))}, ${length} + 1)`
    if (more.length === 0) return sql`(${flag(once)} * ${standing(1)})`
    const cases = [...more, { count: 1, condition: once }].map(
      ({ count, condition }) => sql`${flag(condition)}, ${standing(count)}`,
    )
    return sql`multiIf(${joinSql(cases, ', ')}, 0)`
  }
  const frequency = joinSql([flag(once), ...more.map(({ count, condition }) => sql`${count - 1} * ${flag(condition)}`)], ' + ')
  return scoreSql(sql`${weight}`, sql`(${frequency})`, lengthFactorOf(column, length, field))
}

/** `termScore` of bm25.ts: 64-bit steps of 32-bit numbers, each rounded, are exactly 32-bit steps. */
function scoreSql(weight: Sql, frequency: Sql, factor: Sql): Sql {
  const saturation = float32(sql`1 + ${float32(sql`${frequency} * ${factor}`)}`)
  return float32(sql`${weight} - ${float32(sql`${weight} / ${saturation}`)}`)
}

/** Grows towards the boost, half of it at 1: IntervalScoreFunction.saturationFunction with the pivot that Elasticsearch takes. */
function saturationSql(boost: number, frequency: Sql): Sql {
  return float32(sql`${boost} * ${float32(sql`1 - ${float32(sql`1 / ${float32(sql`1 + ${frequency}`)}`)}`)}`)
}

function float32(value: Sql): Sql {
  return sql`toFloat64(toFloat32(${value}))`
}

/** Without norms every text counts as one word long. */
function lengthFactorOf({ field: { parameters } }: StoredColumn, length: Sql, field: TextStatistics): Sql {
  return parameters.omitsNorms === true ? sql`${lengthFactors(field)[1] ?? 1}` : lengthFactorSql(length, field)
}

/** `lengthFactors` at `lengthClass`, of a column of lengths. */
function lengthFactorSql(length: Sql, field: TextStatistics): Sql {
  const factors = lengthFactors(field).slice(0, lengthClass(field.longest) + 1)
  // Where all texts are short, as most are, a row of a dozen numbers instead of 256 make a tenth less work of a rare word.
  if (field.longest < EXACT_LENGTHS) return sql`arrayElement(${factors}, ${length} + 1)`
  const long = sql`greatest(${length}, ${EXACT_LENGTHS}) - ${PACKED_FROM}`
  const shift = sql`(toUInt8(floor(log2(${long}))) - 3)`
  const packed = sql`bitOr(bitAnd(bitShiftRight(toUInt32(${long}), ${shift}), 7), (${shift} + 1) * 8)`
  const code = sql`if(${length} < ${EXACT_LENGTHS}, ${length}, ${PACKED_FROM} + ${packed})`
  return sql`arrayElement(${factors}, toUInt32(${code}) + 1)`
}

/** A keyword or boolean: it stands there once, in a field without lengths. Numbers and dates score as constants. */
function termFieldScore(query: TermsQuery, boost: number, scope: ScoreScope): Score {
  const known = scope.statistics.term(query)
  if (known === undefined) return { kind: 'constant', value: boost }
  const weight = termWeight(inverseDocumentFrequency(known.matching, known.documents), boost)
  return { kind: 'constant', value: termScore(weight, 1, lengthFactors(known)[1] ?? 1) }
}

function fuzzyScore(query: PatternQuery, boost: number, scope: ScoreScope): Score | undefined {
  const column = scope.layout.column(query.field)
  const expansion = scope.expansions.get(query)
  if (query.pattern.kind !== 'fuzzy' || column === undefined || expansion?.kind !== 'terms') return undefined
  const asked = query.pattern.term
  if (column.storage !== 'tokens') return fuzzyKeywordScore(query, boost, { asked, column, terms: expansion.terms }, scope)
  // Its terms count as one: each as common as the most common of them.
  const matching = Math.max(0, ...expansion.terms.map(({ term }) => scope.statistics.token(query.field, term)?.matching ?? 0))
  const tokens = expansion.terms.map((term) => ({
    token: term.term,
    boost: Math.fround(boost * similarity(asked, term)),
    matching,
  }))
  return tokensScore(column, tokens, scope)
}

interface FuzzyTerms {
  readonly asked: string
  readonly column: StoredColumn
  readonly terms: readonly ExpandedTerm[]
}

/** Each of the document's keywords scores by how near it is to the one that was asked for. */
function fuzzyKeywordScore(
  query: PatternQuery,
  boost: number,
  { asked, column, terms }: FuzzyTerms,
  scope: ScoreScope,
): Score | undefined {
  const known = scope.statistics.term(query)
  if (known === undefined) return undefined
  const idf = inverseDocumentFrequency(known.matching, known.documents)
  const factor = lengthFactors(known)[1] ?? 1
  return sum(
    terms.map((term): Score => {
      const value = termScore(termWeight(idf, Math.fround(boost * similarity(asked, term))), 1, factor)
      if (value === 0) return { kind: 'constant', value }
      const condition = termsCondition(column, [term.term])
      return { kind: 'varies', value: sql`if(${flag(condition)}, ${value}, 0)`, conditions: [condition] }
    }),
  )
}

function phraseScore(query: Extract<Query, { kind: 'phrase' }>, boost: number, scope: ScoreScope, implied: boolean): Score {
  const column = scope.layout.column(query.field)
  if (column === undefined || column.lengthName === undefined) return { kind: 'constant', value: boost }
  const places = resolvePlaces(query.phrase, scope.expansions.get(query))
  const tokens = places.flatMap((place) => place.tokens)
  if (places.length === 1) {
    return tokensScore(
      column,
      tokens.map((token) => ({ token, boost })),
      scope,
    )
  }
  const field = scope.statistics.field(query.field)
  const idf = tokens.reduce((total, token) => {
    const known = scope.statistics.token(query.field, token)
    return known === undefined ? total : total + inverseDocumentFrequency(known.matching, field.documents)
  }, 0)
  const within = phraseFrequency(identifier(column.name), places, query.phrase.slop)
  const condition = implied ? ALWAYS : compileQuery(query, scope)
  const frequency = implied ? within : sql`if(${flag(condition)}, ${within}, 0)`
  return {
    kind: 'varies',
    value: scoreSql(
      sql`${termWeight(Math.fround(idf), boost)}`,
      frequency,
      lengthFactorOf(column, identifier(column.lengthName), field),
    ),
    conditions: [condition],
  }
}

function intervalsScore(
  query: Extract<Query, { kind: 'intervals' }>,
  scoredBy: string,
  boost: number,
  scope: ScoreScope,
  implied: boolean,
): Score {
  const column = scope.layout.column(scoredBy)
  if (column === undefined || column.lengthName === undefined) return { kind: 'constant', value: boost }
  const field = scope.statistics.field(scoredBy)
  const idf = [...intervalTokens(query, scope)].reduce((total, [path, tokens]) => {
    const known = [...tokens].map((token) => scope.statistics.token(path, token)).filter((one) => one !== undefined)
    return known.reduce((sum, { matching }) => sum + inverseDocumentFrequency(matching, field.documents), total)
  }, 0)
  // Nothing is known of how common the words between two others are.
  if (idf === 0) return { kind: 'constant', value: boost }
  const found = intervalFrequency(query.rule, (path) => scope.layout.column(path), scope.expansions)
  const condition = implied ? ALWAYS : compileQuery(query, scope)
  const weight = sql`${termWeight(Math.fround(idf), boost)}`
  return {
    kind: 'varies',
    value: scoreSql(
      weight,
      implied ? found : sql`if(${flag(condition)}, ${found}, 0)`,
      lengthFactorOf(column, identifier(column.lengthName), field),
    ),
    conditions: [condition],
  }
}

/** The tokens that a rule names, by field. */
function intervalTokens({ rule }: Extract<Query, { kind: 'intervals' }>, { expansions }: QueryScope): Map<string, Set<string>> {
  const tokens = new Map<string, Set<string>>()
  for (const leaf of intervalLeaves(rule)) {
    if (leaf.kind !== 'tokens' && leaf.kind !== 'pattern') continue
    const own = tokens.get(leaf.field) ?? new Set()
    const named = leaf.kind === 'tokens' ? leaf.tokens.map(indexedToken) : (expandedTokens(leaf, expansions) ?? [])
    for (const token of named) own.add(token)
    tokens.set(leaf.field, own)
  }
  return tokens
}

/** Fields and tokens whose statistics a score needs. */
export interface ScoringLeaves {
  readonly tokens: ReadonlyMap<string, ReadonlySet<string>>
  readonly terms: readonly TermLeaf[]
  /** Those whose pivot is the index's. */
  readonly features: readonly RankFeatureQuery[]
  readonly nested: readonly NestedQuery[]
  readonly joins: readonly JoinQuery[]
}

/** Terms of a field that are not tokens of texts. */
interface TermLeaf {
  readonly query: TermsQuery | PatternQuery
  readonly column: StoredColumn
  readonly values: readonly FieldValue[]
}

/** Field types whose single terms Elasticsearch scores by their frequency. */
const SCORED_TERM_TYPES: ReadonlySet<string> = new Set(['keyword', 'boolean', 'flattened'])

function hasScoredTerms({ field: { type, computation } }: StoredColumn): boolean {
  return SCORED_TERM_TYPES.has(type) && computation === undefined
}

export function scoringLeaves(query: Query, scope: QueryScope): ScoringLeaves {
  const tokens = new Map<string, Set<string>>()
  const terms: TermLeaf[] = []
  const features: RankFeatureQuery[] = []
  const nested: NestedQuery[] = []
  const joins: JoinQuery[] = []
  const addTokens = (field: string, list: readonly string[]): void => {
    const set = tokens.get(field) ?? new Set()
    for (const token of list) set.add(token)
    tokens.set(field, set)
  }
  const visit = (node: Query): void => {
    switch (node.kind) {
      case 'terms': {
        const column = scope.layout.column(node.field)
        const [value] = node.values
        if (column === undefined || value === undefined || node.values.length > 1) return
        if (column.storage === 'tokens') addTokens(node.field, [indexedToken(textOf(value))])
        else if (hasScoredTerms(column)) terms.push({ query: node, column, values: [value] })
        return
      }
      case 'tokens':
        addTokens(node.field, node.tokens.map(indexedToken))
        return
      case 'phrase':
        addTokens(
          node.field,
          resolvePlaces(node.phrase, scope.expansions.get(node)).flatMap((place) => place.tokens),
        )
        return
      case 'pattern': {
        const expansion = scope.expansions.get(node)
        const column = scope.layout.column(node.field)
        if (node.pattern.kind !== 'fuzzy' || expansion?.kind !== 'terms' || column === undefined) return
        const values = expansion.terms.map(({ term }) => term)
        if (column.storage === 'tokens') addTokens(node.field, values)
        else if (hasScoredTerms(column)) terms.push({ query: node, column, values })
        return
      }
      case 'intervals':
        if (node.scoredBy === undefined) return
        addTokens(node.scoredBy, [])
        for (const [field, list] of intervalTokens(node, scope)) addTokens(field, [...list])
        return
      case 'rank_feature':
        if (node.function.kind === 'saturation' && node.function.pivot === undefined) features.push(node)
        return
      case 'nested':
        nested.push(node)
        return
      case 'has_child':
      case 'has_parent':
        joins.push(node)
        return
      case 'bool':
        for (const inner of [...node.must, ...node.should]) visit(inner)
        return
      case 'dis_max':
        for (const inner of node.queries) visit(inner)
        return
      case 'boosting':
        visit(node.positive)
        return
      case 'function_score':
        visit(node.query)
        return
      default:
        return
    }
  }
  visit(query)
  return { tokens, terms, features, nested, joins }
}
