import { dateFormat } from '../../core/dates/date-format.ts'
import { illegalArgument } from '../../core/errors.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { compileDateReader, requireZone } from './date-formats.ts'
import { defineProcessor } from './processor.ts'

const OUTPUT_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"

export const date = defineProcessor({
  name: 'date',
  summary: 'Reads a date and writes it in one form, to `@timestamp` unless told otherwise.',
  create(config, { clock }) {
    const field = config.text('field')
    const target = config.text('target_field', '@timestamp')
    const timezone = config.template('timezone', 'UTC')
    const locale = config.optionalText('locale')
    const formats = config.texts('formats')
    const output = dateFormat(config.text('output_format', OUTPUT_FORMAT))
    const readers = formats.map((format) => compileDateReader(format, locale))
    return (document) => {
      const value = document.get(field)
      if (value === null) throw illegalArgument(`unable to parse date [null]`)
      const text = textOf(value)
      const zone = requireZone(timezone(document))
      for (const read of readers) {
        const instant = read(text, zone, clock.now())
        if (Number.isNaN(instant)) continue
        document.set(target, output.print(instant, zone))
        return
      }
      throw illegalArgument(
        `unable to parse date [${text}]`,
        illegalArgument(`failed to parse date field [${text}] with format [${formats[formats.length - 1] ?? ''}]`),
      )
    }
  },
})
