import { illegalArgument, textFieldData } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { MAX_LONG } from '../../core/long.ts'
import { dateFormat, DEFAULT_NANOS_FORMAT } from '../../core/dates/date-format.ts'
import { timeZone } from '../../core/dates/time-zone.ts'
import { dateBound } from '../bind/date-bound.ts'
import { aggregationContext } from '../../script/painless/contexts/document-values.ts'
import { parseScriptReference, type ScriptReference } from '../../script/script-request.ts'
import type { ValuesSource } from '../aggregation.ts'
import { type BindContext, computedFields, isText } from '../bind/context.ts'
import { isScalar, termValue } from '../bind/term.ts'
import type { Scalar } from '../bind/typed-value.ts'
import { addScript } from '../computed/computed-fields.ts'
import { raw, text } from '../dsl/reading.ts'
import type { Field, FieldType, FieldValue } from '../field.ts'
import { DATES, NUMBERS, STRINGS } from '../field-kinds.ts'
import { RANGE_TYPES } from '../range-field.ts'
import { valueFormat, type ValueFormat } from '../value-format.ts'
import type { AggregationContext } from './definition.ts'

/** Members of every aggregation that takes its values from a field. */
export const sourceMembers = { field: text, missing: raw, format: text, value_type: text, script: raw } as const

export interface SourceRequest {
  /** Empty where a script alone gives the values. */
  readonly field: string
  /** Gives the values, or changes those of the field. */
  readonly script?: ScriptReference | undefined
  readonly missing: JsonValue | undefined
  readonly format: string | undefined
  readonly timeZone?: string | undefined
  /** What values shall be taken for where no index has the field. */
  readonly valueType?: string | undefined
}

type SourceMembers = { readonly [K in keyof typeof sourceMembers]: ReturnType<(typeof sourceMembers)[K]> | undefined }

/** @throws ElkhornError `illegal_argument_exception` (400) without a field */
export function readSource(read: SourceMembers, owner: string, timeZone?: string): SourceRequest {
  const script = read.script === undefined || read.script === null ? undefined : parseScriptReference(read.script)
  if (script && WITHOUT_SCRIPTS.has(owner))
    throw illegalArgument(`[${owner}] aggregation: [script] is not supported; name a [field]`)
  if (read.field === undefined && script === undefined)
    throw illegalArgument('Required one of fields [field, script], but none were specified. ')
  return {
    field: read.field ?? '',
    script,
    missing: read.missing,
    format: read.format,
    timeZone,
    valueType: read.value_type,
  }
}

/** Aggregations that count on stored values. */
const WITHOUT_SCRIPTS: ReadonlySet<string> = new Set(['significant_terms', 'rare_terms'])

/** What an aggregation can work with. */
export type Accepts =
  | 'numbers'
  | 'strings'
  | 'words'
  | 'numbers and dates'
  | 'numbers and histograms'
  | 'numbers, dates and histograms'
  | 'numbers, dates, ranges and histograms'
  | 'terms'
  | 'dates'
  | 'dates and ranges'
  | 'addresses'
  | 'anything'
  | 'anything and histograms'

const ACCEPTED: Readonly<Record<Accepts, ReadonlySet<FieldType>>> = {
  numbers: new Set([...NUMBERS, 'boolean']),
  'numbers and dates': new Set([...NUMBERS, ...DATES, 'boolean']),
  'numbers and histograms': new Set([...NUMBERS, 'boolean', 'histogram']),
  'numbers, dates and histograms': new Set([...NUMBERS, ...DATES, 'boolean', 'histogram']),
  'numbers, dates, ranges and histograms': new Set([
    ...NUMBERS,
    ...DATES,
    'boolean',
    'histogram',
    ...RANGE_TYPES.filter((type) => type !== 'ip_range' && type !== 'date_range'),
  ]),
  dates: new Set([...DATES, ...NUMBERS]),
  strings: new Set(STRINGS),
  'dates and ranges': new Set([...DATES, ...NUMBERS, 'date_range']),
  addresses: new Set(['ip']),
  terms: new Set([...NUMBERS, ...DATES, ...STRINGS, 'boolean', 'ip']),
  words: new Set([...NUMBERS, ...DATES, ...STRINGS, 'boolean', 'ip']),
  anything: new Set([...NUMBERS, ...DATES, ...STRINGS, 'boolean', 'ip', 'geo_point', 'murmur3', ...RANGE_TYPES]),
  'anything and histograms': new Set([
    ...NUMBERS,
    ...DATES,
    ...STRINGS,
    'boolean',
    'ip',
    'geo_point',
    'murmur3',
    'histogram',
    ...RANGE_TYPES,
  ]),
}

