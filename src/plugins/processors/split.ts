import { illegalArgument } from '../../core/errors.ts'
import { reasonOf } from '../../core/reason.ts'
import { Matcher, Pattern } from '../../script/painless/values/pattern.ts'
import { defineProcessor } from './processor.ts'

export const split = defineProcessor({
  name: 'split',
  summary: 'Splits a text into a list at what a regular expression finds.',
  create(config) {
    const field = config.template('field')
    const ignoreMissing = config.flag('ignore_missing', false)
    const preserveTrailing = config.flag('preserve_trailing', false)
    const target = config.optionalText('target_field')
    const separator = config.text('separator')
    let pattern: Pattern
    try {
      pattern = Pattern.compile(separator)
    } catch (error) {
      throw config.error('separator', `is no regular expression: ${reasonOf(error)}`)
    }
    return (document) => {
      const path = field(document)
      if (ignoreMissing && (document.find(path) ?? null) === null) return
      if (document.get(path) === null) throw illegalArgument(`field [${path}] is null, cannot split.`)
      document.set(target ?? path, splitText(document.text(path), pattern, preserveTrailing))
    }
  },
})

/** As Java's `split`: an empty match at the beginning gives no part. */
function splitText(text: string, pattern: Pattern, preserveTrailing: boolean): string[] {
  const parts: string[] = []
  const matcher = new Matcher(pattern, text)
  let from = 0
  while (matcher.find()) {
    if (matcher.end(0) === 0) continue
    parts.push(text.slice(from, matcher.start(0)))
    from = matcher.end(0)
  }
  parts.push(text.slice(from))
  if (!preserveTrailing) while (parts.length > 1 && parts[parts.length - 1] === '') parts.pop()
  return parts
}
