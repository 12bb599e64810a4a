import { isJsonObject, type JsonValue } from '../../core/json.ts'
import { murmur3x128 } from '../../core/murmur3.ts'
import { tokenName } from '../../query/dsl/errors.ts'
import type { FieldValue } from '../../query/field.ts'
import { MalformedValue } from './malformed-value.ts'
import { printValue } from './parameters.ts'

/*
 * Values of the types that are no single text, number or place. Where only the source holds the value, what is read is
 * that there is one.
 */

type Reader = (value: JsonValue) => FieldValue | undefined

/** `[Beyoncé](person&star)` becomes what a reader sees. */
export function withoutAnnotations(text: string): string {
  return text.replace(/\[([^\]]*)\]\(([^)]*)\)/g, '$1')
}

/** The first half of MurmurHash3 of 128 bits, as Elasticsearch's plug-in keeps it. */
export function hashText(text: string): number | bigint {
  const hash = murmur3x128(Buffer.from(text)).readBigInt64BE(0)
  return Number.isSafeInteger(Number(hash)) ? Number(hash) : hash
}

/** The kinds of children by the kind of their parent. */
export function relationsOf(relations: JsonValue | undefined): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(isJsonObject(relations) ? relations : {}).map(([parent, children]) => [
      parent,
      (Array.isArray(children) ? children : [children ?? null]).map(printValue),
    ]),
  )
}

/** `"question"`, or `{ "name": "answer", "parent": "1" }`: the relation's name, one of those of the mapping. */
export function joinReader(relations: JsonValue | undefined, path: string): Reader {
  const parents = relationsOf(relations)
  const children = new Set(Object.values(parents).flat())
  return (value) => {
    const name = isJsonObject(value) ? value['name'] : value
    if (typeof name !== 'string') throw new MalformedValue(`null join name in field [${path}]`)
    if (!children.has(name) && !Object.hasOwn(parents, name))
      throw new MalformedValue(`unknown join name [${name}] for field [${path}]`)
    if (children.has(name) && (!isJsonObject(value) || value['parent'] === undefined || value['parent'] === null))
      throw new MalformedValue(`[parent] is missing for join field [${path}]`)
    return name
  }
}

/** A positive whole number. */
export const readDocCount: Reader = (value) => {
  if (typeof value !== 'number')
    throw new MalformedValue(`Failed to parse object: expecting token of type [VALUE_NUMBER] but found [${tokenName(value)}]`)
  if (!Number.isSafeInteger(value)) throw new MalformedValue(`${value} cannot be converted to Long without data loss`)
  if (value <= 0) throw new MalformedValue('Field [_doc_count] must be a positive integer.')
  return value
}

/** Of these children the id of the parent. */
export function parentIdReader(children: readonly string[]): Reader {
  return (value) => {
    if (!isJsonObject(value) || !children.some((name) => name === value['name'])) return undefined
    const { parent } = value
    return typeof parent === 'string' || typeof parent === 'number' || typeof parent === 'bigint' ? String(parent) : undefined
  }
}

/** All the metrics that the mapping names, as numbers. */
export function metricsReader(path: string, metrics: JsonValue | undefined): Reader {
  const names = (Array.isArray(metrics) ? metrics : []).map(printValue)
  return (value) => {
    if (!isJsonObject(value))
      throw new MalformedValue(`Failed to parse object: expecting token of type [START_OBJECT] for [${path}]`)
    for (const name of names) {
      const metric = value[name]
      if (metric === undefined || metric === null)
        throw new MalformedValue(`Aggregate metric field [${path}] must contain all metrics [${names.join(', ')}]`)
      if (!Number.isFinite(Number(metric)) || typeof metric === 'object' || metric === '')
        throw new MalformedValue(`Metric [${name}] of field [${path}] must be a number, got [${printValue(metric)}]`)
    }
    const unknown = Object.keys(value).find((name) => !names.includes(name))
    if (unknown !== undefined)
      throw new MalformedValue(`Aggregate metric [${unknown}] does not exist in the mapping of field [${path}]`)
    const count = value['value_count']
    if (names.includes('value_count') && !(Number(count) >= 0 && Number.isInteger(Number(count))))
      throw new MalformedValue(`Aggregate metric [value_count] of field [${path}] cannot be a negative number`)
    return true
  }
}

/** One of them. */
export function metricReader(metric: string): Reader {
  return (value) => (isJsonObject(value) && value[metric] !== undefined ? Number(value[metric]) : undefined)
}

/** Numbers, as many as the mapping says; bytes and bits may also be written in hexadecimal. */
export function vectorReader(path: string, dims: JsonValue | undefined, element: JsonValue | undefined): Reader {
  const wanted = typeof dims === 'number' ? (element === 'bit' ? dims / 8 : dims) : undefined
  return (value) => {
    if (typeof value === 'string' && (element === 'byte' || element === 'bit')) return true
    if (!Array.isArray(value)) throw new MalformedValue(`The [dense_vector] field [${path}] takes an array of numbers`)
    const numbers = value as readonly JsonValue[]
    if (numbers.some((one) => typeof one !== 'number' || !Number.isFinite(one)))
      throw new MalformedValue(`The [dense_vector] field [${path}] takes finite numbers only, got [${printValue(value)}]`)
    if (wanted !== undefined && numbers.length !== wanted)
      throw new MalformedValue(
        `The [dense_vector] field [${path}] has a different number of dimensions [${numbers.length}] than defined in the mapping [${wanted}]`,
      )
    return true
  }
}

/** Of a vector that was read: bytes in hexadecimal are signed. */
export function vectorNumbers(value: JsonValue): readonly number[] {
  if (typeof value === 'string') return [...new Int8Array(Buffer.from(value, 'hex'))]
  return Array.isArray(value) ? value.map(Number) : []
}

/** `{ "values": [0.1, 0.2], "counts": [3, 7] }`, values ascending. */
export function histogramReader(path: string): Reader {
  return (value) => {
    const { values, counts } = isJsonObject(value) ? value : {}
    if (!Array.isArray(values)) throw new MalformedValue(`error parsing field [${path}], expected field called [values]`)
    if (!Array.isArray(counts)) throw new MalformedValue(`error parsing field [${path}], expected field called [counts]`)
    if (values.length !== counts.length)
      throw new MalformedValue(
        `error parsing field [${path}], expected same length from [values] and [counts] but got [${values.length} != ${counts.length}]`,
      )
    for (const [i, one] of values.entries()) {
      const before = values[i - 1]
      if (typeof one !== 'number') throw new MalformedValue(`error parsing field [${path}], [values] must be numbers`)
      if (typeof before === 'number' && one < before)
        throw new MalformedValue(
          `error parsing field [${path}], [values] values must be in increasing order, got [${one}] but previous value was [${before}]`,
        )
    }
    const bad = counts.find((count) => typeof count !== 'number' || count < 0 || !Number.isInteger(count))
    if (bad !== undefined)
      throw new MalformedValue(`error parsing field [${path}], [counts] elements must be >= 0 but got ${printValue(bad)}`)
    return true
  }
}
