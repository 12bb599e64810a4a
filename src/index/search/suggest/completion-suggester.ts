import { illegalArgument } from '../../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { RawJson } from '../../../core/raw-json.ts'
import type { EngineHit } from '../../../engine/engine.ts'
import { analyzerFor } from '../../../query/analysis/analysis.ts'
import type { Analyzer } from '../../../query/analysis/token.ts'
import type { Query } from '../../../query/ast.ts'
import { completionLetters } from '../../../query/completion-letters.ts'
import type { Field } from '../../../query/field.ts'
import { matchesLuceneRegexp, parseLuceneRegexp } from '../../../query/lucene-regexp.ts'
import { editDistance } from '../../../query/term-matcher.ts'
import { parseDocumentExactly } from '../../documents/parse-document.ts'
import { valuesAt } from '../../../core/values-at.ts'
import { printJson } from '../../../core/print-json.ts'
import { findNode } from '../../mapping/compile-mapping.ts'
import { completionContexts, completionEntries, type CompletionContext } from '../../mapping/completion.ts'
import type { SearchedIndex } from '../targets.ts'
import { matchContexts, readContextQuery, type ContextQuery } from './completion-contexts.ts'
import { PLAIN_SEARCH } from '../plain-search.ts'
import { sourcePath } from '../source-path.ts'
import { targetOf } from './near-terms.ts'
import { intOption, suggestedField, type SuggestContext, type SuggestedPart, type Suggestion } from './suggestion.ts'

/**
 * Documents whose inputs begin as asked and that are then compared by weight. Where more begin so, those of the first that
 * were stored count: longer prefixes have fewer.
 */
const MAX_DOCUMENTS = 10_000

