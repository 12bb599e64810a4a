import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { DataView, ValueFormat } from '../../../src/ui-api/wire/saved-object.ts'
import { useMoment } from '../app/moment.ts'
import { useZone } from '../app/preferences.ts'
import { dataViewQuery, objectsQuery } from '../app/saved.ts'
import { useAddress } from '../app/place.ts'
import type { Fields } from '../hooks/use-fields.ts'
import { detectLanguage, findProblem } from '../query/language.ts'
import type { QueryLanguage, QueryProblem } from '../query/language.ts'
import type { Filter } from '../query/filter.ts'
import { TimeTextError } from '../time/date-math.ts'
import { DEFAULT_RANGE, resolveRange } from '../time/time-range.ts'
import type { Interval, TimeRange } from '../time/time-range.ts'

/** Which documents a page is about: what its bar says, resolved. */
export interface PageScope {
  /** `undefined` while the data views are being loaded. */
  readonly view: ResolvedView | undefined
  readonly range: TimeRange
  readonly interval: Interval
  readonly query: string
  readonly language: QueryLanguage
  readonly problem: QueryProblem | undefined
  readonly filters: readonly Filter[]
  readonly live: boolean
  readonly zone: string
}

export interface ResolvedView {
  /** As it stands in the address: a data view's id, or names of indices. */
  readonly id: string
  readonly title: string
  readonly index: string
  readonly timeField: string
  /** Its documents have no time: every one is meant, whatever the time range. */
  readonly timeless: boolean
  readonly columns: readonly string[]
  readonly formats: Readonly<Record<string, ValueFormat>>
}

const NO_FILTERS: readonly Filter[] = []

/** `defaults` stand in for what the address does not say: a dashboard brings its own range and Live. */
export function useScope(defaults: { readonly range?: TimeRange | undefined; readonly live?: boolean } = {}): PageScope {
  const address = useAddress()
  const zone = useZone()
  const now = useMoment((moment) => moment.now)
  const view = useDataView(address.view)
  const range = address.range ?? defaults.range ?? DEFAULT_RANGE
  const query = address.query ?? ''
  const interval = useMemo(() => resolveOr(range, now, zone), [range, now, zone])
  const language = address.language ?? detectLanguage(query)
  const problem = useMemo(() => findProblem(query, language), [query, language])
  const filters = address.filters ?? NO_FILTERS
  const live = address.live ?? defaults.live ?? false
  return useMemo(
    () => ({ view, range, interval, query, language, problem, filters, live, zone }),
    [view, range, interval, query, language, problem, filters, live, zone],
  )
}

/** An address may hold a range that cannot be read: then it is the usual one. */
function resolveOr(range: TimeRange, now: number, zone: string): Interval {
  try {
    return resolveRange(range, now, zone)
  } catch (error) {
    if (error instanceof TimeTextError) return resolveRange(DEFAULT_RANGE, now, zone)
    throw error
  }
}

/**
 * A scope whose view knows whether its documents have a time. `view` is `undefined` until that is known: for names of indices
 * their fields tell.
 */
export function useTimed(scope: PageScope, fields: Fields): PageScope {
  const { view } = scope
  const { loading, indices, find } = fields
  return useMemo(() => {
    if (view === undefined || view.timeless || view.id !== view.index) return scope
    if (loading) return { ...scope, view: undefined }
    return indices > 0 && find(view.timeField) === undefined ? { ...scope, view: { ...view, timeless: true } } : scope
  }, [scope, view, loading, indices, find])
}

/** The view of an address; without one the first there is, or everything. */
export function useDataView(wanted: string | undefined): ResolvedView | undefined {
  const views = useQuery(objectsQuery('data_view')).data
  const id = wanted ?? views?.[0]?.id
  const saved = views?.some((view) => view.id === id) === true
  const { data } = useQuery({ ...dataViewQuery(id ?? ''), enabled: saved })
  return useMemo(() => {
    if (views === undefined) return undefined
    if (!saved) return adHocView(wanted ?? '*')
    return data === undefined ? undefined : savedView(data.id, data.attributes)
  }, [views, saved, wanted, data])
}

function adHocView(names: string): ResolvedView {
  return { id: names, title: names, index: names, timeField: '@timestamp', timeless: false, columns: [], formats: {} }
}

export function savedView(id: string, view: DataView): ResolvedView {
  const formats = Object.entries(view.field_settings ?? {}).flatMap(([field, { format }]) =>
    format === undefined ? [] : [[field, format] as const],
  )
  return {
    id,
    title: view.title,
    index: view.index_pattern,
    timeField: view.time_field === '' ? '@timestamp' : view.time_field,
    timeless: view.time_field === '',
    columns: view.default_columns ?? [],
    formats: Object.fromEntries(formats),
  }
}
