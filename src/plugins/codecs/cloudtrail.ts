import { z } from 'zod'
import { parseIsoInstant } from '../../core/dates/iso-instant.ts'
import { isFields, type Event } from '../../core/event.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { defineCodec } from '../plugin.ts'
import { charset, textReader } from './charset.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { LineSplitter } from './line-splitter.ts'

/** Amazon's files have 50 MB at most. */
const MAX_FILE_BYTES = 64 * 1024 * 1024

export const cloudtrail = defineCodec({
  name: 'cloudtrail',
  summary: 'Logs of Amazon CloudTrail: an event for each of the `Records`, at its `eventTime`.',
  config: z.strictObject({ charset: charset() }),
  examples: [
    {
      title: 'A record',
      config: {},
      in: '{"Records": [{"eventTime": "2024-05-01T10:00:00Z", "eventName": "StopInstances", "requestParameters": {"disableApiTermination": {"value": false}}}]}',
      out: [
        {
          eventName: 'StopInstances',
          requestParameters: { disableApiTermination: false },
          '@timestamp': '2024-05-01T10:00:00.000Z',
        },
      ],
    },
    { title: 'No records', config: {}, in: '{"a": 1}', out: [{ message: '{"a": 1}', tags: ['_jsonparsefailure'] }] },
  ],
  create({ charset: encoding }) {
    const read = textReader(encoding)
    const eventsOf = (written: string, sizeBytes: number): Event[] => {
      const value = parseEventJson(written)
      const records = isFields(value) ? value['Records'] : undefined
      if (!Array.isArray(records)) throw new Error('there are no Records')
      const share = Math.ceil(sizeBytes / Math.max(1, records.length))
      return records.flatMap((record) => {
        if (!isFields(record)) return []
        const { eventTime, ...fields } = record
        const at = typeof eventTime === 'string' ? parseIsoInstant(eventTime) : NaN
        if (!Number.isNaN(at)) fields['@timestamp'] = new Timestamp(at)
        // Here it is an object, elsewhere a boolean: an index takes one of the two.
        const parameters = fields['requestParameters']
        const disabled = isFields(parameters) ? parameters['disableApiTermination'] : undefined
        if (isFields(parameters) && isFields(disabled)) parameters['disableApiTermination'] = disabled['value'] ?? null
        return [decodedEvent(fields, share)]
      })
    }
    const decode = (bytes: Uint8Array): Event[] => {
      const written = read(bytes)
      if (written.trim() === '') return []
      try {
        return eventsOf(written, bytes.length)
      } catch {
        return [failedEvent(written, bytes.length, '_jsonparsefailure')]
      }
    }
    const encode = (event: Event): string => printFields(event.fields)
    return {
      decoder: () => ({ decode, end: () => [] }),
      encode,
      // Amazon writes a file as one line.
      forStreams: {
        decoder() {
          const splitter = new LineSplitter('\n', MAX_FILE_BYTES)
          return {
            decode: (chunk) => splitter.push(chunk).flatMap(({ bytes }) => decode(bytes)),
            end: () => splitter.end().flatMap(({ bytes }) => decode(bytes)),
            get waitingBytes() {
              return splitter.waitingBytes
            },
          }
        },
        encode,
      },
    }
  },
})
