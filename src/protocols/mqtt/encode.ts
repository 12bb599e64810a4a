import { variableSize, writeVariable } from './bytes.ts'
import type { Will } from './decode.ts'
import {
  CONNACK,
  CONNECT,
  DISCONNECT,
  PINGREQ,
  PINGRESP,
  PUBLISH,
  PUBREL,
  SUBACK,
  SUBSCRIBE,
  UNSUBACK,
  UNSUBSCRIBE,
  type ProtocolVersion,
  type Qos,
} from './packet.ts'
import { printProperties, sized, type Properties } from './properties.ts'
import type { SubscriptionRequest } from './decode.ts'

/** A packet out of its first byte and its content. */
export function packet(first: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0
  for (const part of parts) length += part.length
  const bytes = Buffer.allocUnsafe(1 + variableSize(length) + length)
  bytes[0] = first
  let at = writeVariable(bytes, length, 1)
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Properties with their length before them; nothing before MQTT 5. */
function propertyBytes(version: ProtocolVersion, properties: Properties | undefined): Buffer {
  if (version !== 5) return EMPTY
  const printed = properties === undefined ? EMPTY : printProperties(properties)
  const bytes = Buffer.allocUnsafe(variableSize(printed.length) + printed.length)
  bytes.set(printed, writeVariable(bytes, printed.length, 0))
  return bytes
}

const EMPTY = Buffer.alloc(0)

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

export const PINGREQ_BYTES = packet(PINGREQ << 4)
export const PINGRESP_BYTES = packet(PINGRESP << 4)

export function encodeConnack(version: ProtocolVersion, sessionPresent: boolean, code: number, properties?: Properties): Buffer {
  return packet(CONNACK << 4, Buffer.from([sessionPresent ? 1 : 0, code]), propertyBytes(version, properties))
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP, as short as the reason allows. */
export function encodeAck(type: number, version: ProtocolVersion, packetId: number, reason = 0, properties?: Properties): Buffer {
  const first = (type << 4) | (type === PUBREL ? 2 : 0)
  if (version !== 5 || (reason === 0 && properties === undefined)) {
    const bytes = Buffer.allocUnsafe(4)
    bytes[0] = first
    bytes[1] = 2
    bytes[2] = packetId >> 8
    bytes[3] = packetId & 0xff
    return bytes
  }
  if (properties === undefined) return packet(first, u16(packetId), Buffer.from([reason]))
  return packet(first, u16(packetId), Buffer.from([reason]), propertyBytes(5, properties))
}

export function encodeSuback(
  version: ProtocolVersion,
  packetId: number,
  codes: readonly number[],
  properties?: Properties,
): Buffer {
  return packet(SUBACK << 4, u16(packetId), propertyBytes(version, properties), Buffer.from(codes))
}

export function encodeUnsuback(version: ProtocolVersion, packetId: number, codes: readonly number[]): Buffer {
  return packet(UNSUBACK << 4, u16(packetId), propertyBytes(version, undefined), version === 5 ? Buffer.from(codes) : EMPTY)
}

export function encodeDisconnect(version: ProtocolVersion, reason: number, properties?: Properties): Buffer {
  if (version !== 5) return packet(DISCONNECT << 4)
  if (reason === 0 && properties === undefined) return packet(DISCONNECT << 4)
  return properties === undefined
    ? packet(DISCONNECT << 4, Buffer.from([reason]))
    : packet(DISCONNECT << 4, Buffer.from([reason]), propertyBytes(5, properties))
}

export interface PublishParts {
  readonly topic: Uint8Array
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly duplicate: boolean
  readonly packetId: number
  /** Properties as bytes, without their length. */
  readonly properties: Uint8Array
}

/** PUBLISH. `properties` count in MQTT 5 only. */
export function encodePublish(
  version: ProtocolVersion,
  { topic, payload, qos, retain, duplicate, packetId, properties }: PublishParts,
): Buffer {
  const propertySize = version === 5 ? variableSize(properties.length) + properties.length : 0
  const length = 2 + topic.length + (qos > 0 ? 2 : 0) + propertySize + payload.length
  const bytes = Buffer.allocUnsafe(1 + variableSize(length) + length)
  bytes[0] = (PUBLISH << 4) | (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
  let at = writeVariable(bytes, length, 1)
  bytes[at++] = topic.length >> 8
  bytes[at++] = topic.length & 0xff
  bytes.set(topic, at)
  at += topic.length
  if (qos > 0) {
    bytes[at++] = packetId >> 8
    bytes[at++] = packetId & 0xff
  }
  if (version === 5) {
    at = writeVariable(bytes, properties.length, at)
    bytes.set(properties, at)
    at += properties.length
  }
  bytes.set(payload, at)
  return bytes
}

// --- what a client writes ---

export interface ConnectParts {
  readonly version: ProtocolVersion
  readonly clientId: string
  readonly cleanStart: boolean
  readonly keepAliveSeconds: number
  readonly username?: string | undefined
  readonly password?: Uint8Array | undefined
  readonly will?: Omit<Will, 'passedOn'> | undefined
  readonly properties?: Properties | undefined
}

export function encodeConnect({
  version,
  clientId,
  cleanStart,
  keepAliveSeconds,
  username,
  password,
  will,
  properties,
}: ConnectParts): Buffer {
  const flags =
    (cleanStart ? 2 : 0) |
    (will === undefined ? 0 : 4 | (will.qos << 3) | (will.retain ? 0x20 : 0)) |
    (username === undefined ? 0 : 0x80) |
    (password === undefined ? 0 : 0x40)
  const text = (value: string): Buffer => sized(Buffer.from(value))
  return packet(
    CONNECT << 4,
    text(version === 3 ? 'MQIsdp' : 'MQTT'),
    Buffer.from([version, flags]),
    u16(keepAliveSeconds),
    propertyBytes(version, properties),
    text(clientId),
    ...(will === undefined ? [] : [propertyBytes(version, will.properties), text(will.topic), sized(will.payload)]),
    ...(username === undefined ? [] : [text(username)]),
    ...(password === undefined ? [] : [sized(password)]),
  )
}

export function encodeSubscribe(
  version: ProtocolVersion,
  packetId: number,
  requests: readonly SubscriptionRequest[],
  properties?: Properties,
): Buffer {
  const filters = requests.flatMap(({ filter, qos, noLocal, retainAsPublished, retainHandling }) => [
    sized(Buffer.from(filter)),
    Buffer.from([version === 5 ? qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4) : qos]),
  ])
  return packet((SUBSCRIBE << 4) | 2, u16(packetId), propertyBytes(version, properties), ...filters)
}

export function encodeUnsubscribe(version: ProtocolVersion, packetId: number, filters: readonly string[]): Buffer {
  return packet(
    (UNSUBSCRIBE << 4) | 2,
    u16(packetId),
    propertyBytes(version, undefined),
    ...filters.map((filter) => sized(Buffer.from(filter))),
  )
}
