import { ByteReader, variableSize, writeVariable } from './bytes.ts'
import {
  AUTH,
  CONNACK,
  CONNECT,
  DISCONNECT,
  malformed,
  MqttError,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  protocolError,
  Reason,
  SUBACK,
  SUBSCRIBE,
  UNSUBACK,
  UNSUBSCRIBE,
} from './packet.ts'

/** Properties of a will lie within CONNECT, in a list of their own. */
export const WILL = 0

type PropertyType = 'byte' | 'u16' | 'u32' | 'variable' | 'text' | 'binary' | 'pair'

interface PropertyRule {
  readonly id: number
  readonly name: string
  readonly type: PropertyType
  /** Packets that may carry it. */
  readonly packets: readonly number[]
  /** May stand more than once. */
  readonly multiple?: boolean
  /** Answers what is wrong with a value. */
  readonly refuse?: (value: number) => MqttError | undefined
}

const flag = (value: number): MqttError | undefined =>
  value > 1 ? protocolError(`a flag is ${value}, neither 0 nor 1`) : undefined
const notZero = (value: number): MqttError | undefined =>
  value === 0 ? protocolError('a value is 0 that must not be') : undefined
const ACKS = [PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK]

/** The 27 properties (MQTT 5.0 §2.2.2.2). */
const RULES = [
  { id: 0x01, name: 'payloadFormatIndicator', type: 'byte', packets: [PUBLISH, WILL], refuse: flag },
  { id: 0x02, name: 'messageExpiryInterval', type: 'u32', packets: [PUBLISH, WILL] },
  { id: 0x03, name: 'contentType', type: 'text', packets: [PUBLISH, WILL] },
  { id: 0x08, name: 'responseTopic', type: 'text', packets: [PUBLISH, WILL] },
  { id: 0x09, name: 'correlationData', type: 'binary', packets: [PUBLISH, WILL] },
  { id: 0x0b, name: 'subscriptionIdentifier', type: 'variable', packets: [PUBLISH, SUBSCRIBE], multiple: true, refuse: notZero },
  { id: 0x11, name: 'sessionExpiryInterval', type: 'u32', packets: [CONNECT, CONNACK, DISCONNECT] },
  { id: 0x12, name: 'assignedClientIdentifier', type: 'text', packets: [CONNACK] },
  { id: 0x13, name: 'serverKeepAlive', type: 'u16', packets: [CONNACK] },
  { id: 0x15, name: 'authenticationMethod', type: 'text', packets: [CONNECT, CONNACK, AUTH] },
  { id: 0x16, name: 'authenticationData', type: 'binary', packets: [CONNECT, CONNACK, AUTH] },
  { id: 0x17, name: 'requestProblemInformation', type: 'byte', packets: [CONNECT], refuse: flag },
  { id: 0x18, name: 'willDelayInterval', type: 'u32', packets: [WILL] },
  { id: 0x19, name: 'requestResponseInformation', type: 'byte', packets: [CONNECT], refuse: flag },
  { id: 0x1a, name: 'responseInformation', type: 'text', packets: [CONNACK] },
  { id: 0x1c, name: 'serverReference', type: 'text', packets: [CONNACK, DISCONNECT] },
  { id: 0x1f, name: 'reasonString', type: 'text', packets: [CONNACK, ...ACKS, DISCONNECT, AUTH] },
  { id: 0x21, name: 'receiveMaximum', type: 'u16', packets: [CONNECT, CONNACK], refuse: notZero },
  { id: 0x22, name: 'topicAliasMaximum', type: 'u16', packets: [CONNECT, CONNACK] },
  {
    id: 0x23,
    name: 'topicAlias',
    type: 'u16',
    packets: [PUBLISH],
    refuse: (value) => (value === 0 ? new MqttError(Reason.topicAliasInvalid, 'a topic alias is 0') : undefined),
  },
  { id: 0x24, name: 'maximumQos', type: 'byte', packets: [CONNACK], refuse: flag },
  { id: 0x25, name: 'retainAvailable', type: 'byte', packets: [CONNACK], refuse: flag },
  {
    id: 0x26,
    name: 'userProperty',
    type: 'pair',
    packets: [CONNECT, CONNACK, PUBLISH, WILL, ...ACKS, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, AUTH],
    multiple: true,
  },
  { id: 0x27, name: 'maximumPacketSize', type: 'u32', packets: [CONNECT, CONNACK], refuse: notZero },
  { id: 0x28, name: 'wildcardSubscriptionAvailable', type: 'byte', packets: [CONNACK], refuse: flag },
  { id: 0x29, name: 'subscriptionIdentifierAvailable', type: 'byte', packets: [CONNACK], refuse: flag },
  { id: 0x2a, name: 'sharedSubscriptionAvailable', type: 'byte', packets: [CONNACK], refuse: flag },
] as const satisfies readonly PropertyRule[]

