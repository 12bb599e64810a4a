import { ByteReader, checkUtf8 } from './bytes.ts'
import {
  AUTH,
  CONNACK,
  CONNECT,
  DISCONNECT,
  malformed,
  MqttError,
  protocolError,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  Reason,
  type SUBACK,
  SUBSCRIBE,
  type UNSUBACK,
  UNSUBSCRIBE,
  type ProtocolVersion,
  type Qos,
} from './packet.ts'
import { NO_PROPERTIES, readProperties, WILL, type Properties } from './properties.ts'
import { hasControlCharacters, isTopicFilter, isTopicName, parseSharedFilter } from './topics.ts'

/** A protocol level that is not spoken: answered with a CONNACK of its own. */
export class UnsupportedVersionError extends MqttError {
  constructor(level: number) {
    super(Reason.unsupportedProtocolVersion, `the protocol level ${level} is not spoken here: 3 (3.1), 4 (3.1.1) and 5 are`)
  }
}

export interface Will {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Properties
  /** Properties as bytes, as subscribers get them. */
  readonly passedOn: Buffer
}

export interface ConnectPacket {
  readonly version: ProtocolVersion
  readonly clientId: string
  readonly cleanStart: boolean
  readonly keepAliveSeconds: number
  readonly will: Will | undefined
  readonly username: string | undefined
  readonly password: Buffer | undefined
  readonly properties: Properties
}

/** CONNECT (§3.1). @throws MqttError; UnsupportedVersionError for another level */
export function decodeConnect(bytes: Buffer, start: number, end: number): ConnectPacket {
  const reader = new ByteReader(bytes, start, end)
  const protocol = reader.binary().toString('latin1')
  const level = reader.u8()
  // Before the name is looked at: a bridge of Mosquitto sets the upper bit.
  const version = versionOf(protocol, level)
  const flags = reader.u8()
  // MQTT 3.1 says nothing of it.
  if ((flags & 1) !== 0 && version !== 3) throw malformed('the reserved flag of CONNECT is set [MQTT-3.1.2-3]')
  const keepAliveSeconds = reader.u16()
  const properties = version === 5 ? readProperties(reader, CONNECT) : NO_PROPERTIES
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    throw protocolError('authentication data without a method')
  }
  const clientId = readIdentifier(reader, 'the client id')
  const will = readWill(reader, flags, version)
  const hasUsername = (flags & 0x80) !== 0
  const hasPassword = (flags & 0x40) !== 0
  if (hasPassword && !hasUsername && version !== 5) throw malformed('a password without a user name [MQTT-3.1.2-22]')
  const username = hasUsername ? readIdentifier(reader, 'the user name') : undefined
  const password = hasPassword ? Buffer.from(reader.binary()) : undefined
  if (reader.left > 0) throw malformed('bytes behind the end of CONNECT')
  return { version, clientId, cleanStart: (flags & 2) !== 0, keepAliveSeconds, will, username, password, properties }
}

function versionOf(protocol: string, level: number): ProtocolVersion {
  if (protocol === 'MQIsdp') {
    if (level === 3) return 3
    throw new UnsupportedVersionError(level)
  }
  if (protocol !== 'MQTT')
    throw new MqttError(
      Reason.unsupportedProtocolVersion,
      `the protocol name is [${protocol.slice(0, 20)}], not MQTT [MQTT-3.1.2-1]`,
    )
  if (level === 4 || level === 5) return level
  throw new UnsupportedVersionError(level)
}

function readWill(reader: ByteReader, flags: number, version: ProtocolVersion): Will | undefined {
  const qos = (flags >> 3) & 3
  if ((flags & 4) === 0) {
    if (qos !== 0 || (flags & 0x20) !== 0) throw malformed('flags of a will without a will [MQTT-3.1.2-11, -13]')
    return undefined
  }
  if (qos === 3) throw malformed('the will has QoS 3 [MQTT-3.1.2-12]')
  const passedOn: Buffer[] = []
  const properties = version === 5 ? readProperties(reader, WILL, passedOn) : NO_PROPERTIES
  const topic = readIdentifier(reader, 'the topic of the will')
  checkTopic(topic, 'the will')
  checkResponseTopic(properties)
  return {
    topic,
    payload: Buffer.from(reader.binary()),
    qos: qos as Qos,
    retain: (flags & 0x20) !== 0,
    properties,
    passedOn: Buffer.concat(passedOn),
  }
}

