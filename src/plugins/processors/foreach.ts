import { illegalArgument } from '../../core/errors.ts'
import { isMap, wrongType } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

export const foreach = defineProcessor({
  name: 'foreach',
  summary: 'Runs a processor on each item of a list or object, as `_ingest._value` (and `_ingest._key`).',
  create(config, context) {
    const field = config.text('field')
    const ignoreMissing = config.flag('ignore_missing', false)
    const processor = config.required('processor')
    if (!isMap(processor) || Object.keys(processor).length !== 1) {
      throw config.error('processor', 'Must specify exactly one processor type')
    }
    const run = context.nested(processor)
    return (document) => {
      const value = ignoreMissing ? (document.find(field) ?? null) : document.get(field)
      if (value === null) {
        if (ignoreMissing) return
        throw illegalArgument(`field [${field}] is null, cannot loop over its elements.`)
      }
      const { ingest } = document
      const before = { key: ingest['_key'], value: ingest['_value'] }
      try {
        if (Array.isArray(value)) {
          const made: unknown[] = []
          for (const item of value as readonly unknown[]) {
            ingest['_value'] = item
            run(document)
            if (document.dropped) return
            made.push(ingest['_value'])
          }
          document.set(field, made)
        } else if (isMap(value)) {
          const made: Record<string, unknown> = {}
          for (const [key, item] of Object.entries(value)) {
            ingest['_key'] = key
            ingest['_value'] = item
            run(document)
            if (document.dropped) return
            made[String(ingest['_key'])] = ingest['_value']
          }
          document.set(field, made)
        } else throw wrongType(field, value, 'java.util.List')
      } finally {
        restore(ingest, '_key', before.key)
        restore(ingest, '_value', before.value)
      }
    }
  },
})

function restore(ingest: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined) delete ingest[key]
  else ingest[key] = value
}
