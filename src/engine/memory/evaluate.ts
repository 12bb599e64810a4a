import { parseShape } from '../../core/geo-shape.ts'
import { isRangeValue, isRelatedRange } from '../../query/range-field.ts'
import { isRelatedShape } from '../../query/shape-relation.ts'
import { unreachable } from '../../core/errors.ts'
import { haversineMeters } from '../../core/haversine.ts'
import type { NestedScoreMode, Query, TermPattern } from '../../query/ast.ts'
import { intervalLeaves } from '../../query/interval-rule.ts'
import type { FieldValue, GeoPoint } from '../../query/field.ts'
import { featureOf } from '../../query/rank-feature.ts'
import { editDistance, termMatcher } from '../../query/term-matcher.ts'
import { compareValues, inBounds, sameValue } from './compare.ts'
import { changedScore, nearest } from './score-functions.ts'
import type { MemoryDocument } from './document.ts'
import { findIntervals, intervalFrequency, narrowFrequency } from './intervals.ts'
import { phraseFrequency } from './phrase.ts'
import { bm25, fieldLength, type IndexStatistics } from './statistics.ts'

/** Score of a document, `undefined` where it does not match. */
export type Evaluate = (document: MemoryDocument) => number | undefined

/** Prepares a query for one index: patterns are expanded to its terms once. */
export function compileQuery(query: Query, statistics: IndexStatistics): Evaluate {
  const boost = 'boost' in query ? (query.boost ?? 1) : 1
  const inner = compile(query, statistics)
  return (document) => {
    const score = inner(document)
    return score === undefined ? undefined : score * boost
  }
}

function compile(query: Query, statistics: IndexStatistics): Evaluate {
  switch (query.kind) {
    case 'all':
      return () => 1
    case 'none':
      return () => undefined
    case 'terms':
      return terms(query.field, query.values, statistics)
    case 'range':
      return constant((document) => fieldValues(document, query.field).some((value) => inBounds(value, query.bounds)))
    case 'range_relation': {
      const { field, range, relation } = query
      return constant((document) =>
        fieldValues(document, field).some((one) => isRangeValue(one) && isRelatedRange(one, range, relation)),
      )
    }
    case 'exists':
      return constant((document) => document.values.has(query.field) || document.tokens.has(query.field))
    case 'pattern':
      return pattern(query.field, query.pattern, statistics)
    case 'tokens': {
      const { field, tokens, minimum } = query
      return (document) => {
        const present = tokens.filter((token) => termFrequency(document, field, token) > 0)
        if (present.length < minimum || present.length === 0) return undefined
        return present.reduce((sum, token) => sum + termScore(document, field, token, statistics), 0)
      }
    }
    case 'phrase':
      return phrase(query, statistics)
    case 'intervals':
      return intervals(query, statistics)
    case 'ids': {
      const ids = new Set(query.ids)
      return constant((document) => ids.has(document.id))
    }
    case 'routing': {
      const { values } = query
      return constant(({ routing }) => routing !== undefined && (values?.includes(routing) ?? true))
    }
    case 'bool':
      return bool(query, statistics)
    case 'constant_score': {
      const inner = compileQuery(query.query, statistics)
      return constant((document) => inner(document) !== undefined)
    }
    case 'dis_max': {
      const queries = query.queries.map((one) => compileQuery(one, statistics))
      return (document) => {
        const scores = queries.map((one) => one(document)).filter((score) => score !== undefined)
        if (scores.length === 0) return undefined
        const best = Math.max(...scores)
        const others = scores.reduce((sum, score) => sum + score, 0) - best
        return best + query.tieBreaker * others
      }
    }
    case 'boosting': {
      const positive = compileQuery(query.positive, statistics)
      const negative = compileQuery(query.negative, statistics)
      return (document) => {
        const score = positive(document)
        return score === undefined || negative(document) === undefined ? score : score * query.negativeBoost
      }
    }
    case 'function_score': {
      // The boost is that of the query, before the functions.
      const { boost = 1 } = query
      const inner = compileQuery(query.query, statistics)
      const filters = query.functions.map(({ filter }) => compileQuery(filter, statistics))
      return (document) => {
        const score = inner(document)
        if (score === undefined) return undefined
        const before = query.boostsResult === true ? score : score * boost
        const changed = changedScore(document, before, query, filters, haversineMeters)
        const whole = query.boostsResult === true ? changed * boost : changed
        return query.minScore !== undefined && whole < query.minScore ? undefined : whole / boost
      }
    }
    case 'distance_feature': {
      const { field, origin, pivot } = query
      return (document) => {
        const near = nearest(document, field, origin, haversineMeters)
        return near === undefined ? undefined : pivot / (pivot + near)
      }
    }
    case 'rank_feature':
      return rankFeature(query, statistics)
    case 'terms_set': {
      const { field, values, minimumField } = query
      return constant((document) => {
        const [minimum] = fieldValues(document, minimumField).map(Number)
        const held = values.filter((wanted) => terms(field, [wanted], statistics)(document) !== undefined)
        return minimum !== undefined && held.length >= Math.max(1, minimum)
      })
    }
    case 'shape': {
      const asked = parseShape(query.shape)
      return constant((document) =>
        fieldValues(document, query.field).some((wkt) => isRelatedShape(parseShape(String(wkt)), asked, query.relation)),
      )
    }
    case 'nested':
      return nested(query, statistics)
    case 'has_child':
      return hasChild(query, statistics)
    case 'has_parent':
      return hasParent(query, statistics)
    case 'geo_polygon':
      return constant((document) => points(document, query.field).some((point) => inPolygon(point, query.points)))
    case 'geo_distance': {
      const { field, center, distanceMeters } = query
      return constant((document) => points(document, field).some((point) => haversineMeters(point, center) <= distanceMeters))
    }
    case 'geo_box': {
      const { field, topLeft, bottomRight } = query
      return constant((document) => points(document, field).some((point) => inBox(point, topLeft, bottomRight)))
    }
    default:
      return unreachable(query)
  }
}

