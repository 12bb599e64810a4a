import { decodeVersion } from './version-order.ts'
import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../core/dates/date-format.ts'
import { timeZone, utc } from '../core/dates/time-zone.ts'
import { doubleJson } from '../core/double.ts'
import { formatIp } from '../core/ip.ts'
import type { JsonValue } from '../core/json.ts'
import { printJson } from '../core/print-json.ts'
import { decimalFormat } from './decimal-format.ts'
import type { Field, FieldType, FieldValue } from './field.ts'
import { isRangeValue } from './range-field.ts'

/** How values of a field are written in answers. */
export interface ValueFormat {
  /** The value in JSON: a string or a number. Booleans are 0 and 1, as in doc values. */
  json(value: FieldValue): JsonValue
  /** The value as text where its type or the request asks for one beside the value (`key_as_string`). */
  text(value: FieldValue): string | undefined
}

export interface FormatOptions {
  readonly format?: string | undefined
  readonly timeZone?: string | undefined
}

/** Without a field numbers are printed as they are. @throws ElkhornError `illegal_argument_exception` (400) */
export function valueFormat(field: Field | undefined, { format, timeZone: zoneId }: FormatOptions = {}): ValueFormat {
  const zone = zoneId === undefined ? utc : timeZone(zoneId)
  switch (field?.type) {
    case 'date':
    case 'date_range': {
      const dates = dateFormat(format ?? field.parameters.format ?? DEFAULT_DATE_FORMAT)
      return { json: plainJson, text: (value) => dates.print(Number(value), zone) }
    }
    case 'date_nanos': {
      const dates = dateFormat(format ?? field.parameters.format ?? DEFAULT_NANOS_FORMAT)
      return {
        json: plainJson,
        text: (value) => (typeof value === 'bigint' ? dates.printNanos(value, zone) : dates.print(Number(value), zone)),
      }
    }
    case 'boolean':
      return {
        json: (value) => (value === true ? 1 : value === false ? 0 : plainJson(value)),
        text: (value) => (value === true || value === 1 ? 'true' : 'false'),
      }
    case 'version':
      return { json: (value) => decodeVersion(String(value)), text: () => undefined }
    case 'ip':
      return { json: plainJson, text: () => undefined }
    default: {
      const json = field && DOUBLES.has(field.type) ? (value: FieldValue) => doubleJson(Number(value)) : plainJson
      if (format === undefined || isString(field)) return { json, text: () => undefined }
      const print = decimalFormat(format)
      return { json, text: (value) => print(Number(value)) }
    }
  }
}

const DOUBLES: ReadonlySet<FieldType> = new Set(['double', 'float', 'half_float', 'scaled_float'])

function isString(field: Field | undefined): boolean {
  return (
    field?.type === 'keyword' || field?.type === 'wildcard' || field?.type === 'constant_keyword' || field?.type === 'flattened'
  )
}

/** JSON as text: a string as it is. */
export function jsonText(json: JsonValue): string {
  return typeof json === 'string' ? json : printJson(json)
}

/** Any value as JSON has it; addresses as text, points as objects, bytes in base64. */
export function plainJson(value: FieldValue): JsonValue {
  if (value instanceof Uint8Array) return value.length === 16 ? formatIp(value) : btoa(String.fromCharCode(...value))
  if (isRangeValue(value)) return { gte: plainJson(value.from), lte: plainJson(value.to) }
  return typeof value === 'object' ? { lat: value.lat, lon: value.lon } : value
}
