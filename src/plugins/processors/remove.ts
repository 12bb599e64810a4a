import { illegalArgument } from '../../core/errors.ts'
import { defineProcessor } from './processor.ts'
import { METADATA_FIELDS } from './ingest-document.ts'

export const remove = defineProcessor({
  name: 'remove',
  summary: 'Takes fields away, or all but some (`keep`).',
  create(config) {
    const keep = config.texts('keep', [])
    const fields = keep.length > 0 ? config.texts('field', []) : config.texts('field')
    const paths = fields.map((field) => config.templateOf('field', field))
    const kept = keep.map((field) => config.templateOf('keep', field))
    const ignoreMissing = config.flag('ignore_missing', false)
    return (document) => {
      for (const template of paths) {
        const path = template(document)
        if (!document.has(path)) {
          if (ignoreMissing) continue
          throw illegalArgument(`field [${path}] doesn't exist`)
        }
        document.remove(path)
      }
      if (kept.length === 0) return
      const names = new Set<string>(METADATA_FIELDS)
      for (const template of kept) names.add(template(document))
      keepOnly(document.context, names, '')
    }
  },
})

/** Takes away what is neither named nor on the way to something that is. */
function keepOnly(values: Record<string, unknown>, names: ReadonlySet<string>, prefix: string): void {
  for (const key of Object.keys(values)) {
    const path = prefix + key
    if (names.has(path)) continue
    const below = [...names].some((name) => name.startsWith(`${path}.`))
    const value = values[key]
    if (!below || typeof value !== 'object' || value === null || Array.isArray(value)) delete values[key]
    else keepOnly(value as Record<string, unknown>, names, `${path}.`)
  }
}
