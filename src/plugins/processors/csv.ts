import { illegalArgument } from '../../core/errors.ts'
import { CsvError, parseCsvLine } from '../parsing/csv.ts'
import { defineProcessor } from './processor.ts'

export const csv = defineProcessor({
  name: 'csv',
  summary: 'Takes fields out of a line of comma-separated values.',
  create(config) {
    const field = config.text('field')
    const quote = config.text('quote', '"')
    const separator = config.text('separator', ',')
    const targets = config.texts('target_fields')
    const trim = config.flag('trim', false)
    const ignoreMissing = config.flag('ignore_missing', false)
    const emptyValue = config.take('empty_value')
    if (quote.length !== 1) throw config.error('quote', 'quote has to be single character')
    if (separator.length !== 1) throw config.error('separator', 'separator has to be single character')
    if (targets.length === 0) throw config.error('target_fields', "target fields list can't be empty")
    return (document) => {
      if ((document.find(field) ?? null) === null) {
        if (ignoreMissing) return
        if (document.get(field) === null) throw illegalArgument(`field [${field}] is null, cannot process it.`)
      }
      const text = document.text(field)
      const values = read(text, { separator, quote, trim })
      for (const [at, name] of targets.entries()) {
        if (at >= values.length) break
        const value = values[at] ?? emptyValue
        if (value === undefined || (value === '' && emptyValue === undefined && values[at] === null)) continue
        document.set(name, value)
      }
    }
  },
})

function read(text: string, format: Parameters<typeof parseCsvLine>[1]): readonly (string | null)[] {
  try {
    return parseCsvLine(text, format)
  } catch (error) {
    if (error instanceof CsvError) throw illegalArgument(error.message)
    throw error
  }
}
