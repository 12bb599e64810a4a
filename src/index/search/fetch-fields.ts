import { OPAQUE, TEXTS } from '../../query/field-kinds.ts'
import { floatJson } from '../../core/double.ts'
import { illegalArgument, textFieldData } from '../../core/errors.ts'
import { parseShape, printGeoJson } from '../../core/geo-shape.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { analyzerFor, normalizeTerm } from '../../query/analysis/analysis.ts'
import { isText } from '../../query/bind/context.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { type Computation, docValueOrder } from '../../query/computed/computation.ts'
import type { Field, FieldLookup, FieldValue, RangeValue } from '../../query/field.ts'
import { isRangeType, isRangeValue } from '../../query/range-field.ts'
import type { FieldRequest } from '../../query/search-request.ts'
import { valueFormat, type ValueFormat } from '../../query/value-format.ts'
import { valuesAt } from '../../core/values-at.ts'
import type { IndexState } from '../index-state.ts'
import { findNode } from '../mapping/compile-mapping.ts'
import { MalformedValue } from '../mapping/malformed-value.ts'
import { readerOf, type ValueReader } from '../mapping/value-readers.ts'
import { printRange } from '../mapping/range-reader.ts'
import { documentValues } from './document-values.ts'
import type { FieldFetcher } from './field-fetcher.ts'
import { tokenCount } from './token-count.ts'
import { numberSetting } from '../settings/index-settings.ts'

/** `fields`: values as the mapping reads them, formatted, in document order; also of fields without doc values. */
export function fieldFetchers(
  index: IndexState,
  fields: FieldLookup,
  requests: readonly FieldRequest[],
): readonly FieldFetcher[] {
  return requests.flatMap((request) => {
    const matched = expand(index, fields, request.field)
    const fetchers = matched.map((named) => mappedFetcher(index, named, request, 'fields'))
    if (request.includeUnmapped) fetchers.push(unmappedFetcher(fields, request.field))
    return fetchers
  })
}

/** `docvalue_fields`: values as doc values have them, sorted. @throws ElkhornError 400 for fields without doc values */
export function docValueFetchers(
  index: IndexState,
  fields: FieldLookup,
  requests: readonly FieldRequest[],
): readonly FieldFetcher[] {
  const limit = numberSetting(index.settings, 'index.max_docvalue_fields_search')
  if (requests.length > limit) {
    throw illegalArgument(
      `Trying to retrieve too many docvalue_fields. Must be less than or equal to: [${limit}] but was [${requests.length}]. This limit can be set by changing the [index.max_docvalue_fields_search] index level setting.`,
    )
  }
  return requests.flatMap((request) =>
    expand(index, fields, request.field).map((named) => {
      const { field } = named
      if (TEXTS.includes(field.type)) {
        if (field.parameters.fielddata !== true) throw textFieldData(field.path)
      } else if (!field.parameters.docValues) {
        throw illegalArgument(
          `Can't load fielddata on [${field.path}] because fielddata is unsupported on fields of type [${field.type}]. Use doc values instead.`,
        )
      }
      return mappedFetcher(index, named, request, 'docvalues')
    }),
  )
}

interface NamedField {
  /** As it is asked for: an alias keeps its own name. */
  readonly name: string
  readonly field: Field
}

function expand({ mapping }: IndexState, fields: FieldLookup, pattern: string): readonly NamedField[] {
  if (!pattern.includes('*')) return named(fields, [pattern])
  const aliases = [...mapping.aliases.keys()].filter((name) => matchesWildcard(pattern, name))
  return [...fields.match(pattern).map((field) => ({ name: field.path, field })), ...named(fields, aliases)]
}

function named(fields: FieldLookup, names: readonly string[]): readonly NamedField[] {
  return names.flatMap((name) => {
    const field = fields.find(name)
    return field ? [{ name, field }] : []
  })
}

function mappedFetcher(
  index: IndexState,
  { name, field }: NamedField,
  request: FieldRequest,
  mode: 'fields' | 'docvalues',
): FieldFetcher {
  if (field.computation) return computedFetcher(index, name, field.computation, printer(field, request, 'fields'))
  const { mapping } = index.mapping
  const node = findNode(mapping, field.path)
  if (node?.kind !== 'leaf') return () => undefined
  const read = normalized(index, field, readerOf(node, field.path))
  const print = printer(field, request, mode)
  // A multi-field has its parent's values.
  const parent = field.path.slice(0, Math.max(0, field.path.lastIndexOf('.')))
  const source = parent !== '' && findNode(mapping, parent)?.kind === 'leaf' ? parent : field.path
  const { constant } = field.parameters
  const whole = field.type === 'geo_point' || isKeptInSource(field)
  const nulls = field.parameters.nullValue !== undefined
  return (document, into) => {
    // A field that is asked for twice is shown once, as it was asked for last; doc values are added to each other.
    const before = mode === 'docvalues' ? (into.get(name) ?? []) : []
    const add = (printed: readonly JsonValue[]): void => void into.set(name, [...before, ...printed])
    if (constant !== undefined) {
      add([constant])
      return
    }
    const raw = whole ? pointsAt(document, source) : valuesAt(document, source, { nulls })
    if (((field.type === 'flattened' || field.type === 'completion') && mode === 'fields') || isKeptInSource(field)) {
      if (raw.length > 0) add(raw)
      return
    }
    if (isRangeType(field.type) && mode === 'fields') {
      const instant = (value: number): string => String(print(value))
      const { type } = field
      const ranges = raw.filter((one) => isRangeValue(tryRead(read, one)))
      if (ranges.length > 0) add(ranges.map((one) => printRange(one, type, instant, (value) => read(value) as RangeValue)))
      return
    }
    let values = readAll(raw, read, field)
    if (field.type === 'token_count') values = values.map((value) => tokenCount(value, field, index))
    if (values.length === 0) return
    if (mode === 'docvalues')
      values = sortedValues(isText(field) ? values.flatMap((text) => termsOf(text, field, index)) : values)
    add(values.map(print))
  }
}

