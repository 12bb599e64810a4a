import { decode, decodeMulti, encode, ExtensionCodec } from '@msgpack/msgpack'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { isFields, type Event, type Fields } from '../../core/event.ts'
import { fieldText, printFields, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { msgpackEnd } from './msgpack-length.ts'

/** Limits for what a sender claims to send, and for what waits for its end. */
const MAX_BYTES = 16 * 1024 * 1024
const LIMITS = {
  maxStrLength: MAX_BYTES,
  maxBinLength: MAX_BYTES,
  maxArrayLength: 1_000_000,
  maxMapLength: 100_000,
  maxExtLength: 1_024,
}

/** EventTime of the forward protocol: seconds and nanoseconds, u32 big-endian each. */
const extensionCodec = new ExtensionCodec()
extensionCodec.register({
  type: 0,
  encode: () => null,
  decode(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    return bytes.byteLength === 8 ? view.getUint32(0) + view.getUint32(4) / 1e9 : 0
  },
})

export const fluent = defineCodec({
  name: 'fluent',
  summary:
    'The forward protocol of Fluentd and Fluent Bit, for a tcp input: messages, lists of records, and packed ones. The tag of the sender is a tag.',
  config: z.strictObject({
    target: text().optional().describe('Field that gets the record. The root of the event when absent.'),
    nanosecond_precision: flag().default(false).describe('Accepted: times are kept to the millisecond.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'A message',
      config: {},
      in: { hex: '93a3617070ce66321e6081a16101' },
      out: [{ a: 1, '@timestamp': '2024-05-01T10:50:08.000Z', tags: ['app'] }],
    },
    {
      title: 'A list of records',
      config: { target: 'record' },
      in: { hex: '92a36170709292ce66321e6081a1610192ce66321e6181a16102' },
      out: [
        { record: { a: 1 }, '@timestamp': '2024-05-01T10:50:08.000Z', tags: ['app'] },
        { record: { a: 2 }, '@timestamp': '2024-05-01T10:50:09.000Z', tags: ['app'] },
      ],
    },
  ],
  create({ target }) {
    const path = target === undefined ? undefined : fieldPath(target)
    const eventOf = (tag: string, time: unknown, record: unknown, sizeBytes: number): Event => {
      const read = toFieldValue(record)
      const fields: Fields = isFields(read) ? read : { message: read }
      const event = decodedEvent(path === undefined ? fields : {}, sizeBytes)
      path?.set(event, fields)
      event.fields['@timestamp'] = new Timestamp(Math.round(Number(time) * 1000))
      event.fields['tags'] = [tag]
      return event
    }
    /** @throws Error when it is no message of the protocol */
    const eventsOf = (message: unknown, sizeBytes: number): Event[] => {
      if (!Array.isArray(message) || typeof message[0] !== 'string') throw new Error('no message of the forward protocol')
      const [tag, second, third] = message as [string, unknown, unknown]
      if (Array.isArray(second)) return second.flatMap((one) => (Array.isArray(one) ? [eventOf(tag, one[0], one[1], 1)] : []))
      if (!(second instanceof Uint8Array) && typeof second !== 'string') return [eventOf(tag, second, third, sizeBytes)]
      const packed = typeof second === 'string' ? Buffer.from(second, 'latin1') : second
      const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed, { maxOutputLength: MAX_BYTES }) : packed
      return [...decodeMulti(bytes, { ...LIMITS, extensionCodec })].flatMap((one) =>
        Array.isArray(one) ? [eventOf(tag, one[0], one[1], 1)] : [],
      )
    }
    return {
      decoder() {
        let waiting: Buffer = Buffer.alloc(0)
        const take = (): Event[] => {
          const events: Event[] = []
          let at = 0
          for (let end = msgpackEnd(waiting, at); end !== undefined && end > at; end = msgpackEnd(waiting, at)) {
            const message = waiting.subarray(at, end)
            at = end
            try {
              events.push(...eventsOf(decode(message, { ...LIMITS, extensionCodec }), message.length))
            } catch {
              events.push(failedEvent(message.toString('hex', 0, 1_000), message.length, '_fluentparsefailure'))
            }
          }
          waiting = waiting.subarray(at)
          if (waiting.length <= MAX_BYTES) return events
          events.push(failedEvent(waiting.toString('hex', 0, 1_000), waiting.length, '_fluentparsefailure'))
          waiting = Buffer.alloc(0)
          return events
        }
        return {
          decode(bytes) {
            waiting = Buffer.concat([waiting, bytes])
            return take()
          },
          end: () => [],
          get waitingBytes() {
            return waiting.length
          },
        }
      },
      encode(event) {
        const { tags, '@timestamp': at } = event.fields
        const tag = Array.isArray(tags) && tags.length > 0 ? fieldText(tags[0] ?? 'log') : 'log'
        const seconds = at instanceof Timestamp ? Math.floor(at.epochMillis / 1000) : 0
        return encode([tag, seconds, JSON.parse(printFields(event.fields)) as unknown])
      },
    }
  },
})
