import type { FieldValue, GeoPoint, RangeValue } from '../../../../query/field.ts'
import type { ColumnStorage } from '../../layout.ts'
import { sql, type Sql } from '../../sql.ts'

/** A value as a literal that compares equal to what a column of this storage holds for it. */
export function literal(value: FieldValue, storage: ColumnStorage): Sql {
  if (storage === 'float32') return sql`toFloat32(${Math.fround(Number(value))})`
  if (storage === 'bool') return value === true || value === 'true' || value === 1 ? sql`1` : sql`0`
  if (storage === 'ipv6' && value instanceof Uint8Array) return sql`toIPv6(${ipText(value)})`
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return sql`${value}`
  throw new Error(`a ${storage} column holds no ${typeof value === 'object' ? describe(value) : typeof value}`)
}

/** `[a, b]`, for `IN` and array functions. */
export function literalList(values: readonly FieldValue[], storage: ColumnStorage): Sql {
  return { kind: 'sql', text: `[${values.map((value) => literal(value, storage).text).join(',')}]` }
}

/** 16 bytes as eight groups of hexadecimal digits. */
function ipText(bytes: Uint8Array): string {
  const groups: string[] = []
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16))
  return groups.join(':')
}

function describe(value: Uint8Array | GeoPoint | RangeValue): string {
  return value instanceof Uint8Array ? 'bytes' : 'lat' in value ? 'point' : 'range'
}

/** What a text field is asked for. */
export function textOf(value: FieldValue): string {
  if (typeof value === 'string') return value
  throw new Error(`a text field holds no ${typeof value}`)
}
