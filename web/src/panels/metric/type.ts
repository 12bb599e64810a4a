import { inChunk } from '../../components/in-chunk.tsx'
import type { PanelType } from '../panel-type.ts'
import { metricSearches, readMetric } from './data.ts'
import { parseMetricOptions } from './options.ts'
import type { MetricOptions } from './options.ts'

export const metricPanel: PanelType<MetricOptions> = {
  type: 'metric',
  parse: parseMetricOptions,
  title: ({ title }) => title,
  searches: metricSearches,
  read: readMetric,
  View: inChunk(async () => (await import('./Panel.tsx')).MetricPanel),
}
