import { variableSize, writeVariable } from '../../../protocols/mqtt/bytes.ts'
import { encodePublish } from '../../../protocols/mqtt/encode.ts'
import type { ProtocolVersion, Qos } from '../../../protocols/mqtt/packet.ts'
import type { EpochMillis } from '../../../core/time.ts'
import type { TopicAlias } from './outgoing-aliases.ts'

/** A message that is on its way to subscribers, waits for them, or is retained. Its bytes are its own. */
export interface Message {
  readonly topic: string
  readonly topicBytes: Buffer
  readonly payload: Buffer
  readonly qos: Qos
  readonly retain: boolean
  /** Properties of MQTT 5 that are passed on as they came, without alias and expiry. */
  readonly properties: Buffer
  /** After this it is not delivered any more. */
  readonly expiresAt: EpochMillis | undefined
  /** Client that published it, for No Local. */
  readonly clientId: string
}

export const NO_BYTES: Buffer = Buffer.alloc(0)

/** What a message takes in a queue, in bytes; some for the object around it. */
export function messageBytes(message: Message): number {
  return message.payload.length + message.topicBytes.length + message.properties.length + 200
}

export function isExpired(message: Message, now: EpochMillis): boolean {
  return message.expiresAt !== undefined && message.expiresAt <= now
}

export interface PublishOptions {
  readonly qos: Qos
  readonly retain: boolean
  readonly duplicate: boolean
  readonly packetId: number
  readonly subscriptionIds: readonly number[]
  readonly alias?: TopicAlias | undefined
}

/** The PUBLISH that a subscriber gets: with what is left of the message's time, and the ids of its subscriptions. */
export function encodeMessage(version: ProtocolVersion, message: Message, options: PublishOptions, now: EpochMillis): Buffer {
  return encodePublish(version, {
    topic: options.alias?.isKnown === true ? NO_BYTES : message.topicBytes,
    payload: message.payload,
    qos: options.qos,
    retain: options.retain,
    duplicate: options.duplicate,
    packetId: options.packetId,
    properties: version === 5 ? propertiesFor(message, options, now) : NO_BYTES,
  })
}

function propertiesFor(message: Message, { subscriptionIds: ids, alias }: PublishOptions, now: EpochMillis): Buffer {
  if (ids.length === 0 && message.expiresAt === undefined && alias === undefined) return message.properties
  const parts: Buffer[] = [message.properties]
  if (message.expiresAt !== undefined) {
    const expiry = Buffer.alloc(5)
    expiry[0] = 0x02
    expiry.writeUInt32BE(Math.max(0, Math.ceil((message.expiresAt - now) / 1000)), 1)
    parts.push(expiry)
  }
  if (alias !== undefined) parts.push(Buffer.from([0x23, alias.number >> 8, alias.number & 0xff]))
  for (const id of ids) {
    const bytes = Buffer.alloc(1 + variableSize(id))
    bytes[0] = 0x0b
    writeVariable(bytes, id, 1)
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}
