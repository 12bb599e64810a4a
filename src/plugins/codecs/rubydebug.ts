import { z } from 'zod'
import { createEvent, isFields, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { flag } from '../options.ts'
import { defineCodec } from '../plugin.ts'

/** As Ruby's awesome_print shows a hash: names to the right, `=>`, four spaces a level. */
function printRuby(value: FieldValue, indent: number): string {
  if (value === null) return 'nil'
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Timestamp) return value.toString()
  const inner = ' '.repeat(indent + 4)
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    const width = String(value.length - 1).length
    const items = value.map((item, index) => `${inner}[${String(index).padStart(width)}] ${printRuby(item, indent + 4)}`)
    return `[\n${items.join(',\n')}\n${' '.repeat(indent)}]`
  }
  return isFields(value) ? printRubyHash(value, indent) : fieldText(value)
}

function printRubyHash(fields: Fields, indent: number): string {
  const names = Object.keys(fields).filter((name) => fields[name] !== undefined)
  if (names.length === 0) return '{}'
  const quoted = names.map((name) => JSON.stringify(name))
  const width = Math.max(...quoted.map(({ length }) => length)) + indent + 4
  const lines = names.map(
    (name, index) => `${(quoted[index] ?? '').padStart(width)} => ${printRuby(fields[name] ?? null, indent + 4)}`,
  )
  return `{\n${lines.join(',\n')}\n${' '.repeat(indent)}}`
}

export const rubydebug = defineCodec({
  name: 'rubydebug',
  summary: 'Prints events for people to read.',
  config: z.strictObject({ metadata: flag().default(false).describe('Shows `@metadata`, too.') }),
  examples: [{ title: 'It only writes: what it reads is text', config: {}, in: 'x', out: [{ message: 'x' }] }],
  create({ metadata }) {
    return {
      decoder: () => ({ decode: (bytes) => [createEvent({ message: Buffer.from(bytes).toString() })], end: () => [] }),
      encode: ({ fields, metadata: hidden }) => `${printRubyHash(metadata ? { ...fields, '@metadata': hidden } : fields, 0)}\n`,
    }
  },
})
