import { formatIp } from '../../core/ip.ts'
import type { FieldDefinition, FieldTables } from './fields.ts'

/** A value of a flow: times are in milliseconds since the epoch, wrapped so that they are told from numbers. */
export type FlowValue = number | bigint | string | boolean | { readonly epochMillis: number }

export interface Flow {
  readonly version: 5 | 9 | 10
  /** When it was exported, in milliseconds since the epoch. */
  readonly exportedAt: number
  readonly values: ReadonlyMap<string, FlowValue>
}

/** A packet that is none, or is cut off. */
export class NetflowError extends Error {}

interface TemplateField extends FieldDefinition {
  /** In bytes; 65535 means that the record says it (RFC 7011 §7). */
  readonly length: number
}

const VARIABLE = 0xffff
/** Exporters make up templates: only so many are kept. */
const MAX_TEMPLATES = 10_000
const MAX_TEMPLATE_FIELDS = 1_000

/**
 * Reads packets of NetFlow 5 and 9 and of IPFIX. Templates come before the flows that need them and are kept by exporter and source id: each
 * counts its own (RFC 3954 §5.1, RFC 7011 §8);
 * flows whose template has not come yet are counted and left out.
 */
export class NetflowReader {
  readonly #tables: FieldTables
  readonly #templates = new Map<string, readonly TemplateField[]>()
  #withoutTemplate = 0

  constructor(tables: FieldTables) {
    this.#tables = tables
  }

  /** Sets of flows that could not be read yet. */
  get withoutTemplate(): number {
    return this.#withoutTemplate
  }

  /**
   * @param exporter where the packet comes from
   * @throws NetflowError
   */
  read(packet: Buffer, exporter: string): Flow[] {
    if (packet.length < 16) throw new NetflowError('the packet is too short')
    const version = packet.readUInt16BE(0)
    switch (version) {
      case 5:
        return readVersion5(packet)
      case 9:
        return this.#readSets(packet, exporter, 9, 20)
      case 10:
        return this.#readSets(packet, exporter, 10, 16)
      default:
        throw new NetflowError(`version ${version} is not spoken: 5, 9 and 10 (IPFIX) are`)
    }
  }

  #readSets(packet: Buffer, exporter: string, version: 9 | 10, headerBytes: number): Flow[] {
    if (packet.length < headerBytes) throw new NetflowError('the packet is too short')
    const seconds = packet.readUInt32BE(version === 9 ? 8 : 4)
    const source = `${exporter} ${packet.readUInt32BE(version === 9 ? 16 : 12)}`
    const header: Header = {
      version,
      exportedAt: seconds * 1000,
      bootedAt: version === 9 ? seconds * 1000 - packet.readUInt32BE(4) : 0,
      sequence: packet.readUInt32BE(version === 9 ? 12 : 8),
      source,
    }
    const end = version === 10 ? Math.min(packet.length, packet.readUInt16BE(2)) : packet.length
    const flows: Flow[] = []
    for (let at = headerBytes; at + 4 <= end;) {
      const id = packet.readUInt16BE(at)
      const length = packet.readUInt16BE(at + 2)
      if (length < 4 || at + length > end) throw new NetflowError('a set is longer than its packet')
      const body = packet.subarray(at + 4, at + length)
      if (id === (version === 9 ? 0 : 2)) this.#readTemplates(body, header, false)
      else if (id === (version === 9 ? 1 : 3)) this.#readTemplates(body, header, true)
      else if (id >= 256) flows.push(...this.#readRecords(body, id, header))
      at += length
    }
    return flows
  }

  #readTemplates(body: Buffer, { version, source }: Header, options: boolean): void {
    let at = 0
    while (at + 4 <= body.length) {
      const id = body.readUInt16BE(at)
      if (id < 256) return // padding
      let count = body.readUInt16BE(at + 2)
      at += 4
      if (options) {
        // Scope fields come first: NetFlow says their bytes, IPFIX their number (RFC 3954 §6.1, RFC 7011 §3.4.2.2).
        if (at + 2 > body.length) throw new NetflowError('a template is cut off')
        if (version === 9) {
          count = (count + body.readUInt16BE(at)) / 4
        }
        at += 2
      }
      if (count > MAX_TEMPLATE_FIELDS) throw new NetflowError(`a template of ${count} fields`)
      const fields: TemplateField[] = []
      for (let n = 0; n < count; n++) {
        if (at + 4 > body.length) throw new NetflowError('a template is cut off')
        const number = body.readUInt16BE(at)
        const length = body.readUInt16BE(at + 2)
        at += 4
        if (version === 10 && number >= 0x8000) {
          if (at + 4 > body.length) throw new NetflowError('a template is cut off')
          fields.push({ name: `enterprise_${body.readUInt32BE(at)}_${number & 0x7fff}`, kind: 'unsigned', length })
          at += 4
        } else {
          const known = (version === 9 ? this.#tables.netflow : this.#tables.ipfix).get(number)
          fields.push({ ...(known ?? { name: `field_${number}`, kind: 'unsigned' }), length })
        }
      }
      this.#keep(`${version} ${source} ${id}`, fields)
    }
  }

  #keep(key: string, fields: readonly TemplateField[]): void {
    this.#templates.delete(key)
    this.#templates.set(key, fields)
    const [oldest] = this.#templates.keys()
    if (this.#templates.size > MAX_TEMPLATES && oldest !== undefined) this.#templates.delete(oldest)
  }

