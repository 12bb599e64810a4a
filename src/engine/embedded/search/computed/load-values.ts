import { isJsonObject, type JsonValue } from '../../../../core/json.ts'
import { Turns } from '../../../../core/turns.ts'
import { docValueOrder, type DocumentValues } from '../../../../query/computed/computation.ts'
import type { Field, FieldValue } from '../../../../query/field.ts'
import { OPAQUE, TEXTS } from '../../../../query/field-kinds.ts'
import { isMetadata, metadataValues } from '../../../../query/computed/metadata-values.ts'
import { ID, ROUTING, SEQ_NO, type StoredColumn, type TableLayout, VERSION } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { singleValue } from '../aggs/field-input.ts'
import { type Column, float, readSource, sourceColumns, text, typeName, uint, type ValueType, fieldValue } from '../columns.ts'
import { valueTypeOf } from '../field-type.ts'
import type { EncodeId } from '../hits/page.ts'
import type { RowReader } from '../row-binary.ts'
import type { Statements } from '../statement.ts'

/** Documents that scripts look at before room is made for what they say. */
export const DOCUMENTS_PER_ROOM = 1000

/** Which values of documents scripts need. */
export interface ValuesWanted {
  readonly layout: TableLayout
  /** Fields by which they are asked for; absent ones have no value. */
  readonly fields: readonly Field[]
  readonly source: boolean
  readonly score?: Sql
  /** Ids that the engine made. */
  readonly encodeId: EncodeId
}

/** Fields that scripts read, of those that the table holds values of. `all`: where a script names them as it runs. */
export function fieldsRead(reads: readonly Field[] | undefined, all: readonly Field[], layout: TableLayout): readonly Field[] {
  const read = reads ?? all.filter((field) => field.parameters.docValues && layout.column(field.path) !== undefined)
  const stored = read.filter(({ type }) => !TEXTS.includes(type) && !OPAQUE.includes(type))
  return [...new Map(stored.map((field) => [field.path, field])).values()]
}

/** The values that scripts need of a document, as columns of a statement. */
export interface DocumentColumns {
  /** In their order. */
  readonly sql: readonly Sql[]
  /** What one row holds in these columns; the same object for all rows. */
  read(row: RowReader): DocumentValues
}

export function documentColumns({ layout, fields, source, score, encodeId }: ValuesWanted): DocumentColumns {
  const readers = fields.map((field) =>
    isMetadata(field) ? metadataColumns(field, layout, encodeId) : valuesColumns(layout.column(field.path), field, layout),
  )
  const view = new RowValues(fields)
  return {
    sql: [
      ...readers.flatMap((reader) => reader.sql),
      ...(source ? sourceColumns(layout) : []),
      ...(score ? [float(score).sql] : []),
    ],
    read(row) {
      for (let i = 0; i < readers.length; i++) view.set(i, readers[i]?.read(row) ?? NOTHING)
      if (source) view.text = readSource(layout, row)
      if (score) view.score = row.float64()
      return view
    },
  }
}

/**
 * Shows documents to scripts one after the other, with the values that they need. The view is the same object for all.
 * `makeRoom` is waited for before the first and each further `DOCUMENTS_PER_ROOM`.
 */
export async function eachDocument(
  wanted: ValuesWanted,
  rest: Sql,
  statements: Statements,
  use: (document: DocumentValues, seqNo: number) => void,
  makeRoom?: () => Promise<void>,
): Promise<number> {
  const documents = documentColumns(wanted)
  const columns = [uint(identifier(SEQ_NO)), ...documents.sql.map(asIs)]
  const rows = await statements.read(columns, rest)
  const turns = new Turns()
  let count = 0
  while (!rows.done) {
    if (count++ % DOCUMENTS_PER_ROOM === 0) await makeRoom?.()
    const seqNo = Number(rows.uint64())
    use(documents.read(rows), seqNo)
    if (turns.isOver()) {
      await turns.next()
      statements.check()
    }
  }
  return count
}

/** A column that is read together with others. */
export const asIs = (value: Sql): Column<unknown> => ({ sql: value, read: () => undefined })

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
    if (this.text === undefined) return {}
    const parsed = JSON.parse(Buffer.from(this.text).toString('utf8')) as JsonValue
    return isJsonObject(parsed) ? parsed : {}
  }
}

/** The columns that hold the values of one field. */
interface FieldColumns {
  readonly sql: readonly Sql[]
  read(row: RowReader): readonly FieldValue[]
}

/** Metadata of documents, which lies in columns of its own. */
function metadataColumns(field: Field, { uuid }: TableLayout, encodeId: EncodeId): FieldColumns {
  const columns = [text(identifier(ID)), uint(identifier(SEQ_NO)), uint(identifier(VERSION)), text(identifier(ROUTING))] as const
  const [id, seqNo, version, routing] = columns
  return {
    sql: columns.map((column) => column.sql),
    read: (row) => {
      const [own, number, updates, route] = [id.read(row), seqNo.read(row), version.read(row), routing.read(row)]
      return metadataValues(field, {
        id: own === '' ? encodeId(uuid, number) : own,
        seqNo: number,
        version: updates + 1,
        routing: route === '' ? undefined : route,
      })
    },
  }
}

/** All values of a field in the order of doc values. */
function valuesColumns(column: StoredColumn | undefined, field: Field, layout: TableLayout): FieldColumns {
  if (column === undefined) return { sql: [], read: () => NOTHING }
  if (column.storage === 'geo') return pointsColumn(column)
  const type = valueTypeOf(field)
  const single = fieldValue(type, singleValue(column, { layout }, type))
  const one = (row: RowReader): readonly FieldValue[] => {
    const value = single.read(row)
    return value === null ? NOTHING : [value]
  }
  if (column.arrayName === undefined) return { sql: [single.sql], read: one }
  const readOne = fieldValue(type, sql`NULL`)
  const list = sql`CAST(${identifier(column.arrayName)} AS Array(Nullable(${typeName(type)})))`
  return {
    sql: [single.sql, list],
    read: (row) => {
      const first = one(row)
      const several = Array.from({ length: row.varint() }, () => readOne.read(row))
      return several.length === 0 ? first : docValueOrder(several.filter((value) => value !== null))
    },
  }
}

function pointsColumn({ name, arrayName }: StoredColumn): FieldColumns {
  const type: ValueType = 'double'
  const [lat, lon] = [fieldValue(type, identifier(name)), fieldValue(type, identifier(`${name}_lon`))]
  const point = (a: FieldValue | null, b: FieldValue | null): readonly FieldValue[] =>
    a === null || b === null ? NOTHING : [{ lat: Number(a), lon: Number(b) }]
  if (arrayName === undefined) return { sql: [lat.sql, lon.sql], read: (row) => point(lat.read(row), lon.read(row)) }
  const list = (of: string): Sql => sql`CAST(${identifier(of)} AS Array(Float64))`
  return {
    sql: [lat.sql, lon.sql, list(arrayName), list(`${arrayName}_lon`)],
    read: (row) => {
      const first = point(lat.read(row), lon.read(row))
      const lats = Array.from({ length: row.varint() }, () => row.float64())
      const lons = Array.from({ length: row.varint() }, () => row.float64())
      return lats.length === 0 ? first : lats.flatMap((one, i) => point(one, lons[i] ?? null))
    },
  }
}
