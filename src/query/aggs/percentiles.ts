import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { bool, int, listOf, number, readObject } from '../dsl/reading.ts'
import type { AggregationDefinition } from './definition.ts'
import { bindSource, readSource, sourceMembers } from './values-source.ts'
import { decimalKey } from './decimal-key.ts'

const DEFAULT_PERCENTS = [1, 5, 25, 50, 75, 95, 99]

/** Values below which so many percent of all lie. */
export const percentiles: AggregationDefinition = {
  name: 'percentiles',
  holdsOthers: false,
  parse(json, at, name) {
    const read = readObject(
      json,
      at,
      {
        ...sourceMembers,
        percents: listOf(number),
        keyed: bool,
        tdigest: (value, place) => readObject(value, place, { compression: number, execution_hint: (hint) => hint }, 'object'),
        hdr: (value, place) => readObject(value, place, { number_of_significant_value_digits: int }, 'object'),
      },
      'object',
    )
    const request = readSource(read, 'percentiles')
    const asked = read.percents ?? DEFAULT_PERCENTS
    if (asked.length === 0) throw illegalArgument(`[percents] must not be empty: [${name}]`)
    for (const percent of asked) {
      if (!(percent >= 0 && percent <= 100))
        throw illegalArgument(`percent must be in [0,100], got [${decimalKey(percent)}]: [${name}]`)
    }
    const percents = [...new Set(asked)].sort((a, b) => a - b)
    const method = read.hdr ? 'hdr' : 'tdigest'
    return {
      bind(context) {
        const { source, format } = bindSource(request, 'percentiles', 'numbers and dates', context)
        return {
          aggregation: { kind: 'percentiles', source, percents, method },
          typedKey: `${method}_percentiles`,
          shape(result) {
            const found = result.kind === 'percentiles' ? result.values : []
            const rows = percents.map((percent, index) => {
              const value = found[index] ?? null
              return { percent, value, text: value === null ? undefined : format.text(value) }
            })
            if (read.keyed === false) {
              const list = rows.map(({ percent, value, text }) => ({
                key: percent,
                value,
                ...(text === undefined ? {} : { value_as_string: text }),
              }))
              return { kind: 'metric', json: { values: list } }
            }
            const values: Record<string, JsonValue> = {}
            for (const { percent, value, text } of rows) {
              values[decimalKey(percent)] = value
              if (text !== undefined) values[`${decimalKey(percent)}_as_string`] = text
            }
            return { kind: 'metric', json: { values } }
          },
        }
      },
    }
  },
}