function intervals({ rule, scoredBy }: Query & { kind: 'intervals' }, statistics: IndexStatistics): Evaluate {
  const found = (document: MemoryDocument) => findIntervals(rule, (field) => document.tokens.get(field) ?? [])
  if (scoredBy === undefined) {
    return (document) => {
      const spans = found(document)
      return spans.length === 0 ? undefined : 1 - 1 / (1 + narrowFrequency(rule, spans))
    }
  }
  const known = new Map(
    intervalLeaves(rule).flatMap((leaf): (readonly [term: string, documents: number])[] => {
      if (leaf.kind !== 'tokens' && leaf.kind !== 'pattern') return []
      const counts = statistics.documentFrequencies(leaf.field)
      const terms = leaf.kind === 'tokens' ? leaf.tokens : [...counts.keys()].filter(termMatcher(leaf.pattern))
      return terms.map((term) => [term, counts.get(term) ?? 0])
    }),
  )
  const counts = [...known.values()].filter((count) => count > 0)
  const field = statistics.field(scoredBy)
  return (document) => {
    const frequency = intervalFrequency(found(document))
    if (frequency === 0) return undefined
    const length = fieldLength(document.tokens.get(scoredBy) ?? [], field.omitsFrequencies)
    return counts.reduce((sum, count) => sum + bm25(frequency, length, count, field), 0)
  }
}

function rankFeature({ field, feature, function: how }: Query & { kind: 'rank_feature' }, statistics: IndexStatistics): Evaluate {
  const pivot = how.kind === 'saturation' ? (how.pivot ?? statistics.pivot(field, feature)) : 1
  const score = (value: number): number => {
    switch (how.kind) {
      case 'saturation':
        return value / (value + pivot)
      case 'log':
        return Math.log(how.scalingFactor + value)
      case 'sigmoid':
        return value ** how.exponent / (value ** how.exponent + how.pivot ** how.exponent)
      case 'linear':
        return value
      default:
        return unreachable(how)
    }
  }
  return ({ values }) => {
    const value = featureOf(values.get(field) ?? [], feature)
    return value === undefined ? undefined : score(value)
  }
}

function nested({ path, query, scoreMode }: Query & { kind: 'nested' }, statistics: IndexStatistics): Evaluate {
  const inner = compileQuery(query, statistics.nested(path))
  return ({ objects }) => {
    const scores = (objects.get(path) ?? []).map(inner).filter((score) => score !== undefined)
    return scores.length === 0 ? undefined : together(scores, scoreMode, 0)
  }
}

