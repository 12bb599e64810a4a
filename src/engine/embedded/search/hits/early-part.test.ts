import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Query, TermPattern } from '../../../../query/ast.ts'
import type { Lanes } from '../../lanes.ts'
import { createSearch } from '../search.ts'
import { type Fixture, startFixture } from '../testing/fixture.ts'

let fixture: Fixture

/** Terms that begin alike, more than are carried: first those with an `a`, then as many with a `b`, each with its successor. */
const WORDS = 1_200

beforeAll(async () => {
  const documents = ['a', 'b'].flatMap((letter) =>
    Array.from({ length: WORDS }, (_, i) => ({
      values: { text: `${letter}${i} ${letter}${(i + 1) % WORDS}` },
      source: `${letter}${i}`,
    })),
  )
  fixture = await startFixture([{ name: 'a', fields: { text: { type: 'text' } }, documents }])
})

afterAll(() => fixture.close())

const wildcard: TermPattern = { kind: 'wildcard', wildcard: 'a*', ignoreCase: false }
const of = (pattern: TermPattern): Query => ({ kind: 'pattern', field: 'text', pattern })
const LOOK = /`_seq` < \d+/

interface Asking {
  readonly name: string
  readonly query: Query
  readonly from?: number
  readonly minScore?: number
  /** The first hit, and how many documents match. */
  readonly want: readonly [string | undefined, number]
  /** Statements that look at the first documents alone, and others that fetch hits. */
  readonly early: number
  readonly others: number
}

test.each<Asking>([
  { name: 'a wildcard', query: of(wildcard), want: ['a0', WORDS], early: 1, others: 0 },
  { name: 'a prefix', query: of({ kind: 'prefix', prefix: 'a', ignoreCase: false }), want: ['a0', WORDS], early: 1, others: 0 },
  { name: 'the second page', query: of(wildcard), from: 3, want: ['a3', WORDS], early: 1, others: 0 },
  { name: 'a page far behind', query: of(wildcard), from: 1_000, want: ['a1000', WORDS], early: 0, others: 1 },
  { name: 'late documents', query: of({ ...wildcard, wildcard: 'b*' }), want: ['b0', WORDS], early: 1, others: 1 },
  {
    name: 'in any case',
    query: of({ kind: 'wildcard', wildcard: 'A*', ignoreCase: true }),
    want: ['a0', WORDS],
    early: 0,
    others: 1,
  },
  { name: 'with a score that none has', query: of(wildcard), minScore: 2, want: [undefined, 0], early: 0, others: 0 },
])('first hits of $name', async ({ query, from = 0, minScore, want, early, others }) => {
  const asked: string[] = []
  const lanes: Lanes = {
    query: (statement, options) => {
      if (statement.text.includes('`_source`')) asked.push(statement.text)
      return fixture.lanes.query(statement, options)
    },
  }
  const ids = { encode: (_: string, seqNo: number): string => `#${seqNo}`, decode: (): undefined => undefined }
  const search = createSearch({
    lanes: Object.assign(Object.create(fixture.lanes), lanes),
    tables: fixture.tables,
    ids,
    now: () => performance.now(),
  })
  const { hits, total } = await search.search({
    targets: [{ schema: fixture.schema('a'), query }],
    from,
    size: 3,
    sort: [],
    trackTotalHits: Infinity,
    trackScores: false,
    source: true,
    aggregations: [],
    maxBuckets: 100,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    ...(minScore !== undefined && { minScore }),
  })
  const [first] = hits
  expect([first?.source && Buffer.from(first.source).toString(), total?.value]).toEqual(want)
  const looks = asked.filter((text) => LOOK.test(text))
  expect([looks.length, asked.length - looks.length]).toEqual([early, others])
})
