import type { JsonValue } from '../../../src/core/json.ts'
import type { State } from '../components/StateMark.tsx'
import { readChoice, readList, readNumber, readObject } from './config-reader.ts'
import { PanelConfigError } from './panel-type.ts'

/** From where on a value means something: `{ "state": "warning", "gte": 75 }`. */
export interface Limit {
  readonly state: Extract<State, 'ok' | 'info' | 'warning' | 'critical'>
  readonly comparison: 'gte' | 'lte'
  readonly value: number
}

/** Worst last. */
const ORDER: readonly State[] = ['ok', 'info', 'unknown', 'offline', 'warning', 'critical']

export function readLimits(value: JsonValue | undefined, place: string): readonly Limit[] {
  if (value === undefined) return []
  return readList(value, place).map((entry, at) => {
    const limit = readObject(entry, `${place}[${at}]`)
    const state = readChoice(limit['state'], ['ok', 'info', 'warning', 'critical'], `${place}[${at}].state`)
    const comparison = limit['gte'] !== undefined ? 'gte' : 'lte'
    if (limit[comparison] === undefined) throw new PanelConfigError(`${place}[${at}] needs gte or lte`)
    return { state, comparison, value: readNumber(limit[comparison], `${place}[${at}].${comparison}`, 0) }
  })
}

/** The worst state whose limit a value has reached; `ok` when it has reached none, `undefined` where nothing is limited. */
export function limitState(value: number | null, limits: readonly Limit[]): State | undefined {
  if (limits.length === 0) return undefined
  if (value === null) return 'unknown'
  const reached = limits.filter((limit) => (limit.comparison === 'gte' ? value >= limit.value : value <= limit.value))
  return worst(['ok', ...reached.map(({ state }) => state)])
}

export function worst(states: readonly State[]): State {
  return states.reduce((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'ok')
}

export function severity(state: State): number {
  return ORDER.indexOf(state)
}
