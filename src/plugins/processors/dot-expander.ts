import { illegalArgument } from '../../core/errors.ts'
import { isMap, type IngestDocument } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

export const dotExpander = defineProcessor({
  name: 'dot_expander',
  summary: 'Makes objects of a field with dots in its name.',
  create(config) {
    const field = config.text('field')
    const path = config.optionalText('path')
    const override = config.flag('override', false)
    if (field !== '*') {
      if (!field.includes('.')) throw config.error('field', 'field does not contain a dot')
      if (field.startsWith('.') || field.endsWith('.') || field.includes('..'))
        throw config.error('field', "Field can't start or end with a dot")
    }
    return (document) => {
      const within = path === undefined ? document.context : document.find(path)
      if (!isMap(within)) return
      const names = field === '*' ? Object.keys(within).filter((name) => /^[^.].*\..*[^.]$/.test(name)) : [field]
      for (const name of names) expand(document, within, name, path === undefined ? name : `${path}.${name}`, override)
    }
  },
})

function expand(
  document: IngestDocument,
  within: Record<string, unknown>,
  name: string,
  target: string,
  override: boolean,
): void {
  if (!Object.hasOwn(within, name)) return
  const value = within[name]
  if (document.has(target)) {
    delete within[name]
    if (override) document.set(target, value)
    else document.append(target, Array.isArray(value) ? value : [value])
    return
  }
  // What stands on the way has to be an object.
  const keys = target.split('.')
  for (let count = 1; count < keys.length; count++) {
    const outer = keys.slice(0, count).join('.')
    if (document.has(outer) && !isMap(document.get(outer))) {
      throw illegalArgument(`cannot expand [${name}], because [${outer}] is not an object field, but a value field`)
    }
  }
  delete within[name]
  document.set(target, value)
}
