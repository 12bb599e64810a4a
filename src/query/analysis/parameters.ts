import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'

/**
 * The parameters of one analysis component as index settings hold them: values may be JSON or the text of it
 * (`"min_gram": "2"`).
 */
export class Parameters {
  /** What the component is called, for errors. */
  readonly name: string
  readonly values: JsonObject

  constructor(name: string, values: JsonObject) {
    this.name = name
    this.values = values
  }

  has(key: string): boolean {
    return this.values[key] !== undefined
  }

  text(key: string, otherwise: string): string {
    return this.optionalText(key) ?? otherwise
  }

  optionalText(key: string): string | undefined {
    const value = this.values[key]
    return value === undefined || value === null ? undefined : scalarText(value)
  }

  requiredText(key: string): string {
    const value = this.optionalText(key)
    if (value === undefined) throw this.missing(key)
    return value
  }

  int(key: string, otherwise: number): number {
    const value = this.values[key]
    if (value === undefined) return otherwise
    const number = Number(scalarText(value))
    if (!Number.isInteger(number)) throw this.wrong(key, value, 'a whole number')
    return number
  }

  bool(key: string, otherwise: boolean): boolean {
    const value = this.values[key]
    if (value === undefined) return otherwise
    if (value === true || value === 'true') return true
    if (value === false || value === 'false') return false
    throw illegalArgument(`Failed to parse value [${scalarText(value)}] as only [true] or [false] are allowed.`)
  }

  /** A list, also written as one text with commas; `undefined` where it is absent. */
  list(key: string): readonly string[] | undefined {
    const value = this.values[key]
    if (value === undefined || value === null) return undefined
    if (Array.isArray(value)) return value.map((entry: JsonValue) => scalarText(entry))
    if (isJsonObject(value)) throw this.wrong(key, value, 'a list')
    const text = scalarText(value)
    return text === '' ? [] : text.split(',').map((entry) => entry.trim())
  }

  missing(key: string): Error {
    return illegalArgument(`[${this.name}] requires [${key}] to be set`)
  }

  wrong(key: string, value: JsonValue, expected: string): Error {
    return illegalArgument(`[${key}] of [${this.name}] must be ${expected} but was [${scalarText(value)}]`)
  }
}

function scalarText(value: JsonValue): string {
  return typeof value === 'object' && value !== null ? printJson(value) : String(value)
}
