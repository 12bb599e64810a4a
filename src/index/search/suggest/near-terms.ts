import { TEXTS } from '../../../query/field-kinds.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { SearchTarget } from '../../../engine/engine.ts'
import { analyzerFor } from '../../../query/analysis/analysis.ts'
import type { Analyzer } from '../../../query/analysis/token.ts'
import type { Query } from '../../../query/ast.ts'
import type { Field } from '../../../query/field.ts'
import { editDistance } from '../../../query/term-matcher.ts'
import { parseDocumentExactly } from '../../documents/parse-document.ts'
import { valuesAt } from '../../../core/values-at.ts'
import { PLAIN_SEARCH } from '../plain-search.ts'
import { sourcePath } from '../source-path.ts'
import type { SearchedIndex } from '../targets.ts'
import { intOption, type SuggestContext } from './suggestion.ts'

/** A term of the index that is much like another. */
export interface NearTerm {
  readonly term: string
  /** 1 for the same, less the more edits lie between. */
  readonly similarity: number
  /** Documents that hold it. */
  readonly frequency: number
}

/** How far candidates may be from a term. */
export interface NearOptions {
  readonly maxEdits: 1 | 2
  readonly prefixLength: number
  readonly minWordLength: number
  readonly accuracy: number
}

export function nearOptions(options: JsonObject): NearOptions {
  return {
    maxEdits: intOption(options, 'max_edits', 2) === 1 ? 1 : 2,
    prefixLength: intOption(options, 'prefix_length', 1),
    minWordLength: intOption(options, 'min_word_length', 4),
    accuracy: Number(options['accuracy'] ?? 0.5),
  }
}

/** Documents that are looked into for terms like a term: those with the nearest ones come first. */
const MAX_DOCUMENTS = 200
/** Terms whose frequencies are asked for. */
const MAX_COUNTED = 25

/** Terms of a field within some edits of a term, itself left out; unsorted. */
export async function nearTerms(
  asked: string,
  name: string,
  { maxEdits, prefixLength, minWordLength, accuracy }: NearOptions,
  suggest: SuggestContext,
): Promise<readonly NearTerm[]> {
  const length = Array.from(asked).length
  if (length < minWordLength) return []
  const pattern = { kind: 'fuzzy', term: asked, edits: maxEdits, prefixLength, transpositions: true, maxExpansions: 50 } as const
  const { context, signal } = suggest
  const places = fieldsNamed(name, suggest)
  const targets = places.map(({ searched, field }) => targetOf(searched, { kind: 'pattern', field: field.path, pattern }))
  const { hits } = await context.engine.search({ ...PLAIN_SEARCH, targets, size: MAX_DOCUMENTS, trackScores: true, signal })
  const similar = new Map<string, number>()
  for (const hit of hits) {
    const place = places[hit.target]
    if (!place || !hit.source) continue
    for (const term of termsOf(parseDocumentExactly(hit.source), place)) {
      if (term === asked || similar.has(term)) continue
      if (Array.from(term).slice(0, prefixLength).join('') !== Array.from(asked).slice(0, prefixLength).join('')) continue
      const edits = editDistance(asked, term, true, maxEdits)
      const similarity = 1 - edits / Math.min(Array.from(term).length, length)
      if (edits <= maxEdits && similarity >= accuracy && beginAlike(asked, term, edits)) similar.set(term, similarity)
    }
  }
  const best = [...similar].sort((a, b) => b[1] - a[1]).slice(0, MAX_COUNTED)
  return Promise.all(
    best.map(async ([term, similarity]) => ({ term, similarity, frequency: await frequencyOf(term, name, suggest) })),
  )
}

/** Two edits are forgiven behind the first letter only, whatever `prefix_length` says: Lucene's DirectSpellChecker. */
export const beginAlike = (a: string, b: string, edits: number): boolean => edits < 2 || Array.from(a)[0] === Array.from(b)[0]

/** All terms of a field, repeated as often as they stand there, of the newest documents. */
export async function readTerms(name: string, documents: number, suggest: SuggestContext): Promise<readonly string[]> {
  const places = fieldsNamed(name, suggest)
  const { hits } = await suggest.context.engine.search({
    ...PLAIN_SEARCH,
    targets: places.map(({ searched, field }) => targetOf(searched, { kind: 'exists', field: field.path })),
    size: documents,
    signal: suggest.signal,
  })
  return hits.flatMap((hit) => {
    const place = places[hit.target]
    return place && hit.source ? termsOf(parseDocumentExactly(hit.source), place) : []
  })
}

/** Documents that hold a term. */
export function frequencyOf(term: string, name: string, suggest: SuggestContext): Promise<number> {
  const targets = fieldsNamed(name, suggest).map(({ searched, field }) => targetOf(searched, termQuery(field, term)))
  return suggest.context.engine.count(targets, suggest.signal)
}

function termQuery(field: Field, term: string): Query {
  return TEXTS.includes(field.type)
    ? { kind: 'tokens', field: field.path, tokens: [term], minimum: 1 }
    : { kind: 'terms', field: field.path, values: [term] }
}

interface Place {
  readonly searched: SearchedIndex
  readonly field: Field
}

function fieldsNamed(name: string, { searched }: SuggestContext): readonly Place[] {
  return searched.flatMap((one) => {
    const field = one.bind.fields.find(name)
    return field ? [{ searched: one, field }] : []
  })
}

export function targetOf({ index, filters }: SearchedIndex, query: Query): SearchTarget {
  if (filters.length === 0) return { schema: index, query }
  return {
    schema: index,
    query: { kind: 'bool', must: [query], filter: filters, should: [], mustNot: [], minimumShouldMatch: 0 },
  }
}

function termsOf(document: JsonObject, { searched, field }: Place): readonly string[] {
  const analyzer = indexAnalyzer(field, searched)
  return valuesAt(document, sourcePath(searched.index, field.path)).flatMap((value) =>
    analyzer ? analyzer.analyze(String(value)).map(({ term }) => term) : [String(value)],
  )
}

function indexAnalyzer(field: Field, { index }: SearchedIndex): Analyzer | undefined {
  const { analyzer, normalizer } = field.parameters
  if (TEXTS.includes(field.type)) return analyzerFor(analyzer ?? 'default', index.analysis)
  return normalizer === undefined ? undefined : index.analysis.findNormalizer(normalizer)
}