/** Keywords with a normalizer are shown as they are found. */
function normalized({ analysis }: IndexState, { parameters }: Field, read: ValueReader): ValueReader {
  const normalizer = parameters.normalizer === undefined ? undefined : analysis.findNormalizer(parameters.normalizer)
  if (!normalizer) return read
  return (json) => {
    const value = read(json)
    return typeof value === 'string' ? normalizeTerm(normalizer, value) : value
  }
}

/** Values that are shown as they stand in the source: arrays of numbers are one of them. */
function isKeptInSource({ type }: Field): boolean {
  return (OPAQUE.includes(type) && type !== 'binary') || type === 'aggregate_metric_double' || type === 'rank_features'
}

/** A field that a script computes. */
function computedFetcher(
  index: IndexState,
  name: string,
  computation: Computation,
  print: (value: FieldValue) => JsonValue,
): FieldFetcher {
  const compute = computation.open()
  return (document, into, metadata) => {
    const values = compute(documentValues(index, document, metadata))
    if (values.length > 0) into.set(name, docValueOrder(values).map(print))
  }
}

/** Of a text, what it is searched by. */
const termsOf = (text: FieldValue, field: Field, { analysis }: IndexState): readonly string[] =>
  analyzerFor(field.parameters.analyzer ?? 'default', analysis)
    .analyze(String(text))
    .map(({ term }) => term)

function readAll(raw: readonly JsonValue[], read: ValueReader, field: Field): FieldValue[] {
  const values: FieldValue[] = []
  for (const one of raw) {
    const value = one === null ? field.parameters.nullValue : tryRead(read, one)
    if (value !== undefined) values.push(value)
  }
  return values
}

/** `undefined` for what was left out when it was stored, or was stored before the mapping knew its field. */
function tryRead(read: ValueReader, value: JsonValue): FieldValue | undefined {
  try {
    return read(value)
  } catch (error) {
    if (error instanceof MalformedValue) return undefined
    throw error
  }
}

/** Points may be arrays of numbers. */
const pointsAt = (document: JsonObject, path: string): JsonValue[] =>
  valuesAt(document, path, { isOne: ([first]) => typeof first === 'number' })

function printer(field: Field, request: FieldRequest, mode: 'fields' | 'docvalues'): (value: FieldValue) => JsonValue {
  if (field.type === 'geo_point') return pointPrinter(request.format, mode)
  if (field.type === 'geo_shape') return (value) => (request.format === 'wkt' ? String(value) : shapeJson(String(value)))
  if (field.type === 'boolean') return (value) => value === true
  // As it was written; doc values are doubles.
  if (field.type === 'float' && mode === 'fields' && request.format === undefined) return (value) => floatJson(Number(value))
  const format: ValueFormat = valueFormat(
    field,
    request.format === undefined || request.format === 'use_field_mapping' ? {} : { format: request.format },
  )
  const isText =
    field.type === 'date' || field.type === 'date_range' || field.type === 'date_nanos' || request.format !== undefined
  return (value) => (isText ? (format.text(value) ?? format.json(value)) : format.json(value))
}

const shapeJson = (wkt: string): JsonValue => printGeoJson(parseShape(wkt)) as JsonValue

function pointPrinter(format: string | undefined, mode: 'fields' | 'docvalues'): (value: FieldValue) => JsonValue {
  return (value) => {
    if (typeof value !== 'object' || !('lat' in value)) return null
    const { lat, lon } = value
    if (mode === 'docvalues' || format === 'latlon') return `${lat}, ${lon}`
    return format === 'wkt' ? `POINT (${lon} ${lat})` : { type: 'Point', coordinates: [lon, lat] }
  }
}

/** Doc values are sorted; keywords stand there once. */
function sortedValues(values: readonly FieldValue[]): FieldValue[] {
  const sorted = values.toSorted((a, b) => {
    if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
    if (typeof a === 'object' || typeof b === 'object') return 0
    return a < b ? -1 : a > b ? 1 : 0
  })
  // Texts and addresses are sets there, numbers are not.
  if (typeof sorted[0] === 'string') return [...new Set(sorted)]
  return sorted.filter((one, at) => {
    const before = sorted[at - 1]
    return !(one instanceof Uint8Array && before instanceof Uint8Array && Buffer.compare(one, before) === 0)
  })
}

/** `include_unmapped`: leaves of the document that match and have no mapping. */
function unmappedFetcher(fields: FieldLookup, pattern: string): FieldFetcher {
  return (document, into) => {
    const walk = (value: JsonValue | undefined, path: string): void => {
      if (value === undefined || value === null) return
      if (Array.isArray(value)) for (const element of value as readonly JsonValue[]) walk(element, path)
      else if (isJsonObject(value))
        for (const [name, below] of Object.entries(value)) walk(below, path === '' ? name : `${path}.${name}`)
      else if (matchesWildcard(pattern, path) && !fields.find(path)) {
        const values = into.get(path) ?? []
        values.push(value)
        into.set(path, values)
      }
    }
    walk(document, '')
  }
}
