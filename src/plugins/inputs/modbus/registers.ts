import { float } from '../../../core/float.ts'
import type { FieldValue } from '../../../core/event.ts'

/** The four tables of a Modbus device: two of bits, two of words of 16 bits. */
export type Table = 'coil' | 'discrete' | 'input' | 'holding'

const TABLES: readonly Table[] = ['coil', 'discrete', 'input', 'holding']

type NumberType = 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64'

const WORDS: Readonly<Record<NumberType, number>> = {
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  int64: 4,
  uint64: 4,
  float32: 2,
  float64: 4,
}

/** A value of a device: where it is, and how it is read. */
export interface Register {
  readonly field: string
  readonly table: Table
  /** As in the protocol: from 0. */
  readonly address: number
  /** Of a table of words. */
  readonly type: NumberType | undefined
  readonly scale: number
}

/** What one request reads: bits, or words. */
export interface Span {
  readonly table: Table
  readonly address: number
  readonly count: number
  readonly registers: readonly Register[]
}

/** Modbus Application Protocol 1.1b3 §6.1 and §6.3: as much as one answer holds. */
const MAX_BITS = 2000
const MAX_WORDS = 125

/** Reads `holding:100:float32:0.1`. @throws Error naming what is wrong */
export function parseRegister(field: string, text: string): Register {
  const [table = '', address = '', type, scale = '1', ...more] = text.split(':')
  const fail = (what: string): never => {
    throw new Error(`registers: [${field} => "${text}"]: ${what}`)
  }
  if (!isTable(table)) return fail(`expected coil, discrete, input or holding, such as "holding:100:float32"`)
  if (!/^\d{1,5}$/.test(address) || Number(address) > 65_535)
    return fail(`expected an address from 0 to 65535, given [${address}]`)
  const isBits = table === 'coil' || table === 'discrete'
  if (more.length > 0 || (isBits && type !== undefined))
    return fail(`expected ${isBits ? 'table:address' : 'table:address:type:scale'}`)
  const factor = Number(scale)
  if (scale === '' || !Number.isFinite(factor)) return fail(`expected a number to multiply by, given [${scale}]`)
  const read = type ?? 'uint16'
  if (!isNumberType(read)) return fail(`expected one of ${Object.keys(WORDS).join(', ')}, given [${read}]`)
  return { field, table, address: Number(address), type: isBits ? undefined : read, scale: factor }
}

/** Requests for registers: those that lie side by side are read at once, and nothing that nobody asked for. */
export function spansOf(registers: readonly Register[]): readonly Span[] {
  const spans: Span[] = []
  const ordered = registers.toSorted((a, b) => a.table.localeCompare(b.table) || a.address - b.address)
  for (const register of ordered) {
    const size = sizeOf(register)
    const last = spans.at(-1)
    const end = register.address + size
    const most = register.type === undefined ? MAX_BITS : MAX_WORDS
    if (
      last !== undefined &&
      last.table === register.table &&
      register.address <= last.address + last.count &&
      end - last.address <= most
    ) {
      const count = Math.max(last.count, end - last.address)
      spans[spans.length - 1] = { ...last, count, registers: [...last.registers, register] }
    } else spans.push({ table: register.table, address: register.address, count: size, registers: [register] })
  }
  return spans
}

/**
 * The value of a register out of an answer.
 * @param bytes words, each big-endian as on the wire
 * @param littleWords whether the least significant word comes first
 */
export function readNumber({ address, type, scale }: Register, span: Span, bytes: Buffer, littleWords: boolean): FieldValue {
  const at = (address - span.address) * 2
  const words = WORDS[type ?? 'uint16']
  const own = Buffer.alloc(words * 2)
  for (let word = 0; word < words; word++)
    bytes.copy(own, (littleWords ? words - 1 - word : word) * 2, at + word * 2, at + word * 2 + 2)
  const raw = readers[type ?? 'uint16'](own)
  if (typeof raw === 'bigint') {
    if (scale !== 1) return float(Number(raw) * scale)
    return raw >= Number.MIN_SAFE_INTEGER && raw <= Number.MAX_SAFE_INTEGER ? Number(raw) : raw
  }
  if (!Number.isFinite(raw)) return String(raw)
  return scale === 1 && !(type ?? '').startsWith('float') ? raw : float(raw * scale)
}

const readers: Readonly<Record<NumberType, (bytes: Buffer) => number | bigint>> = {
  int16: (bytes) => bytes.readInt16BE(),
  uint16: (bytes) => bytes.readUInt16BE(),
  int32: (bytes) => bytes.readInt32BE(),
  uint32: (bytes) => bytes.readUInt32BE(),
  int64: (bytes) => bytes.readBigInt64BE(),
  uint64: (bytes) => bytes.readBigUInt64BE(),
  float32: (bytes) => Number(bytes.readFloatBE().toPrecision(7)),
  float64: (bytes) => bytes.readDoubleBE(),
}

function sizeOf({ type }: Register): number {
  return type === undefined ? 1 : WORDS[type]
}

function isTable(text: string): text is Table {
  return TABLES.some((table) => table === text)
}

function isNumberType(text: string): text is NumberType {
  return Object.hasOwn(WORDS, text)
}
