import { TEXTS } from '../query/field-kinds.ts'
import { illegalArgument } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import { builtInAnalysis, filterChars, moveOffsets, type Analysis } from '../query/analysis/analysis.ts'
import type { Analyzer, Token } from '../query/analysis/token.ts'
import type { IndexState } from './index-state.ts'
import { numberSetting } from './settings/index-settings.ts'
import { strings, validationFailed } from './templates/parse-template.ts'

/** What `_analyze` asks: text, and how it is to be analyzed. */
export interface AnalyzeRequest {
  readonly text: readonly string[]
  readonly analyzer?: string
  readonly normalizer?: string
  readonly field?: string
  readonly tokenizer?: JsonValue
  readonly filter?: readonly JsonValue[]
  readonly charFilter?: readonly JsonValue[]
  readonly explain: boolean
}

/** Tokens, and with `explain` what every part of the analyzer made of the text. */
export type AnalyzeResult =
  | { readonly kind: 'tokens'; readonly tokens: readonly Token[] }
  | { readonly kind: 'analyzer'; readonly name: string; readonly tokens: readonly Token[] }
  | {
      readonly kind: 'parts'
      readonly charFilters: readonly { readonly name: string; readonly texts: readonly string[] }[]
      readonly tokenizer: NamedTokens
      readonly filters: readonly NamedTokens[]
    }

export interface NamedTokens {
  readonly name: string
  readonly tokens: readonly Token[]
}

/** Places between the last token of one text and the first of the next, and characters between their offsets. */
const POSITION_GAP = 100
const OFFSET_GAP = 1

/** @throws ElkhornError `illegal_argument_exception`, `action_request_validation_exception` */
export function parseAnalyzeRequest(json: Readonly<Record<string, JsonValue | undefined>>): AnalyzeRequest {
  for (const key of Object.keys(json)) {
    if (
      !['text', 'analyzer', 'normalizer', 'field', 'tokenizer', 'filter', 'char_filter', 'explain', 'attributes'].includes(key)
    ) {
      throw illegalArgument(`Unknown parameter [${key}] in request body or parameter is of the wrong type[${typeof json[key]}]`)
    }
  }
  const list = (value: JsonValue | undefined): readonly JsonValue[] | undefined =>
    value === undefined || value === null ? undefined : Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  const text = (key: string): string | undefined => {
    const value = json[key]
    return typeof value === 'string' ? value : undefined
  }
  const [analyzer, normalizer, field] = [text('analyzer'), text('normalizer'), text('field')]
  const [filter, charFilter, tokenizer] = [list(json['filter']), list(json['char_filter']), json['tokenizer']]
  const texts = strings(json['text'])
  if (texts.length === 0) throw validationFailed('text is missing')
  if (analyzer !== undefined && (tokenizer !== undefined || filter || charFilter)) {
    throw validationFailed('tokenizer/char_filter/filter should be null if analyzer is specified')
  }
  if (normalizer !== undefined && (tokenizer !== undefined || analyzer !== undefined)) {
    throw validationFailed('tokenizer/analyze should be null if normalizer is specified')
  }
  return {
    text: texts,
    ...(analyzer === undefined ? {} : { analyzer }),
    ...(normalizer === undefined ? {} : { normalizer }),
    ...(field === undefined ? {} : { field }),
    ...(tokenizer === undefined || tokenizer === null ? {} : { tokenizer }),
    ...(filter ? { filter } : {}),
    ...(charFilter ? { charFilter } : {}),
    explain: json['explain'] === true || json['explain'] === 'true',
  }
}

/** @throws ElkhornError `illegal_argument_exception` for what is not there, or for too many tokens */
export function analyze(request: AnalyzeRequest, index: IndexState | undefined): AnalyzeResult {
  const { analyzer, isCustom, positionGap = POSITION_GAP } = chooseAnalyzer(request, index)
  const counter = new TokenCounter(index ? numberSetting(index.settings, 'index.analyze.max_token_count') : 10_000)
  const whole = joinTexts(request.text, (text) => analyzer.analyze(text), counter, positionGap)
  if (!request.explain) return { kind: 'tokens', tokens: whole }
  if (!isCustom) return { kind: 'analyzer', name: analyzer.name, tokens: whole }
  const { charFilters, tokenizer, filters } = analyzer.parts
  const filtered = request.text.map((text) => filterChars(text, charFilters))
  const tokenized = (text: string, i: number): readonly Token[] => {
    const own = filtered[i]
    return own ? moveOffsets(tokenizer.part(own.text), own) : tokenizer.part(text)
  }
  const upTo = (count: number): readonly Token[] =>
    joinTexts(
      request.text,
      (text, i) => filters.slice(0, count).reduce((tokens, { part }) => part(tokens), tokenized(text, i)),
      counter,
      // Shown part by part, texts have no gap between them.
      0,
    )
  return {
    kind: 'parts',
    charFilters: charFilters.map(({ name }, i) => ({
      name,
      texts: request.text.map((text) => filterChars(text, charFilters.slice(0, i + 1)).text),
    })),
    tokenizer: { name: tokenizer.name, tokens: upTo(0) },
    filters: filters.map(({ name }, i) => ({ name, tokens: upTo(i + 1) })),
  }
}

