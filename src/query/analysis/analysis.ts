import { illegalArgument } from '../../core/errors.ts'
import { derivedAnalyzer } from './derived-analyzer.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { CHAR_FILTERS } from './char-filters.ts'
import { LANGUAGE_ANALYZERS, type LanguageChain } from './languages/language-analyzers.ts'
import { lowerCase } from './lower-case.ts'
import { Parameters } from './parameters.ts'
import { MAX_TOKEN_LENGTH, standardAsciiSpans } from './standard-tokenizer.ts'
import { NO_SYNONYM_SETS, type SynonymSets } from './filters/synonyms.ts'
import { TOKEN_FILTERS, type FilterContext } from './token-filters.ts'
import { DEFAULT_LIMITS, TOKENIZERS, type AnalysisLimits } from './tokenizers.ts'
import type { Analyzer, AnalyzerParts, CharFilter, FilteredText, Named, Token, TokenFilter, Tokenizer } from './token.ts'

/** The analyzers and normalizers that one index knows: the built-in ones and those of its settings. */
export interface Analysis {
  /** `undefined` for a name that is none. */
  findAnalyzer(name: string): Analyzer | undefined
  /** A normalizer makes one token of a keyword value. `undefined` for a name that is none. */
  findNormalizer(name: string): Analyzer | undefined
  /** An analyzer put together on the spot (`_analyze`): names of the settings, or components written out. */
  custom(parts: {
    readonly tokenizer?: JsonValue
    readonly filter?: readonly JsonValue[]
    readonly charFilter?: readonly JsonValue[]
  }): Analyzer
}

/** `index.analysis` of an index's settings, with the limits that stand beside it. */
export interface AnalysisSettings {
  readonly analyzer?: JsonObject
  readonly normalizer?: JsonObject
  readonly tokenizer?: JsonObject
  readonly filter?: JsonObject
  readonly char_filter?: JsonObject
}

/** Parts of the analyzers that need no settings, as `type: custom` would name them. */
const BUILT_IN: Readonly<Record<string, JsonObject>> = {
  simple: { tokenizer: 'lowercase' },
  whitespace: { tokenizer: 'whitespace' },
  keyword: { tokenizer: 'keyword' },
}

/**
 * Compiles the analysis settings of an index: everything in them is built once, so that a mistake is refused when the
 * index is made and not when the first document comes.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function compileAnalysis(
  settings: AnalysisSettings = {},
  limits: AnalysisLimits = DEFAULT_LIMITS,
  synonymSets: SynonymSets = NO_SYNONYM_SETS,
): Analysis {
  const built = new Map<string, Analyzer>()
  const normalizers = new Map<string, Analyzer>()
  const builder = new Builder(settings, limits, synonymSets)
  for (const name of Object.keys(settings.tokenizer ?? {})) builder.tokenizer(name)
  for (const name of Object.keys(settings.char_filter ?? {})) builder.charFilter(name)
  for (const name of Object.keys(settings.analyzer ?? {}))
    built.set(name, builder.analyzer(name, definition(settings.analyzer, name)))
  for (const name of Object.keys(settings.normalizer ?? {}))
    normalizers.set(name, builder.normalizer(name, definition(settings.normalizer, name)))
  const lowercase = builder.normalizer('lowercase', { filter: ['lowercase'] })
  return {
    findAnalyzer(name) {
      const known = built.get(name)
      if (known) return known
      if (name === 'default') return this.findAnalyzer('standard')
      const analyzer =
        derivedAnalyzer(name, (base) => this.findAnalyzer(base)) ??
        (Object.hasOwn(ANALYZER_TYPES, name) || Object.hasOwn(BUILT_IN, name)
          ? builder.analyzer(name, { type: name })
          : undefined)
      if (analyzer) built.set(name, analyzer)
      return analyzer
    },
    findNormalizer: (name) => normalizers.get(name) ?? (name === 'lowercase' ? lowercase : undefined),
    // Without a tokenizer it is a normalizer on the spot.
    custom: ({ tokenizer, filter, charFilter }) => {
      if (tokenizer === undefined) builder.requireNormalizing(filter ?? [], 'Custom normalizer')
      return builder.chain('_custom_', tokenizer ?? 'keyword', filter ?? [], charFilter ?? [])
    },
  }
}

/** `@throws` ElkhornError `illegal_argument_exception` (400) for a name that is none */
export function analyzerFor(name: string, analysis: Analysis): Analyzer {
  const analyzer = analysis.findAnalyzer(name)
  if (!analyzer) throw illegalArgument(`failed to find analyzer [${name}]`)
  return analyzer
}

