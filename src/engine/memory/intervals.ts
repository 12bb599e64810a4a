import { unreachable } from '../../core/errors.ts'
import { type IntervalRelation, type IntervalRule, leastWidth } from '../../query/interval-rule.ts'
import { editDistance, termMatcher } from '../../query/term-matcher.ts'
import { inBounds } from './compare.ts'
import type { PlacedToken } from './document.ts'

/** A stretch of positions, both ends included. */
interface Stretch {
  readonly start: number
  readonly end: number
  /** Positions that belong to one of its parts. */
  readonly covered: number
}

/** How often a rule finds something, long stretches counting less (SpanScorer). */
export function intervalFrequency(found: readonly Stretch[]): number {
  return found.reduce((sum, { start, end, covered }) => sum + 1 / (1 + Math.max(0, end - start + 1 - covered)), 0)
}

/** The stretches that a rule finds in a document. */
export function findIntervals(rule: IntervalRule, tokensOf: (field: string) => readonly PlacedToken[]): readonly Stretch[] {
  const at = (field: string, test: (term: string) => boolean): Stretch[] =>
    tokensOf(field)
      .filter(({ term }) => test(term))
      .map(({ position }) => ({ start: position, end: position, covered: 1 }))
  switch (rule.kind) {
    case 'tokens':
      return at(rule.field, (term) => rule.tokens.includes(term))
    case 'pattern':
      return at(rule.field, termMatcher(rule.pattern))
    case 'between':
      return at(rule.field, (term) => inBounds(term, rule.bounds))
    case 'near': {
      const prefix = Array.from(rule.term).slice(0, rule.prefixLength).join('')
      return at(rule.field, (term) => term.startsWith(prefix) && editDistance(rule.term, term, false, rule.edits) <= rule.edits)
    }
    case 'any_of': {
      const found = rule.rules.flatMap((one) => findIntervals(one, tokensOf))
      return rule.all === true ? found : shortest(found)
    }
    case 'all_of':
      return combine(rule, tokensOf)
    case 'gap':
      return []
    case 'first':
      return findIntervals(rule.rule, tokensOf).filter(({ end }) => end < rule.end)
    case 'related': {
      const { before = 0, after = 0 } = rule
      const others = findIntervals(rule.to, tokensOf)
      return findIntervals(rule.rule, tokensOf).filter((one) =>
        isRelated({ ...one, start: one.start - before, end: one.end + after }, others, rule.relation),
      )
    }
    default:
      return unreachable(rule)
  }
}

/** Each stretch once, the wider ones for less (Lucene's IntervalScorer). */
export function narrowFrequency(rule: IntervalRule, found: readonly Stretch[]): number {
  const least = leastWidth(rule)
  const distinct = new Map(found.map((one) => [`${one.start} ${one.end}`, one]))
  return [...distinct.values()].reduce((sum, one) => sum + 1 / Math.max(width(one) - least + 1, 1), 0)
}

function shortest<T extends Stretch>(list: readonly T[]): readonly T[] {
  return list.filter(
    (one) =>
      !list.some((other) => other.start >= one.start && other.end <= one.end && other.end - other.start < one.end - one.start),
  )
}

function combine(
  { rules, ordered, maxGaps, all = false }: Extract<IntervalRule, { kind: 'all_of' }>,
  tokensOf: (field: string) => readonly PlacedToken[],
): readonly Stretch[] {
  const joined = ordered ? inOrder(rules, tokensOf) : inAnyOrder(rules.map((one) => findIntervals(one, tokensOf)))
  const found = all ? joined : shortest(joined)
  const close = maxGaps < 0 ? found : found.filter(({ start, end, covered }) => end - start + 1 - covered <= maxGaps)
  // Lucene takes all of such a span as its width, not what lies between its parts.
  return all && !ordered ? close.map((one) => ({ ...one, covered: 0 })) : close
}

const width = ({ start, end }: Stretch): number => end - start + 1

/** From each first one on, always the next that ends first. */
function inOrder(
  [first, ...others]: readonly IntervalRule[],
  tokensOf: (field: string) => readonly PlacedToken[],
): readonly Stretch[] {
  const begun = first ? findIntervals(first, tokensOf).map((one) => ({ ...one, covered: width(one) })) : []
  return others.reduce<readonly Stretch[]>((before, rule) => {
    if (rule.kind === 'gap')
      return before.map(({ start, end, covered }) => ({ start, end: end + rule.width, covered: covered + rule.width }))
    const list = findIntervals(rule, tokensOf)
    return before.flatMap(({ start, end, covered }) => {
      const next = soonest(list.filter((one) => one.start > end))
      return next ? [{ start, end: next.end, covered: covered + width(next) }] : []
    })
  }, begun)
}

/** From each start on, of every list the one that ends first. */
function inAnyOrder(lists: readonly (readonly Stretch[])[]): readonly Stretch[] {
  const starts = new Set(lists.flat().map(({ start }) => start))
  return [...starts].flatMap((low) => {
    const chosen = lists.map((list) => soonest(list.filter(({ start }) => start >= low)))
    const parts = chosen.filter((one) => one !== undefined)
    if (parts.length < lists.length) return []
    return [
      {
        start: Math.min(...parts.map(({ start }) => start)),
        end: Math.max(...parts.map(({ end }) => end)),
        covered: parts.reduce((sum, one) => sum + width(one), 0),
      },
    ]
  })
}

function soonest(list: readonly Stretch[]): Stretch | undefined {
  return list.reduce<Stretch | undefined>(
    (best, one) => (best === undefined || one.end < best.end || (one.end === best.end && one.start > best.start) ? one : best),
    undefined,
  )
}

function isRelated(one: Stretch, others: readonly Stretch[], relation: IntervalRelation): boolean {
  switch (relation) {
    case 'containing':
      return others.some(({ start, end }) => start >= one.start && end <= one.end)
    case 'contained_by':
      return others.some(({ start, end }) => one.start >= start && one.end <= end)
    case 'overlapping':
      return others.some(({ start, end }) => start <= one.end && end >= one.start)
    case 'before':
      return others.some(({ start }) => one.end < start)
    case 'after':
      return others.some(({ end }) => one.start > end)
    case 'not_containing':
      return !isRelated(one, others, 'containing')
    case 'not_contained_by':
      return !isRelated(one, others, 'contained_by')
    case 'not_overlapping':
      return !isRelated(one, others, 'overlapping')
    default:
      return unreachable(relation)
  }
}
