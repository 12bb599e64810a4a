import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'

/** One parameter of a field type: how its value is read, what it is when absent, whether a live mapping may change it. */
export interface Parameter {
  readonly name: string
  /** Normalises a value of a request (`"true"` → `true`). @throws ElkhornError naming parameter and value */
  readonly parse: (value: JsonValue, field: string) => JsonValue
  readonly default?: JsonValue
  /** Kept even where it says what is the default: the index may say otherwise for fields that say nothing. */
  readonly overridesIndex?: boolean
  /** Whether the parameter may be changed from one value to another after the field was made. */
  readonly updatable: boolean | ((from: JsonValue | undefined, to: JsonValue | undefined) => boolean)
}

export function mapperParsing(reason: string, causedBy?: ElkhornError): ElkhornError {
  return new ElkhornError('mapper_parsing_exception', 400, reason, causedBy ? { causedBy } : {})
}

/** `true`, `false` and the strings of them. */
export function parseBoolean(value: JsonValue): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw illegalArgument(`Failed to parse value [${printValue(value)}] as only [true] or [false] are allowed.`)
}

export function parseInteger(value: JsonValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw new ElkhornError('number_format_exception', 400, `For input string: "${printValue(value)}"`)
  }
  return number
}

function parseNumber(value: JsonValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) {
    throw new ElkhornError('number_format_exception', 400, `For input string: "${printValue(value)}"`)
  }
  return number
}

/** A value as it stands in Elasticsearch's messages: strings without quotes. */
export function printValue(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(printValue).join(', ')}]`
  if (isJsonObject(value)) {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${key}=${printValue(entry)}`)
      .join(', ')}}`
  }
  return String(value)
}

type Updatable = Parameter['updatable']

export const booleanParameter = (name: string, fallback: boolean, updatable: Updatable = false): Parameter => ({
  name,
  parse: (value, field) => {
    try {
      return parseBoolean(value)
    } catch (error) {
      throw mapperParsing(`Could not convert [${name}] to boolean`, causeOf(error, field))
    }
  },
  default: fallback,
  updatable,
})

export const integerParameter = (name: string, fallback: number, updatable: Updatable = false, min?: number): Parameter => ({
  name,
  parse: (value) => {
    const number = parseInteger(value)
    if (min !== undefined && number < min) throw illegalArgument(`[${name}] must be at least [${min}], got [${number}]`)
    return number
  },
  default: fallback,
  updatable,
})

export const numberParameter = (name: string, updatable: Updatable = false): Parameter => ({
  name,
  parse: parseNumber,
  updatable,
})

export const stringParameter = (name: string, fallback?: string, updatable: Updatable = false): Parameter => ({
  name,
  parse: (value, field) => {
    if (value === null || typeof value === 'object') throw mapperParsing(`[${name}] on mapper [${field}] must be a string`)
    return String(value)
  },
  ...(fallback === undefined ? {} : { default: fallback }),
  updatable,
})

export const choiceParameter = (
  name: string,
  choices: readonly string[],
  fallback?: string,
  updatable: Updatable = false,
): Parameter => ({
  name,
  parse: (value, field) => {
    if (typeof value !== 'string' || !choices.includes(value)) {
      throw mapperParsing(
        `Unknown value [${printValue(value)}] for field [${name}] - accepted values are [${choices.join(', ')}] (field [${field}])`,
      )
    }
    return value
  },
  ...(fallback === undefined ? {} : { default: fallback }),
  updatable,
})

/** Any value, kept as given: its type reads it when the field is compiled. */
export const valueParameter = (name: string, updatable: Updatable = false): Parameter => ({
  name,
  parse: (value) => value,
  updatable,
})

/** `meta`: up to five short strings for people and charts (`unit`, `metric_type`). */
export const metaParameter: Parameter = {
  name: 'meta',
  updatable: true,
  default: {},
  parse: (value, field) => {
    if (!isJsonObject(value))
      throw mapperParsing(`[meta] must be an object, got ${javaType(value)}[${printValue(value)}] for field [${field}]`)
    const entries = Object.entries(value)
    if (entries.length > 5)
      throw mapperParsing(`[meta] can't have more than 5 entries, but got ${entries.length} on field [${field}]`)
    for (const [key, entry] of entries) {
      if (key.length > 20) throw mapperParsing(`[meta] keys can't be longer than 20 chars, but got [${key}] for field [${field}]`)
      if (typeof entry !== 'string') {
        throw mapperParsing(
          `[meta] values can only be strings, but got ${javaType(entry)}[${printValue(entry)}] for field [${field}]`,
        )
      }
      if (entry.length > 50)
        throw mapperParsing(`[meta] values can't be longer than 50 chars, but got [${entry}] for field [${field}]`)
    }
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  },
}

function javaType(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return 'Boolean'
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Double'
  if (typeof value === 'bigint') return 'Long'
  if (typeof value === 'string') return 'String'
  return Array.isArray(value) ? 'ArrayList' : 'LinkedHashMap'
}

function causeOf(error: unknown, field: string): ElkhornError {
  return error instanceof ElkhornError ? error : illegalArgument(`field [${field}]: ${String(error)}`)
}
