import { illegalArgument } from '../../core/errors.ts'
import { defineProcessor } from './processor.ts'

export const rename = defineProcessor({
  name: 'rename',
  summary: 'Moves a value to another field.',
  create(config) {
    const field = config.template('field')
    const target = config.template('target_field')
    const ignoreMissing = config.flag('ignore_missing', false)
    const override = config.flag('override', false)
    return (document) => {
      const from = field(document)
      if (!document.has(from)) {
        if (ignoreMissing) return
        throw illegalArgument(`field [${from}] doesn't exist`)
      }
      const to = target(document)
      if (!override && document.has(to)) throw illegalArgument(`field [${to}] already exists`)
      const value = document.get(from)
      document.remove(from)
      try {
        document.set(to, value)
      } catch (error) {
        document.set(from, value) // the document stays as it was
        throw error
      }
    }
  },
})
