import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { analyzerFor, builtInAnalysis, compileAnalysis, normalizeTerm, type AnalysisSettings } from './analysis.ts'
import type { Token } from './token.ts'

type RecordedToken = readonly [term: string, type: string, start: number, end: number, position: number, positionLength: number]

interface Recorded {
  readonly name: string
  readonly request: {
    readonly analyzer?: string
    readonly tokenizer?: string
    readonly filter?: JsonValue[]
    readonly char_filter?: string[]
    readonly text: string
  }
  readonly tokens: readonly RecordedToken[]
}

/** What OpenSearch 2.19 answered on `POST /_analyze`. */
const recorded = JSON.parse(readFileSync(new URL('analysis.recorded.json', import.meta.url), 'utf8')) as readonly Recorded[]

const compact = (tokens: readonly Token[]): RecordedToken[] =>
  tokens.map(({ term, type, start, end, position, positionLength }) => [term, type, start, end, position, positionLength])

/** Tokens of one place come in an order that nothing depends on. */
const sorted = (tokens: readonly RecordedToken[]): string[] => tokens.map((token) => JSON.stringify(token)).sort()

describe('as OpenSearch analyzes', () => {
  test.each(recorded)('$name', ({ request, tokens }) => {
    const { analyzer, tokenizer, filter, char_filter: charFilter, text } = request
    const found = analyzer
      ? analyzerFor(analyzer, builtInAnalysis)
      : builtInAnalysis.custom({
          ...(tokenizer ? { tokenizer } : {}),
          ...(filter ? { filter } : {}),
          ...(charFilter ? { charFilter } : {}),
        })
    expect(sorted(compact(found.analyze(text)))).toEqual(sorted(tokens))
  })
})

const settings: AnalysisSettings = {
  analyzer: {
    shouting: { type: 'custom', tokenizer: 'words', filter: ['lowercase', 'short'], char_filter: ['arrows'] },
    short_form: { tokenizer: 'standard', filter: 'lowercase,asciifolding' },
    no_stop: { type: 'standard', stopwords: ['foo'] },
    default: { type: 'simple' },
  },
  normalizer: { folded: { type: 'custom', filter: ['lowercase', 'asciifolding'], char_filter: ['arrows'] } },
  tokenizer: { words: { type: 'pattern', pattern: ' ' } },
  filter: { short: { type: 'truncate', length: '3' } },
  char_filter: { arrows: { type: 'mapping', mappings: ['-> => to'] } },
}

test.each([
  { analyzer: 'shouting', text: 'HELLO -> world', want: ['hel', 'to', 'wor'] },
  { analyzer: 'short_form', text: 'Café Olé', want: ['cafe', 'ole'] },
  { analyzer: 'no_stop', text: 'the foo', want: ['the'] },
  { analyzer: 'default', text: 'a1b', want: ['a', 'b'] },
  { analyzer: 'standard', text: 'a1b', want: ['a1b'] },
])('$analyzer of the settings', ({ analyzer, text, want }) => {
  const found = analyzerFor(analyzer, compileAnalysis(settings))
  expect(found.analyze(text).map((token) => token.term)).toEqual(want)
})

test('normalizers make one term of a value', () => {
  const analysis = compileAnalysis(settings)
  const folded = analysis.findNormalizer('folded')
  expect(folded && normalizeTerm(folded, 'Über -> ALLES')).toBe('uber to alles')
  expect(folded && normalizeTerm(folded, '')).toBe('')
  const lowercase = builtInAnalysis.findNormalizer('lowercase')
  expect(lowercase && normalizeTerm(lowercase, 'ÄB')).toBe('äb')
  expect(analysis.findNormalizer('nope')).toBeUndefined()
})

const refused: readonly (readonly [string, JsonObject, string])[] = [
  ['no tokenizer', { analyzer: { a: { type: 'custom' } } }, 'analyzer [a] must be configured with a tokenizer'],
  ['neither type nor tokenizer', { analyzer: { a: {} } }, 'analyzer [a] must specify either an analyzer type, or a tokenizer'],
  ['unknown analyzer type', { analyzer: { a: { type: 'x' } } }, 'Unknown analyzer type [x] for [a]'],
  ['unknown tokenizer', { analyzer: { a: { tokenizer: 'x' } } }, 'Custom Analyzer [a] failed to find tokenizer under name [x]'],
  [
    'unknown filter',
    { analyzer: { a: { tokenizer: 'standard', filter: ['x'] } } },
    'Custom Analyzer [a] failed to find filter under name [x]',
  ],
  [
    'unknown character filter',
    { analyzer: { a: { tokenizer: 'standard', char_filter: ['x'] } } },
    'Custom Analyzer [a] failed to find char_filter under name [x]',
  ],
  [
    'unknown filter type',
    { filter: { f: { type: 'x' } }, analyzer: { a: { tokenizer: 'standard', filter: ['f'] } } },
    'Unknown filter type [x] for [f]',
  ],
  [
    'a filter that is no normalizer',
    { normalizer: { n: { filter: ['stop'] } } },
    'Custom normalizer [n] may not use filter [stop]',
  ],
  [
    'grams too far apart',
    { tokenizer: { t: { type: 'ngram', min_gram: 1, max_gram: 5 } } },
    'The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [1] but was [4]. This limit can be set by changing the [index.max_ngram_diff] index level setting.',
  ],
  [
    'a broken expression',
    { tokenizer: { t: { type: 'pattern', pattern: '(' } } },
    'invalid regular expression [(]: Invalid regular expression: /(/gu: Unterminated group',
  ],
  [
    'a parameter of the wrong kind',
    { filter: { f: { type: 'truncate', length: 'x' } }, analyzer: { a: { tokenizer: 'standard', filter: ['f'] } } },
    '[length] of [f] must be a whole number but was [x]',
  ],
]

test.each(refused)('%s is refused', (_, bad, reason) => {
  expect(isJsonObject(bad)).toBe(true)
  expect(() => compileAnalysis(bad as AnalysisSettings)).toThrow(
    expect.objectContaining({ type: 'illegal_argument_exception', reason }),
  )
})

test('an unknown analyzer is refused by name', () => {
  expect(() => analyzerFor('nope', builtInAnalysis)).toThrow('failed to find analyzer [nope]')
})

test('a long text of Thai has the words of its parts', () => {
  const part = 'ภาษาไทยไม่มีช่องว่างระหว่างคำ '
  const thai = analyzerFor('thai', builtInAnalysis)
  const few = thai.analyze(part)
  const many = thai.analyze(part.repeat(10_000))
  expect(few.length).toBeGreaterThan(3)
  expect(many).toHaveLength(10_000 * few.length)
  expect(many.at(-1)?.end).toBe(9_999 * part.length + (few.at(-1)?.end ?? 0))
})
