import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Log, silentLog } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import type { WriteResult } from '../src/engine/engine.ts'
import { EmbeddedEngine, type EmbeddedEngineOptions } from '../src/engine/embedded/embedded-engine.ts'
import { OperationLog } from '../src/engine/embedded/log/operation-log.ts'
import { RecordBuilder } from '../src/engine/embedded/log/record.ts'
import { deleting, indexing, testHost, testIndex } from '../src/engine/embedded/testing/test-host.ts'

const never = new AbortController().signal
const folder = mkdtempSync(join(tmpdir(), 'elkhorn-engine-'))
const host = testHost([])
const open = (): EmbeddedEngine => new EmbeddedEngine({ dataPath: folder, host, log: silentLog, clock: systemClock })
let engine = open()

beforeAll(() => engine.start())
afterAll(async () => {
  await engine.stop()
  rmSync(folder, { recursive: true })
})

let made = 0
function newIndex(
  ...[fields, options]: [Parameters<typeof testIndex>[1], Parameters<typeof testIndex>[2]?]
): ReturnType<typeof testIndex> {
  const index = testIndex(`index-${made++}`, fields, options)
  host.indices.set(index.uuid, index)
  return index
}

const count = (index: ReturnType<typeof testIndex>): Promise<number> =>
  engine.count([{ schema: index, query: { kind: 'all' } }], never)

const bytesOnDisk = (): number =>
  Number(
    execFileSync('du', ['-sb', join(folder, 'engine', 'store')])
      .toString()
      .split('\t')[0],
  )

const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('utf8')

describe('documents', () => {
  test('are found by their id before and after they are stored, byte for byte', async () => {
    const index = newIndex({ a: 'keyword', t: 'text', n: 'long', at: 'date' }, { timeField: 'at' })
    const source = Buffer.from(
      '{ "a" : "x\\u0000",\n\n "t":"Two two words", "n": 9007199254740993, "at":"2026-01-02T03:04:05.678Z"}',
    )
    const document = { a: 'x\0', t: 'Two two words', n: 9007199254740993n, at: '2026-01-02T03:04:05.678Z' }
    const [result] = await engine.write([{ index, kind: 'index', document, source, routing: 'r' }])
    expect(result).toMatchObject({
      outcome: 'created',
      seqNo: 0,
      version: 1,
      primaryTerm: 1,
      id: expect.stringMatching(/^[\w-]{20}$/),
    })
    const { id } = result as { id: string }
    const want = { id, seqNo: 0, primaryTerm: 1, version: 1, routing: 'r' }
    const before = await engine.get(index, id)
    expect({ ...before, source: text(before?.source) }).toEqual({ ...want, source: source.toString() })
    expect(await count(index)).toBe(0)
    await engine.refresh([index.uuid])
    const after = await engine.get(index, id)
    expect({ ...after, source: text(after?.source) }).toEqual({ ...want, source: source.toString() })
    expect(await count(index)).toBe(1)
    expect(await engine.get(index, 'nothing')).toBeUndefined()
    expect(await engine.get(index, `${id.slice(0, -1)}B`)).toBeUndefined()
  })

  test('become searchable by themselves', async () => {
    const index = newIndex({ a: 'keyword' })
    const heard: number[] = []
    const leave = engine.onSearchable((uuid, upTo) => void (uuid === index.uuid && heard.push(upTo)))
    await engine.write([indexing(index, { a: 'x' })])
    await engine.waitUntilSearchable([index.uuid])
    expect(await count(index)).toBe(1)
    expect(heard).toEqual([0])
    leave()
  })

  test('that cannot be mapped fail alone and take no sequence number', async () => {
    const index = newIndex({ a: 'keyword' })
    const results = await engine.write([indexing(index, { a: 'x' }), indexing(index, { fail: 1 }), indexing(index, { a: 'z' })])
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'failed', 'created'])
    expect(results[2]).toMatchObject({ seqNo: 1 })
    await engine.refresh([index.uuid])
    expect(await count(index)).toBe(2)
  })

  test('go to several indices in one write, results in the order of the request', async () => {
    const a = newIndex({ a: 'keyword' })
    const b = newIndex({ a: 'keyword' })
    const results = await engine.write([a, b, a, b].map((index, i) => indexing(index, { a: `v${i}` }, { id: `d${i}` })))
    expect(results.map((result) => (result as { id: string; seqNo: number }).id)).toEqual(['d0', 'd1', 'd2', 'd3'])
    expect(results.map((result) => (result as { seqNo: number }).seqNo)).toEqual([0, 0, 1, 1])
    await engine.refresh([a.uuid, b.uuid])
    expect([await count(a), await count(b)]).toEqual([2, 2])
  })
})

