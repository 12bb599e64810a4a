import { illegalArgument } from '../../core/errors.ts'
import { JavaError } from '../../script/painless/java-error.ts'
import { compareValues } from '../../script/painless/values/equality.ts'
import { wrongType } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

export const sort = defineProcessor({
  name: 'sort',
  summary: 'Puts a list in order.',
  create(config) {
    const field = config.text('field')
    const order = config.choice('order', ['asc', 'desc'], 'asc')
    const target = config.text('target_field', field)
    return (document) => {
      const value = document.get(field)
      if (value === null) throw illegalArgument(`field [${field}] is null, cannot sort.`)
      if (!Array.isArray(value)) throw wrongType(field, value, 'java.util.List')
      if (value.length <= 1 && target === field) return
      try {
        const sorted = value.toSorted((a, b) => (order === 'asc' ? compareValues(a, b) : compareValues(b, a)))
        document.set(target, sorted)
      } catch (error) {
        if (error instanceof JavaError)
          throw illegalArgument(`field [${field}] holds values that have no order: ${error.text ?? ''}`)
        throw error
      }
    }
  },
})
