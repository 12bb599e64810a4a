import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { decodeFeature, encodeFeature, LEAST_FEATURE, printFeature } from '../../query/rank-feature.ts'
import { MalformedValue } from './malformed-value.ts'

/** `lowersScore`: the higher the value the lower the score, so its reciprocal is kept. @throws MalformedValue */
export function rankFeature(value: JsonValue, path: string, lowersScore: boolean): number | undefined {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  const [only, second] = list.filter((one) => one !== null)
  if (second !== undefined)
    throw new MalformedValue(
      `[rank_feature] fields do not support indexing multiple values for the same field [${path}] in the same document`,
    )
  return only === undefined ? undefined : keptFeature(numberOf(only), path, '_feature', lowersScore)
}

/** The texts that stand for the features of an object, or of several. @throws MalformedValue */
export function rankFeatures(value: JsonValue, path: string, lowersScore: boolean): readonly string[] {
  const features = new Map<string, number>()
  const add = (json: JsonValue): void => {
    if (!isJsonObject(json))
      throw new MalformedValue(`[rank_features] fields must be json objects, expected a START_OBJECT but got: ${tokenOf(json)}`)
    for (const [name, one] of Object.entries(json)) {
      if (one === null || one === undefined) continue
      if (typeof one === 'object')
        throw new MalformedValue(
          `[rank_features] fields take hashes that map a feature to a strictly positive float, but got unexpected token ${tokenOf(one)}`,
        )
      if (features.has(name))
        throw new MalformedValue(
          `[rank_features] fields do not support indexing multiple values for the same rank feature [${path}.${name}] in the same document`,
        )
      features.set(name, keptFeature(numberOf(one), name, path, lowersScore))
    }
  }
  if (Array.isArray(value)) for (const one of value as readonly JsonValue[]) add(one)
  else add(value)
  return [...features].map(([name, one]) => printFeature(name, one))
}

function keptFeature(given: number, name: string, field: string, lowersScore: boolean): number {
  const value = Math.fround(lowersScore ? 1 / given : given)
  if (!Number.isFinite(value))
    throw new MalformedValue(`featureValue must be finite, got: ${value} for feature ${name} on field ${field}`)
  if (value < LEAST_FEATURE) {
    const printed = Number.isInteger(value) ? value.toFixed(1) : String(value)
    throw new MalformedValue(
      `featureValue must be a positive normal float, got: ${printed} for feature ${name} on field ${field} which is less than the minimum positive normal float: 1.17549435E-38`,
    )
  }
  return decodeFeature(encodeFeature(value))
}

function numberOf(value: JsonValue): number {
  const number = typeof value === 'object' || typeof value === 'boolean' || value === '' ? Number.NaN : Number(value)
  if (typeof value === 'string' && Number.isNaN(number))
    throw new MalformedValue(`For input string: "${value}"`, 'number_format_exception')
  if (Number.isNaN(number))
    throw new MalformedValue(`Current token (${tokenOf(value)}) not numeric, can not use numeric value accessors`)
  return number
}

function tokenOf(value: JsonValue): string {
  if (value === null) return 'VALUE_NULL'
  if (Array.isArray(value)) return 'START_ARRAY'
  if (typeof value === 'object') return 'START_OBJECT'
  if (typeof value === 'boolean') return value ? 'VALUE_TRUE' : 'VALUE_FALSE'
  return typeof value === 'string' ? 'VALUE_STRING' : 'VALUE_NUMBER'
}
