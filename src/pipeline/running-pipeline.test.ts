import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { BulkOperation, BulkOutcome } from '../core/bulk.ts'
import { ElkhornError } from '../core/errors.ts'
import { createEvent, type Event, type Fields } from '../core/event.ts'
import { silentLog } from '../core/log.ts'
import type { Platform } from '../plugins/context.ts'
import { hostAliases } from '../plugins/host-aliases.ts'
import { PipelineBus } from '../plugins/pipeline-bus.ts'
import { defineFilter, defineInput, type EventSink } from '../plugins/plugin.ts'
import { pluginTables } from '../plugins/tables.ts'
import { EXAMPLE_NOW, examplePlatform } from '../plugins/test-context.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { compileSource } from './compile-source.ts'
import { RunningPipeline } from './running-pipeline.ts'
import { defaultPipelineSettings, type PipelineSettings } from './settings.ts'

let folder = ''
beforeAll(async () => {
  await loadOniguruma()
  folder = await mkdtemp(join(tmpdir(), 'pipeline-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Where a test hands over its events. */
interface Tap {
  sink: EventSink | undefined
}

const tapInput = (tap: Tap) =>
  defineInput({
    name: 'tap',
    summary: 'Hands over what a test gives it.',
    config: z.strictObject({}),
    examples: [],
    defaultCodec: 'plain',
    create: () => ({
      start(sink) {
        tap.sink = sink
        return Promise.resolve()
      },
      stop: () => Promise.resolve(),
    }),
  })

/** Holds every event back and gives it again when the pipeline stops. */
const hold = defineFilter({
  name: 'hold',
  summary: 'Keeps events until the pipeline stops.',
  config: z.strictObject({}),
  examples: [],
  create() {
    const held: Event[] = []
    return {
      process(event) {
        held.push(createEvent({ ...event.fields, held: true }))
        return 'cancelled'
      },
      drain: () => held,
    }
  },
})

interface Setup {
  readonly text: string
  readonly write?: Platform['write']
  readonly settings?: Partial<PipelineSettings>
}

const created = (operation: BulkOperation): BulkOutcome => ({
  result: 'created',
  index: operation.target,
  id: operation.id ?? 'generated',
  version: 1,
  seqNo: 0,
  primaryTerm: 1,
})

function setUp({ text, write, settings }: Setup) {
  const tap: Tap = { sink: undefined }
  const tables = { ...pluginTables, inputs: [...pluginTables.inputs, tapInput(tap)], filters: [...pluginTables.filters, hold] }
  const compiled = compileSource(
    { id: 'p', files: [{ name: 'p.conf', text }] },
    { tables, lenient: true, supportEscapes: false, lookUp: () => undefined },
  )
  if (compiled.graph === undefined) throw new Error(compiled.errors.map((error) => error.describe()).join('\n'))
  const written: BulkOperation[] = []
  const store: Platform['write'] = (operations) => {
    written.push(...operations)
    return Promise.resolve(operations.map(created))
  }
  const platform: Platform = { ...examplePlatform, log: silentLog, dataDir: folder, write: write ?? store }
  const pipeline = new RunningPipeline({
    id: 'p',
    graph: compiled.graph,
    settings: { ...defaultPipelineSettings, batchDelayMs: 1, ...settings },
    platform,
    bus: new PipelineBus(),
    hosts: hostAliases({ storeHosts: ['elasticsearch'], brokerHosts: [], storePorts: [9200], brokerPorts: [], lenient: true }),
    lenient: true,
    stopLimitMs: 50,
    warn: () => undefined,
  })
  const push = (...fields: Fields[]) =>
    new Promise<void>((resolve, reject) =>
      tap.sink?.push(
        fields.map((one) => createEvent(one)),
        (error) => (error === undefined ? resolve() : reject(error)),
      ),
    )
  const documents = () => written.map(({ source }) => JSON.parse(Buffer.from(source ?? []).toString()) as Fields)
  return { pipeline, push, written, documents, tap }
}

test('an event is acknowledged when it is written, and looks as Logstash makes it', async () => {
  const { pipeline, push, written, documents } = setUp({
    text: 'input { tap { type => "t" tags => ["x"] add_field => { "[site][name]" => "porto" } } } output { elasticsearch { hosts => "https://elasticsearch:9200" index => "iot-%{+YYYY.MM.dd}" } }',
  })
  await pipeline.start()
  await push({ a: 1 }, { '@timestamp': '2024-04-30T23:59:59.5Z' }, { '@timestamp': 'never' })
  expect(written.map(({ action, target }) => [action, target])).toEqual([
    ['index', 'iot-2024.05.01'],
    ['index', 'iot-2024.04.30'],
    ['index', 'iot-2024.05.01'],
  ])
  const now = new Date(EXAMPLE_NOW).toISOString()
  const common = { '@version': '1', type: 't', site: { name: 'porto' } }
  expect(documents()).toEqual([
    { a: 1, '@timestamp': now, tags: ['x'], ...common },
    { '@timestamp': '2024-04-30T23:59:59.500Z', tags: ['x'], ...common },
    { '@timestamp': now, '_@timestamp': 'never', tags: ['_timestampparsefailure', 'x'], ...common },
  ])
  await pipeline.stop()
  expect(pipeline.counts).toMatchObject({ in: 3, filtered: 3, out: 3 })
})

test('branches keep the order, drops settle, and each output gets its own', async () => {
  const { pipeline, push, documents } = setUp({
    text: `
      input { tap {} }
      filter {
        if [n] == 1 { mutate { add_tag => "one" } }
        else if [n] in [2, 3] { mutate { add_field => { "m" => "%{n}" } } drop {} }
        else { mutate { rename => { "n" => "rest" } } }
        mutate { add_tag => "all" }
      }
      output { if "one" in [tags] { elasticsearch { hosts => "elasticsearch" index => "one" } } else { elasticsearch { hosts => "elasticsearch" index => "rest" } } }`,
  })
  await pipeline.start()
  await push({ n: 4 }, { n: 1 }, { n: 2 }, { n: 5 }, { n: 1 })
  expect(documents().map(({ n, rest, tags }) => [n, rest, tags])).toEqual(
    expect.arrayContaining([
      [1, undefined, ['one', 'all']],
      [undefined, 4, ['all']],
      [undefined, 5, ['all']],
    ]),
  )
  expect(documents()).toHaveLength(4)
  await push({ n: 2 })
  await pipeline.stop()
  expect(pipeline.plugins.filters.map(({ name, in: count, out }) => [name, count, out])).toEqual([
    ['mutate', 2, 2],
    ['mutate', 2, 2],
    ['drop', 2, 0],
    ['mutate', 2, 2],
    ['mutate', 4, 4],
  ])
})

test('what a filter holds comes out when the pipeline stops, and runs through what follows', async () => {
  const { pipeline, push, documents } = setUp({
    text: 'input { tap {} } filter { if [a] { hold {} mutate { add_tag => "inner" } } mutate { add_tag => "outer" } } output { elasticsearch { hosts => "elasticsearch" index => "x" } }',
  })
  await pipeline.start()
  await push({ a: 1 })
  expect(documents()).toEqual([])
  await pipeline.stop()
  expect(documents()).toMatchObject([{ a: 1, held: true, tags: ['inner', 'outer'] }])
})

test('refused for now is tried again, refused for good is a dead letter, a conflict is dropped', async () => {
  let attempts = 0
  const failed = (operation: BulkOperation, type: string, status: number): BulkOutcome => ({
    result: 'failed',
    index: operation.target,
    id: operation.id,
    error: new ElkhornError(type, status, `${type} for [${operation.id}]`),
  })
  const { pipeline, push } = setUp({
    text: 'input { tap {} } output { elasticsearch { hosts => "elasticsearch" index => "x" document_id => "%{id}" retry_initial_interval => "1 ms" } }',
    write: (operations) => {
      attempts += 1
      if (attempts === 1) return Promise.reject(new Error('the store is not there'))
      return Promise.resolve(
        operations.map((operation) => {
          if (operation.id === 'bad') return failed(operation, 'document_parsing_exception', 400)
          if (operation.id === 'twice') return failed(operation, 'version_conflict_engine_exception', 409)
          if (operation.id === 'busy' && attempts < 4) return failed(operation, 'es_rejected_execution_exception', 429)
          return created(operation)
        }),
      )
    },
  })
  await pipeline.start()
  await push({ id: 'good' }, { id: 'bad', '@metadata': 'x' }, { id: 'twice' }, { id: 'busy' })
  await pipeline.stop()
  expect(attempts).toBe(4)
  const letters = join(folder, 'dead_letter_queue', 'p')
  const lines = (await readFile(join(letters, (await readdir(letters))[0] ?? ''), 'utf8')).trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { pipeline: 'p', plugin: 'elasticsearch', reason: { type: 'document_parsing_exception', status: 400 }, event: { id: 'bad' } },
  ])
})

test('a pipeline that stops while its store is away acknowledges nothing', async () => {
  const { pipeline, push } = setUp({
    text: 'input { tap {} } output { elasticsearch { hosts => "elasticsearch" index => "x" } }',
    write: () => Promise.reject(new Error('the store is not there')),
  })
  await pipeline.start()
  const pushed = push({ a: 1 })
  const stopped = pipeline.stop()
  await expect(pushed).rejects.toThrow('the pipeline stops')
  await stopped
})

test('a full queue tells its source to wait', async () => {
  const { pipeline, tap } = setUp({
    text: 'input { tap {} } output { elasticsearch { hosts => "elasticsearch" index => "x" } }',
    settings: { queue: { type: 'memory', maxEvents: 3, maxBytes: 1e9, drain: false } },
  })
  await pipeline.start()
  const events = (count: number) => Array.from({ length: count }, () => createEvent({}))
  expect(tap.sink?.push(events(2))).toBe(true)
  expect(tap.sink?.push(events(2))).toBe(false)
  await tap.sink?.ready(new AbortController().signal)
  await pipeline.stop()
  expect(pipeline.counts.out).toBe(4)
})
