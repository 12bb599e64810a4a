import type { Field } from '../../../query/field.ts'
import type { IndexSchema, MappedObject, MappedValues } from '../../engine.ts'
import { ID, ROUTING, SEQ_NO, SOURCE, SUPERSEDED, VERSION } from '../layout.ts'
import { abridgeSources } from '../abridged-source.ts'
import { type ArrowColumn, byteRows, type InsertColumn, neverNull, wholeColumn } from './arrow-column.ts'
import type { BufferPool } from './buffer-pool.ts'
import { ByteColumn } from './byte-column.ts'
import { ObjectBatch } from './object-batch.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { builderFor } from './field-builder.ts'

/** A document on its way into a batch. */
export interface NewRow {
  readonly seqNo: number
  /** `undefined` where the id is made of the sequence number. */
  readonly id: string | undefined
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
}

/** A row that waits, as a realtime GET reads it. */
export interface WaitingRow {
  readonly id: string | undefined
  readonly version: number
  readonly routing: string | undefined
  readonly source: Uint8Array
}

/** Memory of a row besides its source and its values. */
const ROW_BYTES = 64
const VALUE_BYTES = 16

/** How much a batch holds. */
export interface BatchSize {
  readonly rows: number
  readonly sourceBytes: number
  /** Values of varying length, by ordinal of the field. */
  readonly fieldBytes: readonly number[]
}

const NO_SIZE: BatchSize = { rows: 0, sourceBytes: 0, fieldBytes: [] }
const MIN_ROWS = 256

/** The documents of one index that wait to be stored, as columns. Rows are in the order of their sequence numbers. */
export class Batch {
  rows = 0
  /** Memory that it takes, roughly. */
  bytes = 0
  readonly fields: (Field | undefined)[] = []
  readonly builders: (ColumnBuilder | undefined)[] = []
  /** Nested objects of the documents, by path. */
  readonly objects = new Map<string, ObjectBatch>()
  readonly #schema: IndexSchema
  readonly #pool: BufferPool
  readonly #expected: BatchSize
  #seqNos = new Float64Array(256)
  readonly #sources: ByteColumn
  #abridged: ByteColumn | undefined
  #ids: ByteColumn | undefined
  #routings: ByteColumn | undefined
  /** By row: versions other than the first, and what replaced rows of this batch. */
  readonly #versions = new Map<number, number>()
  readonly #superseded = new Map<number, number>()

  /** `before` is the size of the batch before: as much is made room for. */
  constructor(schema: IndexSchema, pool: BufferPool, before: BatchSize = NO_SIZE) {
    this.#schema = schema
    this.#pool = pool
    this.#expected = before
    this.#sources = new ByteColumn(pool, { rows: before.rows, bytes: before.sourceBytes })
  }

