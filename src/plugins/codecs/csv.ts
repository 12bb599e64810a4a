import { z } from 'zod'
import type { Event, FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { textToFloat, textToInteger } from '../../script/ruby-numbers.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, list, text, textHash } from '../options.ts'
import { CsvError, parseCsvLine, printCsvLine } from '../parsing/csv.ts'
import { defineCodec, type Decoder } from '../plugin.ts'
import { charset, textReader } from './charset.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { LineSplitter } from './line-splitter.ts'

const config = z.strictObject({
  columns: list().default([]).describe('Names of the columns, in order.'),
  separator: text().default(',').describe('What stands between columns.'),
  quote_char: text().default('"').describe('What values with separators stand in.'),
  autodetect_column_names: flag().default(false).describe('Whether the first line has the names.'),
  autogenerate_column_names: flag().default(true).describe('Whether columns without a name are called `column1`, `column2`, …'),
  include_headers: flag().default(false).describe('Whether the names are written before the first event.'),
  skip_empty_columns: flag().default(false).describe('Whether empty columns are left out.'),
  convert: textHash()
    .pipe(z.record(z.string(), z.enum(['integer', 'float', 'boolean', 'date', 'date_time'])))
    .default({})
    .meta({ option: 'hash' })
    .describe('Types of columns.'),
  charset: charset(),
  target: text().optional().describe('Field that gets an object with the columns.'),
  ecs_compatibility: ecsCompatibility(),
})

export const csv = defineCodec({
  name: 'csv',
  summary: 'Lines of comma-separated values.',
  config,
  examples: [
    {
      title: 'Columns',
      config: { columns: ['device', 't'], convert: { t: 'float' } },
      in: 'd1,22.5\n"d,2",3.5\n',
      out: [
        { device: 'd1', t: 22.5 },
        { device: 'd,2', t: 3.5 },
      ],
    },
    {
      title: 'Names in the first line',
      config: { autodetect_column_names: true },
      in: 'a,b\n1,2\n',
      out: [{ a: '1', b: '2' }],
    },
    { title: 'Broken', config: {}, in: '"x\n', out: [{ message: '"x', tags: ['_csvparsefailure'] }] },
  ],
  create(options) {
    const read = textReader(options.charset)
    const format = { separator: options.separator.replaceAll('\\t', '\t'), quote: options.quote_char }
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    let headers = options.include_headers

    const decoder = (): Decoder => {
      const splitter = new LineSplitter()
      let names: readonly string[] = options.columns
      const events = (bytes: Buffer): Event[] => {
        const line = read(bytes).replace(/\r$/, '')
        if (line === '') return []
        let values: (string | null)[]
        try {
          values = parseCsvLine(line, format)
        } catch (error) {
          if (error instanceof CsvError) return [failedEvent(line, bytes.length, '_csvparsefailure')]
          throw error
        }
        if (options.autodetect_column_names && names.length === 0) {
          names = values.map((value, place) => value ?? `column${place + 1}`)
          return []
        }
        const fields: Record<string, FieldValue> = {}
        for (const [place, value] of values.entries()) {
          if (options.skip_empty_columns && (value === null || value === '')) continue
          const name = names[place] ?? (options.autogenerate_column_names ? `column${place + 1}` : undefined)
          if (name !== undefined) fields[name] = converted(value, options.convert[name])
        }
        if (target === undefined) return [decodedEvent(fields, bytes.length)]
        const event = decodedEvent({}, bytes.length)
        target.set(event, fields)
        return [event]
      }
      return {
        decode: (bytes) => splitter.push(bytes).flatMap((line) => events(line.bytes)),
        end: () => splitter.end().flatMap((line) => events(line.bytes)),
        get waitingBytes() {
          return splitter.waitingBytes
        },
      }
    }
    return {
      decoder,
      encode(event) {
        const columns = options.columns.length > 0 ? options.columns : Object.keys(event.fields)
        const line = printCsvLine(
          columns.map((name) => fieldText(fieldPath(name).get(event) ?? null)),
          format,
        )
        if (!headers) return `${line}\n`
        headers = false
        return `${printCsvLine(columns, format)}\n${line}\n`
      },
    }
  },
})

function converted(value: string | null, type: string | undefined): FieldValue {
  if (value === null) return null
  if (type === 'integer' && /^\s*[-+]?\d+\s*$/.test(value)) return textToInteger(value)
  if (type === 'float' && !Number.isNaN(Number(value))) return textToFloat(value)
  if (type === 'boolean' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  return value
}
