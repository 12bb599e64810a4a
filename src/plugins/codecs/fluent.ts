import { decode, decodeMulti, encode, ExtensionCodec } from '@msgpack/msgpack'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { isFields, type Event, type Fields } from '../../core/event.ts'
import { fieldText, printFields, toFieldValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { ignored, text } from '../options.ts'
import { defineCodec } from '../plugin.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { MsgpackSplitter, type SplitValue } from './msgpack-splitter.ts'

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
    'The forward protocol of Fluentd and Fluent Bit, for a tcp input: messages, lists of records, and packed ones. The tag of the sender is a tag. Senders must not want an answer (`require_ack_response`).',
  config: z.strictObject({
    target: text().optional().describe('Field that gets the record. The root of the event when absent.'),
    nanosecond_precision: ignored('times are kept to the millisecond'),
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
      const entriesOf = (entries: readonly unknown[]): Event[] => {
        const share = Math.ceil(sizeBytes / Math.max(1, entries.length))
        return entries.flatMap((one) => (Array.isArray(one) ? [eventOf(tag, one[0], one[1], share)] : []))
      }
      if (Array.isArray(second)) return entriesOf(second)
      if (!(second instanceof Uint8Array) && typeof second !== 'string') return [eventOf(tag, second, third, sizeBytes)]
      const packed = typeof second === 'string' ? Buffer.from(second, 'latin1') : second
      const bytes = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed, { maxOutputLength: MAX_BYTES }) : packed
      return entriesOf([...decodeMulti(bytes, { ...LIMITS, extensionCodec })])
    }
    const failed = (bytes: Buffer): Event => failedEvent(bytes.toString('hex', 0, 1_000), bytes.length, '_fluentparsefailure')
    const read = ({ bytes, tooLong }: SplitValue): Event[] => {
      if (tooLong) return [failed(bytes)]
      try {
        return eventsOf(decode(bytes, { ...LIMITS, extensionCodec }), bytes.length)
      } catch {
        return [failed(bytes)]
      }
    }
    return {
      decoder() {
        const splitter = new MsgpackSplitter(MAX_BYTES)
        return {
          decode: (bytes) => splitter.push(bytes).flatMap(read),
          end: () => [],
          get waitingBytes() {
            return splitter.waitingBytes
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
