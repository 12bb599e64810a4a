import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NamedAggregation } from '../../../query/aggregation.ts'
import { matchAll, type Query } from '../../../query/ast.ts'
import type { EngineSearch } from '../../engine.ts'
import type { Tables } from '../tables.ts'
import { KnownAnswers } from './known-answers.ts'
import { createSearch } from './search.ts'
import { type Fixture, startFixture } from './testing/fixture.ts'

let fixture: Fixture

beforeAll(async () => {
  const documents = ['x', 'y', 'y'].map((word) => ({ values: { word }, source: `{"word":"${word}"}` }))
  fixture = await startFixture([{ name: 'a', fields: { word: { type: 'keyword' } }, documents }])
})

afterAll(() => fixture.close())

const words: NamedAggregation = {
  name: 'words',
  aggregation: { kind: 'value_count', source: { field: 'word' } },
  children: [],
}
const scripted: NamedAggregation = {
  name: 'scripted',
  aggregation: {
    kind: 'collected',
    of: [{ reads: [], readsScore: false, readsSource: false }],
    open: () => () => ({ add: () => undefined, result: () => 0 }),
  },
  children: [],
}
const y: Query = { kind: 'terms', field: 'word', values: ['y'] }

interface Asking extends Partial<Pick<EngineSearch, 'size' | 'aggregations' | 'trackTotalHits' | 'mayBeKnown'>> {
  readonly name: string
  readonly query?: Query
  /** Numbers that were written by then. */
  readonly written?: number
  /** Rows of the next moment may be among those that are read. */
  readonly overtaken?: true
  /** Whether it had been answered; `undefined`: is not remembered. */
  readonly known: boolean | undefined
}

/** One after the other. */
const asked: readonly Asking[] = [
  { name: 'first', known: false },
  { name: 'again', known: true },
  { name: 'another query', query: y, known: false },
  { name: 'another total', trackTotalHits: Infinity, known: false },
  { name: 'another one yet', trackTotalHits: 7, known: false },
  { name: 'without aggregations', aggregations: [], known: false },
  { name: 'by a request that wants a new answer', mayBeKnown: false, known: undefined },
  { name: 'with hits', size: 1, known: undefined },
  { name: 'by a script', aggregations: [scripted], known: undefined },
  { name: 'after a write', written: 1, known: false },
  { name: 'and again', written: 1, known: true },
  { name: 'while somebody writes', written: 2, overtaken: true, known: false },
  { name: 'still', written: 2, known: false },
]

test('answers without hits are known until something is written', async () => {
  let written = 0
  let isOvertaken = false
  const tables: Tables = {
    open: async (schemas) => {
      const open = await fixture.tables.open(schemas)
      const layouts = open.layouts.map(
        (layout) => layout && { ...layout, visibleSeqNo: layout.visibleSeqNo + written, overtaken: () => isOvertaken },
      )
      return { layouts, release: () => open.release() }
    },
    summary: (uuid) => fixture.tables.summary(uuid),
  }
  const ids = { encode: (_: string, seqNo: number): string => `#${seqNo}`, decode: (): undefined => undefined }
  const search = createSearch({ lanes: fixture.lanes, tables, ids, now: () => performance.now() })
  for (const { name, query = matchAll, written: sofar = 0, overtaken, known, ...more } of asked) {
    written = sofar
    isOvertaken = overtaken === true
    const request: EngineSearch = {
      targets: [{ schema: fixture.schema('a'), query }],
      from: 0,
      size: 0,
      sort: [],
      trackTotalHits: 100,
      trackScores: false,
      source: false,
      aggregations: [words],
      mayBeKnown: true,
      maxBuckets: 100,
      timeoutMs: 10_000,
      signal: new AbortController().signal,
      ...more,
    }
    const answer = await search.search(request)
    const plain = await search.search({ ...request, mayBeKnown: false })
    expect({ name, known: answer.known, total: answer.total }).toEqual({ name, known, total: plain.total })
    expect(answer.aggregations).toEqual(plain.aggregations)
  }
})

const nothing = { hits: [], total: undefined, maxScore: null, aggregations: new Map(), timedOut: false }

test('what was not asked for longest is forgotten', () => {
  const answers = new KnownAnswers()
  // Twelve times this fit.
  const key = (i: number): string => String(i).padEnd(1_700_000)
  for (let i = 0; i < 12; i++) answers.learn(key(i), [i === 1 ? 'a' : 'b'], nothing)
  answers.get(key(0))
  answers.learn(key(12), ['b'], nothing)
  expect(Array.from({ length: 13 }, (_, i) => answers.get(key(i)) !== undefined)).toEqual(
    Array.from({ length: 13 }, (_, i) => i !== 1),
  )
  expect(answers.usage('a')).toEqual({ bytes: 0, evicted: 1 })
  expect(answers.usage('b').evicted).toBe(0)
})

test('what is about an index can be forgotten', () => {
  const answers = new KnownAnswers()
  answers.learn('a', ['a'], nothing)
  answers.learn('a and b', ['a', 'b'], nothing)
  answers.learn('b', ['b'], nothing)
  const { bytes } = answers.usage('a')
  expect(bytes).toBeGreaterThan(answers.usage('b').bytes / 2)
  answers.clear(['a'])
  expect(['a', 'a and b', 'b'].filter((key) => answers.get(key) !== undefined)).toEqual(['b'])
  expect(answers.usage('a')).toEqual({ bytes: 0, evicted: 0 })
  answers.drop('b')
  expect(answers.usage('b')).toEqual({ bytes: 0, evicted: 0 })
})

test('an answer that is learned twice is counted once', () => {
  const answers = new KnownAnswers()
  answers.learn('a', ['a'], nothing)
  const once = answers.usage('a').bytes
  answers.learn('a', ['a'], nothing)
  expect(answers.usage('a').bytes).toBe(once)
})
