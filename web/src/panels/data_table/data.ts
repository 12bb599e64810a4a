import type { JsonObject } from '../../../../src/core/json.ts'
import type { SearchAnswer } from '../../data/search-answer.ts'
import { bucketName, bucketsOf } from '../../data/aggregations.ts'
import { expressionClause } from '../../query/search-body.ts'
import type { FrameColumn, PanelData } from '../frame.ts'
import { operationAggs, operationValue } from '../operation.ts'
import type { PanelContext, PanelSearch } from '../panel-type.ts'
import { rankOrder } from '../rank-order.ts'
import type { TableOptions } from './options.ts'

export function tableSearches(options: TableOptions, context: PanelContext): PanelSearch[] {
  const { index, timeField, query } = context.source(options.source)
  const own = options.query === undefined ? [] : expressionClause(options.query)
  const metrics = Object.assign(
    {},
    ...options.metrics.map(({ operation }, at) => operationAggs(operation, `m${at}`, timeField)),
  ) as JsonObject
  const aggs = options.rows.reduceRight<JsonObject>((inner, { field, limit, rankBy, direction }) => {
    const order =
      rankBy === undefined ? { _key: direction } : rankOrder(options.metrics[rankBy]?.operation, `m${rankBy}`, direction)
    return { rows: { terms: { field, size: limit, order }, aggs: { ...metrics, ...inner } } }
  }, {})
  return [{ index, body: { size: 0, track_total_hits: false, query: query(context.interval, ...own), aggs } }]
}

/** One frame: a text column a field, a number column a metric. */
export function readTable(options: TableOptions, answers: readonly SearchAnswer[], context: PanelContext): PanelData {
  const [answer] = answers
  const length = context.interval.to - context.interval.from
  const texts: string[][] = options.rows.map(() => [])
  const numbers: (number | null)[][] = options.metrics.map(() => [])
  const visit = (aggregations: JsonObject, path: readonly string[]): void => {
    for (const bucket of bucketsOf(aggregations['rows'])) {
      const names = [...path, bucketName(bucket)]
      if (names.length < options.rows.length) {
        visit(bucket, names)
        continue
      }
      for (const [at, name] of names.entries()) texts[at]?.push(name)
      for (const [at, { operation }] of options.metrics.entries())
        numbers[at]?.push(operationValue(operation, `m${at}`, bucket, length))
    }
  }
  visit(answer?.aggregations ?? {}, [])
  const columns: FrameColumn[] = [
    ...options.rows.map(({ label, field }, at): FrameColumn => ({ kind: 'text', name: label, field, values: texts[at] ?? [] })),
    ...options.metrics.map(({ operation }, at): FrameColumn => ({
      kind: 'number',
      name: operation.label,
      values: numbers[at] ?? [],
      format: operation.format,
    })),
  ]
  return {
    frames: [{ columns, length: texts[0]?.length ?? 0 }],
    zone: context.zone,
    partial: answer?.partial === true,
    cut: 0,
    wholeAt: context.interval.to,
  }
}
