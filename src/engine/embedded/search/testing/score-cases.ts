import type { Query } from '../../../../query/ast.ts'
import type { FixtureDocument, FixtureIndex } from './fixture.ts'
import { seeded } from './random-requests.ts'

/** A query in the query DSL, and what the parser makes of it. */
export interface ScoreCase {
  readonly name: string
  readonly dsl: object
  readonly query: Query
}

const WORDS = [
  'disk',
  'full',
  'error',
  'warning',
  'pump',
  'valve',
  'motor',
  'bearing',
  'line',
  'press',
  'oil',
  'low',
  'high',
  'stop',
  'start',
  'sensor',
]

/** Texts of 1 to 120 words by a Zipf law, some with many repeats, so that lengths fall into shared classes. */
export function scoreDocuments(count: number): FixtureDocument[] {
  const random = seeded(7)
  const word = (): string =>
    WORDS[Math.min(WORDS.length - 1, Math.floor(1 / (random() + 0.05)) - 1 + Math.floor(random() * 4))] ?? 'disk'
  const text = (most: number): string => Array.from({ length: 1 + Math.floor(random() ** 3 * most) }, word).join(' ')
  return Array.from({ length: count }, (_, i) => ({
    id: `d${i}`,
    values: {
      title: text(8),
      ...(random() < 0.95 && { message: random() < 0.2 ? [text(60), text(60)] : text(120) }),
      host: `h${Math.floor(random() ** 2 * 6)}`,
      ok: random() < 0.3,
      value: Math.floor(random() * 100),
    },
  }))
}

export const scoreIndex: FixtureIndex = {
  name: 'scores',
  fields: {
    title: { type: 'text' },
    message: { type: 'text' },
    host: { type: 'keyword' },
    ok: { type: 'boolean' },
    value: { type: 'long' },
  },
  documents: scoreDocuments(400),
}

/** The same index for a server that speaks Elasticsearch's API. */
export const scoreMappings = {
  properties: {
    title: { type: 'text' },
    message: { type: 'text' },
    host: { type: 'keyword' },
    ok: { type: 'boolean' },
    value: { type: 'long' },
  },
}

const tokens = (field: string, text: string, more: { minimum?: number; boost?: number } = {}): Query => ({
  kind: 'tokens',
  field,
  tokens: text.split(' '),
  minimum: more.minimum ?? 1,
  ...(more.boost !== undefined && { boost: more.boost }),
})
const phrase = (field: string, text: string, slop = 0): Query => ({
  kind: 'phrase',
  field,
  phrase: {
    places: text.split(' ').map((token, position) => ({ tokens: [token], position })),
    slop,
    lastIsPrefix: false,
    maxExpansions: 50,
  },
})
const bool = (parts: Partial<Extract<Query, { kind: 'bool' }>>): Query => ({
  kind: 'bool',
  must: [],
  filter: [],
  should: [],
  mustNot: [],
  minimumShouldMatch: 0,
  ...parts,
})
const term = (field: string, value: string | number | boolean): Query => ({ kind: 'terms', field, values: [value] })

