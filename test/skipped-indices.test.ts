import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

interface Answer {
  readonly _shards: Readonly<Record<'total' | 'successful' | 'skipped' | 'failed', number>>
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly { readonly _index: string }[] }
  readonly aggregations?: Readonly<Record<string, unknown>>
}

/** One more than are searched without a look at what can match. */
const DAYS = 129
const FIRST = Date.UTC(2026, 0, 1)
const dayOf = (day: number): string => new Date(FIRST + day * 86_400_000).toISOString().slice(0, 10)

describe('of many indices those that cannot match are skipped', () => {
  let elkhorn: RunningElkhorn
  const folder = mkdtempSync(join(tmpdir(), 'elkhorn-skipped-'))
  beforeAll(async () => {
    elkhorn = await startElkhorn(folder, ['--no-sample'])
    const lines = Array.from({ length: DAYS }, (_, day) => [
      { create: { _index: `days-${dayOf(day)}` } },
      { '@timestamp': `${dayOf(day)}T12:00:00Z`, day, host: day % 2 === 0 ? 'even' : 'odd' },
    ])
    const body = lines.flat().map((line) => `${JSON.stringify(line)}\n`)
    const { json } = await elkhorn.call('POST', '/_bulk?refresh=true', body.join(''))
    if ((json as { readonly errors: boolean }).errors) throw new Error(`some documents were refused: ${JSON.stringify(json)}`)
  })
  afterAll(async () => {
    await elkhorn.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const since = (day: number): object => ({ range: { '@timestamp': { gte: dayOf(day) } } })
  const ask = async (body: object, names = 'days-*'): Promise<Answer> =>
    (await elkhorn.call('POST', `/${names}/_search`, body)).json

  test('a query of one day asks one index', async () => {
    const { _shards, hits, aggregations } = await ask({
      query: { bool: { filter: [since(DAYS - 1)] } },
      sort: [{ day: 'desc' }],
      aggs: { hosts: { terms: { field: 'host.keyword' } } },
    })
    expect(_shards).toEqual({ total: DAYS, successful: DAYS, skipped: DAYS - 1, failed: 0 })
    expect(hits.total.value).toBe(1)
    expect(hits.hits[0]?._index).toBe(`days-${dayOf(DAYS - 1)}`)
    expect(aggregations?.['hosts']).toMatchObject({ buckets: [{ key: 'even', doc_count: 1 }] })
  })

  test('nothing found has the shape of an answer', async () => {
    const { _shards, hits, aggregations } = await ask({ query: since(400), aggs: { most: { max: { field: 'day' } } } })
    expect(_shards.skipped).toBe(DAYS - 1)
    expect(hits.total.value).toBe(0)
    expect(aggregations).toEqual({ most: { value: null } })
  })

  test.each([
    ['all documents', { aggs: { all: { global: {} } } }, { all: { doc_count: DAYS } }],
    [
      'terms without documents',
      { aggs: { hosts: { terms: { field: 'host.keyword', min_doc_count: 0 } } } },
      {
        hosts: {
          buckets: [
            { key: 'even', doc_count: 1 },
            { key: 'odd', doc_count: 0 },
          ],
        },
      },
    ],
  ])('who asks for %s asks every index', async (_, aggs, expected) => {
    const { _shards, aggregations } = await ask({ size: 0, query: since(DAYS - 1), ...aggs })
    expect(_shards.skipped).toBe(0)
    expect(aggregations).toMatchObject(expected)
  })

  test('a field that the request defines decides about no index', async () => {
    const runtime = { doubled: { type: 'long', script: "emit(doc['day'].value * 2)" } }
    const { _shards, hits } = await ask({ runtime_mappings: runtime, query: { term: { doubled: 2 * (DAYS - 1) } } })
    expect(_shards.skipped).toBe(0)
    expect(hits.hits.map(({ _index }) => _index)).toEqual([`days-${dayOf(DAYS - 1)}`])
  })

  test('fewer indices are all asked', async () => {
    const { _shards, hits } = await ask({ query: since(DAYS - 1) }, `days-*,-days-${dayOf(0)}`)
    expect(_shards).toEqual({ total: DAYS - 1, successful: DAYS - 1, skipped: 0, failed: 0 })
    expect(hits.total.value).toBe(1)
  })
})
