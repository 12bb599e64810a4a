import { NUMBERS, OPAQUE } from './field-kinds.ts'
import { floatJson } from '../core/double.ts'
import { illegalArgument, textFieldData } from '../core/errors.ts'
import { isJsonObject, type JsonValue } from '../core/json.ts'
import { findAnywhere, hasStringTerms, isText, queryShardException, type BindContext } from './bind/context.ts'
import { isScalar, termValue } from './bind/term.ts'
import { contentException, didYouMean } from './dsl/errors.ts'
import { raw, readObject, text, type Member } from './dsl/reading.ts'
import { addGeoSort, readGeoSort, type GeoSort } from './geo-sort.ts'
import { bindNestedSort, readNestedSort, sortedScope, type NestedSort, type UnboundNestedSort } from './nested-sort.ts'
import { addSortScript, readScriptSort, type SortScript } from './script-sort.ts'
import type { Field, FieldType, FieldValue } from './field.ts'
import { RANGE_TYPES } from './range-field.ts'
import { dateFormat, DEFAULT_DATE_FORMAT, DEFAULT_NANOS_FORMAT } from '../core/dates/date-format.ts'
import { dateBound, nanosBound } from './bind/date-bound.ts'
import { valueFormat } from './value-format.ts'

/** One key of a sort. `_score` and `_doc` (the order of arrival) are fields here too. */
export interface SortKey {
  readonly field: string
  readonly order: 'asc' | 'desc'
  /** Where documents without a value go, or the value that stands in for theirs. */
  readonly missing: 'first' | 'last' | { readonly value: FieldValue }
  /** Which of several values of a document counts; the default is `min` ascending and `max` descending. */
  readonly mode: 'min' | 'max' | 'sum' | 'avg' | 'median'
  /** Treat the field as this type where it is not mapped, instead of refusing the search. */
  readonly unmappedType?: string
  readonly numericType?: 'long' | 'double' | 'date' | 'date_nanos'
  /** Date format of the printed sort value. */
  readonly format?: string
  /** Sort by nested objects: `field` is one of theirs. */
  readonly nested?: NestedSort
}

/** Sequence numbers of one target lie below this, so that `_shard_doc` tells targets and documents apart in one number. */
const SHARD_DOC_SPAN = 2 ** 40

/** The smallest value of `_shard_doc` among the documents of a target: each one's is that plus its sequence number. */
export function firstShardDoc(target: number): number {
  return target * SHARD_DOC_SPAN
}

/** Tells apart documents that are equal by all other keys: the order of arrival, target by target. */
export const SHARD_DOC: SortKey = { field: '_shard_doc', order: 'asc', missing: 'last', mode: 'min' }

/** A key as the request has it: the stand-in for missing values is not typed yet. */
export type UnboundSortKey = Omit<SortKey, 'missing' | 'nested'> & {
  readonly nested?: UnboundNestedSort
  readonly missing: JsonValue | undefined
  /** What documents are sorted by, where it is no field. */
  readonly script?: SortScript
  readonly geo?: GeoSort
}

/**
 * Reads `sort`: a name, `{ "field": "desc" }`, `{ "field": { "order": … } }`, or a list of such.
 * @throws ElkhornError (400)
 */
