import { z } from 'zod'
import { printFields } from '../../core/event-json.ts'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { choice, text } from '../options.ts'
import { defineCodec, type Decoder } from '../plugin.ts'
import { bufferOf, charset, textReader } from './charset.ts'
import { textEvent } from './decoded.ts'
import { LineSplitter, type SplitLine } from './line-splitter.ts'

const common = {
  charset: charset(),
  format: text().optional().describe('Text of an event that is written, with references to fields.'),
  ecs_compatibility: choice('disabled', 'v1', 'v8').optional().describe('Whether the text is kept as `event.original`, too.'),
}

/** How an event reads as text: its format, or time, host and message as Logstash prints them. */
function textOf(format: string | undefined): (event: Event) => string {
  if (format !== undefined) {
    const template = compileTemplate(format)
    return (event) => template.print(event)
  }
  const usual = compileTemplate('%{@timestamp} %{host} %{message}')
  return (event) => (event.fields['message'] === undefined ? printFields(event.fields) : usual.print(event))
}

export const plain = defineCodec({
  name: 'plain',
  summary: 'Text: what comes together is one event with the text as its message.',
  config: z.strictObject(common),
  examples: [
    { title: 'All of a packet', config: { ecs_compatibility: 'disabled' }, in: 'one\ntwo', out: [{ message: 'one\ntwo' }] },
    {
      title: 'Another encoding',
      config: { charset: 'ISO-8859-1', ecs_compatibility: 'disabled' },
      in: { hex: '7465e7' },
      out: [{ message: 'teç' }],
    },
  ],
  create({ charset: name, format, ecs_compatibility }, context) {
    const read = textReader(name)
    const ecs = ecs_compatibility ?? context.ecs
    return {
      decoder: () => ({
        decode: (bytes) => (bytes.length === 0 ? [] : [textEvent(read(bytes), bytes.length, ecs)]),
        end: () => [],
      }),
      encode: textOf(format),
    }
  },
})

export const line = defineCodec({
  name: 'line',
  summary: 'Lines of text: each is an event.',
  config: z.strictObject({ ...common, delimiter: text().default('\n').describe('What ends a line.') }),
  examples: [
    {
      title: 'Lines, the last without an end',
      config: { ecs_compatibility: 'disabled' },
      in: 'one\r\ntwo',
      out: [{ message: 'one' }, { message: 'two' }],
    },
    { title: 'With ECS names', config: {}, in: 'one\n', out: [{ message: 'one', event: { original: 'one' } }] },
  ],
  create({ charset: name, format, delimiter, ecs_compatibility }, context) {
    const read = textReader(name)
    const ecs = ecs_compatibility ?? context.ecs
    const print = textOf(format)
    const event = ({ bytes }: SplitLine): Event => {
      const content = delimiter === '\n' && bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes
      return textEvent(read(content), bytes.length, ecs)
    }
    return {
      decoder(): Decoder {
        const splitter = new LineSplitter(delimiter)
        return {
          decode: (bytes) => splitter.push(bytes).map(event),
          end: () => splitter.end().map(event),
          get waitingBytes() {
            return splitter.waitingBytes
          },
        }
      },
      encode: (written) => print(written) + delimiter,
      forLines: {
        decoder: () => ({ decode: (bytes) => [event({ bytes: bufferOf(bytes), tooLong: false })], end: () => [] }),
        encode: print,
      },
    }
  },
})
