import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differences, loadCompatFiles, runStep, type CompatCall, type CompatServer } from './support/compat.ts'
import { startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

// COMPAT_URL=http://127.0.0.1:9200 runs the files against a server that is there: OpenSearch unless COMPAT_SERVER=elkhorn.
const { COMPAT_URL: url, COMPAT_SERVER: named = 'opensearch', COMPAT_AUTHORIZATION: authorization } = process.env
const server: CompatServer = url === undefined || named === 'elkhorn' ? 'elkhorn' : 'opensearch'

let elkhorn: RunningElkhorn | undefined
let folder: string | undefined
let call: CompatCall
beforeAll(async () => {
  if (url === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'elkhorn-compat-'))
    const started = await startElkhorn(folder)
    elkhorn = started
    call = (method, path, body) => started.call(method, path, body)
  } else call = callServer(url)
})
afterAll(async () => {
  await elkhorn?.stop()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

const callServer =
  (base: string): CompatCall =>
  async (method, path, body) => {
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(base + path, {
      method,
      headers: {
        ...(text === undefined ? {} : { 'content-type': type }),
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(text === undefined ? {} : { body: text }),
    })
    return { status: answer.status, json: await answer.json() }
  }

describe.each(loadCompatFiles().filter(({ servers }) => servers.includes(server)))('$name', ({ cleanup, setup, tests }) => {
  const clear = async (): Promise<void> => {
    for (const request of cleanup) {
      const [method = '', path = ''] = request.split(' ')
      await call(method, path)
    }
  }
  beforeAll(async () => {
    await clear()
    for (const step of setup) {
      const problems = await runStep(step, call)
      if (problems.length > 0) throw new Error(problems.join('\n'))
    }
  })
  afterAll(clear)

  test.each(tests.filter(({ servers }) => servers?.includes(server) ?? true))('$name', async ({ steps }) => {
    for (const step of steps) expect(await runStep(step, call)).toEqual([])
  })
})

test.each([
  { name: 'members that are not named may be there', actual: { a: 1, b: 2 }, wanted: { a: 1 }, count: 0 },
  { name: 'a list has to be as long', actual: { a: [1, 2] }, wanted: { a: [1] }, count: 1 },
  { name: 'a regular expression', actual: 'index [x]', wanted: '/^index \\[.\\]$/', count: 0 },
  { name: 'numbers to the sixth digit', actual: [1.00000001, 2], wanted: [1, 3], count: 1 },
  { name: 'what is not there', actual: {}, wanted: { a: { b: 1 } }, count: 1 },
])('a comparison: $name', ({ actual, wanted, count }) => {
  expect(differences(actual, wanted, '')).toHaveLength(count)
})