export function parseSort(json: JsonValue): readonly UnboundSortKey[] {
  const list = Array.isArray(json) ? (json as readonly JsonValue[]) : [json]
  return list.flatMap((entry) => {
    if (typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean') return [sortKey(String(entry), {})]
    if (!isJsonObject(entry))
      throw illegalArgument('malformed sort format, within the sort array, an object, or an actual string are allowed')
    return Object.entries(entry).map(([field, options]) =>
      parseEntry(field, options ?? null, { node: entry, key: field, owner: 'field_sort' }),
    )
  })
}

/** `sort` of a URL: `field`, `field:desc`, commas between. */
export function parseSortParameter(parameter: string): readonly UnboundSortKey[] {
  return parameter.split(',').map((part) => {
    const colon = part.lastIndexOf(':')
    const direction = part.slice(colon + 1)
    if (colon >= 0 && (direction === 'asc' || direction === 'desc')) return sortKey(part.slice(0, colon), { order: direction })
    if (colon >= 0) throw illegalArgument(`Malformed sort [${part}]: expected [field], [field:asc] or [field:desc]`)
    return sortKey(part, {})
  })
}

const MODES = ['min', 'max', 'sum', 'avg', 'median'] as const
const NUMERIC_TYPES = ['long', 'double', 'date', 'date_nanos'] as const

function parseEntry(field: string, options: JsonValue, at: Member): UnboundSortKey {
  if (field === '_geo_distance') {
    const { geo, order } = readGeoSort(options)
    // What is nowhere is farthest.
    return { ...sortKey(field, { order, missing: order === 'asc' ? '_last' : '_first' }), geo }
  }
  if (field === '_script') {
    const { script, order, mode, nested } = readScriptSort(options, at)
    const key = sortKey(field, { ...(order === undefined ? {} : { order: readOrder(order) }), mode: modeOf(mode, at), nested })
    return { ...key, script }
  }
  if (typeof options === 'string') return sortKey(field, { order: readOrder(options) })
  const read = readObject(
    options,
    at,
    {
      order: text,
      missing: raw,
      mode: text,
      unmapped_type: text,
      numeric_type: text,
      format: text,
      nested: readNestedSort,
      nested_path: text,
      nested_filter: raw,
      reverse: raw,
    },
    'object',
  )
  if (read.nested_path !== undefined || read.nested_filter !== undefined) {
    throw illegalArgument(`sort on [${field}]: [nested_path] and [nested_filter] have been replaced by [nested]`)
  }
  return sortKey(field, {
    nested: read.nested,
    order: read.order === undefined ? undefined : readOrder(read.order),
    missing: read.missing,
    mode: modeOf(read.mode, at),
    unmappedType: read.unmapped_type,
    numericType: read.numeric_type === undefined ? undefined : readWord(read.numeric_type, NUMERIC_TYPES, 'numeric_type', at),
    format: read.format,
  })
}

function modeOf(written: string | undefined, at: Member): SortKey['mode'] | undefined {
  return written === undefined ? undefined : readWord(written, MODES, 'mode', at)
}

function readOrder(written: string): 'asc' | 'desc' {
  const order = written.toLowerCase()
  if (order === 'asc' || order === 'desc') return order
  throw illegalArgument(`No enum constant org.elasticsearch.search.sort.SortOrder.${written.toUpperCase()}`)
}

function readWord<T extends string>(written: string, words: readonly T[], key: string, at: Member): T {
  const found = words.find((word) => word === written.toLowerCase())
  if (found !== undefined) return found
  throw contentException(`[${at.owner}] unknown [${key}] [${written}]${didYouMean(written, words)}`, {
    node: at.node,
    part: { value: at.key },
  })
}

interface SortOptions {
  readonly order?: 'asc' | 'desc' | undefined
  readonly missing?: JsonValue | undefined
  readonly mode?: SortKey['mode'] | undefined
  readonly unmappedType?: string | undefined
  readonly numericType?: SortKey['numericType'] | undefined
  readonly format?: string | undefined
  readonly nested?: UnboundNestedSort | undefined
}

function sortKey(field: string, options: SortOptions): UnboundSortKey {
  const order = options.order ?? (field === '_score' ? 'desc' : 'asc')
  return {
    field,
    order,
    missing: options.missing,
    mode: options.mode ?? (order === 'asc' ? 'min' : 'max'),
    ...(options.unmappedType === undefined ? {} : { unmappedType: options.unmappedType }),
    ...(options.numericType === undefined ? {} : { numericType: options.numericType }),
    ...(options.format === undefined ? {} : { format: options.format }),
    ...(options.nested === undefined ? {} : { nested: options.nested }),
  }
}

/**
 * Binds keys to the searched indices.
 * @throws ElkhornError `query_shard_exception` where an index does not have the field and the key says no type for it;
 *   `illegal_argument_exception` for text (400)
 */
export function bindSort(keys: readonly UnboundSortKey[], indices: readonly BindContext[]): readonly SortKey[] {
  return keys.map((key) => {
    const { missing: given, script, geo, nested: unbound, ...own } = key
    const plain = unbound ? { ...own, nested: bindNestedSort(unbound, indices) } : own
    const computed = script
      ? addSortScript(
          script,
          indices.map((one) => sortedScope(unbound, one)),
        )
      : geo && addGeoSort(geo, indices)
    const rest = computed === undefined ? plain : { ...plain, field: computed }
    if (isMetaSort(key.field)) return { ...rest, missing: 'last' }
    let field: Field | undefined
    for (const context of indices) {
      // A field of other objects is there, though none of these has it.
      const found = sortedScope(unbound, context).fields.find(rest.field) ?? findAnywhere(rest.field, context)
      if (!found && key.unmappedType === undefined) {
        throw queryShardException(context, `No mapping found for [${key.field}] in order to sort on`)
      }
      if (found) requireSortable(found, own.mode, context)
      field ??= found
    }
    // What holds no objects has the greatest number for them, whatever the order is: as Elasticsearch has it.
    const missing = script?.type === 'number' ? { value: Number.MAX_VALUE } : bindMissing(given, field, indices)
    return { ...rest, field: field?.path ?? rest.field, missing }
  })
}

export function isMetaSort(field: string): boolean {
  return field === '_score' || field === '_doc' || field === '_shard_doc'
}

/** Their doc values have no order. */
const UNORDERED: ReadonlySet<FieldType> = new Set([...OPAQUE, 'geo_shape', 'aggregate_metric_double', ...RANGE_TYPES])

function requireSortable(field: Field, mode: SortKey['mode'], context: BindContext): void {
  if (isText(field) && field.parameters.fielddata !== true) throw textFieldData(field.path)
  if (field.type === 'geo_point')
    throw illegalArgument(`can't sort on geo_point field without using specific sorting feature, like geo_distance`)
  if ((!field.parameters.docValues && !isText(field)) || UNORDERED.has(field.type)) {
    throw illegalArgument(
      `Can't load fielddata on [${field.path}] because fielddata is unsupported on fields of type [${field.type}]. Use doc values instead.`,
    )
  }
  if (mode !== 'min' && mode !== 'max' && (hasStringTerms(field) || field.type === 'ip'))
    throw queryShardException(context, 'we only support AVG, MEDIAN and SUM on number based fields')
}

function bindMissing(
  given: JsonValue | undefined,
  field: Field | undefined,
  indices: readonly BindContext[],
): SortKey['missing'] {
  // Its value is in the mapping: it stands in for what no document has.
  if (field?.type === 'constant_keyword' && field.parameters.constant !== undefined) return { value: field.parameters.constant }
  if (given === undefined || given === null || given === '_last') return 'last'
  if (given === '_first') return 'first'
  if (!isScalar(given)) throw illegalArgument('[missing] of a sort is [_first], [_last] or a single value')
  const [first] = indices
  if (!field || !first) return { value: given }
  const value = isText(field) ? String(given) : termValue(field, given, first)
  if (value === undefined) throw illegalArgument(`[missing] value [${String(given)}] is none that [${field.path}] can hold`)
  return { value }
}

/**
 * Types the sort values of the last hit of a page, which clients send back as they got them.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function bindSearchAfter(
  values: readonly JsonValue[],
  keys: readonly SortKey[],
  indices: readonly BindContext[],
): readonly (FieldValue | null)[] {
  if (keys.length === 0) throw illegalArgument('Sort must contain at least one field.')
  if (values.length !== keys.length) {
    throw illegalArgument(`search_after has ${values.length} value(s) but sort has ${keys.length}.`)
  }
  return keys.map((key, index) => {
    const value = values[index] ?? null
    if (value === null) return null
    if (!isScalar(value))
      throw illegalArgument(
        `Can't handle ${Array.isArray(value) ? 'array' : 'object'} as value of [search_after] for [${key.field}]`,
      )
    if (isMetaSort(key.field)) return typeof value === 'string' ? Number(value) : value
    const [first] = indices
    const field = indices.map((context) => findAnywhere(key.field, context)).find((one) => one !== undefined)
    if (!field || !first) return value
    return sortValue(value, key, field, first)
  })
}

function sortValue(
  value: string | number | bigint | boolean,
  key: SortKey,
  field: Field,
  context: BindContext,
): FieldValue | null {
  if (isMissingSortValue(value, key, field)) return null
  if (field.type === 'date' || field.type === 'date_nanos') {
    if (typeof value === 'number' || typeof value === 'bigint') return value
    if (field.type === 'date_nanos')
      return nanosBound(String(value), false, { format: dateFormat(key.format ?? DEFAULT_NANOS_FORMAT), context })
    return dateBound(String(value), false, {
      format: dateFormat(key.format ?? field.parameters.format ?? DEFAULT_DATE_FORMAT),
      context,
    })
  }
  if (field.type === 'boolean') {
    // Sorted values of booleans are 0 and 1, and come back as such.
    if (typeof value === 'boolean' || Number.isNaN(Number(value)))
      throw illegalArgument(`Failed to parse search_after value for field [${field.path}].`)
    return Number(value) !== 0
  }
  // A sort value is a term as hits show it, and not analyzed or normalized again.
  if (field.parameters.normalizer !== undefined || isText(field)) return String(value)
  return termValue(field, value, context) ?? value
}

/** What stands for a missing number at either end of a sort, in the answer and when it comes back. */
function isMissingSortValue(value: string | number | bigint | boolean, key: SortKey, { type }: Field): boolean {
  switch (sortedAs(key, type)) {
    case 'integer':
    case 'short':
    case 'byte':
    case 'boolean':
      return value === MAX_INT || value === MIN_INT
    case 'double':
    case 'float':
    case 'half_float':
    case 'scaled_float':
      return value === 'Infinity' || value === '-Infinity'
    default:
      return value === MAX_LONG || value === MIN_LONG
  }
}

const MAX_LONG = 2n ** 63n - 1n
const MIN_LONG = -(2n ** 63n)
const MAX_INT = 2 ** 31 - 1
const MIN_INT = -(2 ** 31)

/** Writes a sort value of a hit; `field` is absent for `_score`, `_doc` and fields that no index has. */
export function printSortValue(value: FieldValue | null, key: SortKey, field: Field | undefined): JsonValue {
  if (value === null) return missingSortValue(key, field)
  if (key.format !== undefined && (field?.type === 'date' || field?.type === 'date_nanos')) {
    return valueFormat(field, { format: key.format }).text(value) ?? null
  }
  if ((field?.type === 'float' || field?.type === 'half_float') && typeof value === 'number') return floatJson(value)
  const isCut = key.numericType === 'long' && typeof value === 'number'
  return valueFormat(field).json(isCut ? Math.trunc(value) : value)
}

/** The type of a number as which it is sorted. */
function sortedAs({ numericType }: SortKey, type: string | undefined): string | undefined {
  const isNumber = type !== undefined && NUMBERS.some((one) => one === type)
  return isNumber && (numericType === 'long' || numericType === 'double') ? numericType : type
}

/** Doc values of numbers have no null: the end of their range stands for it. */
function missingSortValue(key: SortKey, field: Field | undefined): JsonValue {
  const last = (key.missing === 'first') === (key.order === 'desc')
  switch (sortedAs(key, field?.type ?? key.unmappedType)) {
    case 'integer':
    case 'short':
    case 'byte':
    case 'boolean':
      return last ? MAX_INT : MIN_INT
    case 'long':
    case 'date':
    case 'date_nanos':
      return last ? MAX_LONG : MIN_LONG
    case 'unsigned_long':
      return last ? 2n ** 64n - 1n : 0
    case 'double':
    case 'float':
    case 'half_float':
    case 'scaled_float':
      return last ? 'Infinity' : '-Infinity'
    default:
      return null
  }
}