describe('merging', () => {
  test('goes on while fields are added', async () => {
    const index = newIndex({ a: 'keyword' })
    const merges: Promise<void>[] = []
    for (let i = 0; i < 40; i++) {
      const type = i % 2 === 0 ? 'text' : 'keyword'
      index.learn({ [`f${i}`]: type })
      await engine.write([indexing(index, { a: 'x', [`f${i}`]: 'one two' }, { id: `d${i % 7}` })])
      merges.push(engine.forceMerge([index.uuid]))
      if (i % 3 === 0) await engine.refresh([index.uuid])
    }
    await Promise.all(merges)
    expect(await count(index)).toBe(7)
  })

  test('gives back the space of what it merged', async () => {
    const index = newIndex({ a: 'keyword' })
    for (let i = 0; i < 5; i++) {
      await engine.write(Array.from({ length: 500 }, () => indexing(index, { a: randomBytes(100).toString('hex') })))
      await engine.refresh([index.uuid])
    }
    const before = bytesOnDisk()
    await engine.forceMerge([index.uuid])
    await expect.poll(bytesOnDisk, { timeout: 90_000, interval: 500 }).toBeLessThan(before + 100_000)
    expect(await count(index)).toBe(2500)
  })
})

describe('fields', () => {
  test('of every type get through, alone and several at once, and later ones join', async () => {
    const types = {
      keyword: ['a', 'b\x01\0é😀'],
      wildcard: ['a', 'b'],
      text: ['One two', 'two Größe'],
      match_only_text: ['x', 'y z'],
      long: [9223372036854775807n, -5],
      integer: [-2147483648, 7],
      short: [-32768, 7],
      byte: [-128, 7],
      unsigned_long: [18446744073709551615n, 1],
      double: [1.7976931348623157e308, -0.1],
      float: [0.5, 2],
      half_float: [0.5, 2],
      scaled_float: [1.25, 3],
      boolean: [true, false],
      date: ['1969-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z'],
      date_nanos: ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
      ip: ['::ffff:1.2.3.4', 'fe80::1'],
      geo_point: [
        { lat: 1, lon: 2 },
        { lat: -3, lon: 4 },
      ],
    } as const
    const index = newIndex(Object.fromEntries(Object.keys(types).map((type) => [type, type as keyof typeof types])))
    const one = Object.fromEntries(Object.entries(types).map(([type, [value]]) => [type, value])) as never
    const both = types as never
    const source = Buffer.from('{}')
    await engine.write([one, both, {}, both, one].map((document) => ({ index, kind: 'index', document, source })))
    await engine.refresh([index.uuid])
    expect(await count(index)).toBe(5)
    index.learn({ later: 'double', tag: 'keyword' })
    await engine.write([indexing(index, { later: 1.5, tag: ['x', 'x', 'y'] }), indexing(index, { later: [1, 2] })])
    await engine.refresh([index.uuid])
    expect(await count(index)).toBe(7)
  })
})

