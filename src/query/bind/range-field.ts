import { illegalArgument } from '../../core/errors.ts'
import { formatIp, parseIpBlock } from '../../core/ip.ts'
import { dateFormat, DEFAULT_DATE_FORMAT } from '../../core/dates/date-format.ts'
import { matchNone, type Query } from '../ast.ts'
import type { Field, RangeEnd } from '../field.ts'
import { compareEnds, endType, limitsOf, neighbour, type RangeRelation, type RangeType } from '../range-field.ts'
import type { BindContext } from './context.ts'
import { dateBound } from './date-bound.ts'
import type { RangeOptions, ScalarBounds } from './scalar-bounds.ts'
import { ipValue, numericValue, type Scalar } from './typed-value.ts'

/** Documents with a range that lies so to the one between the bounds; open ones are as far away as the type goes. */
export function rangeFieldQuery(
  field: Field,
  type: RangeType,
  bounds: ScalarBounds,
  options: RangeOptions,
  context: BindContext,
): Query {
  const { lower, includeLower, upper, includeUpper } = bounds
  const limits = limitsOf(type)
  const end = (value: Scalar, roundUp: boolean): RangeEnd => typedEnd(field, type, value, roundUp, options, context)
  for (const one of [lower, upper]) requireWhole(type, one)
  const first = lower === undefined ? limits.from : end(lower, !includeLower)
  const last = upper === undefined ? limits.to : end(upper, includeUpper)
  if (compareEnds(first, last) > 0)
    throw illegalArgument(
      `Range query \`from\` value (${print(first, type)}) is greater than \`to\` value (${print(last, type)})`,
    )
  const from = lower === undefined || includeLower ? first : neighbour(first, type, 1)
  const to = upper === undefined || includeUpper ? last : neighbour(last, type, -1)
  if (from === undefined || to === undefined || compareEnds(from, to) > 0) return matchNone
  return related(field, from, to, options.relation ?? 'intersects')
}

/** @throws ElkhornError `illegal_argument_exception` (400) for a fraction among ranges of whole numbers */
function requireWhole(type: RangeType, value: Scalar | undefined): void {
  if ((type === 'integer_range' || type === 'long_range') && Math.abs(Number(value) % 1) > 0)
    throw illegalArgument(`Value [${String(value)}] has a decimal part`)
}

/** Documents with a range that holds the value: of a date what its text covers, of a block of addresses all of it or a part. */
export function rangeFieldTerm(field: Field, type: RangeType, value: Scalar, context: BindContext): Query {
  const block = type === 'ip_range' && typeof value === 'string' ? parseIpBlock(value) : undefined
  if (block) return related(field, block.first, block.last, 'intersects')
  requireWhole(type, value)
  return related(
    field,
    typedEnd(field, type, value, false, {}, context),
    typedEnd(field, type, value, true, {}, context),
    'intersects',
  )
}

/** As Java prints it. */
function print(end: RangeEnd, type: RangeType): string {
  if (end instanceof Uint8Array) return `/${isIpv4(end) ? formatIp(end) : ipGroups(end)}`
  return (type === 'float_range' || type === 'double_range') && Number.isInteger(end) ? `${end}.0` : String(end)
}

function isIpv4(address: Uint8Array): boolean {
  return !formatIp(address).includes(':')
}

function ipGroups(address: Uint8Array): string {
  return Array.from({ length: 8 }, (_, i) => (((address[i * 2] ?? 0) << 8) | (address[i * 2 + 1] ?? 0)).toString(16)).join(':')
}

function related(field: Field, from: RangeEnd, to: RangeEnd, relation: RangeRelation): Query {
  return { kind: 'range_relation', field: field.path, range: { from, to }, relation }
}

function typedEnd(
  field: Field,
  type: RangeType,
  value: Scalar,
  roundUp: boolean,
  { format, zone }: RangeOptions,
  context: BindContext,
): RangeEnd {
  const end = endType(type)
  if (end === 'ip') return ipValue(String(value))
  if (end !== 'date') return numericValue({ ...field, type: end }, value).rounded
  const dates = dateFormat(format ?? field.parameters.format ?? DEFAULT_DATE_FORMAT)
  return dateBound(String(value), roundUp, { format: dates, context, zone })
}
