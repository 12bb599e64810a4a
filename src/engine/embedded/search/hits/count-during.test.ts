import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lanes } from '../../lanes.ts'
import { createSearch } from '../search.ts'
import { type Fixture, startFixture } from '../testing/fixture.ts'
import type { Total } from './total.ts'

const T0 = Date.UTC(2026, 0, 1)
let fixture: Fixture

/** A hundred documents in the first minute and in the last, one in each of the eight between. */
beforeAll(async () => {
  const burst = (minute: number): number[] => Array.from({ length: 100 }, (_, i) => minute * 60_000 + i * 600)
  const times = [...burst(0), ...Array.from({ length: 8 }, (_, i) => (i + 1) * 60_000 + 7), ...burst(9)]
  const documents = times.map((ms) => ({ values: { at: T0 + ms, n: ms % 2 } }))
  const fields = { at: { type: 'date' }, n: { type: 'long' } } as const
  fixture = await startFixture([{ name: 'a', fields, timeField: 'at', documents }])
})

afterAll(() => fixture.close())

interface Asking {
  readonly name: string
  /** Milliseconds since the first document. */
  readonly from: number
  readonly to: number
  readonly limit: number
  readonly minScore?: number
  readonly want: Total
  /** Statements that count. */
  readonly statements: number
}

test.each<Asking>([
  { name: 'enough in full minutes', from: 30_000, to: 540_000, limit: 5, want: { value: 5, relation: 'gte' }, statements: 1 },
  { name: 'the rest as well', from: 30_000, to: 570_000, limit: 100, want: { value: 100, relation: 'gte' }, statements: 2 },
  { name: 'all of them', from: 50_000, to: 550_000, limit: 100, want: { value: 41, relation: 'eq' }, statements: 2 },
  { name: 'without a limit', from: 50_000, to: 550_000, limit: Infinity, want: { value: 41, relation: 'eq' }, statements: 1 },
  { name: 'full minutes alone', from: 0, to: 540_000, limit: 5, want: { value: 5, relation: 'gte' }, statements: 1 },
  {
    name: 'none with such a score',
    from: 30_000,
    to: 540_000,
    limit: 5,
    minScore: 9,
    want: { value: 0, relation: 'eq' },
    statements: 1,
  },
])('documents of a time are counted: $name', async ({ from, to, limit, minScore, want, statements }) => {
  let counted = 0
  const query: Lanes['query'] = (statement, options) => {
    if (statement.text.startsWith('SELECT toUInt64(count())')) counted++
    return fixture.lanes.query(statement, options)
  }
  const lanes = Object.assign(Object.create(fixture.lanes) as Fixture['lanes'], { query })
  const ids = { encode: (_: string, seqNo: number): string => `#${seqNo}`, decode: (): undefined => undefined }
  const search = createSearch({ lanes, tables: fixture.tables, ids, now: () => performance.now() })
  const { total } = await search.search({
    targets: [{ schema: fixture.schema('a'), query: { kind: 'range', field: 'at', bounds: { gte: T0 + from, lt: T0 + to } } }],
    from: 0,
    size: 1,
    sort: [{ field: 'at', order: 'desc', missing: 'last', mode: 'max' }],
    trackTotalHits: limit,
    trackScores: false,
    source: false,
    aggregations: [],
    maxBuckets: 100,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    ...(minScore !== undefined && { minScore }),
  })
  expect({ total, statements: counted }).toEqual({ total: want, statements })
})
