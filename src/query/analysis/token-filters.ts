import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { expandGroups } from './char-filters.ts'
import { foldToAscii } from './filters/ascii-folding.ts'
import { cjkBigramFilter } from './filters/cjk-bigram.ts'
import { dictionaryDecompounder } from './filters/decompounder.ts'
import { edgeNgramFilter, ngramFilter, shingleFilter } from './filters/grams.ts'
import { minHashFilter } from './filters/min-hash.ts'
import { porterStem } from './filters/porter.ts'
import { porter2Stem } from './filters/porter2.ts'
import { scandinavianFolding, scandinavianNormalization, serbianNormalization } from './filters/scandinavian.ts'
import { conditionFilter, predicateFilter } from './filters/scripted.ts'
import { ENGLISH_STOP_WORDS, stopWords } from './filters/stop-words.ts'
import { type SynonymSets, synonymFilter, type RuleAnalysis } from './filters/synonyms.ts'
import { wordDelimiterFilter } from './filters/word-delimiter.ts'
import { javaRegex } from './java-regex.ts'
import { normalizeArabic, normalizePersian, stemArabic } from './languages/arabic.ts'
import { normalizeBengali } from './languages/bengali.ts'
import { normalizeHindi, normalizeIndic } from './languages/hindi.ts'
import { stemCzech } from './languages/slavic.ts'
import { snowballStemmer, SNOWBALL_LANGUAGES, stemBrazilian } from './languages/snowball.ts'
import { normalizeSorani } from './languages/sorani.ts'
import { STEMMERS } from './languages/stemmers.ts'
import { lowerCase, upperCase } from './lower-case.ts'
import type { Parameters } from './parameters.ts'
import type { Token, TokenFilter } from './token.ts'
import type { AnalysisLimits } from './tokenizers.ts'

export interface FilterContext {
  readonly limits: AnalysisLimits
  readonly synonymSets: SynonymSets
  /** Runs text through what stands before this filter in its analyzer: synonyms are analyzed like documents. */
  readonly analyzeBefore: RuleAnalysis
  /** Builds another filter of the same index settings (`multiplexer`). */
  filter(name: string): TokenFilter
}

export interface FilterDefinition {
  /** Parameters of the filter that is named without a definition of its own, where they are not the defaults. */
  readonly preconfigured?: JsonObject
  readonly create: (parameters: Parameters, context: FilterContext) => TokenFilter
  /** May stand in a normalizer: changes characters, one token in, one token out. */
  readonly normalizes?: boolean
}

