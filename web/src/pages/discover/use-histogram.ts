import { useQuery } from '@tanstack/react-query'
import type { JsonObject } from '../../../../src/core/json.ts'
import { pageQuery } from '../../bar/page-query.ts'
import type { PageScope } from '../../bar/use-scope.ts'
import { bucketName, bucketsOf } from '../../data/aggregations.ts'
import { search } from '../../data/search.ts'
import { useKept } from '../../hooks/use-kept.ts'
import { bucketInterval } from '../../time/bucket-interval.ts'
import type { BucketInterval } from '../../time/bucket-interval.ts'
import type { Interval } from '../../time/time-range.ts'

export interface HistogramData {
  readonly interval: Interval
  readonly bucket: BucketInterval
  readonly bars: readonly Bar[]
  /** The levels that bars are split by, most frequent first; empty where there is no severity. */
  readonly levels: readonly string[]
  readonly total: number
  readonly partial: boolean
}

export interface Bar {
  readonly from: number
  readonly to: number
  readonly count: number
  /** By level. */
  readonly parts: ReadonlyMap<string, number>
}

/** Bars as wide as a finger can hit. */
const PIXELS_PER_BAR = 11
const MAX_LEVELS = 6

export function useHistogram(scope: PageScope, levelField: string | undefined, width: number | undefined) {
  const { view, range, interval, query, language, filters, zone, problem } = scope
  const maxBars = Math.max(10, Math.min(150, Math.floor((width ?? 900) / PIXELS_PER_BAR)))
  const bucket = bucketInterval(interval, maxBars)
  const answer = useQuery({
    queryKey: ['histogram', view?.index, interval, bucket.text, query, language, filters, zone, levelField],
    queryFn: async ({ signal }) => {
      const timeField = view?.timeField ?? '@timestamp'
      const answer = await search(
        view?.index ?? '*',
        {
          size: 0,
          track_total_hits: true,
          query: pageQuery(scope),
          aggs: {
            bars: {
              date_histogram: { field: timeField, [bucket.kind]: bucket.text, time_zone: zone, min_doc_count: 1 },
              ...(levelField === undefined ? {} : { aggs: { levels: { terms: { field: levelField, size: MAX_LEVELS } } } }),
            },
          },
        },
        signal,
      )
      return readHistogram(answer.aggregations, { interval, bucket, total: answer.total?.value ?? 0, partial: answer.partial })
    },
    enabled: view !== undefined && !view.timeless && width !== undefined && problem === undefined,
    placeholderData: (before) => before,
  })
  const kept = useKept(answer, JSON.stringify([view?.index, range, query, language, filters, zone, levelField]))
  return { ...kept, loading: answer.isFetching, retry: () => void answer.refetch() }
}

export function readHistogram(
  aggregations: JsonObject,
  rest: Pick<HistogramData, 'interval' | 'bucket' | 'total' | 'partial'>,
): HistogramData {
  const totals = new Map<string, number>()
  const bars = bucketsOf(aggregations['bars']).map((bucket): Bar => {
    const from = Number(bucket['key'])
    const parts = new Map<string, number>()
    for (const level of bucketsOf(bucket['levels'])) {
      const [name, count] = [bucketName(level), Number(level['doc_count'])]
      parts.set(name, count)
      totals.set(name, (totals.get(name) ?? 0) + count)
    }
    return { from, to: from + rest.bucket.ms, count: Number(bucket['doc_count']), parts }
  })
  const levels = [...totals].sort((a, b) => b[1] - a[1]).map(([name]) => name)
  return { ...rest, bars, levels }
}
