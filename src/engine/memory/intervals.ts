import { unreachable } from '../../core/errors.ts'
import type { IntervalRelation, IntervalRule } from '../../query/interval-rule.ts'
import { editDistance, termMatcher } from '../../query/term-matcher.ts'
import type { PlacedToken } from './document.ts'

/** A stretch of positions, both ends included. */
interface Stretch {
  readonly start: number
  readonly end: number
}

/** The stretches that a rule finds in a document, none within another. */
export function findIntervals(rule: IntervalRule, tokensOf: (field: string) => readonly PlacedToken[]): readonly Stretch[] {
  const at = (field: string, test: (term: string) => boolean): Stretch[] =>
    tokensOf(field)
      .filter(({ term }) => test(term))
      .map(({ position }) => ({ start: position, end: position }))
  switch (rule.kind) {
    case 'tokens':
      return at(rule.field, (term) => rule.tokens.includes(term))
    case 'pattern':
      return at(rule.field, termMatcher(rule.pattern))
    case 'near': {
      const prefix = Array.from(rule.term).slice(0, rule.prefixLength).join('')
      return at(rule.field, (term) => term.startsWith(prefix) && editDistance(rule.term, term, false, rule.edits) <= rule.edits)
    }
    case 'any_of':
      return shortest(rule.rules.flatMap((one) => findIntervals(one, tokensOf)))
    case 'all_of':
      return combine(
        rule.rules.map((one) => findIntervals(one, tokensOf)),
        rule,
      )
    case 'related': {
      const others = findIntervals(rule.to, tokensOf)
      return findIntervals(rule.rule, tokensOf).filter((one) => isRelated(one, others, rule.relation))
    }
    default:
      return unreachable(rule)
  }
}

function shortest<T extends Stretch>(list: readonly T[]): readonly T[] {
  return list.filter(
    (one) =>
      !list.some((other) => other.start >= one.start && other.end <= one.end && other.end - other.start < one.end - one.start),
  )
}

interface Combined extends Stretch {
  /** Positions that belong to one of the parts. */
  readonly covered: number
}

function combine(
  lists: readonly (readonly Stretch[])[],
  { ordered, maxGaps }: { readonly ordered: boolean; readonly maxGaps: number },
): readonly Stretch[] {
  const found = shortest(ordered ? inOrder(lists) : inAnyOrder(lists))
  return maxGaps < 0 ? found : found.filter(({ start, end, covered }) => end - start + 1 - covered <= maxGaps)
}

const width = ({ start, end }: Stretch): number => end - start + 1

/** From each first one on, always the next that ends first. */
function inOrder([first = [], ...others]: readonly (readonly Stretch[])[]): readonly Combined[] {
  return first.flatMap((begin) => {
    let found: Combined | undefined = { ...begin, covered: width(begin) }
    for (const list of others) {
      const before: Combined | undefined = found
      const next: Stretch | undefined = before && soonest(list.filter(({ start }) => start > before.end))
      found = before && next ? { start: before.start, end: next.end, covered: before.covered + width(next) } : undefined
    }
    return found ? [found] : []
  })
}

/** From each start on, of every list the one that ends first. */
function inAnyOrder(lists: readonly (readonly Stretch[])[]): readonly Combined[] {
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
