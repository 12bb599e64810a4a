import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMemoryApi } from './support/memory-api.ts'
import { startElkhorn } from './support/start-elkhorn.ts'

// What OpenSearch 2.19 answered to searches over small indices, and what both engines have to answer, too. A file of
// `recorded/` is one index: the requests that make it, and its searches.

interface Recorded {
  readonly setup: readonly (readonly [method: string, path: string, body?: unknown])[]
  readonly cases: readonly { readonly name: string; readonly path: string; readonly body: unknown; readonly want: unknown }[]
}

interface Answer {
  readonly error: { readonly root_cause: readonly { readonly reason: string; readonly type: string }[] }
  readonly hits: {
    readonly total?: { readonly value: number }
    readonly max_score: number | null
    readonly hits: readonly object[]
  }
  readonly aggregations?: unknown
  readonly suggest?: unknown
}

interface Api {
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: unknown }>
  stop(): Promise<void>
}

const recordings = new URL('recorded/', import.meta.url)
const files = readdirSync(recordings).sort()
const read = (file: string): Recorded => JSON.parse(readFileSync(new URL(file, recordings), 'utf8')) as Recorded

async function startWhole(): Promise<Api> {
  const folder = mkdtempSync(join(tmpdir(), 'elkhorn-recorded-'))
  const elkhorn = await startElkhorn(folder)
  return {
    call: (method, path, body) => elkhorn.call(method, path, body),
    stop: async () => {
      await elkhorn.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

describe.each([
  { name: 'in memory', start: (): Promise<Api> => startMemoryApi() },
  { name: 'embedded', start: startWhole },
])('$name', ({ start }) => {
  let api: Api

  beforeAll(async () => {
    api = await start()
    for (const file of files) {
      for (const [method, path, body] of read(file).setup) {
        const { status, json } = await api.call(method, path, body)
        if (status >= 300) throw new Error(`${method} ${path} of ${file} answers ${JSON.stringify(json)}`)
      }
    }
  }, 120_000)

  afterAll(() => api.stop())

  describe.each(files)('%s', (file) => {
    test.each(read(file).cases)('$name', async ({ path, body, want }) => {
      const { status, json } = await api.call('POST', path, body)
      expect(rounded(shortened(status, json))).toEqual(rounded(want))
    })
  })
})

/** The parts of an answer that the recordings keep. */
function shortened(status: number, json: unknown): unknown {
  const { error, hits, aggregations, suggest } = json as Answer
  if (status >= 400) return { status, reason: error.root_cause[0]?.reason, type: error.root_cause[0]?.type }
  const withoutIndex = (hit: object): object => Object.fromEntries(Object.entries(hit).filter(([name]) => name !== '_index'))
  return { total: hits.total?.value, max: hits.max_score, hits: hits.hits.map(withoutIndex), aggregations, suggest }
}

/** Numbers to six digits: sums come in another order. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) => (typeof one === 'number' ? Number(one.toPrecision(6)) : one)),
  ) as unknown
}
