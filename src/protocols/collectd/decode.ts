/**
 * Packets of collectd's network plug-in: parts of type (u16), length (u16, with this head) and content, all big-endian but
 * gauges. https://github.com/collectd/collectd/wiki/Binary-protocol
 */

/** Values, or a notification, with what parts before told about them. Numbers beyond 2^53 are bigint. */
export interface CollectdRecord {
  readonly host: string
  /** Seconds since 1970, to a 2^30th. */
  readonly time: number
  readonly intervalSeconds: number | undefined
  readonly plugin: string
  readonly pluginInstance: string
  readonly type: string
  readonly typeInstance: string
  readonly values: readonly (number | bigint)[]
  readonly message: string | undefined
  /** 1 failure, 2 warning, 4 okay. */
  readonly severity: number | undefined
}

/** A packet that is no whole one, or that is signed or encrypted. */
export class CollectdError extends Error {}

const TEXT_PARTS = { 0: 'host', 2: 'plugin', 3: 'pluginInstance', 4: 'type', 5: 'typeInstance' } as const
const PART = { time: 1, values: 6, interval: 7, timeHighRes: 8, intervalHighRes: 9, message: 0x100, severity: 0x101 }
const SIGNED = 0x200
const ENCRYPTED = 0x210
const HIGH_RES = 2 ** 30

type State = { -readonly [K in keyof CollectdRecord]: CollectdRecord[K] }

/** @throws CollectdError */
export function decodeCollectd(packet: Buffer): readonly CollectdRecord[] {
  const records: CollectdRecord[] = []
  const state: State = {
    host: '',
    time: 0,
    intervalSeconds: undefined,
    plugin: '',
    pluginInstance: '',
    type: '',
    typeInstance: '',
    values: [],
    message: undefined,
    severity: undefined,
  }
  for (let at = 0; at < packet.length;) {
    if (at + 4 > packet.length) throw new CollectdError('a part has no head')
    const kind = packet.readUInt16BE(at)
    const length = packet.readUInt16BE(at + 2)
    if (length < 4 || at + length > packet.length) throw new CollectdError(`a part of ${length} bytes is not there as a whole`)
    const content = packet.subarray(at + 4, at + length)
    at += length
    if (kind === SIGNED) continue
    if (kind === ENCRYPTED) throw new CollectdError('the packet is encrypted')
    readPart(kind, content, state)
    if (kind === PART.values || kind === PART.message) {
      records.push({ ...state })
      state.values = []
      state.message = undefined
    }
  }
  return records
}

function readPart(kind: number, content: Buffer, state: State): void {
  const name = TEXT_PARTS[kind as keyof typeof TEXT_PARTS] as (typeof TEXT_PARTS)[keyof typeof TEXT_PARTS] | undefined
  if (name !== undefined) state[name] = textOf(content)
  else if (kind === PART.message) state.message = textOf(content)
  else if (kind === PART.values) state.values = readValues(content)
  else if (kind === PART.time) state.time = numberOf(content)
  else if (kind === PART.timeHighRes) state.time = numberOf(content) / HIGH_RES
  else if (kind === PART.interval) state.intervalSeconds = numberOf(content)
  else if (kind === PART.intervalHighRes) state.intervalSeconds = numberOf(content) / HIGH_RES
  else if (kind === PART.severity) state.severity = numberOf(content)
}

function textOf(content: Buffer): string {
  return content.toString('utf8', 0, content.at(-1) === 0 ? content.length - 1 : content.length)
}

function numberOf(content: Buffer): number {
  if (content.length !== 8) throw new CollectdError(`a number has 8 bytes, and not ${content.length}`)
  return Number(content.readBigUInt64BE())
}

/** A count (u16), the kind of each value (u8), and the values, 8 bytes each. */
function readValues(content: Buffer): readonly (number | bigint)[] {
  const count = content.length < 2 ? 0 : content.readUInt16BE()
  if (content.length !== 2 + count * 9) throw new CollectdError(`${count} values do not take ${content.length} bytes`)
  return Array.from({ length: count }, (_, i) => {
    const at = 2 + count + i * 8
    const kind = content[2 + i]
    // A gauge is the one number of the protocol that is little-endian.
    if (kind === 1) return content.readDoubleLE(at)
    const value = kind === 2 ? content.readBigInt64BE(at) : content.readBigUInt64BE(at)
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  })
}
