import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { scoreCases, scoreIndex, scoreMappings } from '../src/engine/embedded/search/testing/score-cases.ts'

const RECORD = new URL('../src/engine/embedded/search/score/scores.recorded.json', import.meta.url)
const url = process.env['OPENSEARCH_URL']

/** With OPENSEARCH_URL: checks that the record still is what the server answers; with RECORD=1, too: makes it anew. */
test.skipIf(url === undefined)('a real server scores as recorded', async () => {
  const call = async (method: string, path: string, body?: string): Promise<unknown> => {
    const headers = { 'content-type': path.endsWith('_bulk') ? 'application/x-ndjson' : 'application/json' }
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body }) })
    if (!answer.ok && method !== 'DELETE') throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
  await call('DELETE', '/scores')
  const settings = { number_of_shards: 1, number_of_replicas: 0, refresh_interval: -1 }
  await call('PUT', '/scores', JSON.stringify({ settings, mappings: scoreMappings }))
  const lines = scoreIndex.documents.flatMap(({ id, values }) => [JSON.stringify({ index: { _id: id } }), JSON.stringify(values)])
  await call('POST', '/scores/_bulk', `${lines.join('\n')}\n`)
  await call('POST', '/scores/_refresh')
  await call('POST', '/scores/_forcemerge?max_num_segments=1')

  const answers: Record<string, [string, number][]> = {}
  for (const { name, dsl } of scoreCases) {
    const answer = (await call('POST', '/scores/_search', JSON.stringify({ query: dsl, size: 20, _source: false }))) as {
      readonly hits: { readonly hits: readonly { readonly _id: string; readonly _score: number }[] }
    }
    answers[name] = answer.hits.hits.map(({ _id, _score }) => [_id, _score])
  }
  if (process.env['RECORD'] === '1') {
    const entries = Object.entries(answers).map(([name, hits]) => `  ${JSON.stringify(name)}: ${JSON.stringify(hits)}`)
    writeFileSync(RECORD, `{\n${entries.join(',\n')}\n}\n`)
  }
  expect(answers).toEqual(JSON.parse(readFileSync(RECORD, 'utf8')))
})