/** All token filters by the name that settings give as `type`; those without required parameters can be named directly. */
export const TOKEN_FILTERS: Readonly<Record<string, FilterDefinition>> = {
  lowercase: { create: (parameters) => terms(lowerCaseIn(parameters.optionalText('language'))), normalizes: true },
  uppercase: { create: () => terms(upperCase), normalizes: true },
  asciifolding: { create: (parameters) => asciiFolding(parameters.bool('preserve_original', false)), normalizes: true },
  trim: { create: () => terms((term) => term.trim()), normalizes: true },
  decimal_digit: { create: () => terms(decimalDigits), normalizes: true },
  cjk_width: { create: () => terms(cjkWidth), normalizes: true },
  elision: { create: (parameters) => elision(parameters), normalizes: true },
  pattern_replace: { create: (parameters) => patternReplace(parameters), normalizes: true },
  german_normalization: { create: () => terms(germanNormalization), normalizes: true },
  arabic_normalization: { create: () => terms(normalizeArabic), normalizes: true },
  bengali_normalization: { create: () => terms(normalizeBengali), normalizes: true },
  hindi_normalization: { create: () => terms(normalizeHindi), normalizes: true },
  indic_normalization: { create: () => terms(normalizeIndic), normalizes: true },
  persian_normalization: { create: () => terms(normalizePersian), normalizes: true },
  serbian_normalization: { create: () => terms(serbianNormalization), normalizes: true },
  sorani_normalization: { create: () => terms(normalizeSorani), normalizes: true },
  scandinavian_normalization: { create: () => terms(scandinavianNormalization), normalizes: true },
  scandinavian_folding: { create: () => terms(scandinavianFolding), normalizes: true },

  apostrophe: { create: () => terms((term) => term.replace(/['’].*$/s, '')) },
  classic: {
    create: () =>
      terms((term, type) =>
        type === '<ACRONYM>' ? term.replaceAll('.', '') : type === '<APOSTROPHE>' ? term.replace(/'[sS]$/, '') : term,
      ),
  },
  reverse: { create: () => terms((term) => [...term].reverse().join('')) },
  truncate: { create: (parameters) => truncate(parameters.int('length', 10)) },
  stop: { create: (parameters) => stop(parameters) },
  keep: { create: (parameters) => keepWords(parameters) },
  keep_types: { create: (parameters) => keepTypes(parameters) },
  length: { create: (parameters) => length(parameters.int('min', 0), parameters.int('max', 2_147_483_647)) },
  limit: { create: (parameters) => limit(parameters.int('max_token_count', 1)) },
  unique: { create: (parameters) => unique(parameters.bool('only_on_same_position', false)) },
  remove_duplicates: { create: () => unique(true) },
  fingerprint: { create: (parameters) => fingerprint(parameters.text('separator', ' '), parameters.int('max_output_size', 255)) },
  min_hash: { create: (parameters) => minHashFilter(parameters) },

  stemmer: { create: (parameters) => stemmer(parameters) },
  arabic_stem: { create: () => stems(stemArabic) },
  brazilian_stem: { create: () => stems(stemBrazilian) },
  czech_stem: { create: () => stems(stemCzech) },
  dutch_stem: { create: () => stems(snowballStemmer('dutch')) },
  french_stem: { create: () => stems(snowballStemmer('french')) },
  german_stem: { create: () => stems(snowballStemmer('german')) },
  russian_stem: { create: () => stems(snowballStemmer('russian')) },
  porter_stem: { create: () => stems(porterStem) },
  snowball: { create: (parameters) => snowball(parameters) },
  kstem: { create: () => notYet('kstem', 'stemmer') },
  keyword_marker: { create: (parameters) => keywordMarker(parameters) },
  keyword_repeat: { create: () => (tokens) => tokens.flatMap((token) => [{ ...token, keyword: true }, token]) },
  stemmer_override: { create: (parameters) => stemmerOverride(parameters) },

  ngram: { create: (parameters, { limits }) => ngramFilter(parameters, limits) },
  nGram: { create: (parameters, { limits }) => ngramFilter(parameters, limits) },
  edge_ngram: { create: (parameters) => edgeNgramFilter(parameters), preconfigured: { max_gram: 1 } },
  edgeNGram: { create: (parameters) => edgeNgramFilter(parameters), preconfigured: { max_gram: 1 } },
  shingle: { create: (parameters, { limits }) => shingleFilter(parameters, limits) },
  cjk_bigram: { create: (parameters) => cjkBigramFilter(parameters) },
  dictionary_decompounder: { create: (parameters) => dictionaryDecompounder(parameters) },
  // Payloads are no part of a token here: what stands behind the delimiter is cut off.
  delimited_payload: { create: (parameters) => delimitedPayload(parameters.text('delimiter', '|')) },
  delimited_payload_filter: { create: (parameters) => delimitedPayload(parameters.text('delimiter', '|')) },
  common_grams: { create: (parameters) => commonGrams(parameters) },
  pattern_capture: { create: (parameters) => patternCapture(parameters) },
  word_delimiter: { create: (parameters) => wordDelimiterFilter(parameters, false) },
  word_delimiter_graph: { create: (parameters) => wordDelimiterFilter(parameters, true) },
  synonym: { create: (parameters, context) => synonymFilter(parameters, context, false) },
  synonym_graph: { create: (parameters, context) => synonymFilter(parameters, context, true) },
  flatten_graph: {
    create: () => (tokens) => tokens.map((token) => (token.positionLength === 1 ? token : { ...token, positionLength: 1 })),
  },
  predicate_token_filter: { create: (parameters) => predicateFilter(parameters) },
  condition: {
    create: (parameters, context) => conditionFilter(parameters, (name) => context.filter(name)),
  },
  multiplexer: { create: (parameters, context) => multiplexer(parameters, context) },
}

/** Changes each term; an empty one stays a token, as in Lucene. */
function terms(change: (term: string, type: string) => string): TokenFilter {
  return (tokens) =>
    tokens.map((token) => {
      const term = change(token.term, token.type)
      return term === token.term ? token : { ...token, term }
    })
}

function stems(stem: (term: string) => string): TokenFilter {
  return (tokens) =>
    tokens.map((token) => {
      if (token.keyword) return token
      const term = stem(token.term)
      return term === token.term ? token : { ...token, term }
    })
}

function lowerCaseIn(language: string | undefined): (term: string) => string {
  switch (language) {
    case undefined:
      return lowerCase
    case 'turkish':
      return (term) => term.toLocaleLowerCase('tr')
    case 'greek':
      return (term) =>
        lowerCase(
          term
            .normalize('NFD')
            .replace(/\p{M}+/gu, '')
            .normalize('NFC'),
        ).replaceAll('ς', 'σ')
    case 'irish':
      return (term) => lowerCase(term.replace(/^([nt])(?=[AEIOUÁÉÍÓÚ])/, '$1-'))
    default:
      throw illegalArgument(`language [${language}] not support for lower case`)
  }
}

function asciiFolding(preserveOriginal: boolean): TokenFilter {
  return (tokens) =>
    tokens.flatMap((token) => {
      const term = foldToAscii(token.term)
      if (term === token.term) return [token]
      return preserveOriginal ? [{ ...token, term }, token] : [{ ...token, term }]
    })
}

function decimalDigits(term: string): string {
  return term.replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)))
}

/** Digits stand in runs of ten from their zero on: count back to the run's start. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  if (code < 128) return code - 48
  let value = 0
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value += 1
  return value
}

function cjkWidth(term: string): string {
  return term.replace(/[\uff01-\uff5e\uff65-\uff9f]+/g, (part) => part.normalize('NFKC'))
}

const FRENCH_ARTICLES = ['l', 'm', 't', 'qu', 'n', 's', 'j', 'd', 'c', 'jusqu', 'quoiqu', 'lorsqu', 'puisqu']

function elision(parameters: Parameters): TokenFilter {
  const fold = parameters.bool('articles_case', false)
  const articles = new Set(
    (parameters.list('articles') ?? FRENCH_ARTICLES).map((article) => (fold ? lowerCase(article) : article)),
  )
  return terms((term) => {
    const at = term.search(/['’]/)
    const article = term.slice(0, Math.max(0, at))
    return at >= 0 && articles.has(fold ? lowerCase(article) : article) ? term.slice(at + 1) : term
  })
}

function patternReplace(parameters: Parameters): TokenFilter {
  const expression = javaRegex(
    parameters.requiredText('pattern'),
    parameters.optionalText('flags'),
    parameters.bool('all', true) ? 'g' : '',
  )
  const replacement = parameters.text('replacement', '')
  return terms((term) =>
    term.replace(expression, (...found: unknown[]) => {
      const strings = found.filter((part) => typeof part === 'string' || part === undefined)
      // The last text is the whole input, the groups come before it.
      return expandGroups(replacement, strings.slice(0, -1) as unknown as RegExpExecArray)
    }),
  )
}

function germanNormalization(term: string): string {
  return term
    .replaceAll('ß', 'ss')
    .replace(/[äöü]/g, (char) => ({ ä: 'a', ö: 'o', ü: 'u' })[char] ?? char)
    .replace(/([ao])e/g, '$1')
    .replace(/(^|[^aeiouq])ue/g, '$1u')
}

function truncate(length: number): TokenFilter {
  if (length < 1) throw illegalArgument('length parameter must be provided')
  return terms((term) => term.slice(0, length))
}

function stop(parameters: Parameters): TokenFilter {
  const fold = parameters.bool('ignore_case', false)
  const words = stopWords(parameters, 'stopwords', ENGLISH_STOP_WORDS)
  const known = fold ? new Set([...words].map(lowerCase)) : words
  return (tokens) => tokens.filter((token) => !known.has(fold ? lowerCase(token.term) : token.term))
}

function keepWords(parameters: Parameters): TokenFilter {
  const list = parameters.list('keep_words')
  if (!list) throw illegalArgument('keep requires either `keep_words` or `keep_words_path` to be configured')
  const fold = parameters.bool('keep_words_case', false)
  const words = new Set(fold ? list.map(lowerCase) : list)
  return (tokens) => tokens.filter((token) => words.has(fold ? lowerCase(token.term) : token.term))
}

function keepTypes(parameters: Parameters): TokenFilter {
  const types = new Set(parameters.list('types') ?? [])
  if (types.size === 0) throw illegalArgument('keep_types requires `types` to be configured')
  const include = parameters.text('mode', 'include') === 'include'
  return (tokens) => tokens.filter((token) => types.has(token.type) === include)
}

function length(min: number, max: number): TokenFilter {
  return (tokens) => tokens.filter((token) => token.term.length >= min && token.term.length <= max)
}

function limit(count: number): TokenFilter {
  return (tokens) => tokens.slice(0, count)
}

/** Lucene's filter forgets the place of what it drops, so the tokens behind move up. */
function unique(samePosition: boolean): TokenFilter {
  return (tokens) => {
    const seen = new Set<string>()
    const kept: Token[] = []
    let before = -1
    let dropped = 0
    for (const token of tokens) {
      const key = samePosition ? `${token.position}\0${token.term}` : token.term
      if (seen.has(key)) dropped += token.position - before
      else kept.push(dropped === 0 ? token : { ...token, position: token.position - dropped })
      seen.add(key)
      before = token.position
    }
    return kept
  }
}

function fingerprint(separator: string, maxSize: number): TokenFilter {
  return (tokens) => {
    const last = tokens[tokens.length - 1]
    if (!last) return []
    const term = [...new Set(tokens.map((token) => token.term))].sort().join(separator)
    if (term.length > maxSize) return []
    return [{ term, position: 0, positionLength: 1, start: 0, end: last.end, type: 'fingerprint' }]
  }
}

function stemmer(parameters: Parameters): TokenFilter {
  const language = (parameters.optionalText('language') ?? parameters.text('name', 'porter')).toLowerCase()
  const stem = Object.hasOwn(STEMMERS, language) ? STEMMERS[language] : undefined
  if (!stem)
    throw illegalArgument(`Invalid stemmer class specified: ${language}; there are [${Object.keys(STEMMERS).join(', ')}]`)
  return stems(stem)
}

function snowball(parameters: Parameters): TokenFilter {
  const language = parameters.text('language', 'English')
  const name = language.toLowerCase()
  if (name === 'english') return stems(porter2Stem)
  if (name === 'porter') return stems(porterStem)
  const german2 = STEMMERS[name]
  if (name === 'german2' && german2) return stems(german2)
  if (SNOWBALL_LANGUAGES.includes(name)) return stems(snowballStemmer(name))
  throw illegalArgument(
    `Invalid stemmer class specified: ${language}; there are [English, Porter, ${SNOWBALL_LANGUAGES.map((one) => one.replace(/^./, (first) => first.toUpperCase())).join(', ')}]`,
  )
}

function delimitedPayload(delimiter: string): TokenFilter {
  return terms((term) => {
    const at = term.indexOf(delimiter)
    return at < 0 ? term : term.slice(0, at)
  })
}

function notYet(name: string, instead: string): never {
  throw illegalArgument(`token filter [${name}] is not supported yet; use [${instead}]`)
}

function keywordMarker(parameters: Parameters): TokenFilter {
  const fold = parameters.bool('ignore_case', false)
  const pattern = parameters.optionalText('keywords_pattern')
  const words = parameters.list('keywords')
  if (pattern !== undefined) {
    const expression = javaRegex(`^(?:${pattern})$`, undefined, '')
    return (tokens) => tokens.map((token) => (expression.test(token.term) ? { ...token, keyword: true } : token))
  }
  if (!words)
    throw illegalArgument('keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be configured')
  const known = new Set(fold ? words.map(lowerCase) : words)
  return (tokens) =>
    tokens.map((token) => (known.has(fold ? lowerCase(token.term) : token.term) ? { ...token, keyword: true } : token))
}

function stemmerOverride(parameters: Parameters): TokenFilter {
  const rules = new Map<string, string>()
  for (const rule of parameters.list('rules') ?? []) {
    const [left, right] = rule.split('=>').map((side) => side.trim())
    if (left === undefined || right === undefined) throw illegalArgument(`Invalid Keyword override Rule:${rule}`)
    for (const key of left.split(',')) rules.set(key.trim(), right)
  }
  return (tokens) =>
    tokens.map((token) => {
      const stem = rules.get(token.term)
      return stem === undefined ? token : { ...token, term: stem, keyword: true }
    })
}

function commonGrams(parameters: Parameters): TokenFilter {
  const words = stopWords(parameters, 'common_words', new Set())
  const fold = parameters.bool('ignore_case', false)
  const queryMode = parameters.bool('query_mode', false)
  const isCommon = (token: Token): boolean => words.has(fold ? lowerCase(token.term) : token.term)
  return (tokens) => {
    const result: Token[] = []
    let covered = false
    for (const [at, token] of tokens.entries()) {
      const next = tokens[at + 1]
      const pair = next !== undefined && next.position === token.position + 1 && (isCommon(token) || isCommon(next))
      if (!queryMode || !(pair || covered)) result.push(token)
      if (pair)
        result.push({
          ...token,
          term: `${token.term}_${next.term}`,
          end: next.end,
          positionLength: queryMode ? 1 : 2,
          type: 'gram',
        })
      covered = pair
    }
    return result
  }
}

function patternCapture(parameters: Parameters): TokenFilter {
  const patterns = parameters.list('patterns')
  if (!patterns) throw illegalArgument("required setting 'patterns' is missing for token filter [" + parameters.name + ']')
  const expressions = patterns.map((pattern) => javaRegex(pattern, undefined))
  const keep = parameters.bool('preserve_original', true)
  return (tokens) =>
    tokens.flatMap((token) => {
      const found: string[] = []
      for (const expression of expressions) {
        for (const match of token.term.matchAll(expression))
          found.push(...match.slice(1).filter((group) => group !== undefined && group !== ''))
      }
      const rest = found.filter((term) => term !== token.term)
      return [...(keep || rest.length === 0 ? [token] : []), ...rest.map((term) => ({ ...token, term }))]
    })
}

function multiplexer(parameters: Parameters, context: FilterContext): TokenFilter {
  const chains = (parameters.list('filters') ?? []).map((chain) => chain.split(',').map((name) => context.filter(name.trim())))
  const keep = parameters.bool('preserve_original', true)
  return (tokens) =>
    tokens.flatMap((token) => {
      const made = chains.flatMap((chain) => chain.reduce<readonly Token[]>((current, filter) => filter(current), [token]))
      return unique(true)(keep ? [token, ...made] : made)
    })
}
