import { crc32 } from 'node:zlib'
import type { EpochMillis } from '../../../../core/time.ts'
import type { Qos } from '../../../../protocols/mqtt/packet.ts'
import type { Message } from '../message.ts'
import type { SubscriptionOptions } from '../subscription-tree.ts'
import { ByteSource, type ByteSink } from './byte-sink.ts'

/** A session as it is kept: who it belongs to and when it ends. Its number is its own, for as long as it lives. */
export interface SessionHeader {
  readonly clientId: string
  readonly realm: string
  readonly user: string
  readonly expirySeconds: number
  /** `undefined`: the client was connected. */
  readonly disconnectedAt: EpochMillis | undefined
  readonly will: KeptWill | undefined
  readonly willAt: EpochMillis | undefined
}

export interface KeptWill {
  readonly topic: string
  /** base64 */
  readonly payload: string
  readonly qos: Qos
  readonly retain: boolean
  /** base64 */
  readonly properties: string | undefined
  readonly expiryMs: number | undefined
  readonly delayMs: number
  readonly username: string | undefined
  readonly remoteAddress: string
}

/** A message's place in one session. */
export interface Delivery {
  readonly session: number
  readonly packetId: number
  readonly qos: Qos
  readonly retain: boolean
  /** It was sent before. */
  readonly duplicate: boolean
  readonly subscriptionIds: readonly number[]
}

/** A change of what the broker keeps. Applying one twice is the same as once. */
export type JournalRecord =
  | { readonly kind: 'session'; readonly session: number; readonly header: SessionHeader }
  | { readonly kind: 'session ended'; readonly session: number }
  | { readonly kind: 'subscribed'; readonly session: number; readonly filter: string; readonly options: SubscriptionOptions }
  | { readonly kind: 'unsubscribed'; readonly session: number; readonly filter: string }
  /** A message, whom it is for, whether it is its topic's retained one, and the packet of QoS 2 that it came in. */
  | {
      readonly kind: 'message'
      readonly order: number
      readonly message: Message
      readonly retained: boolean
      readonly deliveries: readonly Delivery[]
      readonly received: { readonly session: number; readonly packetId: number } | undefined
    }
  /** One more session gets a message that an earlier record holds. Only snapshots have it. */
  | { readonly kind: 'delivery'; readonly order: number; readonly delivery: Delivery }
  /** `released`: PUBREC came. `done`: the client has it. `received`, `freed`: an id of QoS 2 that a client uses. */
  | { readonly kind: 'released' | 'done' | 'received' | 'freed'; readonly session: number; readonly packetId: number }
  /** The end of a snapshot: without it, it is none. */
  | { readonly kind: 'complete' }

/** Their places are what stands in files. */
const KINDS = [
  'session',
  'session ended',
  'subscribed',
  'unsubscribed',
  'message',
  'delivery',
  'released',
  'done',
  'received',
  'freed',
  'complete',
] as const satisfies readonly JournalRecord['kind'][]

/** Length of the body and its CRC-32. */
const HEAD_BYTES = 8

/** Appends a record: u32 length, u32 CRC-32 of the body, body. */
export function writeRecord(sink: ByteSink, record: JournalRecord): void {
  const start = sink.length
  sink.u32(0)
  sink.u32(0)
  sink.u8(KINDS.indexOf(record.kind))
  writeBody(sink, record)
  const body = sink.written.subarray(start + HEAD_BYTES)
  sink.setU32(body.length, start)
  sink.setU32(crc32(body), start + 4)
}

function writeBody(sink: ByteSink, record: JournalRecord): void {
  switch (record.kind) {
    case 'session':
      sink.u32(record.session)
      sink.text(JSON.stringify(record.header))
      break
    case 'session ended':
      sink.u32(record.session)
      break
    case 'subscribed':
      sink.u32(record.session)
      sink.text(record.filter)
      sink.text(JSON.stringify(record.options))
      break
    case 'unsubscribed':
      sink.u32(record.session)
      sink.text(record.filter)
      break
    case 'message':
      sink.u48(record.order)
      writeMessage(sink, record.message)
      sink.u8((record.retained ? 1 : 0) | (record.received === undefined ? 0 : 2))
      if (record.received !== undefined) {
        sink.u32(record.received.session)
        sink.u16(record.received.packetId)
      }
      sink.u32(record.deliveries.length)
      for (const delivery of record.deliveries) writeDelivery(sink, delivery)
      break
    case 'delivery':
      sink.u48(record.order)
      writeDelivery(sink, record.delivery)
      break
    case 'complete':
      break
    default:
      sink.u32(record.session)
      sink.u16(record.packetId)
  }
}

