import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { silentLog } from '../../../../core/log.ts'
import type { Message } from '../message.ts'
import { ByteSink } from './byte-sink.ts'
import { KeptState } from './kept-state.ts'
import { readRecord, writeRecord, type Delivery, type JournalRecord, type SessionHeader } from './record.ts'
import { SessionJournal } from './session-journal.ts'

let folder: string
let journals: SessionJournal[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-journal-'))
  journals = []
})
afterEach(async () => {
  for (const journal of journals) await journal.close()
  await rm(folder, { recursive: true })
})

const header = (parts: Partial<SessionHeader> = {}): SessionHeader => ({
  clientId: 'press-07',
  realm: 'devices',
  user: 'press-07',
  expirySeconds: 60,
  disconnectedAt: undefined,
  will: undefined,
  willAt: undefined,
  ...parts,
})

const message = (payload: string, parts: Partial<Message> = {}): Message => ({
  topic: 'a/ü',
  topicBytes: Buffer.from('a/ü'),
  payload: Buffer.from(payload),
  qos: 2,
  retain: false,
  properties: Buffer.from([1, 2]),
  expiresAt: undefined,
  clientId: 'gateway',
  ...parts,
})

const delivery = (packetId: number, parts: Partial<Delivery> = {}): Delivery => ({
  session: 1,
  packetId,
  qos: 2,
  retain: false,
  duplicate: false,
  subscriptionIds: [],
  ...parts,
})

const sent = (order: number, ...deliveries: Delivery[]): JournalRecord => ({
  kind: 'message',
  order,
  message: message(`payload ${order}`),
  retained: false,
  deliveries,
  received: undefined,
})

const records: readonly JournalRecord[] = [
  { kind: 'session', session: 1, header: header({ disconnectedAt: 5 }) },
  { kind: 'session ended', session: 4_000_000_000 },
  { kind: 'subscribed', session: 1, filter: 'ä/#', options: { qos: 1, noLocal: true, retainAsPublished: false, identifier: 7 } },
  { kind: 'unsubscribed', session: 1, filter: 'ä/#' },
  {
    kind: 'message',
    order: 2 ** 40,
    message: message('x'.repeat(200_000), { expiresAt: 1_700_000_000_000, retain: true, qos: 1 }),
    retained: true,
    deliveries: [delivery(65_535, { subscriptionIds: [1, 268_435_455] }), delivery(1, { retain: true, duplicate: true, qos: 1 })],
    received: { session: 3, packetId: 9 },
  },
  { kind: 'delivery', order: 1, delivery: delivery(2) },
  { kind: 'released', session: 1, packetId: 1 },
  { kind: 'done', session: 1, packetId: 1 },
  { kind: 'received', session: 1, packetId: 1 },
  { kind: 'freed', session: 1, packetId: 1 },
  { kind: 'complete' },
]

test.each(records.map((record) => ({ name: record.kind, record })))('a record is read as it was written: $name', ({ record }) => {
  const sink = new ByteSink()
  writeRecord(sink, { kind: 'complete' })
  const start = sink.length
  writeRecord(sink, record)
  const bytes = Buffer.from(sink.written)
  expect(readRecord(bytes, start)).toEqual({ record, end: bytes.length })
  // Half a record is none, and a damaged one neither.
  expect(readRecord(bytes.subarray(0, -1), start)).toBeUndefined()
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  expect(readRecord(bytes, start)).toBeUndefined()
})

const told = (state: KeptState): unknown =>
  [...state.sessions.values()].map(({ header: { clientId }, subscriptions, deliveries, receivedQos2 }) => ({
    clientId,
    filters: [...subscriptions.keys()],
    waiting: [...deliveries.values()].map(
      ({ message: { payload }, maybeSent, released }) =>
        `${payload.toString()}${maybeSent ? ' maybe sent' : ''}${released ? ' released' : ''}`,
    ),
    received: [...receivedQos2],
  }))

const options = { qos: 1, noLocal: false, retainAsPublished: false, identifier: undefined } as const