describe('explicit ids', () => {
  const outcomes = (results: readonly WriteResult[]): unknown[] =>
    results.map((result) => (result.outcome === 'failed' ? result.error.message : [result.outcome, result.seqNo, result.version]))

  test.each([{ refreshed: false }, { refreshed: true }])(
    'are replaced, deleted and counted (stored: $refreshed)',
    async ({ refreshed }) => {
      const index = newIndex({ a: 'keyword' })
      const settle = (): Promise<void> => (refreshed ? engine.refresh([index.uuid]) : Promise.resolve())
      const write = async (...operations: Parameters<typeof engine.write>[0]): Promise<unknown[]> => {
        const done = outcomes(await engine.write(operations))
        await settle()
        return done
      }
      const put = (value: string, more = {}): ReturnType<typeof indexing> => indexing(index, { a: value }, { id: 'x', ...more })
      expect(await write(put('1'))).toEqual([['created', 0, 1]])
      expect(await write(put('2'))).toEqual([['updated', 1, 2]])
      expect(await write(put('3', { kind: 'create' }))).toEqual([
        '[x]: version conflict, document already exists (current version [2])',
      ])
      expect(await write(put('3', { ifSeqNo: 0, ifPrimaryTerm: 1 }))).toEqual([
        '[x]: version conflict, required seqNo [0], primary term [1]. current document has seqNo [1] and primary term [1]',
      ])
      expect(await write(put('3', { ifSeqNo: 1, ifPrimaryTerm: 1 }))).toEqual([['updated', 2, 3]])
      expect(await write(deleting(index, 'x'), deleting(index, 'x'), deleting(index, 'y'))).toEqual([
        ['deleted', 3, 4],
        ['not_found', 4, 5],
        ['not_found', 5, 1],
      ])
      expect(await engine.get(index, 'x')).toBeUndefined()
      expect(await write(put('3', { ifSeqNo: 4, ifPrimaryTerm: 1 }))).toEqual([
        '[x]: version conflict, required seqNo [4], primary term [1]. but no document was found',
      ])
      expect(await write(put('4'), put('5'))).toEqual([
        ['created', 6, 6],
        ['updated', 7, 7],
      ])
      expect(await write(put('6', { version: 7, versionType: 'external' }))).toEqual([
        '[x]: version conflict, current version [7] is higher or equal to the one provided [7]',
      ])
      expect(await write(put('6', { version: 6, versionType: 'external_gte' }))).toEqual([
        '[x]: version conflict, current version [7] is higher than the one provided [6]',
      ])
      expect(await write(put('6', { version: 70, versionType: 'external' }))).toEqual([['updated', 8, 70]])
      expect(text((await engine.get(index, 'x'))?.source)).toBe('{"a":"6"}')
      await engine.refresh([index.uuid])
      expect(await count(index)).toBe(1)
      const stats = (await engine.stats([index.uuid])).get(index.uuid)
      expect(stats).toMatchObject({ documents: 1, maxSeqNo: 8 })
    },
  )

  test('that the engine made can be replaced and deleted, too', async () => {
    const index = newIndex({ a: 'keyword' })
    const results = await engine.write([indexing(index, { a: '1' }), indexing(index, { a: '2' })])
    const [first, second] = results as readonly { id: string }[]
    await engine.refresh([index.uuid])
    expect(outcomes(await engine.write([indexing(index, { a: '3' }, { id: first?.id ?? '' })]))).toEqual([['updated', 2, 2]])
    await engine.refresh([index.uuid])
    expect(
      outcomes(await engine.write([indexing(index, { a: '4' }, { id: first?.id ?? '' }), deleting(index, second?.id ?? '')])),
    ).toEqual([
      ['updated', 3, 3],
      ['deleted', 4, 2],
    ])
    await engine.refresh([index.uuid])
    expect(await count(index)).toBe(1)
    expect(text((await engine.get(index, first?.id ?? ''))?.source)).toBe('{"a":"4"}')
    expect(await engine.get(index, second?.id ?? '')).toBeUndefined()
  })

  test('that look like ids of documents to come are refused', async () => {
    const index = newIndex({ a: 'keyword' })
    const [first] = (await engine.write([indexing(index, { a: '1' })])) as readonly { id: string }[]
    const next = `${(first?.id ?? '').slice(0, -1)}z`
    expect(outcomes(await engine.write([indexing(index, { a: '2' }, { id: next })]))).toEqual([
      `id [${next}] is kept for a document to which this index will give it; choose another one`,
    ])
  })
})