  get size(): BatchSize {
    return { rows: this.rows, sourceBytes: this.#sources.length, fieldBytes: this.builders.map((builder) => builder?.size ?? 0) }
  }

  /** Gives its memory back. Nothing of the batch may be used afterwards. */
  release(): void {
    this.#sources.release()
    this.#abridged?.release()
    this.#ids?.release()
    for (const builder of this.builders) builder?.release()
    for (const { batch } of this.objects.values()) batch.release()
  }

  get firstSeqNo(): number | undefined {
    return this.rows > 0 ? this.#seqNos[0] : undefined
  }

  get lastSeqNo(): number | undefined {
    return this.rows > 0 ? this.#seqNos[this.rows - 1] : undefined
  }

  add({ seqNo, id, version, routing, source }: NewRow, values: MappedValues): void {
    const row = this.rows
    try {
      for (let i = 0; i < values.length; i++) {
        const field = values.fields[i]
        const value = values.values[i]
        if (field === undefined || value === undefined) continue
        let builder = this.builders[field.ordinal]
        if (builder === undefined) {
          if (this.fields[field.ordinal] !== undefined) continue // a field without a column
          builder = this.#meet(field)
          if (builder === undefined) continue
        }
        builder.add(row, value)
      }
      if (values.objects.length > 0) this.#addObjects(seqNo, values.objects)
    } catch (error) {
      this.#truncateFields(row)
      for (const objects of this.objects.values()) objects.truncateFrom(seqNo)
      throw error
    }
    if (row >= this.#seqNos.length) {
      const larger = new Float64Array(this.#seqNos.length * 2)
      larger.set(this.#seqNos)
      this.#seqNos = larger
    }
    this.#seqNos[row] = seqNo
    this.#sources.writeBytes(source)
    this.#sources.close(row)
    if (id !== undefined) (this.#ids ??= new ByteColumn(this.#pool)).text(row, id)
    if (routing !== undefined) (this.#routings ??= new ByteColumn()).text(row, routing)
    if (version !== 1) this.#versions.set(row, version)
    this.rows = row + 1
    this.bytes += source.length * 2 + values.length * VALUE_BYTES + ROW_BYTES
  }

  #addObjects(seqNo: number, found: readonly MappedObject[]): void {
    for (const object of found) {
      const { nested } = object
      let objects = this.objects.get(nested.path)
      if (objects === undefined) {
        objects = new ObjectBatch(nested, new Batch(this.#schema, this.#pool))
        this.objects.set(nested.path, objects)
      }
      objects.add(seqNo, object)
      this.bytes += object.values.length * VALUE_BYTES + ROW_BYTES
    }
  }

  #meet(field: Field): ColumnBuilder | undefined {
    const { rows, fieldBytes } = this.#expected
    const expected = { rows: Math.max(rows, MIN_ROWS), bytes: fieldBytes[field.ordinal] ?? 0 }
    const builder = builderFor(field, this.#schema, this.#pool, expected)
    this.fields[field.ordinal] = field
    this.builders[field.ordinal] = builder
    return builder
  }

  /** The sequence number of a row. */
  seqNoOf(row: number): number {
    const seqNo = row < this.rows ? this.#seqNos[row] : undefined
    if (seqNo === undefined) throw new RangeError(`the batch has no row ${row}`)
    return seqNo
  }

  /** The row of a sequence number, or -1. */
  find(seqNo: number): number {
    let low = 0
    let high = this.rows - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const at = this.#seqNos[middle] ?? 0
      if (at === seqNo) return middle
      if (at < seqNo) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  row(row: number): WaitingRow {
    return {
      id: textAt(this.#ids, row),
      version: this.#versions.get(row) ?? 1,
      routing: textAt(this.#routings, row),
      source: this.#sources.at(row),
    }
  }

  /** The sources of some rows, as they lie one after the other; a view, good until the batch is cut back. */
  sources(from: number, to: number): Uint8Array {
    return this.#sources.range(from, to)
  }

  /** Marks a row of the batch as replaced before it was stored. */
  supersede(row: number, seqNo: number): void {
    this.#superseded.set(row, seqNo)
  }

  /** Marks of those of its rows that have the given sequence numbers. */
  marksAmong(seqNos: Iterable<number>): Map<number, number> {
    const marks = new Map<number, number>()
    if (this.#superseded.size === 0) return marks
    for (const seqNo of seqNos) {
      const by = this.#superseded.get(this.find(seqNo))
      if (by !== undefined) marks.set(seqNo, by)
    }
    return marks
  }

  get supersededRows(): number {
    return this.#superseded.size
  }

  get hasIds(): boolean {
    return this.#ids !== undefined
  }

  /** Forgets the rows from a sequence number on, and what came of them. */
  truncateFrom(seqNo: number): void {
    let rows = this.rows
    while (rows > 0 && (this.#seqNos[rows - 1] ?? 0) >= seqNo) rows -= 1
    for (const [row, by] of this.#superseded) if (row >= rows || by >= seqNo) this.#superseded.delete(row)
    if (rows === this.rows) return
    this.#truncateFields(rows)
    for (const objects of this.objects.values()) objects.truncateFrom(seqNo)
    this.#sources.truncate(rows)
    this.#ids?.truncate(rows)
    this.#routings?.truncate(rows)
    for (const row of this.#versions.keys()) if (row >= rows) this.#versions.delete(row)
    this.rows = rows
  }

  #truncateFields(rows: number): void {
    for (const builder of this.builders) builder?.truncate(rows)
  }

  sourceColumn(): InsertColumn {
    return textColumn(SOURCE, this.#sources, this.rows)
  }

  /** Its sources without what the tokens of one of their texts tell: see `abridged-source.ts`. */
  abridgedSourceColumn(tokens: ArrowColumn, name: string): InsertColumn {
    const { rows } = this
    this.#abridged?.release()
    this.#abridged = new ByteColumn(this.#pool, { rows, bytes: this.#sources.length })
    const sources = byteRows(bytesColumn(SOURCE, this.#sources, rows), rows)
    abridgeSources(sources, byteRows(tokens, rows), name, this.#abridged)
    return textColumn(SOURCE, this.#abridged, rows)
  }

  /** The columns that every table has; one that holds its default everywhere is left out. */
  systemColumns(): InsertColumn[] {
    const { rows } = this
    const columns = [
      wholeColumn(SEQ_NO, this.#seqNos.subarray(0, rows)),
      this.sourceColumn(),
      ...(this.#ids ? [textColumn(ID, this.#ids, rows)] : []),
      ...(this.#routings ? [textColumn(ROUTING, this.#routings, rows)] : []),
    ]
    if (this.#versions.size > 0) {
      const stored = new Float64Array(rows)
      for (const [row, version] of this.#versions) stored[row] = version - 1
      columns.push(wholeColumn(VERSION, stored))
    }
    if (this.#superseded.size > 0) {
      const stored = new Float64Array(rows)
      for (const [row, by] of this.#superseded) stored[row] = by
      columns.push(wholeColumn(SUPERSEDED, stored))
    }
    return columns
  }
}

function textAt(column: ByteColumn | undefined, row: number): string | undefined {
  const bytes = column?.at(row)
  return bytes === undefined || bytes.length === 0 ? undefined : Buffer.from(bytes).toString('utf8')
}

function textColumn(name: string, bytes: ByteColumn, rows: number): InsertColumn {
  return { column: name, value: neverNull(name), arrow: [bytesColumn(name, bytes, rows)] }
}

function bytesColumn(name: string, bytes: ByteColumn, rows: number): ArrowColumn {
  return bytes.arrow(name, 'z', rows, 0, null)
}
