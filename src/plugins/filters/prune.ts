import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { compileRubyRegexp } from '../../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../../script/regexp/time-limit.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, list, textHash } from '../options.ts'
import { defineFilter } from '../plugin.ts'

/** Every event has them; the store needs the first. */
const ALWAYS_KEPT = new Set(['@timestamp', '@version'])

type Test = (text: string, event: Event) => boolean

export const prune = defineFilter({
  name: 'prune',
  summary: 'Keeps or removes fields at the root of the event by their names and values.',
  config: z.strictObject({
    whitelist_names: list().default([]).describe('Regular expressions: other fields go. `@timestamp` and `@version` stay.'),
    blacklist_names: list().default(['%\\{[^}]+\\}']).describe('Regular expressions: these fields go.'),
    whitelist_values: textHash().default({}).describe('Fields and regular expressions: the field goes when its text fits none.'),
    blacklist_values: textHash().default({}).describe('Fields and regular expressions: the field goes when its text fits.'),
    interpolate: flag().default(false).describe('Whether references within the expressions are filled in.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'Only these',
      config: { whitelist_names: ['^temp', '^id$'] },
      in: { id: 1, temperature: 2, noise: 3 },
      out: { id: 1, temperature: 2 },
    },
    { title: 'Without those', config: { blacklist_names: ['^_'] }, in: { a: 1, _b: 2 }, out: { a: 1 } },
    {
      title: 'By value',
      config: { whitelist_values: { level: '^(?:warn|error)$' }, blacklist_values: { user: '^-$' } },
      in: { level: 'info', user: '-', x: 1 },
      out: { x: 1 },
    },
  ],
  create({
    whitelist_names: kept,
    blacklist_names: removed,
    whitelist_values: keptValues,
    blacklist_values: removedValues,
    interpolate,
  }) {
    const limit = new TimeLimit()
    const test = (source: string): Test => {
      if (interpolate && source.includes('%{')) {
        const template = compileTemplate(source)
        return (text, event) => boundedSearch(compileRubyRegexp(template.print(event)), limit)(text, 0) !== undefined
      }
      const search = boundedSearch(compileRubyRegexp(source), limit)
      return (text) => search(text, 0) !== undefined
    }
    const keepName = kept.map(test)
    const removeName = removed.map(test)
    const keepValue = Object.entries(keptValues).map(([name, source]) => ({ name, fits: test(source) }))
    const removeValue = Object.entries(removedValues).map(([name, source]) => ({ name, fits: test(source) }))
    return {
      process(event) {
        const { fields } = event
        for (const name of Object.keys(fields)) {
          if (ALWAYS_KEPT.has(name)) continue
          const wanted = keepName.length === 0 || keepName.some((fits) => fits(name, event))
          if (!wanted || removeName.some((fits) => fits(name, event))) delete fields[name]
        }
        const remove = (name: string, goes: (text: string) => boolean): void => {
          const value = fields[name]
          if (value === undefined) return
          if (Array.isArray(value)) {
            fields[name] = value.filter((one) => !goes(fieldText(one)))
          } else if (goes(fieldText(value))) delete fields[name]
        }
        for (const { name, fits } of keepValue) remove(name, (text) => !fits(text, event))
        for (const { name, fits } of removeValue) remove(name, (text) => fits(text, event))
        return 'matched'
      },
    }
  },
})
