import { unreachable } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'

export type FilterValue = string | number | boolean

/** What narrows a search besides its text: a pill in the bar. */
export interface Filter {
  readonly field: string
  readonly condition: FilterCondition
  readonly negated: boolean
  /** Kept, but without effect. */
  readonly disabled: boolean
  /** Goes along to other pages. */
  readonly pinned: boolean
}

export type FilterCondition =
  | { readonly kind: 'is'; readonly value: FilterValue }
  | { readonly kind: 'one_of'; readonly values: readonly FilterValue[] }
  | { readonly kind: 'exists' }
  /** Both ends are included and may be open. Numbers, dates, or date math. */
  | { readonly kind: 'range'; readonly from: string; readonly to: string }

export function filterOn(field: string, condition: FilterCondition, negated = false): Filter {
  return { field, condition, negated, disabled: false, pinned: false }
}

/** The clause of a filter, before negation. */
export function filterClause({ field, condition }: Filter): JsonObject {
  switch (condition.kind) {
    case 'is':
      return isClause(field, condition.value)
    case 'one_of':
      return { bool: { should: condition.values.map((value) => isClause(field, value)), minimum_should_match: 1 } }
    case 'exists':
      return { exists: { field } }
    case 'range':
      return {
        range: {
          [field]: {
            ...(condition.from === '' ? {} : { gte: condition.from }),
            ...(condition.to === '' ? {} : { lte: condition.to }),
          },
        },
      }
    default:
      return unreachable(condition)
  }
}

/** `match_phrase` is exact on every type but text, where it asks for the words in order. */
const isClause = (field: string, value: FilterValue): JsonObject => ({ match_phrase: { [field]: value } })

export function sameFilter(a: Filter, b: Filter): boolean {
  return encodeFilter(a) === encodeFilter(b)
}

/**
 * A filter as it stands in an address: flags (`!` negated, `~` disabled, `^` pinned), field, condition, values; `=` between.
 * Values keep their type: `"text"`, `1.5`, `true`. Parts are percent-encoded where they hold one of `=,;"%`.
 */
export function encodeFilter(filter: Filter): string {
  const { field, condition } = filter
  const flags = (filter.negated ? '!' : '') + (filter.disabled ? '~' : '') + (filter.pinned ? '^' : '')
  const parts = [`${flags}${encodePart(field)}`, condition.kind]
  if (condition.kind === 'is') parts.push(encodeValue(condition.value))
  if (condition.kind === 'one_of') parts.push(condition.values.map(encodeValue).join(','))
  if (condition.kind === 'range') parts.push(`${encodePart(condition.from)},${encodePart(condition.to)}`)
  return parts.join('=')
}

export function encodeFilters(filters: readonly Filter[]): string {
  return filters.map(encodeFilter).join(';')
}

/** Reads what `encodeFilters` wrote; entries that make no sense are left out, as an address may be typed or cut. */
export function parseFilters(text: string): Filter[] {
  return text === '' ? [] : text.split(';').flatMap((entry) => parseFilter(entry) ?? [])
}

function parseFilter(entry: string): Filter | undefined {
  const [head = '', kind, rest = ''] = entry.split('=')
  const flags = /^[!~^]*/.exec(head)?.[0] ?? ''
  const field = decodePart(head.slice(flags.length))
  const condition = parseCondition(kind, rest)
  if (field === undefined || field === '' || condition === undefined) return undefined
  return { field, condition, negated: flags.includes('!'), disabled: flags.includes('~'), pinned: flags.includes('^') }
}

function parseCondition(kind: string | undefined, rest: string): FilterCondition | undefined {
  switch (kind) {
    case 'exists':
      return { kind }
    case 'is': {
      const value = decodeValue(rest)
      return value === undefined ? undefined : { kind, value }
    }
    case 'one_of': {
      const values = rest.split(',').map(decodeValue)
      return values.some((value) => value === undefined)
        ? undefined
        : { kind, values: values.filter((value) => value !== undefined) }
    }
    case 'range': {
      const [from = '', to = ''] = rest.split(',').map(decodePart)
      return from === '' && to === '' ? undefined : { kind, from, to }
    }
    default:
      return undefined
  }
}

const encodePart = (text: string): string =>
  text.replace(/[=,;"%!~^]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

function decodePart(text: string): string | undefined {
  return /%(?![0-9A-F]{2})/i.test(text)
    ? undefined
    : text.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const encodeValue = (value: FilterValue): string => (typeof value === 'string' ? `"${encodePart(value)}"` : String(value))

function decodeValue(text: string): FilterValue | undefined {
  if (text.startsWith('"') && text.endsWith('"') && text.length >= 2) return decodePart(text.slice(1, -1))
  if (text === 'true' || text === 'false') return text === 'true'
  return text === '' || Number.isNaN(Number(text)) ? undefined : Number(text)
}
