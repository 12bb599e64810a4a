import type { JsonObject } from '../../../../src/core/json.ts'
import type { QueryExpression } from '../../../../src/ui-api/wire/dashboard.ts'
import {
  readChoice,
  readExpression,
  readList,
  readNumber,
  readObject,
  readOptionalText,
  readSource,
  readText,
} from '../config-reader.ts'
import { readLimits } from '../limits.ts'
import type { Limit } from '../limits.ts'
import { readOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { PanelConfigError } from '../panel-type.ts'
import type { DataSource } from '../panel-type.ts'

/** Figures by the values of fields. */
export interface TableOptions {
  readonly title: string | undefined
  readonly source: DataSource
  readonly query: QueryExpression | undefined
  /** From the outside in: every value of the first, within it every value of the second. */
  readonly rows: readonly TableRows[]
  readonly metrics: readonly TableMetric[]
}

export interface TableRows {
  readonly field: string
  readonly label: string
  readonly limit: number
  /** Which metric ranks the values; `undefined` for their own order. */
  readonly rankBy: number | undefined
  readonly direction: 'asc' | 'desc'
}

export interface TableMetric {
  readonly operation: Operation
  readonly limits: readonly Limit[]
}

const MAX_LEVELS = 3
const MAX_ROWS = 1000

export function parseTableOptions(config: JsonObject): TableOptions {
  const rows = readList(config['rows'], 'rows').map((entry, at) => readRows(readObject(entry, `rows[${at}]`), `rows[${at}]`))
  if (rows.length === 0 || rows.length > MAX_LEVELS) throw new PanelConfigError(`rows must name one to ${MAX_LEVELS} fields`)
  return {
    title: readOptionalText(config['title'], 'title'),
    source: readSource(config),
    query: readExpression(config['query'], 'query'),
    rows,
    metrics: readList(config['metrics'], 'metrics').map((entry, at) => ({
      operation: readOperation(entry, `metrics[${at}]`),
      limits: readLimits(readObject(entry, `metrics[${at}]`)['limits'], `metrics[${at}].limits`),
    })),
  }
}

function readRows(config: JsonObject, place: string): TableRows {
  readChoice(config['operation'], ['terms'], `${place}.operation`)
  const fields = readList(config['fields'], `${place}.fields`)
  if (fields.length !== 1)
    throw new PanelConfigError(`${place}.fields must name one field; add another entry to rows for a second one`)
  const field = readText(fields[0], `${place}.fields[0]`)
  const rank = config['rank_by'] === undefined ? {} : readObject(config['rank_by'], `${place}.rank_by`)
  const by = readChoice(rank['type'] ?? 'metric', ['metric', 'alphabetical'], `${place}.rank_by.type`)
  return {
    field,
    label: readOptionalText(config['label'], `${place}.label`) ?? field,
    limit: Math.min(MAX_ROWS, Math.max(1, readNumber(config['limit'], `${place}.limit`, 10))),
    rankBy: by === 'metric' ? readNumber(rank['metric_index'], `${place}.rank_by.metric_index`, 0) : undefined,
    direction: readChoice(rank['direction'] ?? (by === 'metric' ? 'desc' : 'asc'), ['asc', 'desc'], `${place}.rank_by.direction`),
  }
}
