import { illegalArgument } from '../../core/errors.ts'
import { reasonOf } from '../../core/reason.ts'
import { Matcher, Pattern } from '../../script/painless/values/pattern.ts'
import type { IngestDocument } from './ingest-document.ts'
import { defineProcessor } from './processor.ts'
import type { ProcessorConfig } from './processor-config.ts'

export const kv = defineProcessor({
  name: 'kv',
  summary: 'Takes fields out of `key=value` text.',
  create(config) {
    const field = config.template('field')
    const target = config.optionalText('target_field')
    const targetOf = target === undefined ? undefined : config.templateOf('target_field', target)
    const fieldSplit = pattern(config, 'field_split')
    const valueSplit = pattern(config, 'value_split')
    const trimKey = config.optionalText('trim_key')
    const trimValue = config.optionalText('trim_value')
    const strip = config.flag('strip_brackets', false)
    const include = config.optionalList('include_keys')
    const exclude = new Set(config.texts('exclude_keys', []))
    const prefix = config.text('prefix', '')
    const ignoreMissing = config.flag('ignore_missing', false)
    const isWanted = (key: string): boolean => (include === undefined || include.includes(key)) && !exclude.has(key)
    return (document) => {
      const path = field(document)
      if (ignoreMissing && (document.find(path) ?? null) === null) return
      if (document.get(path) === null) throw illegalArgument(`field [${path}] is null, cannot extract key-value pairs.`)
      const base = targetOf === undefined ? '' : `${targetOf(document)}.`
      for (const part of pieces(document.text(path), fieldSplit, Infinity)) {
        const [key = '', value] = pieces(part, valueSplit, 2)
        if (value === undefined) throw illegalArgument(`field [${path}] does not contain value_split [${valueSplit.source}]`)
        const name = trimmed(key, trimKey)
        if (!isWanted(name)) continue
        add(document, `${base}${prefix}${name}`, trimmed(strip ? bare(value) : value, trimValue))
      }
    }
  },
})

function pattern(config: ProcessorConfig, property: string): Pattern {
  const source = config.text(property)
  try {
    return Pattern.compile(source)
  } catch (error) {
    throw config.error(property, `is no regular expression: ${reasonOf(error)}`)
  }
}

function pieces(text: string, separator: Pattern, limit: number): string[] {
  const parts: string[] = []
  const matcher = new Matcher(separator, text)
  let from = 0
  for (; parts.length < limit - 1 && matcher.find();) {
    if (matcher.end(0) === 0) continue
    parts.push(text.slice(from, matcher.start(0)))
    from = matcher.end(0)
  }
  parts.push(text.slice(from))
  if (limit === Infinity) while (parts.length > 1 && parts[parts.length - 1] === '') parts.pop()
  return parts
}

/** Characters of a set taken from both ends. */
function trimmed(text: string, characters: string | undefined): string {
  if (characters === undefined) return text
  let [start, end] = [0, text.length]
  while (start < end && characters.includes(text[start] ?? '')) start += 1
  while (end > start && characters.includes(text[end - 1] ?? '')) end -= 1
  return text.slice(start, end)
}

function bare(text: string): string {
  return /^(?:\(.*\)|\[.*\]|<.*>|".*"|'.*')$/s.test(text) ? text.slice(1, -1) : text
}

function add(document: IngestDocument, path: string, value: string): void {
  if (document.has(path)) document.append(path, [value])
  else document.set(path, value)
}
