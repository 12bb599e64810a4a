import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AGGREGATION_EXAMPLES } from '../src/query/aggs/examples.ts'
import { QUERY_EXAMPLES } from '../src/query/dsl/examples.ts'
import { QUERY_NAMES } from '../src/query/dsl/parse-query.ts'
import { REFERENCE_FIELDS } from '../src/query/reference-fields.ts'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// What docs/reference/search.md shows works: every example is asked of the whole program.

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-reference-'))
let elkhorn: RunningElkhorn

/** All examples of queries were written to find it. */
const machine = {
  '@timestamp': new Date(Date.now() - 60_000).toISOString(),
  device: 'press-07',
  line: 'press',
  tags: ['hot', 'loud'],
  required: 2,
  ok: false,
  temperature: 85,
  count: 3,
  title: 'bearing',
  message: 'bearing worn',
  ip: '10.1.2.3',
  location: { lat: 52.52, lon: 13.4 },
  area: { type: 'Point', coordinates: [13.4, 52.5] },
  importance: 12,
  relation: { name: 'machine', parent: '2' },
  rule: { range: { temperature: { gte: 80 } } },
  parts: [{ name: 'bearing', hours: 1200 }],
}
const other = {
  ...machine,
  '@timestamp': '2024-01-01T00:00:00Z',
  device: 'mill-1',
  line: 'mill',
  temperature: 20,
  ok: true,
  relation: 'site',
}
const part = { title: 'gear', relation: { name: 'part', parent: '1' } }

beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
  await elkhorn.call('PUT', '/factory', { mappings: { properties: REFERENCE_FIELDS } })
  for (const [id, document] of [machine, other, part].entries())
    await elkhorn.call('PUT', `/factory/_doc/${id + 1}?refresh=true&routing=1`, document)
}, 120_000)
afterAll(async () => {
  await elkhorn?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.each(QUERY_NAMES)('query [%s]', async (name) => {
  const { json } = await elkhorn.call('POST', '/factory/_search?filter_path=hits.hits._id,error', {
    query: { [name]: QUERY_EXAMPLES[name].body },
  })
  const { hits = { hits: [] }, error } = json as { hits?: { hits: { _id: string }[] }; error?: unknown }
  const found = hits.hits.some(({ _id }) => _id === '1')
  expect({ error, found }).toEqual({ error: undefined, found: name !== 'match_none' })
})

test.each(Object.entries(AGGREGATION_EXAMPLES))('aggregation [%s]', async (_, { aggs }) => {
  const { json } = await elkhorn.call('POST', '/factory/_search', { size: 0, aggs })
  const { aggregations = {}, error } = json as { aggregations?: object; error?: unknown }
  expect({ error, names: Object.keys(aggregations).toSorted() }).toEqual({
    error: undefined,
    names: Object.keys(aggs).toSorted(),
  })
})
