import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { JsonObject } from '../../../src/core/json.ts'
import { bucketName, bucketsOf } from '../data/aggregations.ts'
import { search } from '../data/search.ts'
import { useDebounced } from '../hooks/use-debounced.ts'
import { fieldKind } from '../hooks/use-fields.ts'
import type { Fields } from '../hooks/use-fields.ts'
import { suggestFields, suggestOperators, suggestValues } from '../query/suggestions.ts'
import type { Suggestion } from '../query/suggestions.ts'
import { intervalClause } from '../query/search-body.ts'
import { contextAt } from '../query/tokens.ts'
import type { CursorContext } from '../query/tokens.ts'
import type { PageScope } from './use-scope.ts'

/** Suggestions that come later than this help nobody. */
const VALUES_TIMEOUT = '300ms'
const TYPING_MS = 120

/** What may stand at the cursor: fields of the data view, their values within the time range, operators. */
export function useSuggestions(
  text: string,
  cursor: number,
  scope: PageScope,
  fields: Fields,
  wanted: boolean,
): { context: CursorContext; suggestions: readonly Suggestion[] } {
  const context = useMemo(() => contextAt(text, cursor), [text, cursor])
  const values = useValues(context, scope, fields, wanted && context.kind === 'value')
  const suggestions = useMemo(() => {
    if (!wanted) return []
    if (context.kind === 'field') return suggestFields(fields.list, context.typed)
    if (context.kind === 'value') return values
    return suggestOperators(context, scope.language)
  }, [wanted, context, fields, values, scope.language])
  return { context, suggestions }
}

const NO_VALUES: readonly Suggestion[] = []

function useValues(
  context: CursorContext,
  { view, interval }: PageScope,
  fields: Fields,
  wanted: boolean,
): readonly Suggestion[] {
  const typed = useDebounced(context.typed.replace(/^"|"$/g, ''), TYPING_MS)
  const field = fields.find(context.field)
  const kind = field === undefined ? undefined : fieldKind(field.type)
  const countable = field?.aggregatable === true && (kind === 'keyword' || kind === 'ip' || kind === 'boolean')
  const { data } = useQuery({
    queryKey: ['values', view?.index, context.field, typed, interval],
    queryFn: async ({ signal }) => {
      const body = valuesBody(
        context.field,
        kind === 'keyword' ? typed : '',
        view?.timeless === true ? { match_all: {} } : intervalClause(view?.timeField ?? '@timestamp', interval),
      )
      const { aggregations } = await search(view?.index ?? '*', body, signal)
      return suggestValues(readValues(aggregations).filter(({ text }) => text.toLowerCase().startsWith(typed.toLowerCase())))
    },
    enabled: wanted && countable && view !== undefined,
    placeholderData: (before) => before,
    retry: false,
  })
  return wanted && countable ? (data ?? NO_VALUES) : NO_VALUES
}

function valuesBody(field: string, typed: string, time: JsonObject): JsonObject {
  const starts = typed === '' ? [] : [{ prefix: { [field]: { value: typed, case_insensitive: true } } }]
  return {
    size: 0,
    timeout: VALUES_TIMEOUT,
    track_total_hits: false,
    query: { bool: { filter: [time, ...starts] } },
    aggs: { values: { terms: { field, size: 10 } } },
  }
}

function readValues(aggregations: JsonObject): { text: string; count: number }[] {
  return bucketsOf(aggregations['values']).map((bucket) => ({ text: bucketName(bucket), count: Number(bucket['doc_count']) }))
}
