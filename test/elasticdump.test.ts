import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchNpmFolder } from './support/fetched-packages.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// elasticdump carries an index away and puts it back under another name: settings, mapping, documents.

const dump = await fetchNpmFolder('elasticdump', '6.125.1')
if (dump === undefined) process.stderr.write('skipped: elasticdump could not be had\n')

const folder = mkdtempSync(join(tmpdir(), 'elkhorn-dump-'))
let elkhorn: RunningElkhorn
beforeAll(async () => {
  elkhorn = await startElkhorn(folder)
}, 120_000)
afterAll(async () => {
  await elkhorn?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test.skipIf(dump === undefined)('elasticdump dumps and restores an index', { timeout: 200_000 }, async () => {
  const sources = Array.from({ length: 1000 }, (_, n) => ({ n, device: `dev-${n % 9}`, note: `"zäöü" ${n}` }))
  await elkhorn.call('PUT', '/before', {
    settings: { number_of_replicas: 0, analysis: { normalizer: { low: { type: 'custom', filter: ['lowercase'] } } } },
    mappings: { properties: { n: { type: 'integer' }, device: { type: 'keyword', normalizer: 'low' }, note: { type: 'text' } } },
  })
  const lines = sources.flatMap((source) => [{ index: { _index: 'before', _id: `r${source.n}` } }, source])
  await elkhorn.call('POST', '/_bulk?refresh=true', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)

  const address = elkhorn.url.replace('://', `://elastic:${PASSWORD}@`)
  for (const type of ['analyzer', 'mapping', 'data']) {
    const file = join(folder, `${type}.json`)
    await run(`--input=${address}/before`, `--output=${file}`, `--type=${type}`, '--limit=300')
    await run(`--input=${file}`, `--output=${address}/after`, `--type=${type}`, '--limit=300')
  }

  await elkhorn.call('POST', '/after/_refresh')
  const read = async (index: string): Promise<unknown> => {
    const { json: found } = await elkhorn.call('POST', `/${index}/_search`, { size: 1000, sort: ['n'] })
    const { json: mapping } = await elkhorn.call('GET', `/${index}/_mapping`)
    const { hits } = found as { hits: { hits: { _id: string; _source: unknown }[] } }
    return { mapping: mapping[index], documents: hits.hits.map(({ _id, _source }) => ({ _id, _source })) }
  }
  const after = await read('after')
  expect(after).toEqual(await read('before'))
  expect(after).toMatchObject({ documents: { length: 1000 } })
})

async function run(...args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [join(dump ?? '', 'node_modules/elasticdump/bin/elasticdump'), ...args])
}
