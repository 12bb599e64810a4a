import { decodeMulti, encode } from '@msgpack/msgpack'
import { z } from 'zod'
import { isFields, type Fields } from '../../core/event.ts'
import { printFields, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { decodedEvent, failedEvent } from './decoded.ts'

/** What one message may claim to hold: lengths come from the sender. */
const LIMITS = {
  maxStrLength: 16_777_216,
  maxBinLength: 16_777_216,
  maxArrayLength: 1_000_000,
  maxMapLength: 100_000,
  maxExtLength: 1_048_576,
  useBigInt64: true,
}

export const msgpack = defineCodec({
  name: 'msgpack',
  summary: 'MessagePack: maps in few bytes, as small devices send them.',
  config: z.strictObject({
    format: text().optional().describe('Text to write instead of the event, with references.'),
    target: text().optional().describe('Field that gets the map. The root of the event when absent.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    { title: 'A map', config: {}, in: { hex: '82a174cb4036800000000000a26f6bc3' }, out: [{ t: 22.5, ok: true }] },
    { title: 'Broken', config: {}, in: { hex: '82a1' }, out: [{ message: '��', tags: ['_msgpackparsefailure'] }] },
  ],
  create({ format, target }) {
    const path = target === undefined ? undefined : fieldPath(target)
    const template = format === undefined ? undefined : compileTemplate(format)
    return {
      decoder: () => ({
        decode(bytes) {
          let values: unknown[]
          try {
            values = [...decodeMulti(bytes, LIMITS)]
          } catch {
            return [failedEvent(Buffer.from(bytes).toString('utf8'), bytes.length, '_msgpackparsefailure')]
          }
          return values.map((value) => {
            const read = toFieldValue(value)
            if (path === undefined) return decodedEvent(isFields(read) ? read : { message: read }, bytes.length)
            const event = decodedEvent({}, bytes.length)
            path.set(event, read)
            return event
          })
        },
        end: () => [],
      }),
      encode: (event) =>
        template === undefined ? encode(plain(event.fields), { useBigInt64: true }) : encode(template.print(event)),
    }
  },
})

/** Times and floats as JSON has them. */
const plain = (fields: Fields): unknown => JSON.parse(printFields(fields))
