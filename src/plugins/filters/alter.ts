import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { list } from '../options.ts'
import { defineFilter } from '../plugin.ts'

/** Answers whether it changed something. */
type Operation = (event: Event) => boolean

export const alter = defineFilter({
  name: 'alter',
  summary: 'Changes fields that hold, or whose neighbours hold, a certain value.',
  config: z.strictObject({
    condrewrite: list().default([]).describe('Three values each: a field, what it must hold, and its new value.'),
    condrewriteother: list()
      .default([])
      .describe('Four values each: a field, what it must hold, another field, and its new value.'),
    coalesce: list().default([]).describe('A field, and values of which it gets the first whose references are there.'),
  }),
  examples: [
    {
      title: 'In the order condrewrite, condrewriteother, coalesce',
      config: {
        condrewrite: ['level', 'WRN', 'warning'],
        condrewriteother: ['level', 'warning', 'alert', 'no'],
        coalesce: ['name', '%{user}', '%{host}'],
      },
      in: { level: 'WRN', host: 'web' },
      out: { level: 'warning', host: 'web', alert: 'no', name: 'web' },
    },
  ],
  create({ condrewrite, condrewriteother, coalesce }) {
    const operations: Operation[] = [
      ...groupsOf(3, 'condrewrite', condrewrite).map(([field = '', held = '', value = '']) => rewrite(field, held, field, value)),
      ...groupsOf(4, 'condrewriteother', condrewriteother).map(([field = '', held = '', other = '', value = '']) =>
        rewrite(field, held, other, value),
      ),
      ...(coalesce.length > 1 ? [first(coalesce)] : []),
    ]
    return {
      process(event) {
        let changed = false
        for (const operation of operations) changed = operation(event) || changed
        return changed ? 'matched' : 'unmatched'
      },
    }
  },
})

function groupsOf(size: number, option: string, values: readonly string[]): readonly (readonly string[])[] {
  if (values.length % size !== 0)
    throw new Error(`[alter] ${option}: there are ${values.length} values, and ${size} belong together`)
  return values.flatMap((_, i) => (i % size === 0 ? [values.slice(i, i + size)] : []))
}

function rewrite(field: string, held: string, other: string, value: string): Operation {
  const [from, to] = [fieldPath(field), fieldPath(other)]
  const [wanted, text] = [compileTemplate(held), compileTemplate(value)]
  return (event) => {
    const found = from.get(event)
    if (found === undefined || fieldText(found) !== wanted.print(event)) return false
    to.set(event, text.print(event))
    return true
  }
}

function first([field = '', ...values]: readonly string[]): Operation {
  const to = fieldPath(field)
  const templates = values.map((value) => compileTemplate(value))
  return (event) => {
    for (const template of templates) {
      const text = template.print(event)
      // A reference to what is not there stays as it is written.
      if (text === '' || (text === template.text && text.includes('%{'))) continue
      to.set(event, text)
      return true
    }
    return false
  }
}