export const scoreCases: readonly ScoreCase[] = [
  { name: 'a common word', dsl: { match: { message: 'disk' } }, query: tokens('message', 'disk') },
  { name: 'a rare word', dsl: { match: { title: 'oil' } }, query: tokens('title', 'oil') },
  { name: 'any of three words', dsl: { match: { message: 'disk oil press' } }, query: tokens('message', 'disk oil press') },
  { name: 'a word twice', dsl: { match: { title: 'disk disk valve' } }, query: tokens('title', 'disk disk valve') },
  {
    name: 'all of two words',
    dsl: { match: { message: { query: 'pump valve', operator: 'and' } } },
    query: tokens('message', 'pump valve', { minimum: 2 }),
  },
  {
    name: 'two of four words',
    dsl: { match: { message: { query: 'oil low high stop', minimum_should_match: 2 } } },
    query: tokens('message', 'oil low high stop', { minimum: 2 }),
  },
  {
    name: 'words of which too few stand there beside one that does',
    dsl: {
      bool: {
        should: [{ match: { message: { query: 'oil low high', minimum_should_match: 2 } } }, { match: { title: 'valve' } }],
      },
    },
    query: bool({
      should: [tokens('message', 'oil low high', { minimum: 2 }), tokens('title', 'valve')],
      minimumShouldMatch: 1,
    }),
  },
  {
    name: 'a boost',
    dsl: { match: { message: { query: 'disk pump', boost: 2.5 } } },
    query: tokens('message', 'disk pump', { boost: 2.5 }),
  },
  { name: 'a phrase', dsl: { match_phrase: { message: 'disk full' } }, query: phrase('message', 'disk full') },
  {
    name: 'a phrase of three words',
    dsl: { match_phrase: { message: 'disk disk full' } },
    query: phrase('message', 'disk disk full'),
  },
  { name: 'a word after itself', dsl: { match_phrase: { message: 'disk disk' } }, query: phrase('message', 'disk disk') },
  ...(
    [
      ['disk error', 2],
      ['pump error full', 4],
      ['warning valve motor error', 12],
      ['disk disk', 2],
      ['error disk error', 3],
      ['full error disk full error', 6],
    ] as const
  ).map(([text, slop]): ScoreCase => ({
    name: `a phrase with slop ${slop}: ${text}`,
    dsl: { match_phrase: { message: { query: text, slop } } },
    query: phrase('message', text, slop),
  })),
  { name: 'a keyword', dsl: { term: { host: 'h3' } }, query: term('host', 'h3') },
  { name: 'a boolean', dsl: { term: { ok: true } }, query: term('ok', true) },
  { name: 'a number', dsl: { term: { value: 7 } }, query: term('value', 7) },
  { name: 'a term of a text', dsl: { term: { title: 'valve' } }, query: term('title', 'valve') },
  {
    name: 'must, should and filter',
    dsl: {
      bool: {
        must: [{ match: { message: 'disk' } }],
        should: [{ match: { title: 'valve' } }, { term: { host: 'h1' } }],
        filter: [{ range: { value: { gte: 20 } } }],
      },
    },
    query: bool({
      must: [tokens('message', 'disk')],
      should: [tokens('title', 'valve'), term('host', 'h1')],
      filter: [{ kind: 'range', field: 'value', bounds: { gte: 20 } }],
    }),
  },
  {
    name: 'only should',
    dsl: {
      bool: {
        should: [
          { match: { title: 'pump' } },
          { match: { message: { query: 'oil', boost: 3 } } },
          { match_phrase: { message: 'full error' } },
        ],
      },
    },
    query: bool({
      should: [tokens('title', 'pump'), tokens('message', 'oil', { boost: 3 }), phrase('message', 'full error')],
      minimumShouldMatch: 1,
    }),
  },
  {
    name: 'nested and boosted',
    dsl: {
      bool: {
        boost: 1.5,
        must: [
          { bool: { should: [{ match: { title: 'disk' } }, { match: { title: 'motor' } }] } },
          { constant_score: { filter: { term: { ok: true } }, boost: 0.5 } },
        ],
      },
    },
    query: bool({
      boost: 1.5,
      must: [
        bool({ should: [tokens('title', 'disk'), tokens('title', 'motor')], minimumShouldMatch: 1 }),
        { kind: 'constant_score', query: term('ok', true), boost: 0.5 },
      ],
    }),
  },
  {
    name: 'the best of two fields',
    dsl: { dis_max: { tie_breaker: 0.3, queries: [{ match: { title: 'disk full' } }, { match: { message: 'disk full' } }] } },
    query: { kind: 'dis_max', tieBreaker: 0.3, queries: [tokens('title', 'disk full'), tokens('message', 'disk full')] },
  },
  {
    name: 'a fuzzy word',
    dsl: { match: { message: { query: 'motro', fuzziness: 2 } } },
    query: {
      kind: 'pattern',
      field: 'message',
      pattern: { kind: 'fuzzy', term: 'motro', edits: 2, prefixLength: 0, transpositions: true, maxExpansions: 50 },
    },
  },
  {
    name: 'a prefix',
    dsl: { prefix: { message: { value: 'va' } } },
    query: { kind: 'pattern', field: 'message', pattern: { kind: 'prefix', prefix: 'va', ignoreCase: false } },
  },
  { name: 'everything', dsl: { match_all: { boost: 2 } }, query: { kind: 'all', boost: 2 } },
]