type AnalyzerType = (name: string, parameters: Parameters, builder: Builder) => Analyzer

/** Analyzers by the name that settings give as `type`. */
const ANALYZER_TYPES: Readonly<Record<string, AnalyzerType>> = {
  standard: (name, parameters, builder) => {
    const maxTokenLength = parameters.int('max_token_length', MAX_TOKEN_LENGTH)
    const stop = parameters.has('stopwords')
      ? [builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? [] })]
      : []
    const analyzer = makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('standard', { max_token_length: maxTokenLength }),
      filters: [builder.anonymousFilter('lowercase', {}), ...stop],
    })
    return stop.length === 0 && maxTokenLength === MAX_TOKEN_LENGTH ? { ...analyzer, asciiSpans: standardAsciiSpans } : analyzer
  },
  stop: (name, parameters, builder) =>
    makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('lowercase', {}),
      filters: [builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? '_english_' })],
    }),
  pattern: (name, parameters, builder) =>
    makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('pattern', {
        pattern: parameters.text('pattern', '\\W+'),
        flags: parameters.text('flags', 'CASE_INSENSITIVE'),
      }),
      filters: [
        ...(parameters.bool('lowercase', true) ? [builder.anonymousFilter('lowercase', {})] : []),
        ...(parameters.has('stopwords')
          ? [builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? [] })]
          : []),
      ],
    }),
  fingerprint: (name, parameters, builder) =>
    makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('standard', {}),
      filters: [
        builder.anonymousFilter('lowercase', {}),
        builder.anonymousFilter('asciifolding', {}),
        ...(parameters.has('stopwords')
          ? [builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? [] })]
          : []),
        builder.anonymousFilter('fingerprint', {
          separator: parameters.text('separator', ' '),
          max_output_size: parameters.int('max_output_size', 255),
        }),
      ],
    }),
  snowball: (name, parameters, builder) => {
    const language = parameters.text('language', 'English')
    const list = `_${language.toLowerCase()}_`
    return makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('standard', {}),
      filters: [
        builder.anonymousFilter('lowercase', {}),
        builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? list }),
        builder.anonymousFilter('snowball', { language }),
      ],
    })
  },
  // Chinese has no words to stem: the standard analyzer with English stop words, as it always was.
  chinese: (name, _, builder) =>
    makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('standard', {}),
      filters: [builder.anonymousFilter('lowercase', {}), builder.anonymousFilter('stop', { stopwords: '_english_' })],
    }),
  standard_html_strip: () => {
    throw illegalArgument(
      '[standard_html_strip] analyzer is not supported for new indices, use a custom analyzer using [standard] tokenizer and [html_strip] char_filter, plus [lowercase] filter',
    )
  },
  ...Object.fromEntries(
    Object.entries(LANGUAGE_ANALYZERS).map(([language, chain]) => [language, languageAnalyzer(language, chain)]),
  ),
  english: (name, parameters, builder) =>
    makeAnalyzer(name, {
      charFilters: [],
      tokenizer: builder.anonymousTokenizer('standard', {}),
      filters: [
        builder.anonymousFilter('stemmer', { language: 'possessive_english' }),
        builder.anonymousFilter('lowercase', {}),
        builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? '_english_' }),
        ...(parameters.has('stem_exclusion')
          ? [builder.anonymousFilter('keyword_marker', { keywords: parameters.values['stem_exclusion'] ?? [] })]
          : []),
        builder.anonymousFilter('porter_stem', {}),
      ],
    }),
}

