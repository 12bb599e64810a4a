import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { int, listOf, raw, readObject, text } from '../dsl/reading.ts'
import { bindSort, parseSort, printSortValue } from '../sort.ts'
import { valueFormat } from '../value-format.ts'
import type { AggregationDefinition } from './definition.ts'
import { findField } from './values-source.ts'

/** `index.top_metrics_max_size` */
const MAX_SIZE = 10

/** Values of fields in the document that sorts first: the last reading of a sensor. */
export const topMetrics: AggregationDefinition = {
  name: 'top_metrics',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        metrics: listOf((value, place) => readObject(value, place, { field: text, missing: raw }, 'object')),
        sort: raw,
        size: int,
      },
      'object',
    )
    if (!read.metrics || read.metrics.length === 0) throw illegalArgument('Required [metrics]')
    const paths = read.metrics.map(({ field }) => {
      if (field === undefined) throw illegalArgument('[metrics] of [top_metrics] need a [field]')
      return field
    })
    if (read.sort === undefined) throw illegalArgument('Required [sort]')
    const sort = parseSort(read.sort)
    if (sort.length !== 1) throw illegalArgument(`[top_metrics] takes exactly one [sort] but there are [${sort.length}]`)
    const size = read.size ?? 1
    if (size < 1) throw illegalArgument(`[size] must be more than 0 but was [${size}]`)
    if (size > MAX_SIZE) {
      throw illegalArgument(
        `[top_metrics.size] must not be more than [${MAX_SIZE}] but was [${size}] in [${name}]. This limit can be set by changing the [index.top_metrics_max_size] index level setting.`,
      )
    }
    return {
      bind(context) {
        const keys = bindSort(sort, context.indices)
        const sortFields = keys.map((key) => findField(key.field, context))
        const fields = paths.map((path) => findField(path, context))
        return {
          aggregation: { kind: 'top_metrics', fields: paths.map((path, index) => fields[index]?.path ?? path), size, sort: keys },
          typedKey: 'top_metrics',
          shape(result) {
            const rows = result.kind === 'top' ? result.rows : []
            return {
              kind: 'metric',
              exact: true,
              json: {
                top: rows.map((row) => {
                  const metrics: Record<string, JsonValue> = {}
                  for (const [index, path] of paths.entries()) {
                    const value = row.metrics[index] ?? null
                    const format = valueFormat(fields[index])
                    metrics[path] =
                      value === null ? null : isDate(fields[index]?.type) ? (format.text(value) ?? null) : format.json(value)
                  }
                  return {
                    sort: keys.map((key, index) => printTopSort(row.sort[index] ?? null, key, sortFields[index])),
                    metrics,
                  }
                }),
              },
            }
          },
        }
      },
    }
  },
}

function isDate(type: string | undefined): boolean {
  return type === 'date' || type === 'date_nanos'
}

/** Dates stand here as text, unlike in the sort values of hits. */
function printTopSort(
  value: Parameters<typeof printSortValue>[0],
  key: Parameters<typeof printSortValue>[1],
  field: Parameters<typeof printSortValue>[2],
): JsonValue {
  if (value !== null && field && isDate(field.type)) return valueFormat(field, { format: key.format }).text(value) ?? null
  return printSortValue(value, key, field)
}
