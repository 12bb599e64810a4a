import { illegalArgument } from '../../core/errors.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { wrongType } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

export const join = defineProcessor({
  name: 'join',
  summary: 'Makes one text of a list.',
  create(config) {
    const field = config.template('field')
    const separator = config.text('separator')
    const target = config.optionalText('target_field')
    return (document) => {
      const path = field(document)
      const value = document.get(path)
      if (value === null) throw illegalArgument(`field [${path}] is null, cannot join.`)
      if (!Array.isArray(value)) throw wrongType(path, value, 'java.util.List')
      const nulls = value.indexOf(null)
      if (nulls >= 0) throw illegalArgument(`field [${path}] holds null at [${nulls}], cannot join.`)
      document.set(target ?? path, value.map(textOf).join(separator))
    }
  },
})