function writeMessage(sink: ByteSink, { topicBytes, payload, properties, qos, retain, expiresAt, clientId }: Message): void {
  sink.u8(qos | (retain ? 4 : 0) | (expiresAt === undefined ? 0 : 8))
  if (expiresAt !== undefined) sink.u48(expiresAt)
  sink.text(clientId)
  sink.binary(topicBytes)
  sink.binary(properties)
  sink.binary(payload)
}

function writeDelivery(sink: ByteSink, { session, packetId, qos, retain, duplicate, subscriptionIds }: Delivery): void {
  sink.u32(session)
  sink.u16(packetId)
  sink.u8(qos | (retain ? 4 : 0) | (duplicate ? 8 : 0))
  sink.u16(subscriptionIds.length)
  for (const id of subscriptionIds) sink.u32(id)
}

export interface ReadRecord {
  readonly record: JournalRecord
  /** Where the next one begins. */
  readonly end: number
}

/** Reads the record at a place. `undefined` where there is no whole one: the end, a torn write, or damage. */
export function readRecord(bytes: Buffer, at: number): ReadRecord | undefined {
  const start = at + HEAD_BYTES
  if (start > bytes.length) return undefined
  const length = bytes.readUInt32LE(at)
  const end = start + length
  if (length === 0 || end > bytes.length || crc32(bytes.subarray(start, end)) !== bytes.readUInt32LE(at + 4)) return undefined
  const source = new ByteSource(bytes, start, end)
  const kind = KINDS[source.u8()]
  if (kind === undefined) throw new Error('a record of the session journal is of a newer version')
  return { record: readBody(source, kind), end }
}

function readBody(source: ByteSource, kind: JournalRecord['kind']): JournalRecord {
  switch (kind) {
    case 'session':
      return { kind, session: source.u32(), header: JSON.parse(source.text()) as SessionHeader }
    case 'session ended':
      return { kind, session: source.u32() }
    case 'subscribed':
      return { kind, session: source.u32(), filter: source.text(), options: JSON.parse(source.text()) as SubscriptionOptions }
    case 'unsubscribed':
      return { kind, session: source.u32(), filter: source.text() }
    case 'message': {
      const order = source.u48()
      const message = readMessage(source)
      const flags = source.u8()
      const received = (flags & 2) === 0 ? undefined : { session: source.u32(), packetId: source.u16() }
      const deliveries = Array.from({ length: source.u32() }, () => readDelivery(source))
      return { kind, order, message, retained: (flags & 1) !== 0, deliveries, received }
    }
    case 'delivery':
      return { kind, order: source.u48(), delivery: readDelivery(source) }
    case 'complete':
      return { kind }
    default:
      return { kind, session: source.u32(), packetId: source.u16() }
  }
}

function readMessage(source: ByteSource): Message {
  const flags = source.u8()
  const expiresAt = (flags & 8) === 0 ? undefined : source.u48()
  const clientId = source.text()
  const topicBytes = source.binary()
  const properties = source.binary()
  const payload = source.binary()
  const qos = (flags & 3) as Qos
  return { topic: topicBytes.toString(), topicBytes, payload, qos, retain: (flags & 4) !== 0, properties, expiresAt, clientId }
}

function readDelivery(source: ByteSource): Delivery {
  const session = source.u32()
  const packetId = source.u16()
  const flags = source.u8()
  const subscriptionIds = Array.from({ length: source.u16() }, () => source.u32())
  const qos = (flags & 3) as Qos
  return { session, packetId, qos, retain: (flags & 4) !== 0, duplicate: (flags & 8) !== 0, subscriptionIds }
}
