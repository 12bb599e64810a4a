import { illegalArgument } from '../../core/errors.ts'
import { parseEventJson } from '../../core/event-json.ts'
import { reasonOf } from '../../core/reason.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { isMap } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'

export const json = defineProcessor({
  name: 'json',
  summary: 'Reads JSON in a text, into a field or the document itself.',
  create(config) {
    const field = config.text('field')
    const target = config.optionalText('target_field')
    const toRoot = config.flag('add_to_root', false)
    const merge = config.choice('add_to_root_conflict_strategy', ['replace', 'merge'], 'replace') === 'merge'
    const lenient = config.flag('allow_duplicate_keys', false)
    const strict = config.flag('strict_json_parsing', true)
    if (toRoot && target !== undefined)
      throw config.error('target_field', 'Cannot set a target field while also setting `add_to_root` to true')
    return (document) => {
      const parsed = parse(document.get(field), strict, lenient)
      if (!toRoot) {
        document.set(target ?? field, parsed)
        return
      }
      if (!isMap(parsed)) throw illegalArgument('cannot add non-map fields to root of document')
      if (merge) mergeInto(document.context, parsed)
      else for (const [key, value] of Object.entries(parsed)) document.context[key] = value
    }
  },
})

function parse(value: unknown, strict: boolean, lenient: boolean): unknown {
  if (value === null) return null
  const text = textOf(value)
  try {
    // Native parsing takes a key that stands twice, and the last of them.
    return lenient ? JSON.parse(text) : parseEventJson(text)
  } catch (error) {
    if (!strict) {
      const first = /^\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)(?=\s)/.exec(text)?.[1]
      if (first !== undefined) return JSON.parse(first)
    }
    throw illegalArgument(`${reasonOf(error)}: cannot read [${text.slice(0, 200)}] as JSON`)
  }
}

function mergeInto(target: Record<string, unknown>, from: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(from)) {
    const before = target[key]
    if (isMap(before) && isMap(value)) mergeInto(before, value)
    else target[key] = value
  }
}
