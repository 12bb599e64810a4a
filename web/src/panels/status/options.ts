import type { JsonObject } from '../../../../src/core/json.ts'
import type { QueryExpression } from '../../../../src/ui-api/wire/dashboard.ts'
import type { ValueFormat } from '../../../../src/ui-api/wire/saved-object.ts'
import {
  readChoice,
  readDuration,
  readExpression,
  readFormat,
  readList,
  readNumber,
  readObject,
  readOptionalText,
  readSource,
  readText,
} from '../config-reader.ts'
import { readLimits } from '../limits.ts'
import type { Limit } from '../limits.ts'
import type { DataSource } from '../panel-type.ts'

/** How each of many things is right now: machines, devices, hosts. A type of Elkhorn's own. */
export interface StatusOptions {
  readonly title: string | undefined
  readonly source: DataSource
  readonly query: QueryExpression | undefined
  /** What is counted as one thing. */
  readonly entity: { readonly field: string; readonly label: string; readonly limit: number }
  /** What it belongs to: a line, a site. Tiles stand together by it. */
  readonly group: { readonly field: string; readonly label: string } | undefined
  readonly values: readonly StatusValue[]
  /** Silence of this length means offline. */
  readonly offlineAfterMs: number
  readonly layout: 'table' | 'tiles'
}

export interface StatusValue {
  readonly field: string
  readonly label: string
  readonly format: ValueFormat | undefined
  readonly limits: readonly Limit[]
  /** Draw how it developed over the range. */
  readonly trend: boolean
}

const MAX_ENTITIES = 2000
const DEFAULT_OFFLINE_MS = 5 * 60_000

export function parseStatusOptions(config: JsonObject): StatusOptions {
  const entity = readObject(config['entity'], 'entity')
  const field = readText(entity['field'], 'entity.field')
  const group = config['group_by'] === undefined ? undefined : readObject(config['group_by'], 'group_by')
  const groupField = group === undefined ? '' : readText(group['field'], 'group_by.field')
  return {
    title: readOptionalText(config['title'], 'title'),
    source: readSource(config),
    query: readExpression(config['query'], 'query'),
    entity: {
      field,
      label: readOptionalText(entity['label'], 'entity.label') ?? field,
      limit: Math.min(MAX_ENTITIES, Math.max(1, readNumber(entity['limit'], 'entity.limit', 500))),
    },
    group:
      group === undefined
        ? undefined
        : { field: groupField, label: readOptionalText(group['label'], 'group_by.label') ?? groupField },
    values: readList(config['values'], 'values').map((entry, at) =>
      readValue(readObject(entry, `values[${at}]`), `values[${at}]`),
    ),
    offlineAfterMs: readDuration(config['offline_after'], 'offline_after') ?? DEFAULT_OFFLINE_MS,
    layout: readChoice(config['layout'] ?? 'table', ['table', 'tiles'], 'layout'),
  }
}

function readValue(config: JsonObject, place: string): StatusValue {
  const field = readText(config['field'], `${place}.field`)
  return {
    field,
    label: readOptionalText(config['label'], `${place}.label`) ?? field,
    format: readFormat(config['format'], `${place}.format`),
    limits: readLimits(config['limits'], `${place}.limits`),
    trend: config['trend'] === true,
  }
}