/** Analyzers that need no settings, without the one that is always refused. */
export const ANALYZER_NAMES: readonly string[] = [...Object.keys(BUILT_IN), ...Object.keys(ANALYZER_TYPES)].filter(
  (name) => name !== 'standard_html_strip',
)

function languageAnalyzer(language: string, { charFilter, tokenizer = 'standard', filters }: LanguageChain): AnalyzerType {
  return (name, parameters, builder) => {
    const named = (one: LanguageChain['filters'][number]): Named<TokenFilter>[] => {
      if (one === 'stop')
        return [builder.anonymousFilter('stop', { stopwords: parameters.values['stopwords'] ?? `_${language}_` })]
      if (one === 'keywords') {
        const words = parameters.values['stem_exclusion']
        return words === undefined ? [] : [builder.anonymousFilter('keyword_marker', { keywords: words })]
      }
      return [typeof one === 'string' ? builder.anonymousFilter(one, {}) : builder.anonymousFilter(one.type, one)]
    }
    return makeAnalyzer(name, {
      charFilters: charFilter === undefined ? [] : [{ name: charFilter, part: builder.charFilter(charFilter) }],
      tokenizer: builder.anonymousTokenizer(tokenizer, {}),
      filters: filters.flatMap(named),
    })
  }
}

class Builder {
  private readonly settings: AnalysisSettings
  private readonly limits: AnalysisLimits
  private readonly synonymSets: SynonymSets
  private readonly charFilters = new Map<string, CharFilter>()
  private readonly tokenizers = new Map<string, Tokenizer>()

  constructor(settings: AnalysisSettings, limits: AnalysisLimits, synonymSets: SynonymSets) {
    this.settings = settings
    this.limits = limits
    this.synonymSets = synonymSets
  }

  analyzer(name: string, values: JsonObject): Analyzer {
    const parameters = new Parameters(name, values)
    const type = parameters.optionalText('type') ?? (parameters.has('tokenizer') ? 'custom' : undefined)
    if (type === undefined) throw illegalArgument(`analyzer [${name}] must specify either an analyzer type, or a tokenizer`)
    const known = ANALYZER_TYPES[type]
    if (known) return known(name, parameters, this)
    const parts = type === 'custom' ? values : BUILT_IN[type]
    if (!parts) throw illegalArgument(`Unknown analyzer type [${type}] for [${name}]`)
    const tokenizer = parts['tokenizer']
    if (tokenizer === undefined) throw illegalArgument(`analyzer [${name}] must be configured with a tokenizer`)
    return this.chain(name, tokenizer, listOf(parts['filter']), listOf(parts['char_filter']), `Custom Analyzer [${name}]`)
  }

  normalizer(name: string, values: JsonObject): Analyzer {
    const parameters = new Parameters(name, values)
    const type = parameters.text('type', 'custom')
    if (type !== 'custom') throw illegalArgument(`Unknown normalizer type [${type}] for [${name}]`)
    if (parameters.has('tokenizer')) throw illegalArgument(`Custom normalizer [${name}] cannot configure a tokenizer`)
    const filters = listOf(values['filter'])
    this.requireNormalizing(filters, `Custom normalizer [${name}]`)
    return this.chain(name, 'keyword', filters, listOf(values['char_filter']), `Custom normalizer [${name}]`)
  }

  requireNormalizing(filters: readonly JsonValue[], owner: string): void {
    for (const filter of filters) {
      const filterType = typeof filter === 'string' ? this.filterType(filter) : undefined
      if (filterType !== undefined && TOKEN_FILTERS[filterType] && TOKEN_FILTERS[filterType].normalizes !== true) {
        throw illegalArgument(`${owner} may not use filter [${String(filter)}]`)
      }
    }
  }

