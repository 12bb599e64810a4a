import { Encoder, setSizeLimits } from 'cbor-x'
import { z } from 'zod'
import { printFields } from '../../core/event-json.ts'
import { text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { binaryToFieldValue, valueEvent } from './binary-values.ts'
import { failedEvent } from './decoded.ts'

/** What one message may claim to hold: lengths come from the sender. */
const LIMITS = { maxArraySize: 1_000_000, maxMapSize: 100_000, maxObjectSize: 100_000 }

export const cbor = defineCodec({
  name: 'cbor',
  summary: 'CBOR (RFC 8949): values in few bytes, as CoAP devices send them. Several in a row are several events.',
  config: z.strictObject({
    target: text().optional().describe('Field that gets the value. The root of the event when absent.'),
  }),
  examples: [
    { title: 'A map', config: {}, in: { hex: 'a2617418fa616ff5' }, out: [{ t: 250, o: true }] },
    { title: 'Two in a row', config: {}, in: { hex: 'a16161f6a16162820102' }, out: [{ a: null }, { b: [1, 2] }] },
    { title: 'Broken', config: {}, in: { hex: 'a261' }, out: [{ message: '�a', tags: ['_cborparsefailure'] }] },
  ],
  create({ target }) {
    setSizeLimits(LIMITS)
    const codec = new Encoder({ mapsAsObjects: true, useRecords: false, tagUint8Array: false })
    return {
      decoder: () => ({
        decode(bytes) {
          try {
            const values = (codec.decodeMultiple(bytes) ?? []) as readonly unknown[]
            const share = Math.ceil(bytes.length / Math.max(1, values.length))
            return values.map((value) => valueEvent(binaryToFieldValue(value), target, share))
          } catch {
            return [failedEvent(Buffer.from(bytes).toString('utf8'), bytes.length, '_cborparsefailure')]
          }
        },
        end: () => [],
      }),
      // Times and floats as JSON has them.
      encode: (event) => codec.encode(JSON.parse(printFields(event.fields))),
    }
  },
})
