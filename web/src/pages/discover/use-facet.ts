import { useQuery } from '@tanstack/react-query'
import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import type { FieldSummary } from '../../../../src/ui-api/wire/fields.ts'
import { pageQuery } from '../../bar/page-query.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { bucketName, bucketsOf } from '../../data/aggregations.ts'
import { search } from '../../data/search.ts'
import { fieldKind } from '../../hooks/use-fields.ts'
import { useKept } from '../../hooks/use-kept.ts'
import type { FilterValue } from '../../query/filter.ts'
import { niceStep } from '../../time/ticks.ts'

/** What a field holds in the documents that are found. */
export interface Facet {
  readonly top: readonly { readonly value: FilterValue; readonly text: string; readonly count: number }[]
  readonly other: number
  /** Documents that have the field. */
  readonly documents: number
  readonly range: ValueRange | undefined
}

export interface ValueRange {
  readonly min: number
  readonly avg: number
  readonly max: number
}

const TOP = 8

export function useFacet(scope: PageScope, field: FieldSummary, open: boolean) {
  const { view, range, interval, query, language, filters, live, problem } = scope
  const moment = live ? Math.floor(interval.to / 10_000) : interval
  const numeric = fieldKind(field.type) === 'number'
  const answer = useQuery({
    queryKey: ['facet', view?.index, moment, query, language, filters, field.name, field.type],
    queryFn: async ({ signal }) => {
      const body: JsonObject = {
        size: 0,
        track_total_hits: false,
        query: pageQuery(scope),
        aggs: {
          top: { terms: { field: field.name, size: TOP } },
          documents: { filter: { exists: { field: field.name } } },
          ...(numeric ? { range: { stats: { field: field.name } } } : {}),
        },
      }
      return readFacet((await search(view?.index ?? '*', body, signal)).aggregations)
    },
    enabled: open && field.aggregatable && view !== undefined && problem === undefined,
    placeholderData: (before) => before,
  })
  const kept = useKept(answer, JSON.stringify([view?.index, range, query, language, filters, field.name, field.type]))
  return { ...kept, retry: () => void answer.refetch() }
}

export function readFacet(aggregations: JsonObject): Facet {
  const top = isJsonObject(aggregations['top']) ? aggregations['top'] : {}
  const documents = isJsonObject(aggregations['documents']) ? Number(aggregations['documents']['doc_count']) : 0
  return {
    top: bucketsOf(top).map((bucket) => ({
      value: valueOf(bucket),
      text: bucketName(bucket),
      count: Number(bucket['doc_count']),
    })),
    other: Number(top['sum_other_doc_count'] ?? 0),
    documents,
    range: readRange(aggregations['range']),
  }
}

/** Booleans come back as 0 and 1, with their words beside. */
function valueOf(bucket: JsonObject): FilterValue {
  const key = bucket['key']
  if (bucket['key_as_string'] === 'true' || bucket['key_as_string'] === 'false') return bucket['key_as_string'] === 'true'
  return typeof key === 'number' ? key : bucketName(bucket)
}

function readRange(stats: JsonValue | undefined): Facet['range'] {
  if (
    !isJsonObject(stats) ||
    typeof stats['min'] !== 'number' ||
    typeof stats['max'] !== 'number' ||
    typeof stats['avg'] !== 'number'
  )
    return undefined
  return { min: stats['min'], avg: stats['avg'], max: stats['max'] }
}

/** Documents by equal steps of a number. */
export interface Distribution {
  readonly step: number
  readonly bars: readonly { readonly from: number; readonly count: number }[]
}

const DISTRIBUTION_BARS = 20

/** How a number spreads over its range; only asked for where single values tell little. */
export function useDistribution(scope: PageScope, field: string, range: ValueRange | undefined) {
  const { view, interval, query, language, filters, live } = scope
  const moment = live ? Math.floor(interval.to / 10_000) : interval
  const step = range === undefined || range.max <= range.min ? undefined : niceStep(range.max - range.min, DISTRIBUTION_BARS)
  return useQuery({
    queryKey: ['distribution', view?.index, moment, query, language, filters, field, step],
    queryFn: async ({ signal }): Promise<Distribution> => {
      const body: JsonObject = {
        size: 0,
        track_total_hits: false,
        query: pageQuery(scope),
        aggs: { bars: { histogram: { field, interval: step ?? 1, min_doc_count: 1 } } },
      }
      const { aggregations } = await search(view?.index ?? '*', body, signal)
      const bars = bucketsOf(aggregations['bars']).map((bucket) => ({
        from: Number(bucket['key']),
        count: Number(bucket['doc_count']),
      }))
      return { step: step ?? 1, bars }
    },
    enabled: step !== undefined && view !== undefined,
    placeholderData: (before) => before,
  })
}