test.each([
  {
    name: 'what waited while the client was away was never sent',
    records: [{ kind: 'session', session: 1, header: header({ disconnectedAt: 5 }) }, sent(1, delivery(1))],
    want: { waiting: ['payload 1'] },
  },
  {
    name: 'until it comes',
    records: [
      { kind: 'session', session: 1, header: header({ disconnectedAt: 5 }) },
      sent(1, delivery(1)),
      { kind: 'session', session: 1, header: header() },
      sent(2, delivery(2)),
    ],
    want: { waiting: ['payload 1 maybe sent', 'payload 2 maybe sent'] },
  },
  {
    name: 'steps of QoS 2, both ways',
    records: [
      { kind: 'session', session: 1, header: header() },
      sent(1, delivery(1), delivery(2), delivery(3)),
      { kind: 'released', session: 1, packetId: 2 },
      { kind: 'done', session: 1, packetId: 3 },
      { kind: 'received', session: 1, packetId: 4 },
      { kind: 'received', session: 1, packetId: 5 },
      { kind: 'freed', session: 1, packetId: 4 },
    ],
    want: { waiting: ['payload 1 maybe sent', 'payload 1 maybe sent released'], received: [5] },
  },
  {
    name: 'subscriptions, and records of sessions that ended',
    records: [
      { kind: 'session', session: 2, header: header() },
      { kind: 'session ended', session: 2 },
      { kind: 'subscribed', session: 2, filter: 'gone', options },
      { kind: 'session', session: 1, header: header() },
      { kind: 'subscribed', session: 1, filter: 'a', options },
      { kind: 'subscribed', session: 1, filter: 'b', options },
      { kind: 'unsubscribed', session: 1, filter: 'a' },
      sent(1, delivery(1, { session: 2 })),
    ],
    want: { filters: ['b'] },
  },
] as const)('$name; twice is the same as once', ({ records: rows, want }) => {
  const state = new KeptState()
  for (const record of rows) state.apply(record)
  const whole = [{ clientId: 'press-07', filters: [], waiting: [], received: [], ...want }]
  expect(told(state)).toEqual(whole)
})

async function opened(records: () => Iterable<JournalRecord> = () => [], minCompactBytes?: number) {
  const journal = new SessionJournal({ folder, log: silentLog, ...(minCompactBytes === undefined ? {} : { minCompactBytes }) })
  journals.push(journal)
  return { journal, state: await journal.open(records) }
}

test('what was flushed is there again; half a record at the end is not, and does no harm', async () => {
  const { journal } = await opened()
  journal.append({ kind: 'session', session: 1, header: header() })
  journal.append(sent(journal.nextOrder(), delivery(1)))
  await journal.flush()
  expect(journal.durableOrder).toBe(1)
  // Nobody closes it: the process was killed.
  const sink = new ByteSink()
  writeRecord(sink, { kind: 'session ended', session: 1 })
  const [segment = ''] = (await readdir(folder)).toSorted().slice(-1)
  await appendFile(join(folder, segment), sink.written.subarray(0, -2))

  const again = await opened()
  expect(told(again.state)).toMatchObject([{ waiting: ['payload 1 maybe sent'] }])
  expect(again.journal.nextOrder()).toBe(2)
  again.journal.append({ kind: 'done', session: 1, packetId: 1 })
  await again.journal.flush()
  expect(told((await opened()).state)).toMatchObject([{ waiting: [] }])
})

test('a snapshot takes the place of the segments before it, and loses nothing of what comes meanwhile', async () => {
  const live = new KeptState()
  const all = function* (): Generator<JournalRecord> {
    for (const { number, header: one, deliveries } of live.sessions.values()) {
      yield { kind: 'session', session: number, header: one }
      for (const { order, message: text, delivery: to } of deliveries.values())
        yield { kind: 'message', order, message: text, retained: false, deliveries: [to], received: undefined }
    }
  }
  const { journal } = await opened(all, 10_000)
  const append = (record: JournalRecord): void => {
    live.apply(record)
    journal.append(record)
  }
  append({ kind: 'session', session: 1, header: header() })
  for (let i = 1; i <= 5000; i++) {
    append(sent(journal.nextOrder(), delivery(i)))
    if (i > 50) append({ kind: 'done', session: 1, packetId: i - 50 })
    if (i % 100 === 0) await journal.flush()
  }
  await journal.close()
  const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000)
  const { state } = await opened()
  expect(told(state)).toEqual(told(live))
})

test('when nothing can be written, who waits is told, and all is written once it can be again', async () => {
  const live: JournalRecord[] = [{ kind: 'session', session: 1, header: header() }]
  const { journal } = await opened(() => live)
  const write = vi.spyOn(Object.getPrototypeOf(await fileHandle()) as { write(): Promise<never> }, 'write')
  write.mockRejectedValue(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
  journal.append({ kind: 'session', session: 1, header: header() })
  await expect(journal.flush()).rejects.toThrow('no space left')
  expect(journal.failure).toMatchObject({ code: 'ENOSPC' })
  const kept = new Promise((resolve) => journal.append(sent(1, delivery(1)), resolve))
  expect(await kept).toMatchObject({ code: 'ENOSPC' })

  live.push({ kind: 'subscribed', session: 1, filter: 'a', options })
  write.mockRestore()
  await vi.waitUntil(() => journal.failure === undefined, { timeout: 10_000 })
  journal.append({ kind: 'received', session: 1, packetId: 3 })
  await journal.close()
  expect(told((await opened()).state)).toMatchObject([{ filters: ['a'], waiting: [], received: [3] }])
})

async function fileHandle(): Promise<object> {
  const { open } = await import('node:fs/promises')
  const handle = await open(join(folder, 'any'), 'w')
  await handle.close()
  return handle
}
