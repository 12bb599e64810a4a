import type { Field } from './field.ts'

/** What a field of pre-computed metrics may hold, in Elasticsearch's spelling. */
export const METRICS = ['min', 'max', 'sum', 'value_count'] as const

export type AggregateMetric = (typeof METRICS)[number]

/** The hidden field of one metric of a field. */
export function metricPath(path: string, metric: string): string {
  return `${path}.${metric}`
}

/** The field of the metric that queries ask about: that of `default_metric`. */
export function defaultMetric({ path, parameters }: Field): Field {
  return {
    path: metricPath(path, parameters.defaultMetric ?? 'max'),
    type: 'double',
    ordinal: -1,
    parameters: { indexed: true, docValues: true },
  }
}
