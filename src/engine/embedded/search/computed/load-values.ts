import { setImmediate } from 'node:timers/promises'
import { isJsonObject, type JsonValue } from '../../../../core/json.ts'
import { docValueOrder, type DocumentValues } from '../../../../query/computed/computation.ts'
import type { Field, FieldValue } from '../../../../query/field.ts'
import { SEQ_NO, SOURCE, type StoredColumn, type TableLayout } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { singleValue } from '../aggs/field-input.ts'
import { bytes, type Column, float, typeName, uint, type ValueType, fieldValue } from '../columns.ts'
import { valueTypeOf } from '../field-type.ts'
import type { RowReader } from '../row-binary.ts'
import type { Statements } from '../statement.ts'

/** Documents that scripts look at between two turns of the event loop. */
export const DOCUMENTS_PER_TURN = 1000

/** Which values of documents scripts need. */
export interface ValuesWanted {
  readonly layout: TableLayout
  /** Fields by which they are asked for; absent ones have no value. */
  readonly fields: readonly Field[]
  readonly source: boolean
  readonly score?: Sql
}

/** Shows documents to scripts one after the other, with the values that they need. The view is the same object for all.
 * `endTurn` is waited for now and then. */
export async function eachDocument(
  { layout, fields, source, score }: ValuesWanted,
  rest: Sql,
  statements: Statements,
  use: (document: DocumentValues, seqNo: number) => void,
  endTurn?: () => Promise<void>,
): Promise<number> {
  const readers = fields.map((field) => valuesColumn(layout.column(field.path), field, layout))
  const columns = [
    uint(identifier(SEQ_NO)),
    ...readers,
    ...(source ? [bytes(identifier(SOURCE))] : []),
    ...(score ? [float(score)] : []),
  ]
  const rows = await statements.read(columns, rest)
  const view = new RowValues(fields)
  let count = 0
  while (!rows.done) {
    const seqNo = Number(rows.uint64())
    for (let i = 0; i < readers.length; i++) view.set(i, readers[i]?.read(rows) ?? NOTHING)
    if (source) view.text = rows.bytes(rows.varint())
    if (score) view.score = rows.float64()
    use(view, seqNo)
    if (++count % DOCUMENTS_PER_TURN === 0) {
      await endTurn?.()
      await setImmediate()
      statements.check()
    }
  }
  return count
}

const NOTHING: readonly FieldValue[] = []

class RowValues implements DocumentValues {
  readonly #places: ReadonlyMap<string, number>
  readonly #values: (readonly FieldValue[])[]
  text: Uint8Array | undefined
  score = 0

  constructor(fields: readonly Field[]) {
    this.#places = new Map(fields.map(({ path }, i) => [path, i]))
    this.#values = fields.map(() => NOTHING)
  }

  set(place: number, values: readonly FieldValue[]): void {
    this.#values[place] = values
  }

  values({ path }: Field): readonly FieldValue[] {
    const place = this.#places.get(path)
    return place === undefined ? NOTHING : (this.#values[place] ?? NOTHING)
  }

  source() {
    const parsed = JSON.parse(Buffer.from(this.text ?? []).toString('utf8')) as JsonValue
    return isJsonObject(parsed) ? parsed : {}
  }
}

/** All values of a field in the order of doc values. */
function valuesColumn(column: StoredColumn | undefined, field: Field, layout: TableLayout): Column<readonly FieldValue[]> {
  if (column === undefined) return { sql: sql`toUInt8(0)`, read: (row) => (row.uint8(), NOTHING) }
  if (column.storage === 'geo') return pointsColumn(column)
  const type = valueTypeOf(field)
  const single = fieldValue(type, singleValue(column, { layout }, type))
  const one = (row: RowReader): readonly FieldValue[] => {
    const value = single.read(row)
    return value === null ? NOTHING : [value]
  }
  if (column.arrayName === undefined) return { sql: single.sql, read: one }
  const readOne = fieldValue(type, sql`NULL`)
  const list = sql`CAST(${identifier(column.arrayName)} AS Array(Nullable(${typeName(type)})))`
  return {
    sql: sql`${single.sql}, ${list}`,
    read: (row) => {
      const first = one(row)
      const several = Array.from({ length: row.varint() }, () => readOne.read(row))
      return several.length === 0 ? first : docValueOrder(several.filter((value) => value !== null))
    },
  }
}

function pointsColumn({ name, arrayName }: StoredColumn): Column<readonly FieldValue[]> {
  const type: ValueType = 'double'
  const [lat, lon] = [fieldValue(type, identifier(name)), fieldValue(type, identifier(`${name}_lon`))]
  const point = (a: FieldValue | null, b: FieldValue | null): readonly FieldValue[] =>
    a === null || b === null ? NOTHING : [{ lat: Number(a), lon: Number(b) }]
  if (arrayName === undefined) return { sql: sql`${lat.sql}, ${lon.sql}`, read: (row) => point(lat.read(row), lon.read(row)) }
  const list = (of: string): Sql => sql`CAST(${identifier(of)} AS Array(Float64))`
  return {
    sql: sql`${lat.sql}, ${lon.sql}, ${list(arrayName)}, ${list(`${arrayName}_lon`)}`,
    read: (row) => {
      const first = point(lat.read(row), lon.read(row))
      const lats = Array.from({ length: row.varint() }, () => row.float64())
      const lons = Array.from({ length: row.varint() }, () => row.float64())
      return lats.length === 0 ? first : lats.flatMap((one, i) => point(one, lons[i] ?? null))
    },
  }
}
