import { illegalArgument } from '../../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { laplace, LanguageModel, linearInterpolation, stupidBackoff, type Smoothing } from './language-model.ts'
import { nearOptions, readTerms } from './near-terms.ts'
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

/** What may stand at a place of the phrase. */
interface Candidate {
  readonly term: string
  /** How likely somebody who meant it wrote what stands there. */
  readonly likelihood: number
  readonly isOwn: boolean
}

interface Phrase {
  readonly terms: readonly Candidate[]
  /** Sum of decimal logarithms; what is shown is its exponential, as in Elasticsearch. */
  readonly score: number
}

/** Phrases that are carried on from place to place, the likeliest. */
const BEAM = 200

/** Documents that the model is made of: the newest ones where there are more. */
const MODEL_DOCUMENTS = 5_000

/**
 * The whole text with its terms corrected: of all combinations of the terms and those much like them the ones that are
 * likelier than the text itself, by a model of the field's language (a noisy channel).
 */
export async function suggestPhrase(suggestion: Suggestion, suggest: SuggestContext): Promise<readonly SuggestedPart[]> {
  const { text, options } = suggestion
  const [first] = suggest.searched
  if (!first) return []
  for (const one of suggest.searched) suggestedField(suggestion, one)
  if (options['collate'] !== undefined)
    throw illegalArgument('[collate] of the phrase suggester is not supported yet; search for the options')
  const analyzed = suggestAnalyzer(suggestion, suggestedField(suggestion, first), first).analyze(text)
  // Runs of words tell how long runs of the model are; the places of the phrase are single words.
  const tokens = analyzed.filter(({ positionLength }) => positionLength === 1)
  const model = await modelOf(String(options['field']), suggest)
  const gramSize = intOption(options, 'gram_size', Math.max(1, ...analyzed.map(({ positionLength }) => positionLength)))
  const smoothing = readSmoothing(options)
  const places = tokens.slice(0, intOption(options, 'token_limit', 10)).map(({ term }) => candidatesOf(term, options, model))
  const scoreOf = (terms: readonly Candidate[]): number => {
    const last = terms.at(-1)
    const before = terms.slice(-gramSize, -1).map(({ term }) => term)
    return last ? Math.log10(last.likelihood * smoothing(last.term, before.reverse(), model)) : 0
  }
  const maxErrors = errorsAllowed(numberOption(options, 'max_errors', 0.5), places.length)
  let phrases: readonly Phrase[] = [{ terms: [], score: 0 }]
  let own: Phrase = { terms: [], score: 0 }
  for (const candidates of places) {
    const carried = phrases.flatMap((phrase) =>
      candidates.map((candidate) => {
        const terms = [...phrase.terms, candidate]
        return { terms, score: phrase.score + scoreOf(terms) }
      }),
    )
    phrases = carried
      .filter(({ terms }) => terms.filter(({ isOwn }) => !isOwn).length <= maxErrors)
      .sort((a, b) => b.score - a.score)
      .slice(0, BEAM)
    const terms = [...own.terms, ...candidates.slice(0, 1)]
    own = { terms, score: own.score + scoreOf(terms) }
  }
  const confidence = numberOption(options, 'confidence', 1)
  const least = confidence > 0 ? Math.exp(own.score) * confidence : 0
  const better = phrases.filter(({ score, terms }) => terms.length > 0 && Math.exp(score) > least)
  const highlight = isJsonObject(options['highlight']) ? options['highlight'] : undefined
  const printed = better.slice(0, intOption(options, 'size', 5)).map((phrase) => print(phrase, highlight))
  return [{ text, offset: 0, length: text.length, options: printed }]
}

async function modelOf(field: string, suggest: SuggestContext): Promise<LanguageModel> {
  const model = new LanguageModel()
  for (const term of await readTerms(field, MODEL_DOCUMENTS, suggest)) model.add(term)
  return model
}

/** The term itself first. */
function candidatesOf(term: string, options: JsonObject, model: LanguageModel): readonly Candidate[] {
  const frequency = model.frequency(term)
  const own = { term, likelihood: numberOption(options, 'real_word_error_likelihood', 0.95), isOwn: true }
  const asked = options['direct_generator']
  const generators: readonly JsonValue[] = Array.isArray(asked) && asked.length > 0 ? asked : [{}]
  const found = new Map<string, { readonly candidate: Candidate; readonly weight: number }>()
  for (const generator of generators) {
    if (!isJsonObject(generator)) continue
    const mode = String(generator['suggest_mode'] ?? 'missing')
    if (mode === 'missing' && frequency > 0) continue
    for (const { term: other, similarity, frequency: often } of model.near(term, nearOptions(generator))) {
      if (mode === 'popular' && often <= frequency) continue
      const weight = (similarity * (often + 1)) / (model.total + 1)
      found.set(other, { candidate: { term: other, likelihood: similarity, isOwn: false }, weight })
    }
  }
  const best = [...found.values()].sort((a, b) => b.weight - a.weight).slice(0, intOption(options, 'shard_size', 5))
  return [own, ...best.map(({ candidate }) => candidate)]
}

/** Below 1 a share of the terms, else a number of them. */
function errorsAllowed(maxErrors: number, terms: number): number {
  return maxErrors >= 1 ? maxErrors : Math.max(1, Math.round(maxErrors * terms))
}

function readSmoothing(options: JsonObject): Smoothing {
  const separator = typeof options['separator'] === 'string' ? options['separator'] : ' '
  const smoothing = options['smoothing']
  const [name, given] = isJsonObject(smoothing) ? (Object.entries(smoothing)[0] ?? []) : []
  const read = isJsonObject(given) ? given : {}
  switch (name) {
    case undefined:
    case 'stupid_backoff':
      return stupidBackoff(numberOption(read, 'discount', 0.4), separator)
    case 'laplace':
      return laplace(numberOption(read, 'alpha', 0.5), separator)
    case 'linear':
    case 'linear_interpolation': {
      const share = (key: string): number => numberOption(read, `${key}_lambda`, 0)
      const shares = { trigram: share('trigram'), bigram: share('bigram'), unigram: share('unigram') }
      if (Math.abs(shares.trigram + shares.bigram + shares.unigram - 1) > 0.001)
        throw illegalArgument('trigramLambda + bigramLambda + unigramLambda must sum to 1.0')
      return linearInterpolation(shares, separator)
    }
    default:
      throw illegalArgument(`unknown smoothing [${name}]; there are [stupid_backoff, laplace, linear_interpolation]`)
  }
}

function print({ terms, score }: Phrase, highlight: JsonObject | undefined): JsonObject {
  const [open, close] = [String(highlight?.['pre_tag'] ?? ''), String(highlight?.['post_tag'] ?? '')]
  // Corrections side by side are marked as one.
  const marked = terms.map(({ term, isOwn }, i) => {
    const starts = !isOwn && terms[i - 1]?.isOwn !== false
    const ends = !isOwn && terms[i + 1]?.isOwn !== false
    return `${starts ? open : ''}${term}${ends ? close : ''}`
  })
  return {
    text: terms.map(({ term }) => term).join(' '),
    ...(highlight ? { highlighted: marked.join(' ') } : {}),
    score: shownScore(Math.exp(score)),
  }
}
