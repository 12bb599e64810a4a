import { isFields, type Event } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { flag, hash, ignored, list } from '../options.ts'
import { printCsvLine } from '../parsing/csv.ts'
import { defineOutput } from '../plugin.ts'
import { createFileOutput, fileConfig } from './file.ts'

const config = fileConfig.extend({
  message_format: ignored('the fields are written'),
  fields: list().describe('Fields that are the columns, in order.'),
  csv_options: hash().default({}).describe('`col_sep` and `quote_char`, as Ruby names them.'),
  spreadsheet_safe: flag()
    .default(true)
    .describe('Whether values that a spreadsheet would take for a formula get a quote before them.'),
})

export const csv = defineOutput({
  name: 'csv',
  summary: 'Writes events to files, as lines of comma-separated values.',
  config,
  examples: [{ title: 'Two columns', config: { path: '/var/log/temps.csv', fields: ['device', 'temperature'] } }],
  defaultCodec: 'plain',
  create({ fields, csv_options: given, spreadsheet_safe: safe, ...files }, context) {
    const paths = fields.map(fieldPath)
    const format = { separator: fieldText(given['col_sep'] ?? ','), quote: fieldText(given['quote_char'] ?? '"') }
    const value = (event: Event, path: (typeof paths)[number]): string => {
      const found = path.get(event) ?? null
      const written = isFields(found) ? JSON.stringify(found) : fieldText(found)
      return safe && /^[=+\-@]/.test(written) && Number.isNaN(Number(written)) ? `'${written}` : written
    }
    const codec = {
      ...context.codec,
      encode: (event: Event) =>
        `${printCsvLine(
          paths.map((path) => value(event, path)),
          format,
        )}\n`,
    }
    return createFileOutput(files, { ...context, codec })
  },
})
