import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AggregationResult, AggregationResults } from '../../../query/aggregation.ts'
import type { EngineSearch } from '../../engine.ts'
import { createSearch, type Search } from './search.ts'
import { aggregate, type BruteDocument, matches } from './testing/brute-force.ts'
import { type Fixture, type FixtureIndex, startFixture } from './testing/fixture.ts'
import { RandomRequests, seeded } from './testing/random-requests.ts'

const SEED = Number(process.env['SEED'] ?? 1)
const DOCUMENTS = Number(process.env['DOCUMENTS'] ?? 200)
const ROUNDS = Number(process.env['ROUNDS'] ?? 10)

const random = new RandomRequests(seeded(SEED))
const indices: readonly FixtureIndex[] = [random.index('r', DOCUMENTS), random.index('s', DOCUMENTS / 5)]
const documents: readonly BruteDocument[] = indices.flatMap((index) =>
  index.documents.map((document, seqNo) => ({ seqNo, document, index })),
)
let fixture: Fixture
let search: Search

beforeAll(async () => {
  fixture = await startFixture(indices)
  search = createSearch({
    lanes: fixture.lanes,
    tables: fixture.tables,
    ids: { encode: (_, seqNo) => `#${seqNo}`, decode: (_, id) => (/^#\d+$/.test(id) ? Number(id.slice(1)) : undefined) },
    now: () => performance.now(),
  })
})

afterAll(() => fixture.close())

const request = (more: Partial<EngineSearch>): EngineSearch => ({
  targets: [],
  from: 0,
  size: 0,
  sort: [],
  trackTotalHits: Infinity,
  trackScores: false,
  source: false,
  aggregations: [],
  maxBuckets: 65_536,
  timeoutMs: 30_000,
  signal: new AbortController().signal,
  ...more,
})

test('random queries find what document by document finds', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const query = random.query()
    const targets = indices.map(({ name }) => ({ schema: fixture.schema(name), query }))
    const sort = [{ field: '_doc', order: 'asc', missing: 'last', mode: 'min' }] as const
    const { hits, total } = await search.search(request({ targets, size: 2 * DOCUMENTS, sort }))
    const want = documents
      .filter((one) => matches(query, one))
      .map((one) => [indices.indexOf(one.index), one.seqNo])
      .toSorted(byArrival)
    const what = asked(round, query)
    expect({ what, found: hits.map(({ target, seqNo }) => [target, seqNo]), total: total?.value }).toEqual({
      what,
      found: want,
      total: want.length,
    })
  }
}, 120_000)

test('random trees of aggregations sum up what document by document sums up', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const query = random.query(1)
    const aggregations = random.aggregations()
    const targets = indices.map(({ name }) => ({ schema: fixture.schema(name), query }))
    const answer = await search.search(request({ targets, aggregations }))
    const want = aggregate(
      aggregations,
      documents.filter((one) => matches(query, one)),
    )
    const what = asked(round, { query, aggregations })
    expect({ what, got: plain(answer.aggregations) }).toEqual({ what, got: plain(want) })
  }
}, 120_000)

/** By sequence number, then by target: that is how equal sequence numbers of several indices are merged. */
function byArrival([a = 0, b = 0]: readonly number[], [c = 0, d = 0]: readonly number[]): number {
  return b - d || a - c
}

/** What failed, so that it can be asked again. */
function asked(round: number, what: object): string {
  return `seed ${SEED}, round ${round}: ${JSON.stringify(what, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))}`
}

/** Results as plain values, numbers to 10 digits: sums are not added in the same order. */
function plain(results: AggregationResults): unknown {
  return Object.fromEntries(
    [...results].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, result]) => [name, plainResult(result)]),
  )
}

function plainResult(result: AggregationResult): unknown {
  switch (result.kind) {
    case 'buckets': {
      const buckets = result.buckets.map(({ key, docCount, children }) => ({ key, docCount, ...(plain(children) as object) }))
      return { buckets, other: result.otherDocCount ?? 0 }
    }
    case 'single':
      return { docCount: result.docCount, ...(plain(result.children) as object) }
    case 'value':
      return rounded(result.value)
    case 'stats':
      return [result.count, result.min, result.max, result.sum].map(rounded)
    case 'percentiles':
      return result.values.map(rounded)
    default:
      return result
  }
}

function rounded(value: number | null): string | null {
  return value === null ? null : (value + 0).toPrecision(10)
}
