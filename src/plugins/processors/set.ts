import { copyValue } from './copy-value.ts'
import { defineProcessor } from './processor.ts'

export const set = defineProcessor({
  name: 'set',
  summary: 'Sets a field to a value, a template or what another field holds.',
  create(config) {
    const field = config.template('field')
    const copyFrom = config.optionalText('copy_from')
    const override = config.flag('override', true)
    const ignoreEmpty = config.flag('ignore_empty_value', false)
    config.take('media_type')
    if (copyFrom !== undefined) {
      if (config.take('value') !== undefined)
        throw config.error('copy_from', 'cannot set both `copy_from` and `value` in the same processor')
      const from = config.templateOf('copy_from', copyFrom)
      return (document) => {
        const path = field(document)
        if (!override && (document.find(path) ?? null) !== null) return
        const source = from(document)
        const value = ignoreEmpty ? (document.find(source) ?? null) : document.get(source)
        if (ignoreEmpty && (value === null || value === '')) return
        document.set(path, copyValue(value))
      }
    }
    const value = config.valueTemplate('value', config.required('value'))
    return (document) => {
      const path = field(document)
      if (!override && (document.find(path) ?? null) !== null) return
      const made = value(document)
      if (ignoreEmpty && (made === null || made === '')) return
      document.set(path, made)
    }
  },
})
