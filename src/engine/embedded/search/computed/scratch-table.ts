import type { Field, FieldValue } from '../../../../query/field.ts'
import type { ColumnHead } from '../../child/messages.ts'
import type { Lanes } from '../../lanes.ts'
import { SEQ_NO, type ColumnStorage, type StoredColumn } from '../../layout.ts'
import { plainColumn, prepareInsert } from '../../rows/arrow-column.ts'
import type { ColumnBuilder } from '../../rows/column-builder.ts'
import { GeoBuilder } from '../../rows/geo-builder.ts'
import { IpBuilder } from '../../rows/ip-builder.ts'
import { NumberBuilder, WholeBuilder } from '../../rows/number-builder.ts'
import { TextBuilder } from '../../rows/text-builder.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { DOCUMENTS_PER_ROOM } from './load-values.ts'
import { arrayTypeOf, LONGITUDE, typeOf } from '../../tables/column-shape.ts'

/** Lanes that also take rows, into tables that nobody misses after a crash. */
export interface ScratchLanes extends Lanes {
  run(kind: 'schema', statement: Sql): Promise<void>
  insert(
    statement: Sql,
    source: string,
    columns: readonly ColumnHead[],
    payload: readonly Uint8Array[],
    kind?: 'background',
  ): Promise<void>
}

/** Its tables are in memory and go with the process. */
const SCRATCH = sql`scratch`

/** Rows of one insert. */
const BATCH_ROWS = 262_144

export const COMPUTED_STORAGE: Readonly<Partial<Record<Field['type'], ColumnStorage>>> = {
  keyword: 'string',
  long: 'int64',
  date: 'int64',
  double: 'float64',
  boolean: 'bool',
  ip: 'ipv6',
  geo_point: 'geo',
}

let nextTable = 1

/**
 * What scripts computed, by sequence number: a hash table in the engine's memory, so that a statement reads a computed value
 * by an expression (`joinGet`), 0.1 CPU-microseconds each. A row takes some 70 bytes.
 */
export class ScratchTable {
  readonly #lanes: ScratchLanes
  readonly #name: string
  readonly #column: StoredColumn
  #builder: ColumnBuilder
  #seqNos: BigInt64Array<ArrayBuffer>
  #rows = 0
  #inserts = 0
  /** Whether some document has several values. */
  hasArrays = false

  private constructor(lanes: ScratchLanes, name: string, column: StoredColumn) {
    this.#lanes = lanes
    this.#name = name
    this.#column = column
    this.#builder = builderOf(column.storage)
    this.#seqNos = new BigInt64Array(BATCH_ROWS)
  }

  static async create(field: Field, lanes: ScratchLanes): Promise<ScratchTable> {
    const storage = COMPUTED_STORAGE[field.type]
    if (storage === undefined) throw new Error(`no script computes values of the type ${field.type}`)
    const column: StoredColumn = {
      field,
      name: 'v',
      arrayName: 'a',
      storage,
      termIndex: false,
      lengthName: undefined,
      missing: undefined,
    }
    const name = `t${nextTable++}`
    const [one, list]: [Sql, Sql] = [
      { kind: 'sql', text: typeOf({ ...column, storage: storage }) },
      { kind: 'sql', text: arrayTypeOf(column) },
    ]
    const columns = [sql`v ${one}`, sql`a ${list}`]
    if (storage === 'geo') columns.push(sql`${identifier(`v${LONGITUDE}`)} ${one}`, sql`${identifier(`a${LONGITUDE}`)} ${list}`)
    await lanes.run('schema', sql`CREATE DATABASE IF NOT EXISTS ${SCRATCH} ENGINE = Memory`)
    await lanes.run(
      'schema',
      sql`CREATE TABLE ${SCRATCH}.${identifier(name)} (${identifier(SEQ_NO)} Int64, ${joinSql(columns, ', ')}) ENGINE = Join(ANY, LEFT, ${identifier(SEQ_NO)}) SETTINGS persistent = 0`,
    )
    return new ScratchTable(lanes, name, column)
  }

  /** Makes room for the next `DOCUMENTS_PER_ROOM` documents. */
  async makeRoom(): Promise<void> {
    if (this.#rows + DOCUMENTS_PER_ROOM > BATCH_ROWS) await this.flush()
  }

  add(seqNo: number, values: readonly FieldValue[]): void {
    const row = this.#rows++
    this.#seqNos[row] = BigInt(seqNo)
    for (const value of values) this.#builder.add(row, value)
  }

  async flush(): Promise<void> {
    if (this.#rows === 0) return
    const rows = this.#rows
    const bytes = new Uint8Array(this.#seqNos.buffer, 0, rows * BigInt64Array.BYTES_PER_ELEMENT)
    const seqNos = plainColumn({ name: SEQ_NO, format: 'l', nulls: 0, buffers: [null, bytes] })
    const source = `scratch_${this.#name}_${this.#inserts++}`
    this.hasArrays ||= this.#builder.hasArrays
    const columns = [seqNos, ...this.#builder.finish(this.#column, rows)]
    const { statement, heads, payload } = prepareInsert(
      sql`${SCRATCH}.${identifier(this.#name)}`,
      source,
      rows,
      columns,
      undefined,
    )
    await this.#lanes.insert(statement, source, heads, payload, 'background')
    this.#builder = builderOf(this.#column.storage)
    this.#seqNos = new BigInt64Array(BATCH_ROWS)
    this.#rows = 0
  }

  /** What a document's value is in a statement over its table; `column`: `v`, `a`, with a longitude's ending. */
  value(column: string): Sql {
    return sql`joinGet(${`scratch.${this.#name}`}, ${column}, toInt64(${identifier(SEQ_NO)}))`
  }

  async drop(): Promise<void> {
    await this.#lanes.run('schema', sql`DROP TABLE IF EXISTS ${SCRATCH}.${identifier(this.#name)}`)
  }
}

function builderOf(storage: ColumnStorage): ColumnBuilder {
  switch (storage) {
    case 'string':
      return new TextBuilder()
    case 'int64':
      return new WholeBuilder()
    case 'ipv6':
      return new IpBuilder()
    case 'geo':
      return new GeoBuilder()
    default:
      return new NumberBuilder()
  }
}