describe('an index', () => {
  test('that is deleted is gone, and a new one may follow at once', async () => {
    const index = newIndex({ a: 'keyword' })
    await engine.write([indexing(index, { a: '1' })])
    await engine.refresh([index.uuid])
    await engine.write([indexing(index, { a: '2' })])
    await engine.deleteIndex(index.uuid)
    expect(await count(index)).toBe(0)
    expect((await engine.write([indexing(index, { a: '1' })]))[0]).toMatchObject({ seqNo: 0 })
    await engine.refresh([index.uuid])
    expect(await count(index)).toBe(1)
  })

  test('is as it was after a restart', async () => {
    const index = newIndex({ a: 'keyword', n: 'long' })
    await engine.write(Array.from({ length: 100 }, (_, i) => indexing(index, { a: `v${i}`, n: i }, { id: `d${i}` })))
    await engine.refresh([index.uuid])
    await engine.write([indexing(index, { a: 'new' }, { id: 'd1' }), deleting(index, 'd2')])
    await engine.stop()
    await expect(engine.write([indexing(index, { a: 'x' })])).rejects.toThrow('the engine is stopped')
    engine = open()
    await engine.start()
    expect(await count(index)).toBe(99)
    expect(text((await engine.get(index, 'd1'))?.source)).toBe('{"a":"new"}')
    expect((await engine.write([indexing(index, { a: 'z' }, { id: 'd1' })]))[0]).toMatchObject({ seqNo: 102, version: 3 })
  })
})

/** A log of 40 documents of a megabyte for each index and sequence number, as a process leaves it that is killed. */
async function writeLog(dataPath: string, parts: readonly (readonly [ReturnType<typeof testIndex>, number])[]): Promise<void> {
  const source = Buffer.from(JSON.stringify({ a: 'x', rest: 'y'.repeat(1024 * 1024) }))
  const log = new OperationLog(join(dataPath, 'log'), silentLog, () => undefined)
  await log.open()
  for (const [{ uuid }, from] of parts) {
    const record = new RecordBuilder(uuid)
    const sources = Array.from({ length: 40 }, (_, i) => {
      record.add(
        { kind: 'index', seqNo: from + i, id: undefined, routing: undefined, version: 1, replaces: undefined },
        source.length,
      )
      return source
    })
    await log.append(record.finish(sources))
  }
  await log.close(0)
}

describe('the log', () => {
  let dataPath = ''
  beforeEach(() => {
    dataPath = mkdtempSync(join(tmpdir(), 'elkhorn-engine-'))
    return () => rmSync(dataPath, { recursive: true })
  })
  const openOther = (options: Partial<EmbeddedEngineOptions> = {}): EmbeddedEngine =>
    new EmbeddedEngine({ dataPath, host, log: silentLog, clock: systemClock, ...options })
  const countIn = (other: EmbeddedEngine, schema: ReturnType<typeof testIndex>): Promise<number> =>
    other.count([{ schema, query: { kind: 'all' } }], never)
  const segments = (): readonly string[] => readdirSync(join(dataPath, 'log'))

  test('is stored as a whole when it is longer than what is held in memory', async () => {
    const [a, b] = [newIndex({ a: 'keyword' }), newIndex({ a: 'keyword' })]
    await writeLog(dataPath, [
      [a, 0],
      [a, 40],
      [b, 0],
    ])
    const other = openOther()
    await other.start()
    expect([await countIn(other, a), await countIn(other, b)]).toEqual([80, 40])
    await other.stop()
  })

  test('is kept when the start fails', async () => {
    const a = newIndex({ a: 'keyword' })
    await writeLog(dataPath, [[a, 0]])
    const catalogue = join(dataPath, 'engine', 'catalogue.jsonl')
    mkdirSync(catalogue, { recursive: true })
    const failing = openOther()
    await expect(failing.start()).rejects.toThrow('EISDIR')
    await failing.stop()
    rmdirSync(catalogue)
    const other = openOther()
    await other.start()
    expect(await countIn(other, a)).toBe(40)
    await other.stop()
  })

  test('is empty after a stop: the next start replays nothing', async () => {
    const [a, b] = [newIndex({ a: 'keyword' }), newIndex({ a: 'keyword' })]
    const first = openOther()
    await first.start()
    await first.write([indexing(a, { a: '1' }, { id: 'one' }), indexing(b, { a: '1' })])
    await first.refresh([a.uuid])
    await first.write([deleting(a, 'one'), indexing(a, { a: '2' })])
    expect(segments()).toHaveLength(1)
    await first.stop()
    expect(segments()).toEqual([])
    const said: string[] = []
    const log: Log = { ...silentLog, info: (_, message) => said.push(message) }
    const second = openOther({ log })
    await second.start()
    expect([await countIn(second, a), await countIn(second, b)]).toEqual([1, 1])
    expect(said).toEqual([])
    await second.stop()
  })

  test('keeps what a stop could not store, because the engine does not answer', async () => {
    const [a, b] = [newIndex({ a: 'keyword' }), newIndex({ a: 'keyword' })]
    const first = openOther({ stopWaitMs: 500 })
    await first.start()
    await first.write([indexing(a, { a: '1' })])
    await first.refresh([a.uuid])
    process.kill(first.childPid ?? 0, 'SIGSTOP')
    await first.write([indexing(a, { a: '2' }), indexing(b, { a: '3' })])
    await first.stop()
    expect(segments()).toHaveLength(1)
    const second = openOther()
    await second.start()
    expect([await countIn(second, a), await countIn(second, b)]).toEqual([2, 1])
    await second.stop()
    expect(segments()).toEqual([])
  })

  test('is stored by a stop during which the engine ends', async () => {
    const a = newIndex({ a: 'keyword' })
    const first = openOther()
    await first.start()
    await first.write(Array.from({ length: 1000 }, (_, i) => indexing(a, { a: `v${i}` })))
    process.kill(first.childPid ?? 0, 'SIGKILL')
    await first.stop()
    expect(segments()).toEqual([])
    const second = openOther()
    await second.start()
    expect(await countIn(second, a)).toBe(1000)
    await second.stop()
  })
})