/** What completes the text, heaviest first: one option for each document. */
export async function suggestCompletions(
  suggestion: Suggestion,
  suggest: SuggestContext,
  printHit: (hit: EngineHit) => string,
): Promise<readonly SuggestedPart[]> {
  const { text, options } = suggestion
  const completers = suggest.searched.map((one) => completerOf(suggestion, one))
  const { hits } = await suggest.context.engine.search({
    ...PLAIN_SEARCH,
    targets: completers.map(({ searched, query }) => targetOf(searched, query)),
    size: MAX_DOCUMENTS,
    signal: suggest.signal,
  })
  const found = hits.flatMap((hit) => {
    const completer = completers[hit.target]
    const best = completer && hit.source ? bestOf(parseDocumentExactly(hit.source), completer) : undefined
    return best ? [{ ...best, hit }] : []
  })
  found.sort((a, b) => b.score - a.score || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  const skip = options['skip_duplicates'] === true || options['skip_duplicates'] === 'true'
  const seen = new Set<string>()
  const kept = found.filter((one) => {
    const isNew = !seen.has(one.text)
    seen.add(one.text)
    return isNew || !skip
  })
  const printed = kept.slice(0, intOption(options, 'size', 5)).map(({ text: completed, score, contexts, hit }) => {
    const start = `{"text":${printJson(completed)},`
    const end = contexts === undefined ? '}' : `,"contexts":${printJson(contexts)}}`
    return new RawJson(start + printHit({ ...hit, score }).slice(1, -1) + end) as unknown as JsonObject
  })
  return [{ text, offset: 0, length: text.length, options: printed }]
}

/** `undefined` where an input does not complete what was asked for, else how well; 1 unless fuzzy. */
type Completes = (input: string) => number | undefined

interface Completer {
  readonly searched: SearchedIndex
  readonly query: Query
  readonly path: string
  readonly contexts: readonly CompletionContext[]
  readonly asked: readonly ContextQuery[]
  readonly completes: Completes
}

function completerOf(suggestion: Suggestion, searched: SearchedIndex): Completer {
  const field = suggestedField(suggestion, searched)
  if (field.type !== 'completion') throw illegalArgument(`Field [${field.path}] is not a completion suggest field`)
  const node = findNode(searched.index.mapping.mapping, field.path)
  const contexts = completionContexts(node?.kind === 'leaf' ? node.parameters['contexts'] : undefined, field.path)
  const { options } = suggestion
  const asked = readContextQuery(options['contexts'], contexts, field.path)
  const analyzer = analyzerFor(field.parameters.searchAnalyzer ?? field.parameters.analyzer ?? 'simple', searched.index.analysis)
  const indexed = analyzerFor(field.parameters.analyzer ?? 'simple', searched.index.analysis)
  return {
    searched,
    query: candidates(suggestion, field),
    path: sourcePath(searched.index, field.path),
    contexts,
    asked,
    completes: testOf(suggestion, analyzer, indexed),
  }
}

/** Rules out most documents by the first letters, where the field's analyzer and the request let them be known. */
function candidates({ text, isRegex, options }: Suggestion, field: Field): Query {
  const exact = !isRegex && options['fuzzy'] === undefined && (field.parameters.analyzer ?? 'simple') === 'simple'
  if (!exact) return { kind: 'exists', field: field.path }
  const prefix = completionLetters(text)
  if (prefix === '') return { kind: 'none' }
  return { kind: 'pattern', field: field.path, pattern: { kind: 'prefix', prefix, ignoreCase: false } }
}

const joined = (analyzer: Analyzer, text: string): string =>
  analyzer
    .analyze(text)
    .map(({ term }) => term)
    .join(' ')

function testOf({ text, isRegex, options }: Suggestion, analyzer: Analyzer, indexed: Analyzer): Completes {
  if (isRegex) {
    const regexp = parseLuceneRegexp(`(${text}).*`)
    return (input) => (matchesLuceneRegexp(regexp, joined(indexed, input)) ? 1 : undefined)
  }
  const asked = joined(analyzer, text)
  if (asked === '') return () => undefined
  const byPrefix: Completes = (input) => (joined(indexed, input).startsWith(asked) ? 1 : undefined)
  const fuzzy = options['fuzzy']
  if (fuzzy === undefined || fuzzy === false || fuzzy === null) return byPrefix
  const read = isJsonObject(fuzzy) ? fuzzy : {}
  const edits = fuzzyEdits(read['fuzziness'], asked)
  const same = intOption(read, 'prefix_length', 1)
  const isShort = Array.from(asked).length < intOption(read, 'min_length', 3)
  const transpositions = read['transpositions'] !== false
  const length = Array.from(asked).length
  if (isShort || edits === 0) return (input) => byPrefix(input) && length
  return (input) => {
    const whole = Array.from(joined(indexed, input))
    if (whole.slice(0, same).join('') !== Array.from(asked).slice(0, same).join('')) return undefined
    for (let size = Math.max(1, length - edits); size <= Math.min(whole.length, length + edits); size++) {
      if (editDistance(asked, whole.slice(0, size).join(''), transpositions, edits) <= edits)
        return commonPrefix(asked, whole.slice(0, size))
    }
    return undefined
  }
}

/** Lucene prefers what begins alike: so many characters, of the shortest beginning that is near enough. */
function commonPrefix(asked: string, input: readonly string[]): number {
  const characters = Array.from(asked)
  const at = characters.findIndex((char, i) => char !== input[i])
  return at < 0 ? characters.length : at
}

/** Lucene multiplies weights and boosts, a weight of nothing but counts as nothing. */
const scoreOf = (weight: number, boost: number): number => (weight === 0 && boost !== 1 ? boost : weight * boost)

function fuzzyEdits(value: JsonValue | undefined, asked: string): number {
  const length = Array.from(asked).length
  const text = String(value ?? 'AUTO').toUpperCase()
  if (text.startsWith('AUTO')) {
    const [low = 3, high = 6] = text.slice(5).split(',').filter(Boolean).map(Number)
    return length < low ? 0 : length < high ? 1 : 2
  }
  return Math.max(0, Math.min(2, Math.trunc(Number(text)) || 0))
}

interface Completed {
  readonly text: string
  readonly score: number
  readonly contexts: JsonObject | undefined
}

function bestOf(document: JsonObject, { path, contexts, asked, completes }: Completer): Completed | undefined {
  let best: Completed | undefined
  for (const entry of valuesAt(document, path).flatMap((value) => completionEntries(value, path))) {
    const matched = matchContexts(asked, contexts, entry.contexts, document)
    if (!matched) continue
    for (const input of entry.inputs) {
      const fit = completes(input)
      if (fit === undefined) continue
      const score = scoreOf(entry.weight, matched.boost * fit)
      if (best && (best.score > score || (best.score === score && best.text <= input))) continue
      best = { text: input, score, contexts: contexts.length > 0 ? matched.contexts : undefined }
    }
  }
  return best
}
