import { isJsonObject } from '../../../../src/core/json.ts'
import type { JsonObject } from '../../../../src/core/json.ts'
import type { QueryExpression } from '../../../../src/ui-api/wire/dashboard.ts'
import {
  readChoice,
  readDuration,
  readExpression,
  readList,
  readNumber,
  readObject,
  readOptionalText,
  readSource,
  readText,
} from '../config-reader.ts'
import { readOperation } from '../operation.ts'
import type { Operation } from '../operation.ts'
import { PanelConfigError } from '../panel-type.ts'
import type { DataSource } from '../panel-type.ts'

/** Values over time. */
export interface XyOptions {
  readonly title: string | undefined
  readonly source: DataSource
  readonly query: QueryExpression | undefined
  readonly shape: 'line' | 'area' | 'bar'
  readonly timeField: string | undefined
  /** Points are at least this far apart: no closer than the slowest sender sends, or averages are of ever other senders. */
  readonly minStepMs: number
  readonly values: readonly Operation[]
  readonly breakdown: Breakdown | undefined
  readonly thresholds: readonly Threshold[]
  readonly legend: boolean
}

/** One series for each of the first values of a field. */
export interface Breakdown {
  readonly field: string
  readonly limit: number
  readonly rank: { readonly by: 'metric' | 'alphabetical'; readonly direction: 'asc' | 'desc' }
}

export interface Threshold {
  readonly value: number
  readonly label: string | undefined
  readonly state: 'info' | 'warning' | 'critical'
}

const SHAPES = ['line', 'area', 'bar'] as const
const REFERENCE_LINES = 'reference_lines'
const MAX_SERIES = 50

export function parseXyOptions(config: JsonObject): XyOptions {
  const layers = readList(config['layers'], 'layers').map((layer, at) => ({ layer: readObject(layer, `layers[${at}]`), at }))
  const series = layers.filter(({ layer }) => layer['type'] !== REFERENCE_LINES)
  const [first] = series
  if (first === undefined || series.length > 1)
    throw new PanelConfigError('layers must have one layer of data; this version draws no more')
  const { layer, at } = first
  const place = `layers[${at}]`
  const x = layer['x'] === undefined ? undefined : readObject(layer['x'], `${place}.x`)
  if (x?.['operation'] !== undefined && x['operation'] !== 'date_histogram') {
    throw new PanelConfigError(`${place}.x.operation must be date_histogram: this version draws values over time`)
  }
  const legend = isJsonObject(config['legend']) ? config['legend']['visibility'] : undefined
  return {
    title: readOptionalText(config['title'], 'title'),
    source: readSource(layer),
    query: readExpression(layer['query'] ?? config['query'], `${place}.query`),
    shape: readChoice(layer['type'], SHAPES, `${place}.type`),
    timeField: readOptionalText(x?.['field'], `${place}.x.field`),
    minStepMs: readDuration(x?.['minimum_interval'], `${place}.x.minimum_interval`) ?? 0,
    values: readList(layer['y'], `${place}.y`).map((entry, position) => readOperation(entry, `${place}.y[${position}]`)),
    breakdown:
      layer['breakdown_by'] === undefined
        ? undefined
        : readBreakdown(readObject(layer['breakdown_by'], `${place}.breakdown_by`), `${place}.breakdown_by`),
    thresholds: layers
      .filter((other) => other.layer['type'] === REFERENCE_LINES)
      .flatMap((other) => readThresholds(other.layer, `layers[${other.at}]`)),
    legend: legend !== 'hidden',
  }
}

function readBreakdown(config: JsonObject, place: string): Breakdown {
  readChoice(config['operation'], ['terms'], `${place}.operation`)
  const fields = readList(config['fields'], `${place}.fields`)
  if (fields.length !== 1) throw new PanelConfigError(`${place}.fields must name one field; this version splits by no more`)
  const rank = config['rank_by'] === undefined ? {} : readObject(config['rank_by'], `${place}.rank_by`)
  return {
    field: readText(fields[0], `${place}.fields[0]`),
    limit: Math.min(MAX_SERIES, Math.max(1, readNumber(config['limit'], `${place}.limit`, 5))),
    rank: {
      by: readChoice(rank['type'] ?? 'metric', ['metric', 'alphabetical'], `${place}.rank_by.type`),
      direction: readChoice(rank['direction'] ?? 'desc', ['asc', 'desc'], `${place}.rank_by.direction`),
    },
  }
}

function readThresholds(layer: JsonObject, place: string): Threshold[] {
  return readList(layer['thresholds'], `${place}.thresholds`).map((entry, at) => {
    const threshold = readObject(entry, `${place}.thresholds[${at}]`)
    return {
      value: readNumber(threshold['value'], `${place}.thresholds[${at}].value`, 0),
      label: readOptionalText(threshold['label'], `${place}.thresholds[${at}].label`),
      state: readChoice(threshold['state'] ?? 'info', ['info', 'warning', 'critical'], `${place}.thresholds[${at}].state`),
    }
  })
}
