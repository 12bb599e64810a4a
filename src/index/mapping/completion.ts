import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import { tokenName } from '../../query/dsl/errors.ts'
import { MalformedValue } from './malformed-value.ts'
import { mapperParsing } from './parameters.ts'

/** One way to tell suggestions apart: by a word, or by a place. */
export interface CompletionContext {
  readonly name: string
  readonly type: 'category' | 'geo'
  /** The field that it is taken from where a document does not give it with the inputs. */
  readonly path: string | undefined
  /** Of places: how many characters a geohash has. */
  readonly precision: number
}

/** Something to complete to. */
export interface CompletionEntry {
  readonly inputs: readonly string[]
  readonly weight: number
  /** By the context's name, as the document has them. */
  readonly contexts: JsonObject | undefined
}

const POINT_MEMBERS: ReadonlySet<string> = new Set(['lat', 'lon', 'z', 'geohash', 'type', 'coordinates'])

/** Reads a value of a completion field. @throws MalformedValue */
export function completionEntries(value: JsonValue | undefined, path: string): readonly CompletionEntry[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value))
    return value.flatMap((one: JsonValue) => (Array.isArray(one) ? [inputOnly(one, path)] : completionEntries(one, path)))
  if (!isJsonObject(value)) return [inputOnly(value, path)]
  const { input, weight, contexts, ...others } = value
  const [unknown] = Object.keys(others)
  // A point: the multi-field below completes to its geohash.
  if (unknown !== undefined && POINT_MEMBERS.has(unknown)) return []
  if (unknown !== undefined) throw new MalformedValue(`unknown field name [${unknown}], must be one of [input, weight, contexts]`)
  const inputs = Array.isArray(input) ? input.map((one: JsonValue) => inputText(one, path)) : [inputText(input ?? null, path)]
  if (contexts !== undefined && contexts !== null && !isJsonObject(contexts))
    throw new MalformedValue('contexts must be an object or an array , but was [VALUE_STRING]')
  return [{ inputs, weight: readWeight(weight), contexts: isJsonObject(contexts) ? contexts : undefined }]
}

/** `needsContexts`: inputs that come without any are refused. */
export function completionInputs(value: JsonValue, path: string, needsContexts: boolean): readonly string[] {
  const entries = completionEntries(value, path)
  if (needsContexts && entries.some(({ contexts }) => contexts === undefined || Object.keys(contexts).length === 0))
    throw new MalformedValue(`Contexts are mandatory in context enabled completion field [${path}]`)
  return entries.flatMap(({ inputs }) => inputs)
}

const inputOnly = (value: JsonValue, path: string): CompletionEntry => ({
  inputs: [inputText(value, path)],
  weight: 1,
  contexts: undefined,
})

function inputText(value: JsonValue, path: string): string {
  if (typeof value !== 'string')
    throw new MalformedValue(`failed to parse [${path}]: expected text or object, but got ${tokenName(value)}`)
  if (value === '') throw new MalformedValue(`value must have a length > 0`)
  return value
}

function readWeight(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 1
  const weight = Number(value)
  if (!Number.isInteger(weight))
    throw new MalformedValue(
      typeof value === 'string' ? `weight must be an integer, but was [${value}]` : 'weight must be an integer',
    )
  if (weight < 0 || weight > 2_147_483_647)
    throw new MalformedValue(`weight must be in the interval [0..2147483647], but was [${weight}]`)
  return weight
}

/** The parameter `contexts` of a mapping, as it came, when it makes sense. */
export function checkContexts(value: JsonValue, field: string): JsonValue {
  completionContexts(value, field)
  return Array.isArray(value) ? value : [value]
}

/** @throws ElkhornError `mapper_parsing_exception` */
export function completionContexts(value: JsonValue | undefined, field: string): readonly CompletionContext[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map((one: JsonValue) => {
    if (!isJsonObject(one)) throw mapperParsing(`[contexts] of field [${field}] must be objects`)
    const { name, type, path, precision } = one
    if (typeof name !== 'string') throw mapperParsing(`context mapping of field [${field}]: missing [name]`)
    if (type !== 'category' && type !== 'geo') throw mapperParsing(`unknown context type[${printJson(type ?? null)}]`)
    return {
      name,
      type,
      path: typeof path === 'string' ? path : undefined,
      precision: precision === undefined || precision === null ? 6 : geohashLength(precision, field),
    }
  })
}

/** Height of a geohash's cell, in meters, by its characters less one. */
const CELL_METERS = [4_992_600, 624_100, 156_000, 19_500, 4_900, 609.4, 152.4, 19, 4.8, 0.595, 0.149, 0.019]
const METERS: Readonly<Record<string, number>> = {
  m: 1,
  km: 1000,
  mi: 1609.344,
  yd: 0.9144,
  ft: 0.3048,
  nmi: 1852,
  cm: 0.01,
  mm: 0.001,
}

/** A number of characters, or a distance that a cell shall not be larger than. */
export function geohashLength(value: JsonValue, field: string): number {
  if (typeof value === 'number' || /^\d+$/.test(String(value))) {
    const length = Number(value)
    if (length < 1 || length > 12) throw mapperParsing(`precision of field [${field}] must be between 1 and 12, got [${length}]`)
    return length
  }
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(String(value))
  const unit = METERS[match?.[2] ?? '']
  if (!match || unit === undefined) throw mapperParsing(`failed to parse precision [${printJson(value)}] of field [${field}]`)
  const meters = Number(match[1]) * unit
  const level = CELL_METERS.findIndex((cell) => cell <= meters)
  return level < 0 ? 12 : level + 1
}

export const needsContexts = (contexts: JsonValue | undefined): boolean =>
  Array.isArray(contexts) &&
  contexts.length > 0 &&
  contexts.every((one: JsonValue) => isJsonObject(one) && one['path'] === undefined)
