import type { EpochMillis } from '../../../../src/core/time.ts'
import type { State } from '../../components/StateMark.tsx'
import { mainFrame } from '../frame.ts'
import type { PanelData } from '../frame.ts'
import { limitState, severity, worst } from '../limits.ts'
import type { Limit } from '../limits.ts'
import type { StatusOptions } from './options.ts'

/** One thing, and how it is. */
export interface Entity {
  readonly name: string
  readonly group: string | undefined
  readonly seen: EpochMillis | undefined
  readonly state: State
  /** How much of the way to its first limit the value that is nearest to one has gone: 0 to 1. */
  readonly load: number
  /** By position of the options' values. */
  readonly values: readonly { readonly value: number | null; readonly state: State | undefined }[]
}

/** `now` is when the data were asked for: silence is counted up to there. */
export function readEntities({ values, group, offlineAfterMs }: StatusOptions, data: PanelData, now: EpochMillis): Entity[] {
  const { columns, length } = mainFrame(data)
  const texts = columns.filter((column) => column.kind === 'text')
  const numbers = columns.filter((column) => column.kind === 'number')
  const seen = columns.find((column) => column.kind === 'time')
  return Array.from({ length }, (_, row): Entity => {
    const measured = values.map(({ limits }, at) => {
      const value = numbers[at]?.values[row] ?? null
      return { value, state: limitState(value, limits) }
    })
    const lastSeen = seen?.values[row] ?? undefined
    const offline = lastSeen === undefined || now - lastSeen > offlineAfterMs
    // A value that never came says nothing of the thing: it may not measure it at all.
    const known = measured.flatMap(({ state }) => (state === undefined || state === 'unknown' ? [] : [state]))
    return {
      name: texts[0]?.values[row] ?? '',
      group: group === undefined ? undefined : (texts[1]?.values[row] ?? undefined),
      seen: lastSeen,
      state: offline ? 'offline' : known.length === 0 && values.length > 0 ? 'unknown' : worst(known),
      load: Math.max(0, ...values.map(({ limits }, at) => loadOf(measured[at]?.value ?? null, limits))),
      values: measured,
    }
  })
}

/** Of upper limits only: a value that must not fall has no natural zero to count from. */
function loadOf(value: number | null, limits: readonly Limit[]): number {
  const [first] = limits
    .filter(({ comparison, value: limit }) => comparison === 'gte' && limit > 0)
    .sort((a, b) => a.value - b.value)
  return value === null || first === undefined ? 0 : Math.min(1, Math.max(0, value / first.value))
}

const byName = (a: Entity, b: Entity): number => a.name.localeCompare(b.name, undefined, { numeric: true })

export type EntitySort = { readonly by: 'state' | 'name' | 'group' | 'seen' | number; readonly ascending: boolean }

/** What has no value comes last either way. By state the worst comes first when descending. */
export function sortEntities(entities: readonly Entity[], { by, ascending }: EntitySort): Entity[] {
  const factor = ascending ? 1 : -1
  const key = (entity: Entity): number | string | undefined => {
    if (by === 'state') return severity(entity.state)
    if (by === 'name') return entity.name
    if (by === 'group') return entity.group
    if (by === 'seen') return entity.seen
    return entity.values[by]?.value ?? undefined
  }
  return [...entities].sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    if (x === undefined || y === undefined) return x === y ? byName(a, b) : x === undefined ? 1 : -1
    const order =
      typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y), undefined, { numeric: true }) : x - y
    return factor * order || byName(a, b)
  })
}
