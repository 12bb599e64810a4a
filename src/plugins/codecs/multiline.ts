import { z } from 'zod'
import { addTag, type Event } from '../../core/event.ts'
import type { SearchFunction } from '../../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../../script/regexp/time-limit.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { compileGrok } from '../filters/grok/grok-expression.ts'
import { loadPatterns } from '../filters/grok/pattern-library.ts'
import { bytes as byteSize, choice, duration, flag, integer, list, text } from '../options.ts'
import { defineCodec, type Decoder } from '../plugin.ts'
import { charset, textReader } from './charset.ts'
import { textEvent } from './decoded.ts'
import { LineSplitter, type SplitLine } from './line-splitter.ts'

const config = z.strictObject({
  pattern: text().describe('Expression, also with grok patterns, that tells lines which belong to another.'),
  what: choice('previous', 'next').describe('Whether such a line belongs to the one before or the one behind it.'),
  negate: flag().default(false).describe('Whether lines that do not fit belong to another instead.'),
  multiline_tag: text().default('multiline').describe('Tag of events of several lines.'),
  max_lines: integer({ min: 1 }).default(500).describe('Most lines of an event; more begin another.'),
  max_bytes: byteSize()
    .default(10 * 1024 * 1024)
    .describe('Most bytes of an event; more begin another.'),
  auto_flush_interval: duration()
    .optional()
    .describe(
      'Seconds without a line, of a file or a connection, after which the lines that wait are an event. Otherwise they wait for the next line, or the end of the source.',
    ),
  patterns_dir: list().default([]).describe('Folders with patterns of your own.'),
  charset: charset(),
  ecs_compatibility: ecsCompatibility(),
})

export const multiline = defineCodec({
  name: 'multiline',
  summary: 'Puts lines together that belong to one event, such as a stack trace.',
  config,
  examples: [
    {
      title: 'Lines that begin with a space belong to the one before',
      config: { pattern: '^\\s', what: 'previous', ecs_compatibility: 'disabled' },
      in: 'boom\n  at a\n  at b\nfine\n',
      out: [{ message: 'boom\n  at a\n  at b', tags: ['multiline'] }, { message: 'fine' }],
    },
    {
      title: 'Each event begins with a time',
      config: { pattern: '^%{TIMESTAMP_ISO8601} ', negate: true, what: 'previous', ecs_compatibility: 'disabled' },
      in: '2024-05-01T10:00:00 a\nmore\n2024-05-01T10:00:01 b',
      out: [{ message: '2024-05-01T10:00:00 a\nmore', tags: ['multiline'] }, { message: '2024-05-01T10:00:01 b' }],
    },
    {
      title: 'Lines that go on',
      config: { pattern: '\\\\$', what: 'next', ecs_compatibility: 'disabled' },
      in: 'a \\\nb\nc\n',
      out: [{ message: 'a \\\nb', tags: ['multiline'] }, { message: 'c' }],
    },
  ],
  create(options, context) {
    const read = textReader(options.charset)
    const ecs = options.ecs_compatibility ?? context.ecs
    let search: SearchFunction = () => undefined
    const belongs = (written: string): boolean => (search(written, 0) !== undefined) !== options.negate
    const { auto_flush_interval: idleMs } = options
    /** Of lines without their ends. */
    const lineDecoder = (): Decoder => {
      const joiner = new LineJoiner(options, (written, sizeBytes) => textEvent(written, sizeBytes, ecs), belongs)
      return {
        decode: (bytes) => joiner.add(read(bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes), bytes.length),
        end: () => joiner.end(),
        ...(idleMs !== undefined && { idle: { afterMs: idleMs, flush: () => joiner.end() } }),
        get waitingBytes() {
          return joiner.waitingBytes
        },
      }
    }
    const encode = (event: Event): string => {
      const { message } = event.fields
      return `${typeof message === 'string' ? message : ''}\n`
    }
    return {
      async open() {
        const { library } = await loadPatterns({ ecs: ecs !== 'disabled', folders: options.patterns_dir })
        search = boundedSearch(compileGrok(options.pattern, library, { captureUnnamed: false }).regexp, new TimeLimit())
      },
      decoder(): Decoder {
        const splitter = new LineSplitter('\n', options.max_bytes)
        const lines = lineDecoder()
        const take = (split: readonly SplitLine[]): Event[] => split.flatMap(({ bytes }) => lines.decode(bytes))
        return {
          decode: (bytes) => take(splitter.push(bytes)),
          end: () => [...take(splitter.end()), ...lines.end()],
          ...(lines.idle !== undefined && { idle: lines.idle }),
          get waitingBytes() {
            return splitter.waitingBytes + (lines.waitingBytes ?? 0)
          },
        }
      },
      encode,
      forLines: { decoder: lineDecoder, encode },
    }
  },
})

type Options = z.output<typeof config>

class LineJoiner {
  readonly #options: Options
  readonly #make: (text: string, sizeBytes: number) => Event
  readonly #belongs: (line: string) => boolean
  #lines: string[] = []
  #sizeBytes = 0

  constructor(options: Options, make: (text: string, sizeBytes: number) => Event, belongs: (line: string) => boolean) {
    this.#options = options
    this.#make = make
    this.#belongs = belongs
  }

  get waitingBytes(): number {
    return this.#sizeBytes
  }

  add(line: string, sizeBytes: number): Event[] {
    const belongs = this.#belongs(line)
    const { what, max_lines: maxLines, max_bytes: maxBytes } = this.#options
    const full = this.#lines.length >= maxLines || this.#sizeBytes + sizeBytes > maxBytes
    const done = (what === 'previous' && !belongs) || full ? this.end() : []
    this.#lines.push(line)
    this.#sizeBytes += sizeBytes
    return what === 'next' && !belongs ? [...done, ...this.end()] : done
  }

  end(): Event[] {
    if (this.#lines.length === 0) return []
    const event = this.#make(this.#lines.join('\n'), this.#sizeBytes)
    if (this.#lines.length > 1) addTag(event, this.#options.multiline_tag)
    this.#lines = []
    this.#sizeBytes = 0
    return [event]
  }
}
