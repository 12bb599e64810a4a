import type { ValuesSource } from '../../../../query/aggregation.ts'
import type { StoredColumn } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { distinctTokens } from '../../token-column.ts'
import { typeName, type ValueType } from '../columns.ts'
import { commonType, valueTypeOf } from '../field-type.ts'
import { holdsRanges, wholeRanges } from './range-ends.ts'
import { literal } from '../query/literal.ts'
import type { Target } from '../target.ts'

/** The values of a field as a column of a row source. */
export interface FieldInput {
  /** Rows hold arrays of values instead of a value or NULL. */
  readonly several: boolean
  readonly type: ValueType
  readonly sql: (target: Target) => Sql
}

/** Values of a field in all targets, in one type; times in milliseconds, which all aggregations count in. */
export function fieldInput(source: ValuesSource, targets: readonly Target[]): FieldInput {
  const { missing, byTarget, ...plain } = source
  const exact = exactInput(plain, targets)
  if (exact.type !== 'nanos') return exactInput(source, targets)
  const millis = (x: Sql): Sql => sql`intDiv(${x} - positiveModulo(${x}, 1000000), 1000000)`
  const { several } = exact
  const all = (target: Target): Sql =>
    several ? sql`arrayMap(x -> ${millis(sql`x`)}, ${exact.sql(target)})` : millis(exact.sql(target))
  return {
    several,
    type: 'long',
    sql: (target) => {
      const instead = byTarget?.[target.position] ?? missing
      if (instead === undefined) return all(target)
      const value = sql`toInt64(${literal(instead, 'int64')})`
      return several ? sql`if(empty(${all(target)}), [${value}], ${all(target)})` : sql`ifNull(${all(target)}, ${value})`
    },
  }
}

/** As `fieldInput`; those of `date_nanos` are nanoseconds. */
export function exactInput({ field, missing: everywhere, byTarget }: ValuesSource, targets: readonly Target[]): FieldInput {
  const columns = targets.map(({ layout }) => layout.column(field))
  const types = columns.flatMap((column) => (column === undefined ? [] : [valueTypeOf(column.field)]))
  const type = commonType(types) ?? typeOfMissing(byTarget?.[0] ?? everywhere)
  if (columns.some(holdsRanges)) return { several: false, type, sql: ({ layout }) => wholeRanges(layout.column(field)) }
  const several = columns.some((column) => column?.arrayName !== undefined || column?.storage === 'tokens')
  const mixed = new Set(columns.map((column) => column?.storage)).size > 1
  const cast = (value: Sql, name: Sql): Sql => (mixed ? sql`CAST(${value} AS ${name})` : value)
  return {
    several,
    type,
    sql: (target) => {
      const column = target.layout.column(field)
      const missing = byTarget?.[target.position] ?? everywhere
      // Among nanoseconds milliseconds are many of them.
      const isMillis = type === 'nanos' && column !== undefined && valueTypeOf(column.field) === 'long'
      if (!several) {
        const one = singleValue(column, target, type)
        const value = cast(isMillis ? sql`(${one} * 1000000)` : one, sql`Nullable(${typeName(type)})`)
        return missing === undefined ? value : sql`ifNull(${value}, ${substitute(missing, column, type)})`
      }
      const all = allValues(column, target, type)
      const values = cast(isMillis ? sql`arrayMap(x -> x * 1000000, ${all})` : all, sql`Array(${typeName(type)})`)
      return missing === undefined ? values : sql`if(empty(${values}), [${substitute(missing, column, type)}], ${values})`
    },
  }
}

/** Numbers of a field, as 64-bit floats; dates in milliseconds, booleans as 0 and 1. */
export function numberInput(source: ValuesSource, targets: readonly Target[]): FieldInput {
  const input = fieldInput(source, targets)
  const plain = targets.every(({ layout }) => layout.column(source.field)?.storage === 'float64')
  if (plain && source.missing === undefined && source.byTarget === undefined) return input
  const number = (value: Sql): Sql => sql`toFloat64(${value})`
  return {
    several: input.several,
    type: 'double',
    sql: (target) => (input.several ? sql`arrayMap(x -> ${number(sql`x`)}, ${input.sql(target)})` : number(input.sql(target))),
  }
}

/** Something computed of each value, NULL where nothing is. */
export function derivedInput(input: FieldInput, of: (value: Sql) => Sql): FieldInput {
  return {
    several: input.several,
    type: 'double',
    // What a group holds is computed without NULL: the aggregate functions of arrays do not skip it.
    sql: (target) =>
      input.several
        ? sql`arrayMap(x -> assumeNotNull(x), arrayFilter(x -> isNotNull(x), arrayMap(x -> ${of(sql`x`)}, ${input.sql(target)})))`
        : of(input.sql(target)),
  }
}

/** One coordinate of the points of a field. */
export function pointInput(field: string, coordinate: 'lat' | 'lon', targets: readonly Target[]): FieldInput {
  const columns = targets.map(({ layout }) => layout.column(field))
  const several = columns.some((column) => column?.arrayName !== undefined)
  const nameOf = (name: string): Sql => identifier(coordinate === 'lat' ? name : `${name}_lon`)
  return {
    several,
    type: 'double',
    sql: ({ layout }) => {
      const column = layout.column(field)
      const one = column?.storage === 'geo' ? nameOf(column.name) : sql`CAST(NULL AS Nullable(Float64))`
      if (!several) return one
      const ones = sql`if(isNull(${one}), [], [assumeNotNull(${one})])`
      if (column?.storage !== 'geo' || column.arrayName === undefined) return ones
      const list = nameOf(column.arrayName)
      return sql`if(empty(${list}), ${ones}, ${list})`
    },
  }
}

/** NULL in documents without a value, and in those with several. */
export function singleValue(column: StoredColumn | undefined, { layout }: Pick<Target, 'layout'>, type: ValueType): Sql {
  if (column === undefined) return sql`CAST(NULL AS Nullable(${typeName(type)}))`
  const name = identifier(column.name)
  if (column.missing !== undefined && layout.hasMissingTime) return sql`nullIf(${name}, ${column.missing})`
  return column.storage === 'bool' ? sql`toUInt8(${name})` : name
}

function allValues(column: StoredColumn | undefined, target: Target, type: ValueType): Sql {
  if (column?.storage === 'tokens') return distinctTokens(identifier(column.name))
  const single = singleValue(column, target, type)
  const one = sql`if(isNull(${single}), [], [assumeNotNull(${single})])`
  if (column?.arrayName === undefined) return one
  const list = identifier(column.arrayName)
  const values = column.storage === 'bool' ? sql`arrayMap(x -> toUInt8(x), ${list})` : list
  return sql`if(empty(${values}), ${one}, ${values})`
}

function substitute(missing: NonNullable<ValuesSource['missing']>, column: StoredColumn | undefined, type: ValueType): Sql {
  // It may have more digits than the column keeps.
  if (type === 'double' && typeof missing === 'number') return sql`toFloat64(${missing})`
  if (column) return literal(missing, column.storage)
  // Without a column nothing else says the type, and a whole number is no 64-bit float by itself.
  return sql`CAST(${literal(missing, type === 'ip' ? 'ipv6' : type === 'boolean' ? 'bool' : 'float64')} AS ${typeName(type)})`
}

function typeOfMissing(missing: ValuesSource['missing']): ValueType {
  if (typeof missing === 'string') return 'string'
  if (typeof missing === 'boolean') return 'boolean'
  return missing instanceof Uint8Array ? 'ip' : 'double'
}
