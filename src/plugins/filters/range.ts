import { z } from 'zod'
import { addTag, isFields, type Event } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { flag, list } from '../options.ts'
import { defineFilter } from '../plugin.ts'

interface Rule {
  readonly sizeOf: (event: Event) => number | undefined
  readonly min: number
  readonly max: number
  readonly act: (event: Event) => 'cancelled' | 'matched'
}

export const range = defineFilter({
  name: 'range',
  summary: 'Does something about events whose number, or length of text, lies within bounds.',
  config: z.strictObject({
    ranges: list()
      .default([])
      .describe('Four values each: field, lowest, highest, and `drop`, `tag:…` or `field:name:value` with references.'),
    negate: flag().default(false).describe('Whether something is done about what lies outside instead.'),
  }),
  examples: [
    {
      title: 'Short and long, fast and slow',
      config: { ranges: ['message', 0, 10, 'tag:short', 'took', 101, '1e1000', 'field:latency:slow %{host}'] },
      in: { message: 'abc', took: 250, host: 'web' },
      out: { message: 'abc', took: 250, host: 'web', tags: ['short'], latency: 'slow web' },
    },
    { title: 'What is too long goes', config: { ranges: ['message', 3, 9, 'drop'] }, in: { message: 'abcd' }, out: 'dropped' },
  ],
  create({ ranges, negate }) {
    if (ranges.length % 4 !== 0) throw new Error('[range] ranges: field, lowest, highest and action are four values each')
    const rules = ranges.flatMap((_, i) => (i % 4 === 0 ? [parseRule(ranges.slice(i, i + 4))] : []))
    return {
      process(event) {
        let result: 'matched' | 'unmatched' = 'unmatched'
        for (const { sizeOf, min, max, act } of rules) {
          const size = sizeOf(event)
          if (size === undefined || (size >= min && size <= max) === negate) continue
          result = 'matched'
          if (act(event) === 'cancelled') return 'cancelled'
        }
        return result
      },
    }
  },
})

/** @throws Error naming what is no number or action */
function parseRule([field = '', min = '', max = '', action = '']: readonly string[]): Rule {
  const path = fieldPath(field)
  const [low, high] = [Number(min), Number(max)]
  if (Number.isNaN(low) || Number.isNaN(high)) throw new Error(`[range] ranges: [${min}] and [${max}] are not two numbers`)
  return {
    min: low,
    max: high,
    act: parseAction(action),
    sizeOf(event) {
      const value = path.get(event)
      if (value === undefined || value === null || Array.isArray(value) || isFields(value)) return undefined
      return typeof value === 'string' ? value.length : Number(fieldText(value))
    },
  }
}

function parseAction(written: string): Rule['act'] {
  if (written === 'drop') return () => 'cancelled'
  const [, kind, name = '', value = ''] = /^(tag|field):([^:]*(?=:)|.*):?(.*)$/s.exec(written) ?? []
  if (kind === 'tag') {
    const tag = compileTemplate(written.slice('tag:'.length))
    return (event) => {
      addTag(event, tag.print(event))
      return 'matched'
    }
  }
  if (kind !== 'field' || value === '') throw new Error(`[range] ranges: [${written}] is no drop, tag:… or field:name:value`)
  const [to, text] = [compileTemplate(name), compileTemplate(value)]
  return (event) => {
    fieldPath(to.print(event)).set(event, text.print(event))
    return 'matched'
  }
}
