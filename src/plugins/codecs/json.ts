import { z } from 'zod'
import { isFields, type Event, type FieldValue, type Fields } from '../../core/event.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { bytes as byteSize, choice, text } from '../options.ts'
import { defineCodec, type Decoder } from '../plugin.ts'
import { bufferOf, charset, textReader } from './charset.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { LineSplitter, MAX_LINE_BYTES, type SplitLine } from './line-splitter.ts'

const common = {
  charset: charset(),
  target: text().optional().describe('Field that gets the parsed object. The root of the event when absent.'),
  ecs_compatibility: choice('disabled', 'v1', 'v8').optional().describe('Accepted: it changes nothing.'),
}

/** Events out of a text: of an object, or of each object in a list. */
type JsonReader = (written: string, sizeBytes: number) => Event[]

function jsonReader(target: string | undefined): JsonReader {
  const path = target === undefined ? undefined : fieldPath(target)
  const event = (fields: Fields, sizeBytes: number): Event => {
    if (path === undefined) return takeMetadata(decodedEvent(fields, sizeBytes))
    const wrapped = decodedEvent({}, sizeBytes)
    path.set(wrapped, fields)
    return wrapped
  }
  return (written, sizeBytes) => {
    let value: FieldValue
    try {
      value = parseEventJson(written.startsWith('\ufeff') ? written.slice(1) : written)
    } catch {
      return [failedEvent(written, sizeBytes, '_jsonparsefailure')]
    }
    if (!Array.isArray(value))
      return isFields(value) ? [event(value, sizeBytes)] : [failedEvent(written, sizeBytes, '_jsonparsefailure')]
    const share = Math.ceil(sizeBytes / Math.max(1, value.length))
    return value.map((one) => (isFields(one) ? event(one, share) : failedEvent(written, sizeBytes, '_jsonparsefailure')))
  }
}

/** `@metadata` of the text is the event's own. */
function takeMetadata(event: Event): Event {
  const metadata = event.fields['@metadata']
  if (metadata === undefined) return event
  delete event.fields['@metadata']
  if (isFields(metadata)) event.metadata = metadata
  return event
}

const linesConfig = z.strictObject({
  ...common,
  delimiter: text().default('\n').describe('What ends an event.'),
  decode_size_limit_bytes: byteSize()
    .default(MAX_LINE_BYTES)
    .describe('Longest line. Of longer ones the beginning is kept, with a tag.'),
})

type LinesOptions = z.output<typeof linesConfig>

function createLines({ charset: name, target, delimiter, decode_size_limit_bytes: maxBytes }: LinesOptions) {
  const read = textReader(name)
  const parse = jsonReader(target)
  const events = ({ bytes, tooLong }: SplitLine): Event[] => {
    const written = read(bytes)
    if (tooLong) return [failedEvent(written, bytes.length, '_jsonparsetoobigfailure')]
    return written.trim() === '' ? [] : parse(written, bytes.length)
  }
  return {
    decoder(): Decoder {
      const splitter = new LineSplitter(delimiter, maxBytes)
      return {
        decode: (bytes) => splitter.push(bytes).flatMap(events),
        end: () => splitter.end().flatMap(events),
        get waitingBytes() {
          return splitter.waitingBytes
        },
      }
    },
    encode: (event: Event) => printFields(event.fields) + delimiter,
    forLines: {
      decoder: (): Decoder => ({ decode: (bytes) => events({ bytes: bufferOf(bytes), tooLong: false }), end: () => [] }),
      encode: (event: Event) => printFields(event.fields),
    },
  }
}

export const json = defineCodec({
  name: 'json',
  summary: 'JSON: an object is an event, a list of objects is several.',
  config: z.strictObject(common),
  examples: [
    { title: 'An object', config: {}, in: '{"a": 1, "b": {"c": [true, null]}}', out: [{ a: 1, b: { c: [true, null] } }] },
    { title: 'A list', config: {}, in: '[{"a": 1}, {"a": 2}]', out: [{ a: 1 }, { a: 2 }] },
    { title: 'Broken', config: {}, in: '{"a": ', out: [{ message: '{"a": ', tags: ['_jsonparsefailure'] }] },
    { title: 'Under a field', config: { target: '[payload][json]' }, in: '{"a": 1}', out: [{ payload: { json: { a: 1 } } }] },
  ],
  create(options) {
    const read = textReader(options.charset)
    const parse = jsonReader(options.target)
    return {
      decoder: () => ({ decode: (bytes) => (bytes.length === 0 ? [] : parse(read(bytes), bytes.length)), end: () => [] }),
      encode: (event) => printFields(event.fields),
      forStreams: createLines({ ...options, delimiter: '\n', decode_size_limit_bytes: MAX_LINE_BYTES }),
    }
  },
})

export const jsonLines = defineCodec({
  name: 'json_lines',
  summary: 'JSON, one object a line.',
  config: linesConfig,
  examples: [
    { title: 'Lines', config: {}, in: '{"a": 1}\n\n{"a": 2}', out: [{ a: 1 }, { a: 2 }] },
    {
      title: 'A line that is too long',
      config: { decode_size_limit_bytes: 8 },
      in: '{"a": "long"}\n{"b":1}\n',
      out: [{ message: '{"a": "l', tags: ['_jsonparsetoobigfailure'] }, { b: 1 }],
    },
  ],
  create: createLines,
})
