import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MEMORY_GROWTH_BYTES, runFuzz } from '../bench/fuzz/run-fuzz.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** A short run of `npm run fuzz`; `SEED` makes it another one. */
const REQUESTS = 1500
const SEED = Number(process.env['SEED'] ?? 1)

let folder: string
let elkhorn: RunningElkhorn

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-fuzz-'))
  elkhorn = await startElkhorn(join(folder, 'data'))
})
afterAll(async () => {
  await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

test('hostile requests are all answered, without a fault of the server, and it stays as it was', async () => {
  const target = { url: elkhorn.url, auth: `elastic:${PASSWORD}`, pid: elkhorn.pid }
  const { requests, failures, memory } = await runFuzz(target, { requests: REQUESTS, seed: SEED })
  const shown = failures.map(
    ({ request, what }) => `${what}: ${request.method} ${request.target} ${request.body?.toString() ?? ''}`,
  )
  expect(shown).toEqual([])
  expect(requests).toBe(REQUESTS)
  expect(memory.after - memory.before).toBeLessThan(MEMORY_GROWTH_BYTES)
}, 600_000)
