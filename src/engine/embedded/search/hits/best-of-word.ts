import { identifier, sql } from '../../sql.ts'
import { frequencyMarker } from '../../token-column.ts'
import { anyIndexed } from '../query/column-test.ts'
import { and, type Condition, leaf, NEVER, or } from '../query/condition.ts'
import { lengthFactors, longestReaching } from '../score/bm25.ts'
import type { WordScore } from '../score/score.ts'
import type { Target } from '../target.ts'
import type { HitsContext } from './hits.ts'
import { type PageRequest, type SelectedHits, selectHits } from './page.ts'

/**
 * The best hits of a single word. Documents of equal frequency and length score alike, so few of a common word need to be
 * looked at: those where it stands most often, or the shortest; then only others short enough to catch up with them. Over
 * 2 M documents, 1.2 M of them with the word, 15 instead of 50 CPU-ms.
 */
export async function bestOfWord(
  target: Target,
  word: WordScore,
  page: PageRequest,
  { statements, encodeId, limits }: HitsContext,
): Promise<SelectedHits> {
  const total = isAllThatIsAsked(target) ? word.statistics.matching : undefined
  const select = async (within: Condition): Promise<SelectedHits> => {
    const { hits } = await selectHits(target, { ...page, within: and([page.within, within]) }, statements, encodeId)
    return { hits, total }
  }
  if (word.statistics.matching > limits.scoredDocuments && page.limit > 0) {
    const likely = likelyBest(word, page.offset + page.limit)
    const first = await select(likely)
    const last = first.hits[page.limit - 1]?.score
    if (last !== undefined && last !== null) {
      const others = mayReach(word, last, likely)
      return others.kind === 'never' ? first : select(or([likely, others]))
    }
  }
  return select({ kind: 'always' })
}

/** Whether the documents with the word are what is searched for, no more and no less. */
function isAllThatIsAsked({ query, visible }: Target): boolean {
  if (visible.kind !== 'always') return false
  return query.kind === 'tokens' ? query.tokens.length === 1 : query.kind === 'terms'
}

/** Documents in which the word stands `count` times, or at least once. */
function standing(word: WordScore, count: number): Condition {
  return anyIndexed(word.column, sql`${[count === 1 ? word.token : frequencyMarker(word.token, count)]}`)
}

/** Where the word stands most often, as many as are wanted; where that is once everywhere, the shortest texts. */
function likelyBest(word: WordScore, wanted: number): Condition {
  const conditions: Condition[] = []
  let documents = 0
  for (const { count, documents: more } of word.statistics.frequencies.toReversed()) {
    if (documents >= wanted) break
    conditions.push(standing(word, count))
    documents += more
  }
  return documents >= wanted ? or(conditions) : and([standing(word, 1), shorterThan(word, word.field.shortest)])
}

/** Documents beyond the likely ones that may score as much as the last of those. */
function mayReach(word: WordScore, score: number, likely: Condition): Condition {
  const factors = lengthFactors(word.field)
  const known = likely.kind === 'test' ? new Set(likely.indexCalls.map(({ call }) => call.text)) : new Set()
  const counts = [1, ...word.statistics.frequencies.map(({ count }) => count)]
  return or(
    counts.map((count) => {
      const standsSo = standing(word, count)
      const longest = longestReaching(word.weight, count, factors, score)
      const isKnown = standsSo.kind === 'test' && standsSo.indexCalls.every(({ call }) => known.has(call.text))
      // The shortest texts are known only of their own length.
      const from = isKnown && count === 1 ? word.field.shortest + 1 : Math.max(count, word.field.shortest)
      return longest < from || (isKnown && count > 1) ? NEVER : and([standsSo, shorterThan(word, longest)])
    }),
  )
}

function shorterThan({ column }: WordScore, length: number): Condition {
  return leaf(sql`${identifier(column.lengthName ?? '')} <= ${length}`, { nullable: false })
}