  chain(
    name: string,
    tokenizer: JsonValue,
    filters: readonly JsonValue[],
    charFilters: readonly JsonValue[],
    owner = '',
  ): Analyzer {
    const namedTokenizer = this.named(
      'tokenizer',
      tokenizer,
      owner,
      (given) => this.tokenizer(given, owner),
      (type, values) => this.anonymousTokenizer(type, values).part,
    )
    const namedChars = charFilters.map((one) =>
      this.named(
        'char_filter',
        one,
        owner,
        (given) => this.charFilter(given, owner),
        (type, values) => this.makeCharFilter(type, type, values),
      ),
    )
    const chain: Named<TokenFilter>[] = []
    for (const one of filters) {
      const context = this.filterContext(namedTokenizer.part, [...chain])
      const named = this.named(
        'filter',
        one,
        owner,
        (given) => this.filter(given, context, owner),
        (type, values) => this.makeFilter(type, type, values, context),
      )
      const type = typeof one === 'string' ? this.filterType(one) : named.name.replace('__anonymous__', '')
      chain.push({ ...named, normalizes: TOKEN_FILTERS[type]?.normalizes === true })
    }
    return makeAnalyzer(name, { charFilters: namedChars, tokenizer: namedTokenizer, filters: chain })
  }

  tokenizer(name: string, owner = ''): Tokenizer {
    const known = this.tokenizers.get(name)
    if (known) return known
    const values = definition(this.settings.tokenizer, name)
    const type = componentType(values, name)
    const factory = TOKENIZERS[type]
    if (!factory) throw notFound('tokenizer', name, owner, this.settings.tokenizer)
    const tokenizer = factory(new Parameters(name, values), this.limits)
    this.tokenizers.set(name, tokenizer)
    return tokenizer
  }

  charFilter(name: string, owner = ''): CharFilter {
    const known = this.charFilters.get(name)
    if (known) return known
    const values = definition(this.settings.char_filter, name)
    if (!CHAR_FILTERS[componentType(values, name)]) throw notFound('char_filter', name, owner, this.settings.char_filter)
    const filter = this.makeCharFilter(componentType(values, name), name, values)
    this.charFilters.set(name, filter)
    return filter
  }

  anonymousTokenizer(type: string, values: JsonObject): Named<Tokenizer> {
    const factory = TOKENIZERS[type]
    if (!factory) throw illegalArgument(`failed to find global tokenizer under [${type}]`)
    return { name: type, part: factory(new Parameters(type, values), this.limits) }
  }

  anonymousFilter(type: string, values: JsonObject): Named<TokenFilter> {
    return {
      name: type,
      normalizes: TOKEN_FILTERS[type]?.normalizes === true,
      part: this.makeFilter(
        type,
        type,
        values,
        this.filterContext(TOKENIZERS['standard']?.(new Parameters('standard', {}), this.limits) ?? (() => []), []),
      ),
    }
  }

  private filter(name: string, context: FilterContext, owner: string): TokenFilter {
    const known = TOKEN_FILTERS[name]
    const isDefined = this.settings.filter !== undefined && Object.hasOwn(this.settings.filter, name)
    const values = isDefined ? definition(this.settings.filter, name) : (known?.preconfigured ?? {})
    if (!TOKEN_FILTERS[componentType(values, name)]) throw notFound('filter', name, owner, this.settings.filter)
    return this.makeFilter(componentType(values, name), name, values, context)
  }

  private filterType(name: string): string {
    return componentType(definition(this.settings.filter, name), name)
  }

  private makeFilter(type: string, name: string, values: JsonObject, context: FilterContext): TokenFilter {
    const found = TOKEN_FILTERS[type]
    if (!found) throw illegalArgument(`failed to find global filter under [${type}]`)
    return found.create(new Parameters(name, values), context)
  }

  private makeCharFilter(type: string, name: string, values: JsonObject): CharFilter {
    const factory = CHAR_FILTERS[type]
    if (!factory) throw illegalArgument(`failed to find global char_filter under [${type}]`)
    return factory(new Parameters(name, values))
  }

