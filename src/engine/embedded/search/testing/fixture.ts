import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../../../core/log.ts'
import { analyzerFor, builtInAnalysis } from '../../../../query/analysis/analysis.ts'
import type { Field, FieldParameters, FieldType, FieldValue } from '../../../../query/field.ts'
import type { IndexSchema } from '../../../engine.ts'
import { LanePool } from '../../lane-pool.ts'
import { DATABASE, type StoredColumn, type TableLayout, textIndexName } from '../../layout.ts'
import { STORAGE } from '../../rows/field-builder.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { arrayTypeOf, typeOf } from '../../tables/column-shape.ts'
import type { Tables } from '../../tables.ts'
import { encodeTokens } from '../../token-column.ts'
import { literal, literalList, textOf } from '../query/literal.ts'

/** An index for tests: its documents' values lie in a real table, as `layout.ts` says. */
export interface FixtureIndex {
  readonly name: string
  readonly fields: Readonly<Record<string, FixtureField>>
  /** Also the first column of the key. */
  readonly timeField?: string
  readonly dimensions?: readonly string[]
  readonly documents: readonly FixtureDocument[]
}

export interface FixtureField {
  readonly type: FieldType
  /** Store it with an inverted index instead of a dictionary. */
  readonly termIndex?: boolean
  readonly parameters?: Partial<FieldParameters>
}

/** Sequence numbers are positions in the list. */
export interface FixtureDocument {
  readonly id?: string
  readonly superseded?: number
  readonly values: Readonly<Record<string, FieldValue | readonly FieldValue[]>>
  readonly source?: string
}

const SLOT_MINUTES = 10
const MISSING_TIME = -(2n ** 63n)

export interface Fixture {
  readonly lanes: LanePool
  readonly tables: Tables
  schema(name: string): IndexSchema
  layout(name: string): TableLayout
  close(): Promise<void>
}

/** Starts an engine of its own, with these indices in it. */
export async function startFixture(indices: readonly FixtureIndex[]): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'elkhorn-search-'))
  const lanes = new LanePool(join(folder, 'engine'), [], silentLog)
  await lanes.process.start()
  const run = (statement: string): Promise<void> => lanes.run('schema', { kind: 'sql', text: statement })
  await run(`CREATE DATABASE ${DATABASE}`)
  const made = new Map<string, { readonly schema: IndexSchema; readonly layout: TableLayout }>()
  for (const index of indices) {
    const { schema, layout } = describe(index)
    made.set(index.name, { schema, layout })
    await run(createTable(index, layout))
    for (let i = 0; i < index.documents.length; i += 1000) {
      await lanes.run('schema', insert(index, layout, i, index.documents.slice(i, i + 1000)))
    }
  }
  const byUuid = (uuid: string): TableLayout | undefined => [...made.values()].find(({ layout }) => layout.uuid === uuid)?.layout
  const get = (name: string): { readonly schema: IndexSchema; readonly layout: TableLayout } => {
    const found = made.get(name)
    if (found === undefined) throw new Error(`the fixture has no index ${name}`)
    return found
  }
  return {
    lanes,
    schema: (name) => get(name).schema,
    layout: (name) => get(name).layout,
    tables: {
      open: (schemas) => Promise.resolve({ layouts: schemas.map(({ uuid }) => byUuid(uuid)), release: () => undefined }),
      summary: (uuid) => byUuid(uuid),
    },
    close: async () => {
      await lanes.process.stop()
      rmSync(folder, { recursive: true })
    },
  }
}

const DEFAULTS: FieldParameters = { indexed: true, docValues: true }

