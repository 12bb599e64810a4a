import type { JsonObject } from '../../../../src/core/json.ts'
import type { QueryExpression } from '../../../../src/ui-api/wire/dashboard.ts'
import { readExpression, readList, readObject, readOptionalText, readSource } from '../config-reader.ts'
import { readLimits } from '../limits.ts'
import type { Limit } from '../limits.ts'
import { readOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { PanelConfigError } from '../panel-type.ts'
import type { DataSource } from '../panel-type.ts'

/** One figure, large, and what it needs to be understood. */
export interface MetricOptions {
  readonly title: string | undefined
  readonly source: DataSource
  readonly query: QueryExpression | undefined
  readonly primary: Operation
  readonly limits: readonly Limit[]
  /** Figures beside it. */
  readonly secondary: readonly Operation[]
  /** Say how the figure changed against the range before. */
  readonly compare: boolean
  /** Draw its development behind it. */
  readonly trend: boolean
}

export function parseMetricOptions(config: JsonObject): MetricOptions {
  const metrics = readList(config['metrics'], 'metrics').map((entry, at) => ({ entry: readObject(entry, `metrics[${at}]`), at }))
  const primary = metrics.find(({ entry }) => (entry['type'] ?? 'primary') === 'primary')
  if (primary === undefined) throw new PanelConfigError('metrics needs one of type primary')
  const others = metrics.filter(({ entry }) => entry['type'] === 'secondary')
  const background =
    config['background_chart'] === undefined ? undefined : readObject(config['background_chart'], 'background_chart')
  return {
    title: readOptionalText(config['title'], 'title'),
    source: readSource(config),
    query: readExpression(config['query'], 'query'),
    primary: readOperation(primary.entry, `metrics[${primary.at}]`),
    limits: readLimits(primary.entry['limits'], `metrics[${primary.at}].limits`),
    secondary: others
      .filter(({ entry }) => entry['compare'] === undefined)
      .map(({ entry, at }) => readOperation(entry, `metrics[${at}]`)),
    compare: others.some(({ entry }) => entry['compare'] !== undefined),
    trend: background?.['type'] === 'trend',
  }
}
