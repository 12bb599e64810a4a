import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EngineSearch } from '../../../engine.ts'
import { SEARCH_LIMITS } from '../limits.ts'
import { createSearch, type Search } from '../search.ts'
import { type Fixture, startFixture } from '../testing/fixture.ts'
import { scoreCases, scoreIndex } from '../testing/score-cases.ts'

/** What OpenSearch 2.19.1 answered, with these documents in one segment; `test/record-scores.test.ts` asks it again. */
const recorded = JSON.parse(readFileSync(new URL('scores.recorded.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly (readonly [id: string, score: number])[]>
>

let fixture: Fixture
let searches: readonly { readonly name: string; readonly search: Search }[]

beforeAll(async () => {
  fixture = await startFixture([scoreIndex])
  const options = {
    lanes: fixture.lanes,
    tables: fixture.tables,
    ids: { encode: (_: string, seqNo: number) => `#${seqNo}`, decode: () => undefined },
    now: () => performance.now(),
  }
  searches = [
    { name: 'all scored', search: createSearch(options) },
    { name: 'only the best', search: createSearch({ ...options, limits: { ...SEARCH_LIMITS, scoredDocuments: 0 } }) },
  ]
})

afterAll(() => fixture.close())

describe.each(scoreCases)('$name', ({ name, query }) => {
  test('scores as OpenSearch scores', async () => {
    const want = recorded[name]
    if (want === undefined) throw new Error(`nothing was recorded for ${name}`)
    const request: EngineSearch = {
      targets: [{ schema: fixture.schema('scores'), query }],
      from: 0,
      size: 20,
      sort: [],
      trackTotalHits: Infinity,
      trackScores: false,
      source: false,
      aggregations: [],
      maxBuckets: 65_536,
      timeoutMs: 10_000,
      signal: new AbortController().signal,
    }
    for (const { name: way, search } of searches) {
      const { hits } = await search.search(request)
      // The very same 32-bit floats.
      const got = hits.map(({ id, score }) => [id, score])
      expect({ way, got }).toEqual({ way, got: want.map(([id, score]) => [id, Math.fround(score)]) })
    }
  })
})
