import { isJsonObject } from '../../../src/core/json.ts'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import type { QueryExpression } from '../../../src/ui-api/wire/dashboard.ts'
import type { ValueFormat } from '../../../src/ui-api/wire/saved-object.ts'
import { PanelConfigError } from './panel-type.ts'
import type { DataSource } from './panel-type.ts'

/** Readers of a panel's config: each takes the value and its place, and says both when it does not fit. */
export function readObject(value: JsonValue | undefined, place: string): JsonObject {
  if (isJsonObject(value)) return value
  throw new PanelConfigError(`${place} must be an object, not ${shown(value)}`)
}

export function readList(value: JsonValue | undefined, place: string): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[]
  throw new PanelConfigError(`${place} must be a list, not ${shown(value)}`)
}

export function readText(value: JsonValue | undefined, place: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new PanelConfigError(`${place} must be a text, not ${shown(value)}`)
}

export function readOptionalText(value: JsonValue | undefined, place: string): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : readText(value, place)
}

export function readNumber(value: JsonValue | undefined, place: string, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number') return value
  throw new PanelConfigError(`${place} must be a number, not ${shown(value)}`)
}

export function readChoice<Choice extends string>(
  value: JsonValue | undefined,
  choices: readonly Choice[],
  place: string,
): Choice {
  const choice = choices.find((known) => known === value)
  if (choice !== undefined) return choice
  throw new PanelConfigError(`${place} must be one of ${choices.join(', ')}, not ${shown(value)}`)
}

const shown = (value: JsonValue | undefined): string => (value === undefined ? 'missing' : JSON.stringify(value))

export function readSource(config: JsonObject): DataSource {
  const source = readObject(config['data_source'], 'data_source')
  const type = readChoice(source['type'], ['data_view_reference', 'data_view_spec'], 'data_source.type')
  if (type === 'data_view_reference') return { type, ref_id: readText(source['ref_id'], 'data_source.ref_id') }
  return {
    type,
    index_pattern: readText(source['index_pattern'], 'data_source.index_pattern'),
    time_field: readOptionalText(source['time_field'], 'data_source.time_field') ?? '@timestamp',
  }
}

export function readExpression(value: JsonValue | undefined, place: string): QueryExpression | undefined {
  if (value === undefined) return undefined
  const query = readObject(value, place)
  const expression = query['expression']
  if (typeof expression !== 'string') throw new PanelConfigError(`${place}.expression must be a text, not ${shown(expression)}`)
  return { language: readChoice(query['language'] ?? 'kql', ['kql', 'lucene'], `${place}.language`), expression }
}

export function readFormat(value: JsonValue | undefined, place: string): ValueFormat | undefined {
  if (value === undefined) return undefined
  const format = readObject(value, place)
  const type = readChoice(format['type'], ['number', 'bytes', 'percent', 'duration'], `${place}.type`)
  const decimals = format['decimals'] === undefined ? {} : { decimals: readNumber(format['decimals'], `${place}.decimals`, 0) }
  const suffix = typeof format['suffix'] === 'string' ? { suffix: format['suffix'] } : {}
  if (type === 'duration')
    return { type, from: readChoice(format['from'] ?? 'ms', ['ms', 's', 'min', 'h'], `${place}.from`), ...decimals, ...suffix }
  return type === 'number'
    ? { type, ...decimals, ...suffix, ...(format['compact'] === true ? { compact: true } : {}) }
    : { type, ...decimals, ...suffix }
}

/** `90s`, `2m`, `1h`, `7d` in milliseconds. */
export function readDuration(value: JsonValue | undefined, place: string): number | undefined {
  if (value === undefined) return undefined
  const match = typeof value === 'string' ? /^(\d+)([smhdw])$/.exec(value) : null
  const size = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }[match?.[2] ?? '']
  if (match === null || size === undefined)
    throw new PanelConfigError(`${place} must be a length of time such as 90s, 2m or 1h, not ${shown(value)}`)
  return Number(match[1]) * size
}
