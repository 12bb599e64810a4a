import { dateFormat } from '../../core/dates/date-format.ts'
import { illegalArgument } from '../../core/errors.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { compileDateReader, requireZone } from './date-formats.ts'
import { defineProcessor } from './processor.ts'

export const dateIndexName = defineProcessor({
  name: 'date_index_name',
  summary: 'Sends the document to the index of its day, week, month or year.',
  create(config, { clock }) {
    const field = config.text('field')
    const prefix = config.template('index_name_prefix', '')
    const rounding = config.template('date_rounding')
    const formats = config.texts('date_formats', ["yyyy-MM-dd'T'HH:mm:ss.SSSXX"])
    const zone = requireZone(config.text('timezone', 'UTC'))
    const locale = config.optionalText('locale')
    const nameFormat = config.template('index_name_format', 'yyyy-MM-dd')
    const readers = formats.map((format) => compileDateReader(format, locale))
    return (document) => {
      const text = textOf(document.get(field))
      const instant = readers.map((read) => read(text, zone, clock.now())).find((read) => !Number.isNaN(read))
      if (instant === undefined) throw illegalArgument(`unable to parse date [${text}]`)
      const format = nameFormat(document)
      const anchor = dateFormat(format).print(instant, zone)
      // A name with date math: whoever writes there makes the name of it, as for any other.
      document.set('_index', `<${prefix(document)}{${anchor}||/${rounding(document)}{${format}|${zone.id}}}>`)
    }
  },
})