  #readRecords(body: Buffer, id: number, header: Header): Flow[] {
    const fields = this.#templates.get(`${header.version} ${header.source} ${id}`)
    if (fields === undefined) {
      this.#withoutTemplate += 1
      return []
    }
    const smallest = fields.reduce((sum, { length }) => sum + (length === VARIABLE ? 1 : length), 0)
    if (smallest === 0) return []
    const flows: Flow[] = []
    let at = 0
    // What is shorter than a record is padding.
    while (body.length - at >= smallest) {
      const values = new Map<string, FlowValue>([
        ['version', header.version],
        ['flow_seq_num', header.sequence],
        ['flowset_id', id],
      ])
      for (const field of fields) {
        let { length } = field
        if (length === VARIABLE) {
          length = body.readUInt8(at)
          at += 1
          if (length === 255) {
            if (at + 2 > body.length) throw new NetflowError('a record is cut off')
            length = body.readUInt16BE(at)
            at += 2
          }
        }
        if (at + length > body.length) throw new NetflowError('a record is cut off')
        values.set(field.name, readValue(body.subarray(at, at + length), field, header))
        at += length
      }
      flows.push({ version: header.version, exportedAt: header.exportedAt, values })
    }
    return flows
  }
}

interface Header {
  readonly version: 9 | 10
  readonly exportedAt: number
  /** Times within NetFlow count from here. */
  readonly bootedAt: number
  readonly sequence: number
  /** Address of the exporter, and the number of its part that observes. */
  readonly source: string
}

function readValue(bytes: Buffer, { kind }: FieldDefinition, { bootedAt }: Header): FlowValue {
  switch (kind) {
    case 'ip':
      return bytes.length === 4 ? [...bytes].join('.') : bytes.length === 16 ? formatIp(bytes) : bytes.toString('hex')
    case 'mac':
      return (bytes.toString('hex').match(/../g) ?? []).join(':')
    case 'text':
      return bytes.toString('utf8').replace(/\0+$/, '')
    case 'bytes':
      return bytes.toString('hex')
    case 'boolean':
      // RFC 7011 §6.1.5: 1 is true, 2 is false.
      return bytes[0] === 1
    case 'uptime':
      return { epochMillis: bootedAt + Number(readUnsigned(bytes)) }
    case 'seconds':
      return { epochMillis: Number(readUnsigned(bytes)) * 1000 }
    case 'millis':
      return { epochMillis: Number(readUnsigned(bytes)) }
    default:
      return readUnsigned(bytes)
  }
}

/** Up to eight bytes, exactly; longer ones as hexadecimal digits. */
function readUnsigned(bytes: Buffer): number | bigint | string {
  if (bytes.length === 0) return 0
  if (bytes.length <= 6) return bytes.readUIntBE(0, bytes.length)
  if (bytes.length > 8) return bytes.toString('hex')
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

const VERSION_5_HEADER = 24
const VERSION_5_RECORD = 48

function readVersion5(packet: Buffer): Flow[] {
  const count = packet.readUInt16BE(2)
  if (packet.length < VERSION_5_HEADER + count * VERSION_5_RECORD) throw new NetflowError('the packet is shorter than its flows')
  const uptime = packet.readUInt32BE(4)
  const exportedAt = packet.readUInt32BE(8) * 1000 + Math.floor(packet.readUInt32BE(12) / 1_000_000)
  const bootedAt = exportedAt - uptime
  const sampling = packet.readUInt16BE(22)
  return Array.from({ length: count }, (_, place) => {
    const at = VERSION_5_HEADER + place * VERSION_5_RECORD
    const ip = (offset: number): string => [...packet.subarray(at + offset, at + offset + 4)].join('.')
    const u32 = (offset: number): number => packet.readUInt32BE(at + offset)
    const u16 = (offset: number): number => packet.readUInt16BE(at + offset)
    const u8 = (offset: number): number => packet.readUInt8(at + offset)
    const values = new Map<string, FlowValue>([
      ['version', 5],
      ['flow_seq_num', packet.readUInt32BE(16)],
      ['engine_type', packet.readUInt8(20)],
      ['engine_id', packet.readUInt8(21)],
      ['sampling_algorithm', sampling >> 14],
      ['sampling_interval', sampling & 0x3fff],
      ['flow_records', count],
      ['ipv4_src_addr', ip(0)],
      ['ipv4_dst_addr', ip(4)],
      ['ipv4_next_hop', ip(8)],
      ['input_snmp', u16(12)],
      ['output_snmp', u16(14)],
      ['in_pkts', u32(16)],
      ['in_bytes', u32(20)],
      ['first_switched', { epochMillis: bootedAt + u32(24) }],
      ['last_switched', { epochMillis: bootedAt + u32(28) }],
      ['l4_src_port', u16(32)],
      ['l4_dst_port', u16(34)],
      ['tcp_flags', u8(37)],
      ['protocol', u8(38)],
      ['src_tos', u8(39)],
      ['src_as', u16(40)],
      ['dst_as', u16(42)],
      ['src_mask', u8(44)],
      ['dst_mask', u8(45)],
    ])
    return { version: 5, exportedAt, values }
  })
}