/** Text that names something. */
function readIdentifier(reader: ByteReader, what: string): string {
  const text = reader.text()
  if (hasControlCharacters(text)) throw malformed(`${what} has control characters [§1.5.4]`)
  return text
}

function checkTopic(topic: string, what: string): void {
  if (!isTopicName(topic))
    throw new MqttError(Reason.topicNameInvalid, `${what} has the topic [${topic.slice(0, 50)}], which no message can have`)
}

function checkResponseTopic({ responseTopic }: Properties): void {
  if (responseTopic !== undefined && !isTopicName(responseTopic))
    throw new MqttError(Reason.topicNameInvalid, 'a response topic has wildcards [MQTT-3.3.2-14]')
}

/** Where the parts of a PUBLISH lie. One object is filled again for each packet. */
export class PublishView {
  qos: Qos = 0
  retain = false
  duplicate = false
  topicStart = 0
  topicEnd = 0
  packetId = 0
  properties: Properties = NO_PROPERTIES
  /** Properties as bytes, as subscribers get them; `undefined` for none. */
  passedOn: Buffer | undefined
  payloadStart = 0
  payloadEnd = 0
}

/**
 * PUBLISH (§3.3), without a look at its topic: most topics are the one of the packet before. See `readTopic`.
 * @throws MqttError
 */
export function decodePublish(
  view: PublishView,
  first: number,
  bytes: Buffer,
  start: number,
  end: number,
  version: ProtocolVersion,
): void {
  const qos = (first >> 1) & 3
  if (qos === 3) throw malformed('QoS 3 [MQTT-3.3.1-4]')
  view.qos = qos as Qos
  view.retain = (first & 1) !== 0
  view.duplicate = (first & 8) !== 0
  if (qos === 0 && view.duplicate) throw malformed('a duplicate of QoS 0 [MQTT-3.3.1-2]')
  if (end - start < 2) throw malformed('the packet ends too early')
  const topicLength = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)
  view.topicStart = start + 2
  view.topicEnd = view.topicStart + topicLength
  let at = view.topicEnd
  if (at + (qos > 0 ? 2 : 0) > end) throw malformed('the packet ends too early')
  view.packetId = 0
  if (qos > 0) {
    view.packetId = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    at += 2
    if (view.packetId === 0) throw protocolError('packet identifier 0 [MQTT-2.2.1-3]')
  }
  view.properties = NO_PROPERTIES
  view.passedOn = undefined
  if (version === 5) {
    if (bytes[at] === 0 && at < end) at += 1
    else {
      const reader = new ByteReader(bytes, at, end)
      const passedOn: Buffer[] = []
      view.properties = readProperties(reader, PUBLISH, passedOn)
      checkResponseTopic(view.properties)
      if (passedOn.length > 0) view.passedOn = Buffer.concat(passedOn)
      at = reader.at
    }
  }
  view.payloadStart = at
  view.payloadEnd = end
}

/** The topic of a message, checked. @throws MqttError */
export function readTopic(bytes: Buffer, start: number, end: number): string {
  const part = bytes.subarray(start, end)
  checkUtf8(part)
  const topic = part.toString('utf8')
  if (hasControlCharacters(topic)) throw malformed('a topic has control characters [§1.5.4]')
  checkTopic(topic, 'a message')
  return topic
}

export interface Acknowledgement {
  readonly packetId: number
  readonly reason: number
  readonly properties: Properties
}