function describe(index: FixtureIndex): { schema: IndexSchema; layout: TableLayout } {
  const fields = Object.entries(index.fields).map(([path, { type, parameters }], ordinal): Field => ({
    path,
    type,
    ordinal,
    parameters: { ...DEFAULTS, ...parameters },
  }))
  const columns = new Map<string, StoredColumn>()
  for (const field of fields) {
    const options = index.fields[field.path]
    const isTime = field.path === index.timeField
    const known = STORAGE[field.type] ?? 'text'
    const storage = known === 'text' ? (options?.termIndex === true ? 'string' : 'dictionary') : known
    const several = index.documents.some(({ values }) => isList(values[field.path]))
    columns.set(field.path, {
      field,
      name: `f${field.ordinal}`,
      arrayName: several && storage !== 'tokens' ? `f${field.ordinal}_all` : undefined,
      storage,
      termIndex: options?.termIndex === true,
      lengthName: field.type === 'text' ? `f${field.ordinal}_len` : undefined,
      missing: isTime ? MISSING_TIME : undefined,
    })
  }
  const time = index.timeField
  const times =
    time === undefined ? [] : index.documents.flatMap(({ values }) => Number(single(values[time]) ?? NaN)).filter(Number.isFinite)
  const timeColumn = time === undefined ? undefined : columns.get(time)?.name
  return {
    schema: {
      uuid: `uuid-${index.name}`,
      name: index.name,
      fields: {
        find: (path) => fields.find((field) => field.path === path),
        match: () => fields,
        all: () => fields,
      },
      timeField: time,
      dimensions: index.dimensions ?? [],
      analysis: builtInAnalysis,
      createdAt: 0,
    },
    layout: {
      table: `t_${index.name}`,
      uuid: `uuid-${index.name}`,
      column: (path) => columns.get(path),
      timeColumn,
      minuteColumn: timeColumn === undefined ? undefined : '_minute',
      slotMinutes: timeColumn === undefined ? undefined : SLOT_MINUTES,
      hasSuperseded: index.documents.some(({ superseded }) => superseded !== undefined),
      hasMissingTime: times.length < index.documents.length,
      visibleSeqNo: index.documents.length - 1,
      growing: false,
      minTime: times.length === 0 ? undefined : Math.min(...times),
      maxTime: times.length === 0 ? undefined : Math.max(...times),
      rows: index.documents.length,
    },
  }
}

function createTable(index: FixtureIndex, layout: TableLayout): string {
  const columns = [
    '_seq UInt64 CODEC(Delta, LZ4)',
    '_superseded UInt64',
    '_id String',
    '_version UInt64',
    '_routing String',
    '_source String',
  ]
  const indices = ['INDEX seq _seq TYPE minmax']
  for (const path of Object.keys(index.fields)) {
    const column = layout.column(path)
    if (column === undefined) continue
    const { name, arrayName, storage } = column
    columns.push(...definitionsOf(column))
    if (storage === 'tokens') indices.push(`INDEX ${textIndexName(name)} ${name} TYPE text(tokenizer = splitByString(['\\x01']))`)
    if (column.termIndex) {
      for (const one of arrayName === undefined ? [name] : [name, arrayName]) {
        indices.push(`INDEX ${textIndexName(one)} ${one} TYPE text(tokenizer = 'array')`)
      }
    }
  }
  const time = layout.timeColumn
  if (time !== undefined) {
    columns.push(
      `_minute Int32 MATERIALIZED if(${time} = ${MISSING_TIME}, -2147483648, toInt32(greatest(-2147483647, least(2147483647, intDiv(${time} - positiveModulo(${time}, 60000), 60000)))))`,
    )
  }
  const dimensions = (index.dimensions ?? []).flatMap((path) => layout.column(path)?.name ?? [])
  const key = time === undefined ? ['_seq'] : [`intDiv(_minute, ${SLOT_MINUTES})`, ...dimensions, time]
  return (
    `CREATE TABLE ${DATABASE}.${layout.table} (${[...columns, ...indices].join(', ')}) ENGINE = MergeTree ORDER BY (${key.join(', ')}) ` +
    `SETTINGS index_granularity = 512, allow_nullable_key = 1`
  )
}

