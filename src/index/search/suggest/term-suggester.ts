import { illegalArgument } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import { matchAll } from '../../../query/ast.ts'
import { frequencyOf, nearOptions, nearTerms, type NearTerm } from './near-terms.ts'
import {
  intOption,
  numberOption,
  shownScore,
  suggestAnalyzer,
  suggestedField,
  type SuggestContext,
  type SuggestedPart,
  type Suggestion,
} from './suggestion.ts'

const MODES = ['missing', 'popular', 'always'] as const

/** Each term of the text by itself, and what it may have been meant for. */
export async function suggestTerms(suggestion: Suggestion, suggest: SuggestContext): Promise<readonly SuggestedPart[]> {
  const { text, options } = suggestion
  const [first] = suggest.searched
  if (!first) return []
  for (const one of suggest.searched) suggestedField(suggestion, one)
  const name = String(options['field'])
  const mode = String(options['suggest_mode'] ?? 'missing').toLowerCase()
  if (!MODES.some((known) => known === mode)) throw illegalArgument(`Illegal suggest mode ${mode}`)
  const near = nearOptions(options)
  const size = intOption(options, 'size', 5)
  const most = await frequencyLimit(numberOption(options, 'max_term_freq', 0.01), suggest)
  const tokens = suggestAnalyzer(suggestion, suggestedField(suggestion, first), first).analyze(text)
  return Promise.all(
    tokens.map(async ({ term, start, end }) => {
      const own = await frequencyOf(term, name, suggest)
      const isKnown = own > (mode === 'missing' ? 0 : most)
      const candidates = isKnown ? [] : await nearTerms(term, name, near, suggest)
      const wanted = mode === 'popular' ? candidates.filter(({ frequency }) => frequency > own) : candidates
      const sorted = [...wanted].sort(options['sort'] === 'frequency' ? byFrequency : byScore)
      return { text: term, offset: start, length: end - start, options: sorted.slice(0, size).map(printed) }
    }),
  )
}

/** Terms in more documents than this are spelt right. Below 1 a share of all documents. */
async function frequencyLimit(limit: number, { context, searched, signal }: SuggestContext): Promise<number> {
  if (limit >= 1) return limit
  const everything = searched.map(({ index }) => ({ schema: index, query: matchAll }))
  return Math.ceil(limit * (await context.engine.count(everything, signal)))
}

const printed = ({ term, similarity, frequency }: NearTerm): JsonObject => ({
  text: term,
  score: shownScore(similarity),
  freq: frequency,
})

const compareText = (a: NearTerm, b: NearTerm): number => (a.term < b.term ? -1 : 1)
const byScore = (a: NearTerm, b: NearTerm): number =>
  b.similarity - a.similarity || b.frequency - a.frequency || compareText(a, b)
const byFrequency = (a: NearTerm, b: NearTerm): number =>
  b.frequency - a.frequency || b.similarity - a.similarity || compareText(a, b)