  private filterContext(tokenizer: Tokenizer, before: readonly Named<TokenFilter>[]): FilterContext {
    const context: FilterContext = {
      limits: this.limits,
      synonymSets: this.synonymSets,
      analyzeBefore: (text) => run(tokenizer(text), before).map((token) => token.term),
      filter: (name) => this.filter(name, context, ''),
    }
    return context
  }

  /** A component by name, or written out as an object with its `type`. */
  private named<Part>(
    kind: string,
    given: JsonValue,
    owner: string,
    byName: (name: string) => Part,
    make: (type: string, values: JsonObject) => Part,
  ): Named<Part> {
    if (typeof given === 'string') return { name: given, part: byName(given) }
    const type = isJsonObject(given) ? given['type'] : undefined
    if (!isJsonObject(given) || typeof type !== 'string')
      throw illegalArgument(`${owner}: a ${kind} is a name, or an object with a [type]`.replace(/^: /, ''))
    return { name: `__anonymous__${type}`, part: make(type, given) }
  }
}

function definition(section: JsonObject | undefined, name: string): JsonObject {
  const values = section !== undefined && Object.hasOwn(section, name) ? section[name] : undefined
  return isJsonObject(values) ? values : {}
}

function componentType(values: JsonObject, name: string): string {
  const type = values['type']
  return typeof type === 'string' ? type : name
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value as readonly JsonValue[]
  return typeof value === 'string' ? value.split(',').map((name) => name.trim()) : [value]
}

function notFound(kind: string, name: string, owner: string, section: JsonObject | undefined): Error {
  const values = definition(section, name)
  const type = values['type']
  if (typeof type === 'string') return illegalArgument(`Unknown ${kind} type [${type}] for [${name}]`)
  return illegalArgument(
    owner === '' ? `failed to find global ${kind} under [${name}]` : `${owner} failed to find ${kind} under name [${name}]`,
  )
}

function run(tokens: readonly Token[], filters: readonly Named<TokenFilter>[]): readonly Token[] {
  let current = tokens
  for (const { part } of filters) current = part(current)
  return current
}

function makeAnalyzer(name: string, parts: AnalyzerParts): Analyzer {
  const { charFilters, tokenizer, filters } = parts
  const lowers = tokenizer.name === 'lowercase'
  const normalizing = filters.filter((filter) => filter.normalizes === true)
  return {
    name,
    parts,
    asciiSpans: undefined,
    analyze(text) {
      if (charFilters.length === 0) return run(tokenizer.part(text), filters)
      const filtered = filterChars(text, charFilters)
      return run(moveOffsets(tokenizer.part(filtered.text), filtered), filters)
    },
    normalize(term) {
      const changed = lowers ? lowerCase(term) : term
      const token: Token = { term: changed, position: 0, positionLength: 1, start: 0, end: term.length, type: 'word' }
      return run([token], normalizing)[0]?.term ?? changed
    },
  }
}

/** Runs character filters in order; offsets of the last text lead back to the first. */
export function filterChars(text: string, charFilters: readonly Named<CharFilter>[]): FilteredText {
  let current: FilteredText = { text, original: (offset) => offset }
  for (const { part } of charFilters) {
    const before = current
    const next = part(before.text)
    current = { text: next.text, original: (offset) => before.original(next.original(offset)) }
  }
  return current
}

/** Gives tokens the offsets of the text before its characters were changed. */
export function moveOffsets(tokens: readonly Token[], filtered: FilteredText): Token[] {
  return tokens.map((token) => ({ ...token, start: filtered.original(token.start), end: filtered.original(token.end) }))
}

/** The one term that a normalizer makes of a keyword value. */
export function normalizeTerm(normalizer: Analyzer, text: string): string {
  return normalizer
    .analyze(text)
    .map((token) => token.term)
    .join('')
}

/** What the indices without analysis settings of their own share. */
export const builtInAnalysis: Analysis = compileAnalysis()