function insert(index: FixtureIndex, layout: TableLayout, first: number, documents: readonly FixtureDocument[]): Sql {
  const names: string[] = ['_seq', '_superseded', '_id', '_version', '_source']
  const stored = Object.keys(index.fields).flatMap((path) => layout.column(path) ?? [])
  for (const { name, arrayName, lengthName, storage } of stored) {
    names.push(name)
    if (storage === 'geo') names.push(`${name}_lon`)
    if (arrayName !== undefined) names.push(arrayName)
    if (arrayName !== undefined && storage === 'geo') names.push(`${arrayName}_lon`)
    if (lengthName !== undefined) names.push(lengthName)
  }
  const rows = documents.map((document, i) => {
    const source =
      document.source ??
      JSON.stringify(document.values, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
    const cells: Sql[] = [sql`${first + i}`, sql`${document.superseded ?? 0}`, sql`${document.id ?? ''}`, sql`0`, sql`${source}`]
    for (const column of stored) cells.push(...cellsOf(column, document.values[column.field.path]))
    return sql`(${joinSql(cells, ', ')})`
  })
  const list = joinSql(names.map(identifier), ', ')
  return sql`INSERT INTO ${identifier(DATABASE)}.${identifier(layout.table)} (${list}) SELECT * FROM VALUES(${structure(stored)}, ${joinSql(rows, ', ')})`
}

function structure(stored: readonly StoredColumn[]): string {
  return ['s UInt64', 'u UInt64', 'i String', 'v UInt64', 'o String', ...stored.flatMap(definitionsOf)].join(', ')
}

function definitionsOf(column: StoredColumn): readonly string[] {
  const { name, arrayName, lengthName, storage } = column
  const parts = [`${name} ${typeOf(column)}`]
  if (storage === 'geo') parts.push(`${name}_lon ${typeOf(column)}`)
  if (arrayName !== undefined) parts.push(`${arrayName} ${arrayTypeOf(column)}`)
  if (arrayName !== undefined && storage === 'geo') parts.push(`${arrayName}_lon ${arrayTypeOf(column)}`)
  if (lengthName !== undefined) parts.push(`${lengthName} UInt32`)
  return parts
}

function cellsOf(column: StoredColumn, value: FieldValue | readonly FieldValue[] | undefined): Sql[] {
  const { storage, arrayName, lengthName } = column
  const values = value === undefined ? [] : isList(value) ? value : [value]
  if (storage === 'tokens') {
    const analyzed = values.map(analyze)
    const { text, length } = analyzed.length === 0 ? { text: '', length: 0 } : encodeTokens(analyzed, lengthName !== undefined)
    return lengthName === undefined ? [sql`${text}`] : [sql`${text}`, sql`${length}`]
  }
  const [only] = values
  const isOne = values.length === 1 && only !== undefined
  if (storage === 'geo') {
    const points = values.flatMap((point) => (typeof point === 'object' && 'lat' in point ? [point] : []))
    const one = points.length === 1 ? points[0] : undefined
    const several = points.length > 1 ? points : []
    const cells = [sql`${one?.lat ?? null}`, sql`${one?.lon ?? null}`]
    return arrayName === undefined
      ? cells
      : [...cells, sql`${several.map(({ lat }) => lat)}`, sql`${several.map(({ lon }) => lon)}`]
  }
  const single = isOne ? literal(only, storage) : column.missing === undefined ? sql`NULL` : sql`${column.missing}`
  if (arrayName === undefined) return [single]
  const distinct = storage === 'ipv6' || typeof only === 'string' ? distinctValues(values) : values
  return [single, values.length > 1 ? literalList(distinct, storage) : sql`[]`]
}

function distinctValues(values: readonly FieldValue[]): FieldValue[] {
  const idOf = (value: FieldValue): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)
  return [...new Map(values.map((value) => [idOf(value), value])).values()]
}

/** As the `text` fields of fixtures are analyzed. */
export function analyze(text: FieldValue): { readonly token: string; readonly position: number }[] {
  return analyzerFor('standard', builtInAnalysis)
    .analyze(textOf(text))
    .map(({ term, position }) => ({ token: term, position }))
}

function isList(value: FieldValue | readonly FieldValue[] | undefined): value is readonly FieldValue[] {
  return Array.isArray(value)
}

function single(value: FieldValue | readonly FieldValue[] | undefined): FieldValue | undefined {
  return isList(value) ? undefined : value
}