function hasChild(
  { parentId, query, scoreMode, least, most }: Query & { kind: 'has_child' },
  statistics: IndexStatistics,
): Evaluate {
  const inner = compileQuery(query, statistics)
  let byParent: Map<string, number[]> | undefined
  return ({ id }) => {
    byParent ??= groupScores(statistics.documents, inner, ({ values }) => String(values.get(parentId)?.[0]))
    const scores = byParent.get(id) ?? []
    return scores.length >= least && scores.length <= most ? together(scores, scoreMode, 1) : undefined
  }
}

function hasParent({ parentId, query, isScored }: Query & { kind: 'has_parent' }, statistics: IndexStatistics): Evaluate {
  const inner = compileQuery(query, statistics)
  let byId: Map<string, number[]> | undefined
  return ({ values }) => {
    byId ??= groupScores(statistics.documents, inner, ({ id }) => id)
    const [score] = byId.get(String(values.get(parentId)?.[0])) ?? []
    return score === undefined ? undefined : isScored ? score : 1
  }
}

/** The scores of the documents that match. */
function groupScores(
  documents: readonly MemoryDocument[],
  evaluate: Evaluate,
  keyOf: (document: MemoryDocument) => string,
): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const document of documents) {
    const score = evaluate(document)
    if (score === undefined) continue
    const group = groups.get(keyOf(document))
    if (group) group.push(score)
    else groups.set(keyOf(document), [score])
  }
  return groups
}

/** One score of several; `unscored` where they do not matter. */
function together(scores: readonly number[], mode: NestedScoreMode, unscored: number): number {
  const sum = scores.reduce((total, score) => total + score, 0)
  switch (mode) {
    case 'none':
      return unscored
    case 'min':
      return Math.min(...scores)
    case 'max':
      return Math.max(...scores)
    case 'sum':
      return sum
    case 'avg':
      return sum / scores.length
    default:
      return unreachable(mode)
  }
}

function constant(matches: (document: MemoryDocument) => boolean): Evaluate {
  return (document) => (matches(document) ? 1 : undefined)
}

/** Values of a field, or the terms of its tokens. */
function fieldValues(document: MemoryDocument, path: string): readonly FieldValue[] {
  return document.tokens.get(path)?.map(({ term }) => term) ?? document.values.get(path) ?? []
}

function terms(path: string, values: readonly FieldValue[], statistics: IndexStatistics): Evaluate {
  const [only] = values
  // Strings and booleans are terms to Lucene, which score; numbers and their kin are points, which do not.
  if (values.length === 1 && (typeof only === 'string' || typeof only === 'boolean') && !statistics.isComputed(path)) {
    const term = String(only)
    return (document) => (termFrequency(document, path, term) > 0 ? termScore(document, path, term, statistics) : undefined)
  }
  return constant((document) => fieldValues(document, path).some((value) => values.some((wanted) => sameValue(value, wanted))))
}

/** How often a token stands in a text; of a keyword only whether. */
function termFrequency(document: MemoryDocument, path: string, term: string): number {
  const tokens = document.tokens.get(path)
  if (tokens) return tokens.filter((token) => token.term === term).length
  return (document.values.get(path) ?? []).some((value) => String(value) === term) ? 1 : 0
}

function termScore(
  document: MemoryDocument,
  path: string,
  term: string,
  statistics: IndexStatistics,
  documentFrequency?: number,
): number {
  const tokens = document.tokens.get(path)
  const field = statistics.field(path)
  const length = tokens ? fieldLength(tokens, field.omitsFrequencies) : 1
  const frequency = documentFrequency ?? statistics.documentFrequencies(path).get(term) ?? 0
  return bm25(termFrequency(document, path, term), length, frequency, field)
}