export interface BoundSource {
  readonly source: ValuesSource
  /** `undefined` where no searched index has the field. */
  readonly field: Field | undefined
  readonly format: ValueFormat
}

/**
 * Finds the field in the searched indices; where several have it, the first one's type counts.
 * @throws ElkhornError `illegal_argument_exception` (400) for fields that `owner` cannot take
 */
export function bindSource(request: SourceRequest, owner: string, accepts: Accepts, context: AggregationContext): BoundSource {
  if (request.field === '_index' && !request.script) return indexNames(owner, accepts, context)
  const mapped = findField(request.field, context)
  if (mapped) requireAggregatable(mapped, owner, accepts)
  const field = request.script
    ? scriptField(request.script, { mapped, accepts, valueType: request.valueType }, context)
    : (mapped ?? fieldOfType(request.field, request.valueType))
  // What no index has is taken for what the aggregation is about.
  const taken = field ?? unmapped(accepts)
  const shown = field ?? (taken?.type === 'date' ? taken : undefined)
  const format = valueFormat(shown, { format: request.format, timeZone: request.timeZone })
  // Its value is in the mapping: it stands in for what no document has.
  if (field?.type === 'constant_keyword' && field.parameters.constant !== undefined) {
    return { source: { field: field.path, missing: field.parameters.constant }, field, format }
  }
  const missing =
    request.missing === undefined || request.missing === null ? undefined : missingValue(request, request.missing, taken, context)
  return { source: { field: field?.path ?? request.field, ...(missing === undefined ? {} : { missing }) }, field, format }
}

/** A field that no index has, as an aggregation would have it; `undefined` where that may be anything. */
function unmapped(accepts: Accepts): Field | undefined {
  const type = accepts.startsWith('dates') ? 'date' : accepts.startsWith('numbers') ? 'double' : undefined
  return type && { path: '', type, ordinal: -1, parameters: { indexed: true, docValues: true } }
}

/** The name of its index is the same for all documents of a target. */
function indexNames(owner: string, accepts: Accepts, { indices }: AggregationContext): BoundSource {
  const field: Field = { path: '_index', type: 'keyword', ordinal: -1, parameters: { indexed: true, docValues: true } }
  requireAggregatable(field, owner, accepts)
  return { source: { field: '_index', byTarget: indices.map(({ index }) => index.name) }, field, format: valueFormat(field) }
}

interface ScriptedSource {
  readonly mapped: Field | undefined
  readonly accepts: Accepts
  readonly valueType: string | undefined
}

/** A field for what a script returns, or makes of the values of another field. */
function scriptField(
  reference: ScriptReference,
  { mapped, accepts, valueType }: ScriptedSource,
  { indices }: AggregationContext,
): Field | undefined {
  const type = typeOfValues(valueType) ?? scriptType(mapped, accepts)
  const script = { reference, context: aggregationContext, type, ...(mapped ? { of: mapped } : {}) }
  const path = addScript(script, indices.map(computedFields))
  return indices[0]?.fields.find(path)
}

function scriptType(mapped: Field | undefined, accepts: Accepts): FieldType {
  if (mapped && DATES.includes(mapped.type)) return 'date'
  if (mapped && NUMBERS.includes(mapped.type)) return 'double'
  switch (accepts) {
    case 'dates':
    case 'dates and ranges':
      return 'date'
    case 'addresses':
      return 'ip'
    case 'numbers':
    case 'numbers and dates':
    case 'numbers and histograms':
    case 'numbers, dates and histograms':
    case 'numbers, dates, ranges and histograms':
      return 'double'
    default:
      return 'keyword'
  }
}

/** A field that no index has, as `value_type` says it would be. */
function fieldOfType(path: string, valueType: string | undefined): Field | undefined {
  const type = typeOfValues(valueType)
  return type && { path, type, ordinal: -1, parameters: { indexed: true, docValues: true } }
}

