import type { Field } from '../../../query/field.ts'
import type { ColumnStorage, StoredColumn } from '../layout.ts'

/** A field's columns in a table: what `StoredColumn` says, without the field, which is the schema's to know. */
export type ColumnShape = Omit<StoredColumn, 'field' | 'byMinute'>

/** What stands in the time column for a document without a time: the lowest whole number. */
export const MISSING_TIME = -(2n ** 63n)

/** What the first letter of a column's name says; the field's ordinal and a hint for the reader follow. */
const VALUE = 'f'
const TIME = 't'
const POINT = 'g'
const RANGE = 'r'
const ARRAY = 'a'
const LENGTH = 'n'

export const LONGITUDE = '_lon'
export const RANGE_TO = '_to'

/** What the name of the second column ends in, where values take two. */
export function secondSuffix(storage: ColumnStorage): string | undefined {
  if (storage === 'geo') return LONGITUDE
  return isRangeStorage(storage) ? RANGE_TO : undefined
}

export function isRangeStorage(storage: ColumnStorage): storage is RangeStorage {
  return storage === 'int64_range' || storage === 'float64_range' || storage === 'ipv6_range'
}

type RangeStorage = 'int64_range' | 'float64_range' | 'ipv6_range'

/** How each of the two ends of a range is stored. */
export function endStorage(storage: RangeStorage): 'int64' | 'float64' | 'ipv6' {
  return storage === 'int64_range' ? 'int64' : storage === 'float64_range' ? 'float64' : 'ipv6'
}

/** Names are for people who look into a table; only the ordinal counts. */
function hint(path: string): string {
  return path.replace(/[^A-Za-z0-9]+/g, '_').slice(-24)
}

/** The columns of a field that gets its first value. `isTime`: the table is sorted by it. */
export function newShape(field: Field, storage: ColumnStorage, options: { isTime: boolean; norms: boolean }): ColumnShape {
  const rest = `${field.ordinal}_${hint(field.path)}`
  const letter = storage === 'geo' ? POINT : isRangeStorage(storage) ? RANGE : options.isTime ? TIME : VALUE
  return {
    name: letter + rest,
    arrayName: undefined,
    storage,
    termIndex: storage === 'string',
    lengthName: storage === 'tokens' && options.norms ? LENGTH + rest : undefined,
    missing: options.isTime ? MISSING_TIME : undefined,
  }
}

/** The same field, with room for documents of several values. */
export function withArray(shape: ColumnShape): ColumnShape {
  return { ...shape, arrayName: ARRAY + shape.name.slice(1) }
}

/** The engine's types of single values, by storage; of those in two columns the type of each. */
const TYPES: Readonly<Record<ColumnStorage, string>> = {
  dictionary: 'LowCardinality(Nullable(String))',
  string: 'Nullable(String)',
  tokens: 'String',
  int8: 'Nullable(Int8)',
  int16: 'Nullable(Int16)',
  int32: 'Nullable(Int32)',
  int64: 'Nullable(Int64)',
  uint64: 'Nullable(UInt64)',
  float32: 'Nullable(Float32)',
  float64: 'Nullable(Float64)',
  bool: 'Nullable(Bool)',
  ipv6: 'Nullable(IPv6)',
  geo: 'Nullable(Float64)',
  int64_range: 'Nullable(Int64)',
  float64_range: 'Nullable(Float64)',
  ipv6_range: 'Nullable(IPv6)',
}

export function typeOf({ storage, missing }: Pick<ColumnShape, 'storage' | 'missing'>): string {
  return missing === undefined ? TYPES[storage] : 'Int64'
}

export function arrayTypeOf({ storage }: Pick<ColumnShape, 'storage'>): string {
  return `Array(${storage === 'dictionary' ? 'LowCardinality(String)' : TYPES[storage].replace(/^Nullable\((.*)\)$/, '$1')})`
}

const STORAGES = new Map(
  (Object.entries(TYPES) as [ColumnStorage, string][])
    .filter(([storage]) => secondSuffix(storage) === undefined)
    .map(([storage, type]) => [type, storage]),
)

/** Reads the shapes back from the columns of a table, by ordinal. */
export function readShapes(columns: readonly { readonly name: string; readonly type: string }[]): Map<number, ColumnShape> {
  const shapes = new Map<number, ColumnShape>()
  const names = new Set(columns.map(({ name }) => name))
  for (const { name, type } of columns) {
    const [, letter, ordinal] = /^([ftgr])(\d+)_/.exec(name) ?? []
    if (letter === undefined || isSecond(name, letter, names)) continue
    const storage = storageOf(letter, type)
    if (storage === undefined) throw new Error(`the column ${name} has the type ${type}, which this version does not know`)
    const arrayName = ARRAY + name.slice(1)
    const lengthName = LENGTH + name.slice(1)
    shapes.set(Number(ordinal), {
      name,
      arrayName: names.has(arrayName) ? arrayName : undefined,
      storage,
      termIndex: storage === 'string',
      lengthName: names.has(lengthName) ? lengthName : undefined,
      missing: letter === TIME ? MISSING_TIME : undefined,
    })
  }
  return shapes
}

function isSecond(name: string, letter: string, names: ReadonlySet<string>): boolean {
  const suffix = letter === POINT ? LONGITUDE : letter === RANGE ? RANGE_TO : undefined
  return suffix !== undefined && name.endsWith(suffix) && names.has(name.slice(0, -suffix.length))
}

function storageOf(letter: string, type: string): ColumnStorage | undefined {
  if (letter === POINT) return 'geo'
  if (letter === TIME) return 'int64'
  const storage = STORAGES.get(type)
  if (letter !== RANGE) return storage
  return storage === 'int64' || storage === 'float64' || storage === 'ipv6' ? `${storage}_range` : undefined
}
