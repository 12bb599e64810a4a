import { z } from 'zod'
import { isFields, type FieldValue } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, list } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const truncate = defineFilter({
  name: 'truncate',
  summary: 'Cuts texts that are too long.',
  config: z.strictObject({
    length_bytes: integer({ min: 0 }).describe('How many bytes of UTF-8 stay. A character is never cut in two.'),
    fields: list().optional().describe('Fields to cut. All when absent.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'A field',
      config: { fields: ['message'], length_bytes: 4 },
      in: { message: 'abçde', other: 'long text' },
      out: { message: 'abç', other: 'long text' },
    },
    { title: 'Everything', config: { length_bytes: 2 }, in: { a: 'abc', list: ['xyz', 1] }, out: { a: 'ab', list: ['xy', 1] } },
  ],
  create({ length_bytes: limit, fields }) {
    const paths = fields?.map(fieldPath)
    const cut = (value: FieldValue): FieldValue => {
      if (typeof value === 'string') return cutText(value, limit)
      if (Array.isArray(value)) return value.map(cut)
      if (!isFields(value)) return value
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cut(one ?? null)]))
    }
    return {
      process(event) {
        if (paths === undefined) {
          for (const [name, value] of Object.entries(event.fields)) {
            if (name !== '@timestamp' && name !== '@version') event.fields[name] = cut(value ?? null)
          }
        }
        for (const path of paths ?? []) {
          const value = path.get(event)
          if (value !== undefined) path.set(event, cut(value))
        }
        return 'matched'
      },
    }
  },
})

function cutText(value: string, limit: number): string {
  if (value.length * 3 <= limit) return value
  const encoded = Buffer.from(value)
  if (encoded.length <= limit) return value
  let end = limit
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return encoded.toString('utf8', 0, end)
}
