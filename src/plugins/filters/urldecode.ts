import { z } from 'zod'
import { addTag, isFields, type FieldValue } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, list, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const urldecode = defineFilter({
  name: 'urldecode',
  summary: 'Decodes the percent escapes of URLs.',
  config: z.strictObject({
    field: text().default('message').describe('Field to decode.'),
    all_fields: flag().default(false).describe('Whether all fields are decoded.'),
    charset: text().default('UTF-8').describe('Encoding of the bytes that the escapes stand for.'),
    tag_on_failure: list().default(['_urldecodefailure']).describe('Tags of events that could not be decoded.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    { title: 'A query', config: { field: 'q' }, in: { q: 'a%20b%2Bc%E2%82%AC' }, out: { q: 'a b+c€' } },
    { title: 'Half an escape stays', config: { field: 'q' }, in: { q: '100%' }, out: { q: '100%' } },
  ],
  create({ field, all_fields: all, charset, tag_on_failure: failureTags }) {
    const path = fieldPath(field)
    const decoder = new TextDecoder(charset)
    const decode = (value: FieldValue): FieldValue => {
      if (typeof value === 'string') return decodeText(value, decoder)
      if (Array.isArray(value)) return value.map(decode)
      if (!isFields(value)) return value
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one ?? null)]))
    }
    return {
      process(event) {
        try {
          if (all) for (const name of Object.keys(event.fields)) event.fields[name] = decode(event.fields[name] ?? null)
          else {
            const value = path.get(event)
            if (value !== undefined) path.set(event, decode(value))
          }
        } catch {
          addTag(event, ...failureTags)
          return 'unmatched'
        }
        return 'matched'
      },
    }
  },
})

/** Runs of escapes are decoded together: a character may take several. */
function decodeText(value: string, decoder: InstanceType<typeof TextDecoder>): string {
  if (!value.includes('%')) return value
  return value.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => decoder.decode(Buffer.from(escapes.replaceAll('%', ''), 'hex')))
}