/** What `value_type` stands for; `undefined` for what is none. */
const typeOfValues = (valueType: string | undefined): FieldType | undefined =>
  valueType !== undefined && Object.hasOwn(VALUE_TYPES, valueType) ? VALUE_TYPES[valueType] : undefined

const VALUE_TYPES: Readonly<Record<string, FieldType>> = {
  string: 'keyword',
  boolean: 'boolean',
  date: 'date',
  ip: 'ip',
  long: 'long',
  integer: 'long',
  short: 'long',
  byte: 'long',
  double: 'double',
  float: 'double',
  number: 'double',
  numeric: 'double',
}

/** A field of points. @throws ElkhornError (400) for any other */
export function findPoints(path: string, owner: string, context: AggregationContext): Field | undefined {
  const field = findField(path, context)
  if (field && field.type !== 'geo_point') {
    throw illegalArgument(`Field [${field.path}] of type [${field.type}] is not supported for aggregation [${owner}]`)
  }
  return field
}

export function findField(path: string, context: AggregationContext): Field | undefined {
  for (const { fields } of context.indices) {
    const field = fields.find(path)
    if (field) return field
  }
  return undefined
}

export function requireAggregatable(field: Field, owner: string, accepts: Accepts): void {
  if (isText(field)) {
    if (accepts === 'words') return
    if (field.parameters.fielddata && (accepts === 'terms' || accepts === 'strings' || accepts.startsWith('anything'))) return
    throw textFieldData(field.path)
  }
  if (!ACCEPTED[accepts].has(field.type)) {
    throw illegalArgument(`Field [${field.path}] of type [${field.type}] is not supported for aggregation [${owner}]`)
  }
  // What the source alone holds has no doc values.
  if (!field.parameters.docValues && field.type !== 'histogram') {
    throw illegalArgument(
      `Can't load fielddata on [${field.path}] because fielddata is unsupported on fields of type [${field.type}]. Use doc values instead.`,
    )
  }
}

/** A value as aggregations count it, times in milliseconds; `undefined` for one that no document can have. */
export function countedValue(field: Field, json: Scalar, context: BindContext): FieldValue | undefined {
  const value = termValue(field, json, context)
  return field.type === 'date_nanos' && typeof value === 'bigint' ? Number(value / 1_000_000n) : value
}

/**
 * A number may have more digits than its field keeps; in one of whole numbers the fraction is cut off, and what is too large is
 * the largest (MissingValues).
 */
function missingNumber({ type }: Field, json: Scalar): number | bigint | undefined {
  const number = typeof json === 'string' && json.trim() !== '' ? Number(json) : json
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  if (FRACTIONAL.has(type)) return number
  if (!WHOLE.has(type) || Number.isSafeInteger(number)) return undefined
  if (Math.abs(number) >= MAX_LONG) return number > 0 ? 2n ** 63n - 1n : -(2n ** 63n)
  return BigInt(Math.trunc(number))
}

const FRACTIONAL: ReadonlySet<FieldType> = new Set<FieldType>(['double', 'float', 'half_float', 'scaled_float'])
const WHOLE: ReadonlySet<FieldType> = new Set<FieldType>(['long', 'integer', 'short', 'byte'])

function missingValue(
  { format, timeZone: zone }: SourceRequest,
  json: JsonValue,
  field: Field | undefined,
  context: AggregationContext,
): FieldValue {
  if (!isScalar(json)) throw illegalArgument('[missing] must be a single value')
  const [first] = context.indices
  if (!field || !first) return json
  // A date is written as the answer's dates are.
  if (typeof json === 'string' && DATES.includes(field.type) && (format !== undefined || zone !== undefined)) {
    const pattern = format ?? field.parameters.format ?? DEFAULT_NANOS_FORMAT
    const options = { format: dateFormat(pattern), context: first, zone: zone === undefined ? undefined : timeZone(zone) }
    return dateBound(json, false, options)
  }
  // What stands in for a keyword is a key as it is, and not normalized.
  if (field.parameters.normalizer !== undefined) return String(json)
  const value = missingNumber(field, json) ?? countedValue(field, json, first)
  if (value === undefined) throw illegalArgument(`[missing] value [${String(json)}] is none that [${field.path}] can hold`)
  return value
}
