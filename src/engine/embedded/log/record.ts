import { crc32 } from 'node:zlib'

/**
 * One record of the log: operations on one index with sequence numbers in a row.
 *
 *     length of the rest (u32 LE) | CRC-32 of the rest (u32 LE) | index uuid (u8 length, ASCII) | first sequence number (f64 LE)
 *     | number of operations (u32 LE) | length of the heads (u32 LE) | heads | sources, one after the other
 *
 * A head is `flags (u8) | source length (u32 LE)`, then what the flags say: id, routing (u16 LE length, UTF-8), version,
 * replaced sequence number (f64 LE each).
 */
export interface LoggedOperation {
  readonly kind: 'index' | 'delete'
  readonly seqNo: number
  /** `undefined`: made of the sequence number. */
  readonly id: string | undefined
  readonly routing: string | undefined
  readonly version: number
  /** Sequence number of the document that this one replaces or deletes. */
  readonly replaces: number | undefined
  /** Empty for a delete. A view into the record. */
  readonly source: Uint8Array
}

export interface LogRecord {
  readonly uuid: string
  readonly firstSeqNo: number
  readonly count: number
  /** Reads the operations one after the other. */
  operations(): Iterable<LoggedOperation>
}

const PREFIX_BYTES = 8
const IS_DELETE = 1
const HAS_ID = 2
const HAS_ROUTING = 4
const HAS_VERSION = 8
const HAS_REPLACED = 16
/** Elasticsearch refuses longer ids (512 bytes) and this log longer routings. */
export const MAX_TEXT_BYTES = 65_535

/** Collects the heads of a record while operations are applied; the sources are added at the end as they lie in memory. */
export class RecordBuilder {
  readonly #uuid: string
  #heads = Buffer.allocUnsafe(1024)
  #length = 0
  #first = -1
  count = 0

  constructor(uuid: string) {
    this.#uuid = uuid
  }

  add(operation: Omit<LoggedOperation, 'source'>, sourceLength: number): void {
    const { kind, seqNo, id, routing, version, replaces } = operation
    if (this.#first < 0) this.#first = seqNo
    else if (seqNo !== this.#first + this.count) throw new Error('operations of a record follow each other')
    this.#reserve(32 + ((id?.length ?? 0) + (routing?.length ?? 0)) * 3)
    const heads = this.#heads
    const flagsAt = this.#length
    let at = heads.writeUInt32LE(sourceLength, flagsAt + 1)
    let flags = kind === 'delete' ? IS_DELETE : 0
    if (id !== undefined) {
      flags |= HAS_ID
      at = writeText(heads, id, at)
    }
    if (routing !== undefined) {
      flags |= HAS_ROUTING
      at = writeText(heads, routing, at)
    }
    if (version !== 1) {
      flags |= HAS_VERSION
      at = heads.writeDoubleLE(version, at)
    }
    if (replaces !== undefined) {
      flags |= HAS_REPLACED
      at = heads.writeDoubleLE(replaces, at)
    }
    heads[flagsAt] = flags
    this.#length = at
    this.count += 1
  }

  /** The record as buffers to be written one after the other; the sources are not copied. */
  finish(sources: readonly Uint8Array[]): Uint8Array[] {
    const fixed = 1 + this.#uuid.length + 8 + 4 + 4
    const start = Buffer.allocUnsafe(PREFIX_BYTES + fixed)
    let at = start.writeUInt8(this.#uuid.length, PREFIX_BYTES)
    at += start.write(this.#uuid, at, 'latin1')
    at = start.writeDoubleLE(this.#first, at)
    at = start.writeUInt32LE(this.count, at)
    start.writeUInt32LE(this.#length, at)
    const parts = [this.#heads.subarray(0, this.#length), ...sources]
    let length = fixed
    let sum = crc32(start.subarray(PREFIX_BYTES))
    for (const part of parts) {
      length += part.length
      sum = crc32(part, sum)
    }
    start.writeUInt32LE(length, 0)
    start.writeUInt32LE(sum, 4)
    return [start, ...parts]
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#heads.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#heads.length * 2, this.#length + more))
    this.#heads.copy(larger, 0, 0, this.#length)
    this.#heads = larger
  }
}

function writeText(buffer: Buffer, text: string, at: number): number {
  const length = buffer.write(text, at + 2)
  if (length > MAX_TEXT_BYTES) throw new Error(`longer than ${MAX_TEXT_BYTES} bytes: ${text.slice(0, 40)}`)
  buffer.writeUInt16LE(length, at)
  return at + 2 + length
}

/**
 * Reads the record at `at`. `undefined` when there is no whole and undamaged one: the end of the log, or of what a crash
 * left of it.
 */
export function readRecord(log: Buffer, at: number): { readonly record: LogRecord; readonly end: number } | undefined {
  if (at + PREFIX_BYTES > log.length) return undefined
  const length = log.readUInt32LE(at)
  const start = at + PREFIX_BYTES
  const end = start + length
  if (length === 0 || end > log.length || crc32(log.subarray(start, end)) !== log.readUInt32LE(at + 4)) return undefined
  const uuidLength = log.readUInt8(start)
  const uuid = log.toString('latin1', start + 1, start + 1 + uuidLength)
  let position = start + 1 + uuidLength
  const firstSeqNo = log.readDoubleLE(position)
  const count = log.readUInt32LE(position + 8)
  const headsLength = log.readUInt32LE(position + 12)
  position += 16
  const operations = (): Iterable<LoggedOperation> => readOperations(log, position, position + headsLength, firstSeqNo, count)
  return { record: { uuid, firstSeqNo, count, operations }, end }
}

function* readOperations(
  log: Buffer,
  heads: number,
  sources: number,
  firstSeqNo: number,
  count: number,
): Generator<LoggedOperation> {
  let at = heads
  let source = sources
  const text = (): string => {
    const length = log.readUInt16LE(at)
    at += 2 + length
    return log.toString('utf8', at - length, at)
  }
  const double = (): number => {
    at += 8
    return log.readDoubleLE(at - 8)
  }
  for (let i = 0; i < count; i++) {
    const flags = log.readUInt8(at)
    const sourceLength = log.readUInt32LE(at + 1)
    at += 5
    const id = flags & HAS_ID ? text() : undefined
    const routing = flags & HAS_ROUTING ? text() : undefined
    const version = flags & HAS_VERSION ? double() : 1
    const replaces = flags & HAS_REPLACED ? double() : undefined
    yield {
      kind: flags & IS_DELETE ? 'delete' : 'index',
      seqNo: firstSeqNo + i,
      id,
      routing,
      version,
      replaces,
      source: log.subarray(source, source + sourceLength),
    }
    source += sourceLength
  }
}
