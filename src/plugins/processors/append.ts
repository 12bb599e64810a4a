import { defineProcessor } from './processor.ts'

export const append = defineProcessor({
  name: 'append',
  summary: 'Adds values to a list; a single value becomes a list.',
  create(config) {
    const field = config.template('field')
    const value = config.valueTemplate('value', config.required('value'))
    const allowDuplicates = config.flag('allow_duplicates', true)
    config.take('media_type')
    return (document) => {
      const made = value(document)
      document.append(field(document), Array.isArray(made) ? made : [made], allowDuplicates)
    }
  },
})