/** From now on the engine's process can write no more than so much to a file: the system refuses the rest. */
const refuseBeyond = (bytes: number): unknown =>
  execFileSync('prlimit', ['--pid', String(engine.childPid), `--fsize=${bytes}:unlimited`])

/** The engine opens its files anew, as after a crash. */
async function killChild(): Promise<void> {
  const { childPid } = engine
  process.kill(childPid ?? 0, 'SIGKILL')
  await vi.waitUntil(() => engine.childPid !== childPid, { timeout: 30_000 })
}

describe.skipIf(process.platform !== 'linux')('what the system refused to write', () => {
  const noise = (i: number): string => randomBytes(500).toString('base64') + i

  // A process that died before is started again after a pause, which is longer each time.
  beforeEach(async () => {
    await engine.stop()
    engine = open()
    await engine.start()
  })

  test('is written again: rows', async () => {
    const index = newIndex({ noise: 'keyword' })
    await engine.write([indexing(index, { noise: 'first' })])
    await engine.refresh([index.uuid])
    refuseBeyond(20_000)
    await engine.write(Array.from({ length: 200 }, (_, i) => indexing(index, { noise: noise(i) })))
    await engine.refresh([index.uuid])
    expect(await count(index)).toBe(201)
    await killChild()
    expect(await count(index)).toBe(201)
  })

  test('is written again: a table, and columns', async () => {
    const index = newIndex({ a: 'keyword' })
    for (const fields of [{}, { b: 'long' }, { c: 'text' }] as const) {
      index.learn(fields)
      refuseBeyond(10)
      await engine.write([indexing(index, { a: 'x', b: 1, c: 'some words' }, { id: `with ${Object.keys(fields).join()}` })])
      await engine.refresh([index.uuid])
    }
    await killChild()
    expect(await count(index)).toBe(3)
    expect(await engine.count([{ schema: index, query: { kind: 'exists', field: 'b' } }], never)).toBe(2)
  })

  test('is not taken for what was merged', async () => {
    const index = newIndex({ noise: 'keyword' })
    for (let part = 0; part < 3; part++) {
      await engine.write(Array.from({ length: 40 }, (_, i) => indexing(index, { noise: noise(i) })))
      await engine.refresh([index.uuid])
    }
    refuseBeyond(50_000)
    await expect(engine.forceMerge([index.uuid])).rejects.toThrow('ended before it answered')
    expect(await count(index)).toBe(120)
    await engine.forceMerge([index.uuid])
    expect((await engine.stats([index.uuid])).get(index.uuid)).toMatchObject({ documents: 120, parts: 1 })
  })
})
