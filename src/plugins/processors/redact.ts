import { illegalArgument } from '../../core/errors.ts'
import { boundedSearch, TimeLimit } from '../../script/regexp/time-limit.ts'
import { compileGrok } from '../filters/grok/grok-expression.ts'
import { defineProcessor } from './processor.ts'

export const redact = defineProcessor({
  name: 'redact',
  summary: 'Hides what grok patterns find in a text behind their names.',
  create(config, { grokPatterns }) {
    const field = config.text('field')
    const sources = config.texts('patterns')
    const definitions = config.optionalMap('pattern_definitions') ?? {}
    const ignoreMissing = config.flag('ignore_missing', true)
    const skipIfUnlicensed = config.flag('skip_if_unlicensed', false)
    const [prefix, suffix] = [config.text('prefix', '<'), config.text('suffix', '>')]
    config.flag('trace_redact', skipIfUnlicensed)
    const library = new Map(grokPatterns('ecs-v1'))
    for (const [name, pattern] of Object.entries(definitions)) library.set(name, String(pattern))
    const limit = new TimeLimit()
    const rules = sources.map((source) => {
      try {
        const { regexp, captures } = compileGrok(source, library, { captureUnnamed: false })
        return { name: captures[0]?.field ?? 'REDACTED', search: boundedSearch(regexp, limit) }
      } catch (error) {
        throw config.error(
          'patterns',
          `Invalid regex pattern found in: [${source}]. ${error instanceof Error ? error.message : ''}`,
        )
      }
    })
    return (document) => {
      if (ignoreMissing && (document.find(field) ?? null) === null) return
      if (document.get(field) === null) throw illegalArgument(`field [${field}] is null or missing`)
      let text = document.text(field)
      for (const { name, search } of rules) {
        let made = ''
        let from = 0
        for (let match = search(text, 0); match !== undefined && match.end > match.index; match = search(text, from)) {
          made += text.slice(from, match.index) + prefix + name + suffix
          from = match.end
        }
        text = made + text.slice(from)
      }
      document.set(field, text)
    }
  },
})
