import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALWAYS } from '../query/condition.ts'
import { createStatements } from '../statement.ts'
import { type Fixture, startFixture } from '../testing/fixture.ts'
import { loadSources } from './page.ts'

let fixture: Fixture

beforeAll(async () => {
  const documents = ['one', 'two', 'three'].map((word) => ({ values: { word }, source: word }))
  fixture = await startFixture([{ name: 'a', fields: { word: { type: 'keyword' } }, documents }])
})

afterAll(() => fixture.close())

test.each([
  { name: 'where it lay', places: [{ seqNo: 1, row: 1 }] },
  { name: 'elsewhere since a merge', places: [{ seqNo: 1, row: 7 }] },
  { name: 'where another lies since a merge', places: [{ seqNo: 1, row: 2 }] },
  { name: 'nobody knows where', places: [{ seqNo: 1 }] },
])('a source is found $name', async ({ places }) => {
  const { lanes } = fixture
  const signal = new AbortController().signal
  const now = (): number => performance.now()
  const statements = createStatements({ lanes, lane: 'reader', signal, timeoutMs: 10_000, now, memoryBytes: 1e8 })
  const sources = await loadSources({ layout: fixture.layout('a') }, places, ALWAYS, statements)
  expect([...sources].map(([seqNo, source]) => [seqNo, Buffer.from(source).toString()])).toEqual([[1, 'two']])
})
