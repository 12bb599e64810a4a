import { z } from 'zod'
import { type Event, type FieldValue, isFields, setOwn, type Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, list, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const deDot = defineFilter({
  name: 'de_dot',
  summary: 'Renames fields with dots in their names.',
  config: z.strictObject({
    fields: list().optional().describe('Fields to rename. All at the root of the event when absent.'),
    nested: flag().default(false).describe('Whether `a.b` becomes the object `a` with `b` in it.'),
    recursive: flag().default(false).describe('Whether objects within are renamed, too.'),
    separator: text()
      .refine((value) => !value.includes('.'), { error: 'expected text without a dot' })
      .default('_')
      .meta({ option: 'text' })
      .describe('What stands for the dot.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    { title: 'Another separator', config: {}, in: { 'a.b': 1, c: 2 }, out: { c: 2, a_b: 1 } },
    { title: 'Objects', config: { nested: true }, in: { 'a.b': 1, 'a.c': 2 }, out: { a: { b: 1, c: 2 } } },
    { title: 'Within objects', config: { recursive: true }, in: { x: { 'a.b': 1 } }, out: { x: { a_b: 1 } } },
  ],
  create({ fields: names, nested, recursive, separator }) {
    const place = (target: Fields, name: string, value: FieldValue): void => {
      if (!nested) setOwn(target, name.replaceAll('.', separator), value)
      else {
        const path = fieldPath(`[${name.split('.').join('][')}]`)
        path.set({ fields: target } as Event, value)
      }
    }
    const rename = (target: Fields, chosen: readonly string[]): void => {
      for (const name of chosen) {
        const value = target[name]
        if (value === undefined) continue
        if (recursive && isFields(value)) rename(value, Object.keys(value))
        if (!name.includes('.')) continue
        delete target[name]
        place(target, name, value)
      }
    }
    return {
      process(event) {
        rename(event.fields, names ?? Object.keys(event.fields))
        return 'matched'
      },
    }
  },
})