/** Reason codes that each acknowledgement may carry (§2.4). */
const ACK_REASONS: Readonly<Record<number, ReadonlySet<number>>> = {
  [PUBACK]: new Set([0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
  [PUBREC]: new Set([0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
  [PUBREL]: new Set([0x00, 0x92]),
  [PUBCOMP]: new Set([0x00, 0x92]),
}

/** PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4 to §3.7). @throws MqttError */
export function decodeAck(type: number, bytes: Buffer, start: number, end: number, version: ProtocolVersion): Acknowledgement {
  const reader = new ByteReader(bytes, start, end)
  const packetId = reader.u16()
  if (packetId === 0) throw protocolError('packet identifier 0')
  if (version !== 5) {
    if (reader.left > 0) throw malformed('bytes behind the end of an acknowledgement')
    return { packetId, reason: 0, properties: NO_PROPERTIES }
  }
  const reason = reader.left > 0 ? reader.u8() : 0
  if (ACK_REASONS[type]?.has(reason) !== true)
    throw malformed(`the reason code 0x${reason.toString(16)} does not belong into this packet`)
  const properties = reader.left > 0 ? readProperties(reader, type) : NO_PROPERTIES
  if (reader.left > 0) throw malformed('bytes behind the end of an acknowledgement')
  return { packetId, reason, properties }
}

export interface SubscriptionRequest {
  readonly filter: string
  readonly qos: Qos
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** 0: retained messages are sent; 1: only for a new subscription; 2: not. */
  readonly retainHandling: 0 | 1 | 2
}

export interface SubscribePacket {
  readonly packetId: number
  readonly properties: Properties
  readonly requests: readonly SubscriptionRequest[]
}

/** SUBSCRIBE (§3.8). @throws MqttError */
export function decodeSubscribe(bytes: Buffer, start: number, end: number, version: ProtocolVersion): SubscribePacket {
  const reader = new ByteReader(bytes, start, end)
  const packetId = reader.u16()
  if (packetId === 0) throw protocolError('packet identifier 0')
  const properties = version === 5 ? readProperties(reader, SUBSCRIBE) : NO_PROPERTIES
  if ((properties.subscriptionIdentifier?.length ?? 0) > 1) throw protocolError('a SUBSCRIBE with two subscription identifiers')
  const requests: SubscriptionRequest[] = []
  while (reader.left > 0) {
    const filter = readFilter(reader)
    const options = reader.u8()
    const qos = options & 3
    const retainHandling = (options >> 4) & 3
    if (qos === 3) throw protocolError('a subscription asks for QoS 3 [MQTT-3.8.3-4]')
    if (version !== 5 ? (options & 0xfc) !== 0 : (options & 0xc0) !== 0)
      throw malformed('reserved bits of subscription options are set [MQTT-3.8.3-5]')
    if (retainHandling === 3) throw protocolError('a subscription has retain handling 3')
    const noLocal = version === 5 && (options & 4) !== 0
    if (noLocal && filter.startsWith('$share/')) throw protocolError('a shared subscription with No Local [MQTT-3.8.3-4]')
    requests.push({
      filter,
      qos: qos as Qos,
      noLocal,
      retainAsPublished: (options & 8) !== 0,
      retainHandling: retainHandling as 0 | 1 | 2,
    })
  }
  if (requests.length === 0) throw protocolError('a SUBSCRIBE without a filter [MQTT-3.8.3-2]')
  return { packetId, properties, requests }
}

function readFilter(reader: ByteReader): string {
  const filter = readIdentifier(reader, 'a topic filter')
  if (!isTopicFilter(filter))
    throw new MqttError(Reason.topicFilterInvalid, `[${filter.slice(0, 50)}] is no topic filter [MQTT-4.7.1-1, -2]`)
  if (parseSharedFilter(filter) === 'invalid')
    throw new MqttError(Reason.topicFilterInvalid, `[${filter.slice(0, 50)}] is no shared subscription [MQTT-4.8.2-1, -2]`)
  return filter
}

export interface UnsubscribePacket {
  readonly packetId: number
  readonly filters: readonly string[]
}

/** UNSUBSCRIBE (§3.10). @throws MqttError */
export function decodeUnsubscribe(bytes: Buffer, start: number, end: number, version: ProtocolVersion): UnsubscribePacket {
  const reader = new ByteReader(bytes, start, end)
  const packetId = reader.u16()
  if (packetId === 0) throw protocolError('packet identifier 0')
  if (version === 5) readProperties(reader, UNSUBSCRIBE)
  const filters: string[] = []
  while (reader.left > 0) filters.push(readFilter(reader))
  if (filters.length === 0) throw protocolError('an UNSUBSCRIBE without a filter [MQTT-3.10.3-2]')
  return { packetId, filters }
}

export interface DisconnectPacket {
  readonly reason: number
  readonly properties: Properties
}

const CLIENT_DISCONNECT_REASONS = new Set([0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99])
const SERVER_DISCONNECT_REASONS = new Set([
  0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b,
  0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
])

/** DISCONNECT (§3.14). @throws MqttError */
export function decodeDisconnect(
  bytes: Buffer,
  start: number,
  end: number,
  version: ProtocolVersion,
  from: 'client' | 'server',
): DisconnectPacket {
  const reader = new ByteReader(bytes, start, end)
  if (version !== 5) {
    if (reader.left > 0) throw malformed('a DISCONNECT with content')
    return { reason: 0, properties: NO_PROPERTIES }
  }
  const reason = reader.left > 0 ? reader.u8() : 0
  if (!(from === 'client' ? CLIENT_DISCONNECT_REASONS : SERVER_DISCONNECT_REASONS).has(reason))
    throw malformed(`the reason code 0x${reason.toString(16)} does not belong into this DISCONNECT`)
  const properties = reader.left > 0 ? readProperties(reader, DISCONNECT) : NO_PROPERTIES
  if (reader.left > 0) throw malformed('bytes behind the end of DISCONNECT')
  if (from === 'client' && properties.serverReference !== undefined) throw protocolError('a server reference from a client')
  return { reason, properties }
}

/** AUTH (§3.15). @throws MqttError */
export function decodeAuth(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly reason: number; readonly properties: Properties } {
  const reader = new ByteReader(bytes, start, end)
  const reason = reader.left > 0 ? reader.u8() : 0
  if (reason !== 0x00 && reason !== 0x18 && reason !== 0x19)
    throw malformed(`the reason code 0x${reason.toString(16)} does not belong into AUTH`)
  const properties = reader.left > 0 ? readProperties(reader, AUTH) : NO_PROPERTIES
  if (reader.left > 0) throw malformed('bytes behind the end of AUTH')
  return { reason, properties }
}

// --- what a client reads ---

export interface ConnackPacket {
  readonly sessionPresent: boolean
  /** A reason code of MQTT 5, or a return code before it. */
  readonly code: number
  readonly properties: Properties
}

export function decodeConnack(bytes: Buffer, start: number, end: number, version: ProtocolVersion): ConnackPacket {
  const reader = new ByteReader(bytes, start, end)
  const flags = reader.u8()
  if ((flags & 0xfe) !== 0) throw malformed('reserved flags of CONNACK are set')
  const code = reader.u8()
  const properties = version === 5 && reader.left > 0 ? readProperties(reader, CONNACK) : NO_PROPERTIES
  return { sessionPresent: (flags & 1) !== 0, code, properties }
}

export function decodeSuback(
  type: typeof SUBACK | typeof UNSUBACK,
  bytes: Buffer,
  start: number,
  end: number,
  version: ProtocolVersion,
): { readonly packetId: number; readonly codes: readonly number[] } {
  const reader = new ByteReader(bytes, start, end)
  const packetId = reader.u16()
  if (version === 5) readProperties(reader, type)
  const codes: number[] = []
  while (reader.left > 0) codes.push(reader.u8())
  return { packetId, codes }
}
