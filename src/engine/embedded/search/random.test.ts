import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AggregationResult, AggregationResults } from '../../../query/aggregation.ts'
import type { EngineSearch, EngineSearchResult } from '../../engine.ts'
import { SEARCH_LIMITS, type SearchLimits } from './limits.ts'
import { createSearch, type Search } from './search.ts'
import { aggregate, type BruteDocument, matches } from './testing/brute-force.ts'
import { type Fixture, type FixtureIndex, startFixture } from './testing/fixture.ts'
import { RandomRequests, seeded } from './testing/random-requests.ts'

const SEED = Number(process.env['SEED'] ?? 1)
const DOCUMENTS = Number(process.env['DOCUMENTS'] ?? 200)
const ROUNDS = Number(process.env['ROUNDS'] ?? 10)

const random = new RandomRequests(seeded(SEED))
const indices: readonly FixtureIndex[] = [
  random.index('r', DOCUMENTS, { other: false }),
  random.index('s', DOCUMENTS / 5, { other: true }),
]
const documents: readonly BruteDocument[] = indices.flatMap((index) =>
  index.documents
    .map((document, seqNo) => ({ seqNo, document, index }))
    .filter(({ document }) => document.superseded === undefined),
)
let fixture: Fixture
let searches: readonly Search[]

/** Low enough for every other way to be taken. */
const LOW_LIMITS: SearchLimits = {
  ...SEARCH_LIMITS,
  groups: 20,
  heavyGroups: 5,
  scoredDocuments: 10,
  minuteRows: 0,
  finerGroupRows: 0,
  pageRows: 0,
}

beforeAll(async () => {
  fixture = await startFixture(indices)
  searches = [SEARCH_LIMITS, LOW_LIMITS].map((limits) =>
    createSearch({
      lanes: fixture.lanes,
      tables: fixture.tables,
      ids: { encode: (_, seqNo) => `#${seqNo}`, decode: (_, id) => (/^#\d+$/.test(id) ? Number(id.slice(1)) : undefined) },
      now: () => performance.now(),
      limits,
    }),
  )
})

/** The usual limits and low ones, in turns. */
async function ask(round: number, more: Partial<EngineSearch>): Promise<EngineSearchResult> {
  const search = searches[round % searches.length]
  if (search === undefined) throw new Error('nothing is started')
  return search.search(request(more))
}

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
  timeoutMs: 120_000,
  signal: new AbortController().signal,
  ...more,
})

test('random queries find what document by document finds', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const query = random.query()
    const targets = indices.map(({ name }) => ({ schema: fixture.schema(name), query }))
    const sort = [{ field: '_doc', order: 'asc', missing: 'last', mode: 'min' }] as const
    const { hits, total } = await ask(round, { targets, size: 2 * DOCUMENTS, sort })
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
    // Samples are taken of the best: here all are.
    const query = { kind: 'constant_score', query: random.query(1) } as const
    const aggregations = random.aggregations()
    const targets = indices.map(({ name }) => ({ schema: fixture.schema(name), query }))
    const answer = await ask(round, { targets, aggregations })
    const matching = documents.filter((one) => matches(query, one))
    const want = aggregate(aggregations, matching, documents)
    const what = asked(round, { query, aggregations })
    expect({ what, got: plain(answer.aggregations), total: answer.total?.value }).toEqual({
      what,
      got: plain(want),
      total: matching.length,
    })
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
      const buckets = result.buckets.map(({ key, keys, docCount, children }) => ({
        key: keys ?? key,
        docCount,
        ...(plain(children) as object),
      }))
      return { buckets, other: result.otherDocCount ?? 0, interval: result.interval }
    }
    case 'single':
      return { docCount: result.docCount, ...(plain(result.children) as object) }
    case 'value':
      return rounded(result.value)
    case 'stats':
      return [result.count, result.min, result.max, result.sum].map(rounded)
    case 'percentiles':
      return result.values.map(rounded)
    case 'extended_stats':
      return [result.count, result.min, result.max, result.sum, result.sumOfSquares].map(rounded)
    case 'matrix_stats':
      return [result.moments.count, result.moments.means, result.moments.seconds, ...result.moments.products].flat().map(coarse)
    case 'boxplot':
      return result.box && [result.box.min, result.box.max, ...result.box.quartiles, ...result.box.whiskers].map(rounded)
    case 'string_stats':
      return { ...result, characters: [...result.characters].toSorted(([a], [b]) => (a < b ? -1 : 1)) }
    case 'geo_centroid':
      return [result.count, rounded(result.center?.lat ?? null), rounded(result.center?.lon ?? null)]
    default:
      return result
  }
}

/** Where large numbers cancel out, fewer digits are left. */
function coarse(value: number): string {
  return (Math.round(value * 1e7) / 1e7 + 0).toPrecision(9)
}

function rounded(value: number | null): string | null {
  return value === null ? null : (value + 0).toPrecision(10)
}
