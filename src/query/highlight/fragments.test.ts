import { expect, test } from 'vitest'
import { analyzerFor, builtInAnalysis } from '../analysis/analysis.ts'
import type { Query } from '../ast.ts'
import { fragmentsOf } from './fragments.ts'
import type { HighlightedField } from './highlight-request.ts'
import { inOrder, matchFinders } from './matched-spans.ts'

const usual: HighlightedField = {
  pattern: 'text',
  type: 'unified',
  preTags: ['['],
  postTags: [']'],
  fragmentSize: 100,
  fragments: 5,
  requireFieldMatch: true,
  noMatchSize: 0,
  byScore: false,
  boundaries: 'sentence',
  fragmenter: 'span',
  query: undefined,
}

const word = (...tokens: string[]): Query => ({ kind: 'tokens', field: 'text', tokens, minimum: 1 })
const phrase = (slop: number, ...words: string[]): Query => ({
  kind: 'phrase',
  field: 'text',
  phrase: { places: words.map((one, position) => ({ tokens: [one], position })), slop, lastIsPrefix: false, maxExpansions: 50 },
})

function highlight(text: string, query: Query, options: Partial<HighlightedField> = {}): readonly string[] {
  const field = { ...usual, ...options }
  const tokens = analyzerFor('standard', builtInAnalysis).analyze(text)
  const matches = inOrder(matchFinders(query, 'text', field.type).flatMap((find) => find(tokens)))
  return fragmentsOf([{ text, tokens, matches }], field, false)
}

// What OpenSearch 2.19 shows.
test.each([
  { name: 'one sentence', options: { fragmentSize: 10 }, want: ['A [disk] is full', 'Another [disk]'] },
  { name: 'dots in a row end a sentence once', text: 'Wait... The disk.', options: { fragmentSize: 8 }, want: ['The [disk].'] },
  { name: 'parts between tokens', options: { type: 'plain', fragmentSize: 12 }, want: ['A [disk] is', ' [disk] is not.'] },
] as const)('$name', ({ text = 'A disk is full. Another disk is not.', options, want }) => {
  expect(highlight(text, word('disk'), options)).toEqual(want)
})

test('a phrase takes the nearest words that are near enough', () => {
  const text = 'b x a x x b a'
  expect(highlight(text, phrase(2, 'a', 'b'), { fragments: 0 })).toEqual(['b x [a] x x [b] [a]'])
  expect(highlight(text, phrase(1, 'a', 'b'), { fragments: 0 })).toEqual([])
})

// Each would take minutes and more if it looked at all of a text for each place of it.
test.each([
  { name: 'dots', text: `${'.'.repeat(300_000)} disk`, query: word('disk'), options: {}, fragments: 1 },
  {
    name: 'short parts',
    text: 'disk '.repeat(30_000),
    query: word('disk'),
    options: { type: 'plain', fragmentSize: 1 },
    fragments: 30_000,
  },
  {
    name: 'short sentences',
    text: 'Disk. '.repeat(30_000),
    query: word('disk'),
    options: { type: 'fvh', fragmentSize: 1 },
    fragments: 30_000,
  },
  {
    name: 'one long part',
    text: 'disk '.repeat(130_000),
    query: word('disk'),
    options: { type: 'fvh', fragmentSize: 2 ** 31 },
    fragments: 1,
  },
  { name: 'phrases', text: `${'a '.repeat(50_000)}b`, query: phrase(2 ** 31, 'a', 'b'), options: { fragments: 0 }, fragments: 1 },
] as const)('long texts: $name', ({ text, query, options, fragments }) => {
  expect(highlight(text, query, { fragments: 1_000_000, ...options })).toHaveLength(fragments)
})