/** Terms of the index that a pattern matches. Only fuzzy terms score, the closer the more. */
function pattern(path: string, wanted: TermPattern, statistics: IndexStatistics): Evaluate {
  const matches = termMatcher(wanted)
  const expansions = [...statistics.documentFrequencies(path).keys()].filter(matches)
  if (wanted.kind !== 'fuzzy') {
    const all = new Set(expansions)
    return constant((document) => fieldValues(document, path).some((value) => all.has(String(value))))
  }
  const length = [...wanted.term].length
  const weighted = expansions
    .map((term) => {
      const edits = editDistance(wanted.term, term, wanted.transpositions, wanted.edits)
      return { term, weight: edits === 0 ? 1 : Math.max(0, 1 - edits / Math.min(length, [...term].length)) }
    })
    .toSorted((a, b) => b.weight - a.weight || compareValues(a.term, b.term))
    .slice(0, wanted.maxExpansions)
  const blended = Math.max(0, ...weighted.map(({ term }) => statistics.documentFrequencies(path).get(term) ?? 0))
  return (document) => {
    const found = weighted.filter(({ term }) => termFrequency(document, path, term) > 0)
    if (found.length === 0) return undefined
    return found.reduce((sum, { term, weight }) => sum + weight * termScore(document, path, term, statistics, blended), 0)
  }
}

function phrase(query: Query & { kind: 'phrase' }, statistics: IndexStatistics): Evaluate {
  const { field, phrase } = query
  const frequencies = statistics.documentFrequencies(field)
  const prefix = phrase.lastIsPrefix ? (phrase.places[phrase.places.length - 1]?.tokens[0] ?? '') : ''
  const expansions = new Set(
    [...frequencies.keys()]
      .filter((term) => term.startsWith(prefix))
      .toSorted(compareValues)
      .slice(0, phrase.maxExpansions),
  )
  const terms = phrase.places.flatMap((place, index) =>
    phrase.lastIsPrefix && index === phrase.places.length - 1 ? [...expansions] : place.tokens,
  )
  const field0 = statistics.field(field)
  return (document) => {
    const tokens = document.tokens.get(field) ?? []
    if (phrase.places.length === 1) {
      const found = terms.filter((term) => termFrequency(document, field, term) > 0)
      return found.length === 0 ? undefined : found.reduce((sum, term) => sum + termScore(document, field, term, statistics), 0)
    }
    const frequency = phraseFrequency(phrase, tokens, (term) => expansions.has(term))
    if (frequency === 0) return undefined
    return terms.reduce(
      (sum, term) => sum + bm25(frequency, fieldLength(tokens, field0.omitsFrequencies), frequencies.get(term) ?? 0, field0),
      0,
    )
  }
}

function bool(query: Query & { kind: 'bool' }, statistics: IndexStatistics): Evaluate {
  const all = (queries: readonly Query[]): Evaluate[] => queries.map((one) => compileQuery(one, statistics))
  const [must, filter, should, mustNot] = [all(query.must), all(query.filter), all(query.should), all(query.mustNot)]
  return (document) => {
    let score = 0
    for (const clause of must) {
      const one = clause(document)
      if (one === undefined) return undefined
      score += one
    }
    if (filter.some((clause) => clause(document) === undefined)) return undefined
    if (mustNot.some((clause) => clause(document) !== undefined)) return undefined
    const matched = should.map((clause) => clause(document)).filter((one) => one !== undefined)
    if (matched.length < query.minimumShouldMatch) return undefined
    return matched.reduce((sum, one) => sum + one, score)
  }
}

function points(document: MemoryDocument, path: string): readonly GeoPoint[] {
  return (document.values.get(path) ?? []).filter((value) => typeof value === 'object' && 'lat' in value)
}

/** Counts how often a ray from the point crosses the edges. */
function inPolygon({ lat, lon }: GeoPoint, corners: readonly GeoPoint[]): boolean {
  let inside = false
  for (const [i, a] of corners.entries()) {
    const b = corners[(i + 1) % corners.length] ?? a
    if (a.lat > lat !== b.lat > lat && lon < a.lon + ((lat - a.lat) / (b.lat - a.lat)) * (b.lon - a.lon)) inside = !inside
  }
  return inside
}

/** A box whose left lies east of its right goes over the antimeridian. */
function inBox({ lat, lon }: GeoPoint, topLeft: GeoPoint, bottomRight: GeoPoint): boolean {
  if (lat > topLeft.lat || lat < bottomRight.lat) return false
  return topLeft.lon <= bottomRight.lon
    ? lon >= topLeft.lon && lon <= bottomRight.lon
    : lon >= topLeft.lon || lon <= bottomRight.lon
}
