import { z } from 'zod'
import { parseIsoInstant } from '../../core/dates/iso-instant.ts'
import { addTag, type FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { textToFloat, textToInteger } from '../../script/ruby-numbers.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, list, text, textHash } from '../options.ts'
import { CsvError, parseCsvLine } from '../parsing/csv.ts'
import { defineFilter } from '../plugin.ts'

const TYPES = ['integer', 'float', 'date', 'date_time', 'boolean'] as const

const config = z.strictObject({
  source: text().default('message').describe('Field with the line.'),
  target: text().optional().describe('Field that gets an object with the columns. The root of the event when absent.'),
  columns: list().default([]).describe('Names of the columns, in order.'),
  separator: text().default(',').describe('What stands between columns. `\\t` for a tab.'),
  quote_char: text().default('"').describe('What values with separators stand in.'),
  autodetect_column_names: flag().default(false).describe('Whether the first line has the names; it is dropped.'),
  autogenerate_column_names: flag().default(true).describe('Whether columns without a name are called `column1`, `column2`, …'),
  skip_header: flag().default(false).describe('Whether lines that repeat the names are dropped.'),
  skip_empty_columns: flag().default(false).describe('Whether empty columns are left out.'),
  skip_empty_rows: flag().default(false).describe('Whether empty lines pass with the tag `_csvskippedemptyfield`.'),
  convert: textHash()
    .pipe(z.record(z.string(), z.enum(TYPES)))
    .default({})
    .meta({ option: 'hash' })
    .describe('Types of columns: integer, float, date, date_time or boolean.'),
  tag_on_failure: list().default(['_csvparsefailure']).describe('Tags of events whose line is broken.'),
  ecs_compatibility: ecsCompatibility(),
})

export const csv = defineFilter({
  name: 'csv',
  summary: 'Reads a line of comma-separated values.',
  config,
  examples: [
    {
      title: 'Columns with types',
      config: { columns: ['device', 'temperature', 'note'], convert: { temperature: 'float' }, remove_field: 'message' },
      in: { message: 'press-07,22.5,"hot, but fine",more' },
      out: { device: 'press-07', temperature: 22.5, note: 'hot, but fine', column4: 'more' },
    },
    {
      title: 'Another separator, under a field',
      config: { columns: ['a', 'b'], separator: ';', target: 'row', skip_empty_columns: true },
      in: { message: '1;' },
      out: { message: '1;', row: { a: '1' } },
    },
    { title: 'The header again', config: { columns: ['a', 'b'], skip_header: true }, in: { message: 'a,b' }, out: 'dropped' },
    { title: 'A broken line', config: {}, in: { message: '"a' }, out: { message: '"a', tags: ['_csvparsefailure'] } },
  ],
  create(options, { log }) {
    const from = fieldPath(options.source)
    const format = { separator: options.separator.replaceAll('\\t', '\t'), quote: options.quote_char }
    let names: readonly string[] = options.columns
    const path = (name: string) =>
      fieldPath(options.target === undefined ? name : `${bracketed(options.target)}${bracketed(name)}`)
    return {
      process(event) {
        const written = from.get(event)
        if (written === undefined || written === null) return 'unmatched'
        let values: (string | null)[]
        try {
          values = parseCsvLine(fieldText(written).replace(/\r?\n$/, ''), format)
        } catch (error) {
          if (!(error instanceof CsvError)) throw error
          log.warn({ error: error.message }, 'line of values cannot be read')
          addTag(event, ...options.tag_on_failure)
          return 'unmatched'
        }
        if (options.skip_empty_rows && values.every((value) => value === null)) {
          addTag(event, '_csvskippedemptyfield')
          return 'unmatched'
        }
        if (options.autodetect_column_names && names.length === 0) {
          names = values.map((value, place) => value ?? `column${place + 1}`)
          return 'cancelled'
        }
        if (options.skip_header && names.length > 0 && names.every((name, place) => name === values[place])) return 'cancelled'
        for (const [place, value] of values.entries()) {
          if (options.skip_empty_columns && (value === null || value === '')) continue
          const name = names[place] ?? (options.autogenerate_column_names ? `column${place + 1}` : undefined)
          if (name !== undefined) path(name).set(event, converted(value, options.convert[name]))
        }
        return 'matched'
      },
    }
  },
})

const bracketed = (name: string): string => (name.startsWith('[') ? name : `[${name}]`)

/** A text that is not of the type stays what it is. */
function converted(value: string | null, type: (typeof TYPES)[number] | undefined): FieldValue {
  if (value === null || type === undefined) return value
  switch (type) {
    case 'integer':
      return /^\s*[-+]?\d+\s*$/.test(value) ? textToInteger(value) : value
    case 'float':
      return Number.isNaN(Number(value)) ? value : textToFloat(value)
    case 'boolean':
      return /^(?:true|t|yes|y|1)$/i.test(value) ? true : /^(?:false|f|no|n|0)$/i.test(value) ? false : value
    default: {
      const millis = parseIsoInstant(value.trim().replace(' ', 'T'))
      return Number.isNaN(millis) ? value : new Timestamp(millis)
    }
  }
}