function chooseAnalyzer(
  request: AnalyzeRequest,
  index: IndexState | undefined,
): { readonly analyzer: Analyzer; readonly isCustom: boolean; readonly positionGap?: number } {
  const analysis = index?.analysis ?? builtInAnalysis
  const { analyzer: name, normalizer, field, tokenizer, filter, charFilter } = request
  if (name !== undefined)
    return {
      analyzer: namedAnalyzer(name, analysis, index),
      isCustom: index?.settings[`index.analysis.analyzer.${name}.tokenizer`] !== undefined,
    }
  if (normalizer !== undefined) {
    if (!index) throw illegalArgument('analysis based on a normalizer requires an index')
    const found = analysis.findNormalizer(normalizer)
    if (!found) throw illegalArgument(`failed to find normalizer under [${normalizer}]`)
    return { analyzer: found, isCustom: true }
  }
  if (field !== undefined) {
    // Values of keywords stand one behind the other; only texts have a gap between them.
    const isWhole = index?.fields.find(field) !== undefined && !TEXTS.includes(index.fields.find(field)?.type ?? 'text')
    return { analyzer: fieldAnalyzer(field, analysis, index), isCustom: false, ...(isWhole && { positionGap: 0 }) }
  }
  if (tokenizer !== undefined || filter || charFilter) {
    const parts = {
      ...(tokenizer === undefined ? {} : { tokenizer }),
      ...(filter ? { filter } : {}),
      ...(charFilter ? { charFilter } : {}),
    }
    return { analyzer: analysis.custom(parts), isCustom: true }
  }
  return { analyzer: namedAnalyzer('default', analysis, index), isCustom: false }
}

function namedAnalyzer(name: string, analysis: Analysis, index: IndexState | undefined): Analyzer {
  const analyzer = analysis.findAnalyzer(name)
  if (!analyzer) throw illegalArgument(`failed to find ${index ? '' : 'global '}analyzer [${name}]`)
  return analyzer
}

function fieldAnalyzer(path: string, analysis: Analysis, index: IndexState | undefined): Analyzer {
  if (!index) throw illegalArgument('analysis based on a specific field requires an index')
  const field = index.fields.find(path)
  if (field && !TEXTS.includes(field.type)) {
    if (field.type === 'keyword' || field.type === 'wildcard') {
      const { normalizer } = field.parameters
      const found = normalizer === undefined ? undefined : analysis.findNormalizer(normalizer)
      return found ?? namedAnalyzer('keyword', analysis, index)
    }
    throw illegalArgument(`Can't process field [${path}], Analysis requests are only supported on tokenized fields`)
  }
  return namedAnalyzer(field?.parameters.analyzer ?? 'default', analysis, index)
}

/** Refuses more tokens than an index allows `_analyze` to make. */
class TokenCounter {
  readonly #max: number
  #count = 0

  constructor(max: number) {
    this.#max = max
  }

  reset(): void {
    this.#count = 0
  }

  add(count: number): void {
    this.#count += count
    if (this.#count > this.#max) {
      throw illegalArgument(
        `The number of tokens produced by calling _analyze has exceeded the allowed maximum of [${this.#max}]. This limit can be set by changing the [index.analyze.max_token_count] index level setting.`,
      )
    }
  }
}

function joinTexts(
  texts: readonly string[],
  tokensOf: (text: string, i: number) => readonly Token[],
  counter: TokenCounter,
  positionGap: number,
): readonly Token[] {
  counter.reset()
  const joined: Token[] = []
  let position = 0
  let offset = 0
  for (const [i, text] of texts.entries()) {
    const tokens = tokensOf(text, i)
    counter.add(tokens.length)
    let last = -1
    for (const token of tokens) {
      joined.push({ ...token, position: position + token.position, start: offset + token.start, end: offset + token.end })
      last = Math.max(last, token.position)
    }
    position += last + 1 + positionGap
    offset += text.length + OFFSET_GAP
  }
  return joined
}
