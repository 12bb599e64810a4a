import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { saveSecrets } from '../config/keystore.ts'
import { openVariables } from '../config/variables.ts'
import type { BulkOperation } from '../core/bulk.ts'
import { ElkhornError } from '../core/errors.ts'
import type { Fields } from '../core/event.ts'
import { silentLog } from '../core/log.ts'
import { examplePlatform } from '../plugins/test-context.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { createPipelines, type Pipelines } from './pipelines.ts'

let folder = ''
let pipelines: Pipelines
let stored: Fields[]
/** Ids that the store refuses. */
let refused: Set<string>

beforeAll(loadOniguruma)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reload-'))
  stored = []
  refused = new Set()
})
afterEach(async () => {
  await pipelines.stop()
  await rm(folder, { recursive: true })
})

const write = (operations: readonly BulkOperation[]) =>
  Promise.resolve(
    operations.map(({ source, target, id = '' }) => {
      const document = JSON.parse(Buffer.from(source ?? []).toString()) as Fields
      if (refused.has(String(document['message'])))
        return { result: 'failed' as const, index: target, id, error: new ElkhornError('mapper_parsing_exception', 400, 'no') }
      stored.push(document)
      return { result: 'created' as const, index: target, id, version: 1, seqNo: 0, primaryTerm: 1 }
    }),
  )

async function start(): Promise<void> {
  pipelines = createPipelines({
    platform: { ...examplePlatform, log: silentLog, dataDir: join(folder, 'data'), write },
    config: { path: folder, compat: 'lenient', storeHosts: ['elasticsearch'], brokerHosts: [], storePorts: [], brokerPorts: [] },
    variables: await openVariables(join(folder, 'elkhorn.keystore'), {}),
    settings: { batchDelayMs: 1 },
  })
  await pipelines.start()
}

const STORE = 'output { elasticsearch { hosts => "elasticsearch" index => "x" data_stream => false } }'
const put = (name: string, text: string) => writeFile(join(folder, name), text)
const tagged = (tag: string, more = '') =>
  `${more}input { http { port => 0 } }\nfilter { mutate { add_tag => "${tag}" } }\n${STORE}`
const post = (message: string) => fetch(`http://127.0.0.1:${pipelines.ports.get('p/http_1')}`, { method: 'POST', body: message })

test('filters change while events come in: the port stays, and every one is stored once', async () => {
  await put('p.conf', tagged('before'))
  await start()
  const port = pipelines.ports.get('p/http_1')
  const statuses: number[] = []
  const done = new AbortController()
  const send = async (name: string): Promise<void> => {
    for (let n = 0; !done.signal.aborted; n++) statuses.push((await post(`${name}-${n}`)).status)
  }
  const senders = ['a', 'b', 'c'].map(send)
  await expect.poll(() => stored.length).toBeGreaterThan(20)
  // A line above the input moves it, and changes nothing about it.
  await put('p.conf', tagged('after', '# changed\n'))
  await pipelines.reload()
  const seen = stored.length
  await expect.poll(() => stored.length).toBeGreaterThan(seen + 20)
  done.abort()
  await Promise.all(senders)
  expect(pipelines.ports.get('p/http_1')).toBe(port)
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(new Set(stored.map(({ message }) => message)).size).toBe(statuses.length)
  expect(stored).toHaveLength(statuses.length)
  expect(stored[0]?.['tags']).toEqual(['before'])
  expect(stored.at(-1)?.['tags']).toEqual(['after'])
  expect(pipelines.states.get('p')?.reloads).toMatchObject({ successes: 1, failures: 0 })
})

