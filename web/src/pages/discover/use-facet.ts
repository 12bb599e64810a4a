import { useQuery } from '@tanstack/react-query'
import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts'
import type { FieldSummary } from '../../../../src/ui-api/wire/fields.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { bucketName, bucketsOf } from '../../data/aggregations.ts'
import { search } from '../../data/search.ts'
import { fieldKind } from '../../hooks/use-fields.ts'
import type { FilterValue } from '../../query/filter.ts'
import { scopeQuery } from '../../query/search-body.ts'

/** What a field holds in the documents that are found. */
export interface Facet {
  readonly top: readonly { readonly value: FilterValue; readonly text: string; readonly count: number }[]
  readonly other: number
  /** Documents that have the field. */
  readonly documents: number
  readonly range: { readonly min: number; readonly avg: number; readonly max: number } | undefined
}

const TOP = 8

export function useFacet(scope: PageScope, field: FieldSummary, open: boolean) {
  const { view, interval, query, language, filters, live, problem } = scope
  const moment = live ? Math.floor(interval.to / 10_000) : interval
  const numeric = fieldKind(field.type) === 'number'
  return useQuery({
    queryKey: ['facet', view?.index, moment, query, language, filters, field.name, field.type],
    queryFn: async ({ signal }) => {
      const timeField = view?.timeField ?? '@timestamp'
      const body: JsonObject = {
        size: 0,
        track_total_hits: false,
        query: scopeQuery({ interval, timeField, queries: [{ language, expression: query }], filters }),
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
