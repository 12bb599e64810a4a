import { illegalArgument } from '../../core/errors.ts'
import { float } from '../../core/float.ts'
import { boundedSearch, TimeLimit, TimeLimitError } from '../../script/regexp/time-limit.ts'
import type { SearchFunction } from '../../script/regexp/ruby-regexp.ts'
import { compileGrok, GrokPatternError, type GrokExpression, type GrokType } from '../filters/grok/grok-expression.ts'
import { defineProcessor } from './processor.ts'

export const grok = defineProcessor({
  name: 'grok',
  summary: 'Takes fields out of text with named patterns.',
  create(config, { grokPatterns }) {
    const field = config.text('field')
    const sources = config.texts('patterns')
    const definitions = config.optionalMap('pattern_definitions') ?? {}
    const trace = config.flag('trace_match', false)
    const ignoreMissing = config.flag('ignore_missing', false)
    const ecs = config.choice('ecs_compatibility', ['disabled', 'v1'], 'disabled')
    config.take('capture_all_matches')
    if (sources.length === 0) throw config.error('patterns', 'List of patterns must not be empty')
    const library = new Map(grokPatterns(ecs === 'v1' ? 'ecs-v1' : 'legacy'))
    for (const [name, pattern] of Object.entries(definitions)) library.set(name, String(pattern))
    const limit = new TimeLimit()
    const rules = sources.map((source) => {
      let expression: GrokExpression
      try {
        expression = compileGrok(source, library, { captureUnnamed: false, types: TYPES })
      } catch (error) {
        if (error instanceof GrokPatternError || error instanceof Error) {
          throw config.error('patterns', `Invalid regex pattern found in: [${sources.join(', ')}]. ${error.message}`)
        }
        throw error
      }
      return { captures: expression.captures, search: boundedSearch(expression.regexp, limit) }
    })
    return (document) => {
      if (ignoreMissing && (document.find(field) ?? null) === null) return
      if (document.get(field) === null) throw illegalArgument(`field [${field}] is null, cannot process it.`)
      const text = document.text(field)
      for (const [at, { captures, search }] of rules.entries()) {
        const match = limited(search, text)
        if (match === undefined) continue
        for (const { field: name, group, type } of captures) {
          const value = match.groups[group]
          if (value === undefined) continue
          document.set(path(name), typed(value, type))
        }
        if (trace) document.ingest['_grok_match_index'] = String(at)
        return
      }
      throw illegalArgument(`Provided Grok expressions do not match field value: [${text}]`)
    }
  },
})

const TYPES: Readonly<Record<string, GrokType>> = {
  string: 'string',
  int: 'int',
  long: 'int',
  float: 'float',
  double: 'float',
  boolean: 'boolean',
}

function typed(text: string, type: GrokType): unknown {
  switch (type) {
    case 'int':
      return Math.trunc(Number(text))
    case 'float':
      return float(Number(text))
    case 'boolean':
      return text.toLowerCase() === 'true'
    default:
      return text
  }
}

/** Patterns for ECS name fields as Logstash does: `[source][ip]`. */
function path(name: string): string {
  return name.startsWith('[') ? name.slice(1, -1).split('][').join('.') : name
}

function limited(search: SearchFunction, text: string): ReturnType<SearchFunction> {
  try {
    return search(text, 0)
  } catch (error) {
    if (error instanceof TimeLimitError)
      throw illegalArgument(`grok pattern matching was interrupted after [${error.limitMs}] ms`)
    throw error
  }
}