test('a file that is wrong now changes nothing; new pipelines start, and those that are gone stop', async () => {
  await put('p.conf', tagged('before'))
  await start()
  await put('p.conf', 'filter { mutaet {} }')
  await put('q.conf', `input { generator { count => 1 message => "from q" } } ${STORE}`)
  await pipelines.reload()
  expect((await post('still there')).status).toBe(200)
  expect(stored.map(({ message }) => message)).toEqual(expect.arrayContaining(['from q', 'still there']))
  expect(pipelines.states.get('p')).toMatchObject({ state: 'running', reloads: { failures: 1 } })
  expect(pipelines.states.get('p')?.reloads.lastError).toContain('did you mean [mutate]?')
  await rm(join(folder, 'q.conf'))
  await put('p.conf', tagged('after'))
  await pipelines.reload()
  expect([...pipelines.states.keys()]).toEqual(['p'])
  await post('now')
  expect(stored.at(-1)).toMatchObject({ message: 'now', tags: ['after'] })
})

test('pipelines.yml names pipelines with their files and settings, and may change, too', async () => {
  await put('1-in.conf', 'input { generator { count => 1 } }')
  await put('2-out.conf', STORE)
  const file = (workers: number) =>
    `- pipeline.id: joined\n  path.config: "?-*.conf"\n  pipeline.workers: ${workers}\n- pipeline.id: gone\n  path.config: nowhere\n`
  await put('pipelines.yml', file(1))
  await start()
  await expect.poll(() => stored).toHaveLength(1)
  expect([...pipelines.states.values()].map(({ id, state }) => [id, state])).toEqual(
    expect.arrayContaining([
      ['joined', 'running'],
      ['gone', 'failed'],
    ]),
  )
  await put('pipelines.yml', file(3))
  await pipelines.reload()
  const joined = pipelines.states.get('joined')
  expect(joined?.state === 'running' && joined.pipeline.settings.workers).toBe(3)
  await put('pipelines.yml', 'nothing: right')
  await pipelines.reload()
  expect(pipelines.states.get('joined')?.state).toBe('running')
})

test('what is put into the keystore counts when a pipeline is loaded anew', async () => {
  await put('p.conf', tagged('${PLANT:nowhere}'))
  await start()
  await post('one')
  await saveSecrets(join(folder, 'elkhorn.keystore'), new Map([['plant', 'hall 7']]), {})
  await put('p.conf', tagged('${PLANT:nowhere}', '# changed\n'))
  await pipelines.reload()
  await post('two')
  expect(stored.map(({ tags }) => tags)).toEqual([['nowhere'], ['hall 7']])
})

test('a persisted queue keeps what was acknowledged while the store is away', async () => {
  await put('pipelines.yml', '- pipeline.id: p\n  queue.type: persisted\n  path.config: p.conf\n')
  const away = STORE.replace('elasticsearch {', 'elasticsearch { retry_initial_interval => "1 ms"').replace(
    '"elasticsearch"',
    '"127.0.0.1:1"',
  )
  await put('p.conf', `input { http { port => 0 } }\n${away}`)
  await start()
  expect((await post('one')).status).toBe(200)
  expect(stored).toEqual([])
  await pipelines.stop()
  await put('p.conf', tagged('again'))
  await start()
  await expect.poll(() => stored).toMatchObject([{ message: 'one', tags: ['again'] }])
})

test('dead letters go to their output once more, and are gone when it takes them', async () => {
  refused.add('bad')
  await put('p.conf', tagged('t'))
  await start()
  await post('bad')
  const state = pipelines.states.get('p')
  if (state?.state !== 'running') throw new Error('the pipeline does not run')
  expect(state.pipeline.deadLetters).toMatchObject({ kept: 1 })
  // Refused again: a new letter.
  expect(await state.pipeline.replayDeadLetters()).toEqual({ replayed: 1 })
  expect(state.pipeline.deadLetters).toMatchObject({ kept: 2 })
  refused.clear()
  expect(await state.pipeline.replayDeadLetters()).toEqual({ replayed: 1 })
  expect(stored).toMatchObject([{ message: 'bad', tags: ['t'] }])
  expect(await state.pipeline.replayDeadLetters()).toEqual({ replayed: 0 })
})