type Rule = (typeof RULES)[number]
type ValueOf<T extends PropertyType> = T extends 'text'
  ? string
  : T extends 'binary'
    ? Uint8Array
    : T extends 'pair'
      ? readonly [string, string]
      : number

/** Properties by their names; those that may repeat are lists. */
export type Properties = {
  readonly [R in Rule as R['name']]?: R extends { multiple: true } ? readonly ValueOf<R['type']>[] : ValueOf<R['type']>
}

const byId: readonly (PropertyRule | undefined)[] = Array.from({ length: 0x2b }, (_, id) =>
  (RULES as readonly PropertyRule[]).find((rule) => rule.id === id),
)
const byName = new Map<string, PropertyRule>((RULES as readonly PropertyRule[]).map((rule) => [rule.name, rule]))

export const NO_PROPERTIES: Properties = {}

/** What PUBLISH passes on to subscribers byte for byte; the alias and the expiry are each connection's own. */
const PASSED_ON = new Set([0x01, 0x03, 0x08, 0x09, 0x26])

function readValue(reader: ByteReader, type: PropertyType): number | string | Buffer | readonly [string, string] {
  switch (type) {
    case 'byte':
      return reader.u8()
    case 'u16':
      return reader.u16()
    case 'u32':
      return reader.u32()
    case 'variable':
      return reader.variable()
    case 'text':
      return reader.text()
    case 'binary':
      return Buffer.from(reader.binary())
    default:
      return [reader.text(), reader.text()]
  }
}

/**
 * Reads the properties of a packet: their length, then each with its id.
 * @param passedOn gets the bytes of those that a PUBLISH hands on to subscribers
 * @throws MqttError for an unknown one, one that is misplaced, twice, or has a value that is not allowed
 */
export function readProperties(reader: ByteReader, packet: number, passedOn?: Buffer[]): Properties {
  const length = reader.variable()
  if (length === 0) return NO_PROPERTIES
  const end = reader.at + length
  if (end > reader.end) throw malformed('the properties end behind the packet')
  const inner = new ByteReader(reader.bytes, reader.at, end)
  const properties: Record<string, unknown> = {}
  while (inner.left > 0) {
    const start = inner.at
    const id = inner.variable()
    const rule = byId[id]
    if (rule === undefined) throw malformed(`there is no property 0x${id.toString(16)}`)
    if (!rule.packets.includes(packet)) throw protocolError(`the property ${rule.name} does not belong into this packet`)
    const value = readValue(inner, rule.type)
    if (typeof value === 'number') {
      const refused = rule.refuse?.(value)
      if (refused !== undefined) throw refused
    }
    const before = properties[rule.name]
    if (rule.multiple === true) {
      if (Array.isArray(before)) before.push(value)
      else properties[rule.name] = [value]
    } else {
      if (before !== undefined) throw protocolError(`the property ${rule.name} stands twice`)
      properties[rule.name] = value
    }
    if (passedOn !== undefined && PASSED_ON.has(id)) passedOn.push(Buffer.from(inner.bytes.subarray(start, inner.at)))
  }
  reader.at = end
  // Every value was made by the table that the type is made from.
  return properties
}

/** The bytes of properties, without their length. */
export function printProperties(properties: Properties): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of Object.entries(properties)) {
    const rule = byName.get(name)
    if (rule === undefined) continue
    for (const one of rule.multiple === true ? (value as readonly unknown[]) : [value]) {
      if (one !== undefined) parts.push(Buffer.from([rule.id]), printValue(rule.type, one))
    }
  }
  return Buffer.concat(parts)
}

function printValue(type: PropertyType, value: unknown): Buffer {
  switch (type) {
    case 'byte':
      return Buffer.from([value as number])
    case 'u16': {
      const bytes = Buffer.alloc(2)
      bytes.writeUInt16BE(value as number)
      return bytes
    }
    case 'u32': {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(value as number)
      return bytes
    }
    case 'variable': {
      const bytes = Buffer.alloc(variableSize(value as number))
      writeVariable(bytes, value as number, 0)
      return bytes
    }
    case 'text':
      return sized(Buffer.from(value as string))
    case 'binary':
      return sized(Buffer.from(value as Uint8Array))
    default: {
      const [name, text] = value as readonly [string, string]
      return Buffer.concat([sized(Buffer.from(name)), sized(Buffer.from(text))])
    }
  }
}

/** Bytes with their length before them. */
export function sized(bytes: Uint8Array): Buffer {
  const result = Buffer.allocUnsafe(2 + bytes.length)
  result.writeUInt16BE(bytes.length)
  result.set(bytes, 2)
  return result
}
