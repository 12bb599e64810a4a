import { wrongType } from './ingest-document.ts'
import { defineProcessor, type ProcessorType } from './processor.ts'
import { illegalArgument } from '../../core/errors.ts'

/**
 * A processor that makes one value of a text (or of each text of a list): `field`, `target_field`, `ignore_missing`.
 * @param make what it makes; throws for a text that it cannot handle
 */
export function textProcessor(name: string, summary: string, make: (text: string) => unknown): ProcessorType {
  return defineProcessor({
    name,
    summary,
    create(config) {
      const field = config.template('field')
      const ignoreMissing = config.flag('ignore_missing', false)
      const target = config.optionalText('target_field')
      return (document) => {
        const path = field(document)
        const value = document.find(path)
        if (value === undefined || value === null) {
          if (ignoreMissing) return
          if (value === undefined) document.get(path)
          throw illegalArgument(`field [${path}] is null, cannot process it.`)
        }
        const made = Array.isArray(value)
          ? value.map((one: unknown) => {
              if (typeof one !== 'string') throw wrongType(path, one, 'java.lang.String')
              return make(one)
            })
          : make(textOf(path, value))
        document.set(target ?? path, made)
      }
    },
  })
}

function textOf(path: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(path, value, 'java.lang.String')
  return value
}
