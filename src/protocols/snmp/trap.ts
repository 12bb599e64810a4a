/**
 * Traps and informs of SNMP 1 and 2c: messages in BER. RFC 1157 §4, RFC 3416 §3. Version 3 is only recognized.
 */

import { octetsText } from './octets-text.ts'

export type SnmpValue = string | number | bigint | null

export interface SnmpTrap {
  readonly version: '1' | '2c'
  readonly community: string
  readonly type: 'V1TRAP' | 'TRAP' | 'INFORM'
  /** Version 1 alone. */
  readonly enterprise?: string
  readonly agentAddress?: string
  readonly genericTrap?: number
  readonly specificTrap?: number
  /** Hundredths of a second since the agent began, version 1 alone. */
  readonly timestamp?: number
  /** Version 2c alone. */
  readonly requestId?: number
  readonly errorStatus?: number
  readonly errorIndex?: number
  /** OIDs, as numbers with dots, and values, in their order. */
  readonly bindings: readonly (readonly [string, SnmpValue])[]
}

/** No trap that can be read. */
export class SnmpError extends Error {}

const TAG = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30, address: 0x40, opaque: 0x44, counter64: 0x46 }
const PDU = { response: 0xa2, v1Trap: 0xa4, inform: 0xa6, trap: 0xa7 }
const UNSIGNED = new Set([0x41, 0x42, 0x43, 0x46, 0x47])
/** noSuchObject, noSuchInstance, endOfMibView. */
const ABSENT = new Set([0x80, 0x81, 0x82])

interface Item {
  readonly tag: number
  readonly content: Buffer
}

/** @throws SnmpError */
export function decodeTrap(message: Buffer): SnmpTrap {
  const [whole] = items(message)
  const [version, community, pdu] = whole?.tag === TAG.sequence ? items(whole.content) : []
  const number = version?.tag === TAG.integer ? Number(integerOf(version.content)) : -1
  if (number === 3) throw new SnmpError('version 3 is not spoken: send version 1 or 2c')
  if ((number !== 0 && number !== 1) || community?.tag !== TAG.octets || pdu === undefined)
    throw new SnmpError('it is no message of SNMP')
  const head = { version: number === 0 ? ('1' as const) : ('2c' as const), community: community.content.toString() }
  if (pdu.tag === PDU.v1Trap) return { ...head, ...v1Trap(items(pdu.content)) }
  if (pdu.tag !== PDU.trap && pdu.tag !== PDU.inform)
    throw new SnmpError(`a message of type 0x${pdu.tag.toString(16)} is no trap`)
  return {
    ...head,
    type: pdu.tag === PDU.inform ? 'INFORM' : 'TRAP',
    ...v2Trap(items(pdu.content)),
  }
}

function v1Trap([enterprise, agent, generic, specific, ticks, bindings]: readonly Item[]): Omit<
  SnmpTrap,
  'version' | 'community'
> {
  if (enterprise === undefined || agent === undefined || generic === undefined || specific === undefined || ticks === undefined)
    throw new SnmpError('a trap of version 1 lacks something')
  return {
    type: 'V1TRAP',
    enterprise: oidOf(enterprise.content),
    agentAddress: [...agent.content].join('.'),
    genericTrap: Number(integerOf(generic.content)),
    specificTrap: Number(integerOf(specific.content)),
    timestamp: Number(unsignedOf(ticks.content)),
    bindings: bindingsOf(bindings),
  }
}

function v2Trap([id, status, index, bindings]: readonly Item[]) {
  if (id === undefined || status === undefined || index === undefined) throw new SnmpError('a trap of version 2c lacks something')
  return {
    requestId: Number(integerOf(id.content)),
    errorStatus: Number(integerOf(status.content)),
    errorIndex: Number(integerOf(index.content)),
    bindings: bindingsOf(bindings),
  }
}

/**
 * What acknowledges an inform: itself as a response, of the same length. `undefined` for what is none.
 * @throws SnmpError when it is no message
 */
export function informResponse(message: Buffer): Uint8Array | undefined {
  const [whole] = items(message)
  const [, , pdu] = whole === undefined ? [] : items(whole.content)
  if (pdu?.tag !== PDU.inform) return undefined
  const answer = Buffer.from(message)
  const content = pdu.content.byteOffset - message.byteOffset
  // The tag stands before the length, which takes 1 byte, or 1 and as many as that says.
  for (const lengthBytes of [1, 2, 3, 4, 5]) {
    const at = content - lengthBytes - 1
    if (answer[at] !== PDU.inform || readLength(answer, at + 1)?.next !== content) continue
    answer[at] = PDU.response
    return answer
  }
  return undefined
}

function bindingsOf(list: Item | undefined): readonly (readonly [string, SnmpValue])[] {
  if (list?.tag !== TAG.sequence) throw new SnmpError('there are no variable bindings')
  return items(list.content).map((binding) => {
    const [name, value] = items(binding.content)
    if (name?.tag !== TAG.oid || value === undefined) throw new SnmpError('a variable binding has no name or value')
    return [oidOf(name.content), valueOf(value)]
  })
}

function valueOf({ tag, content }: Item): SnmpValue {
  if (tag === TAG.integer) return narrow(integerOf(content))
  if (UNSIGNED.has(tag)) return narrow(unsignedOf(content))
  if (tag === TAG.octets) return octetsText(content)
  if (tag === TAG.oid) return oidOf(content)
  if (tag === TAG.address) return [...content].join('.')
  if (tag === TAG.null || ABSENT.has(tag)) return null
  return content.toString('hex')
}

const narrow = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value

function integerOf(content: Buffer): bigint {
  return content.length === 0 ? 0n : BigInt.asIntN(content.length * 8, unsignedOf(content))
}

function unsignedOf(content: Buffer): bigint {
  if (content.length > 9) throw new SnmpError(`a number of ${content.length} bytes`)
  return content.length === 0 ? 0n : BigInt(`0x${content.toString('hex')}`)
}

/** The first byte is two numbers; the others go on as long as their first bit is set. X.690 §8.19. */
function oidOf(content: Buffer): string {
  const numbers: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (value > 0xffff_ffff) throw new SnmpError('a number of an object id is too large')
    if ((byte & 0x80) !== 0) continue
    if (numbers.length === 0) numbers.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)))
    else numbers.push(value)
    value = 0
  }
  return numbers.join('.')
}

/** What stands side by side. */
function items(bytes: Buffer): Item[] {
  const found: Item[] = []
  for (let at = 0; at < bytes.length;) {
    const length = readLength(bytes, at + 1)
    if (length === undefined || length.next + length.value > bytes.length)
      throw new SnmpError('the message is not there as a whole')
    found.push({ tag: bytes[at] ?? 0, content: bytes.subarray(length.next, length.next + length.value) })
    at = length.next + length.value
  }
  return found
}

/** A length in one byte, or in as many as the first one says. */
function readLength(bytes: Buffer, at: number): { readonly value: number; readonly next: number } | undefined {
  const first = bytes[at]
  if (first === undefined) return undefined
  if (first < 0x80) return { value: first, next: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4 || at + 1 + count > bytes.length) return undefined
  return { value: bytes.readUIntBE(at + 1, count), next: at + 1 + count }
}
