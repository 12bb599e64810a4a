import { unreachable } from '../../../../core/errors.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { firstShardDoc, type SortKey } from '../../../../query/sort.ts'
import { type ColumnStorage, SEQ_NO, type StoredColumn } from '../../layout.ts'
import { identifier, joinSql, sql, type Sql } from '../../sql.ts'
import { distinctTokens } from '../../token-column.ts'
import { typeName, type ValueType } from '../columns.ts'
import { commonType, valueTypeOf } from '../field-type.ts'
import { literal } from '../query/literal.ts'
import type { Target } from '../target.ts'

/** A key of a sort, bound to all targets of a search. */
export interface BoundSortKey {
  readonly key: SortKey
  readonly type: ValueType
  /** What a document of this target is sorted by: NULL where it has no value. */
  value(target: Target): Sql
}

export function bindSort(
  keys: readonly SortKey[],
  targets: readonly Target[],
  score: (target: Target) => Sql,
): readonly BoundSortKey[] {
  return keys.map((key) => {
    if (key.field === '_score') return { key, type: 'double', value: score }
    if (key.field === '_shard_doc') {
      return { key, type: 'long', value: ({ position }) => sql`(${identifier(SEQ_NO)} + ${firstShardDoc(position)})` }
    }
    if (key.field === '_doc') return { key, type: 'long', value: () => identifier(SEQ_NO) }
    if (key.nested) return nestedKey(key, targets)
    const columns = targets.map(({ layout }) => layout.column(key.field))
    const types = columns.flatMap((column) => (column === undefined ? [] : [valueTypeOf(column.field)]))
    const type = commonType(types) ?? 'long'
    return { key, type, value: ({ layout }) => sortValue(layout.column(key.field), key, layout.hasMissingTime) }
  })
}

/** A key that is looked up in nested objects. */
function nestedKey(key: SortKey, targets: readonly Target[]): BoundSortKey {
  const type = commonType(targets.flatMap(({ sortValues }) => sortValues?.get(key)?.type ?? [])) ?? 'long'
  const substitute = typeof key.missing === 'object' ? key.missing.value : undefined
  return {
    key,
    type,
    value: ({ sortValues }) => {
      const value = sortValues?.get(key)?.sql ?? sql`NULL`
      return substitute === undefined
        ? value
        : sql`ifNull(${value}, CAST(${literal(substitute, STORAGES[type])} AS ${typeName(type)}))`
    },
  }
}

/** As which a stand-in for a missing value is written. */
const STORAGES: Readonly<Record<ValueType, ColumnStorage>> = {
  string: 'string',
  long: 'int64',
  unsigned: 'uint64',
  nanos: 'int64',
  double: 'float64',
  boolean: 'bool',
  ip: 'ipv6',
}

function sortValue(column: StoredColumn | undefined, { mode, missing, numericType }: SortKey, hasMissingTime: boolean): Sql {
  const substitute = typeof missing === 'object' ? missing.value : undefined
  if (column === undefined) return sql`NULL`
  if (column.storage === 'tokens') return sortTerm(distinctTokens(identifier(column.name)), mode, substitute)
  const isCut = numericType === 'long' && column.storage.startsWith('float')
  const cut = (one: Sql): Sql => (isCut ? sql`trunc(${one})` : one)
  const name = identifier(column.name)
  const single = cut(column.missing !== undefined && hasMissingTime ? sql`nullIf(${name}, ${column.missing})` : name)
  const list = column.arrayName === undefined ? undefined : identifier(column.arrayName)
  const means = list && arrayMode(isCut ? sql`arrayMap(x -> trunc(x), ${list})` : list, mode, { whole: wholeType(column) })
  const listed = means && isCut ? sql`floor(${means} + 0.5)` : means
  const value = listed === undefined ? single : sql`if(empty(${list ?? null}), toNullable(${single}), ${listed})`
  return substitute === undefined ? value : sql`ifNull(${value}, ${literal(substitute, column.storage)})`
}

/** The first or last of the terms of a text. */
function sortTerm(terms: Sql, mode: SortKey['mode'], substitute: FieldValue | undefined): Sql {
  const missing = substitute === undefined ? sql`NULL` : literal(substitute, 'string')
  return sql`if(empty(${terms}), ${missing}, toNullable(${arrayMode(terms, mode, { whole: undefined })}))`
}

const wholeType = ({ storage }: StoredColumn): 'Int64' | 'UInt64' | undefined =>
  storage === 'uint64' ? 'UInt64' : storage.includes('int') ? 'Int64' : undefined

/** Whole numbers stay whole, rounded half up, as Elasticsearch's modes do. */
export function arrayMode(
  values: Sql,
  mode: SortKey['mode'],
  { whole }: { readonly whole: 'Int64' | 'UInt64' | undefined },
): Sql {
  switch (mode) {
    case 'min':
      return sql`arrayMin(${values})`
    case 'max':
      return sql`arrayMax(${values})`
    case 'sum':
      return sql`arraySum(${values})`
    case 'avg':
      return whole ? rounded(sql`arrayAvg(${values})`, whole) : sql`arrayAvg(${values})`
    case 'median':
      return whole
        ? rounded(sql`arrayReduce('quantileExactInclusive(0.5)', ${values})`, whole)
        : sql`arrayReduce('quantileExactInclusive(0.5)', ${values})`
    default:
      return unreachable(mode)
  }
}

const rounded = (value: Sql, whole: 'Int64' | 'UInt64'): Sql =>
  whole === 'Int64' ? sql`toInt64(floor(${value} + 0.5))` : sql`toUInt64(floor(${value} + 0.5))`

/** `ORDER BY` of a target's documents: the keys, then the order of arrival. */
export function orderBy(keys: readonly BoundSortKey[], target: Target): Sql {
  const parts = keys.map((bound) => {
    const direction = bound.key.order === 'asc' ? sql`ASC` : sql`DESC`
    return sql`${bound.value(target)} ${direction} ${nullsFirst(bound.key) ? sql`NULLS FIRST` : sql`NULLS LAST`}`
  })
  if (!['_doc', '_shard_doc'].includes(keys.at(-1)?.key.field ?? '')) parts.push(identifier(SEQ_NO))
  return joinSql(parts, ', ')
}

export function nullsFirst({ missing }: SortKey): boolean {
  return missing === 'first'
}

export type SortValues = readonly (FieldValue | null)[]

/** Which of two hits comes first by their sort values: negative for `a`, 0 when the keys do not tell. */
export function compareSortValues(keys: readonly BoundSortKey[], a: SortValues, b: SortValues): number {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]?.key
    if (key === undefined) break
    const [x, y] = [a[i] ?? null, b[i] ?? null]
    if (x === null || y === null) {
      if (x === y) continue
      return (x === null) === nullsFirst(key) ? -1 : 1
    }
    const order = compareValues(x, y)
    if (order !== 0) return key.order === 'asc' ? order : -order
  }
  return 0
}

/** Numbers by size, whatever their type; strings and addresses by their bytes, as the engine sorts them. */
export function compareValues(a: FieldValue, b: FieldValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** Only where two surrogates or characters from U+E000 on meet does UTF-16 order differ from UTF-8 order. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return x >= 0xd800 && y >= 0xd800 ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : x - y
  }
  return a.length - b.length
}
