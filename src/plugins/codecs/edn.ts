import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { isFields } from '../../core/event.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { text } from '../options.ts'
import { parseEdn, printEdn } from '../parsing/edn.ts'
import { defineCodec } from '../plugin.ts'
import { valueEvent } from './binary-values.ts'
import { bufferOf } from './charset.ts'
import { failedEvent } from './decoded.ts'
import { LineSplitter } from './line-splitter.ts'

const config = z.strictObject({
  target: text().optional().describe('Field that gets the map. The root of the event when absent.'),
  ecs_compatibility: ecsCompatibility(),
})

const EXAMPLE = {
  title: 'A map',
  in: '{:level "warn", :took 1.5, :tags [:a :b], :at #inst "2024-05-01T10:00:00Z"}',
  out: [{ level: 'warn', took: 1.5, tags: ['a', 'b'], at: '2024-05-01T10:00:00.000Z' }],
}

/** Reads one value of the bytes; nothing of blanks. */
function ednReader(target: string | undefined): (bytes: Uint8Array) => Event[] {
  return (bytes) => {
    const written = bufferOf(bytes).toString('utf8')
    if (written.trim() === '') return []
    try {
      const value = parseEdn(written)
      if (!isFields(value)) throw new Error('it is no map')
      return [valueEvent(value, target, bytes.length)]
    } catch {
      return [failedEvent(written, bytes.length, '_ednparsefailure')]
    }
  }
}

export const edn = defineCodec({
  name: 'edn',
  summary: 'EDN, the notation of Clojure: a map is an event.',
  config,
  examples: [
    { ...EXAMPLE, config: {} },
    { title: 'Broken', config: {}, in: '{:a', out: [{ message: '{:a', tags: ['_ednparsefailure'] }] },
  ],
  create({ target }) {
    const decode = ednReader(target)
    return { decoder: () => ({ decode, end: () => [] }), encode: ({ fields }) => printEdn(fields) }
  },
})

export const ednLines = defineCodec({
  name: 'edn_lines',
  summary: 'EDN, a map a line.',
  config,
  examples: [
    { title: 'Lines', config: { target: 'data' }, in: '{:a 1}\n\n{:a 2}', out: [{ data: { a: 1 } }, { data: { a: 2 } }] },
  ],
  create({ target }) {
    const read = ednReader(target)
    const encode = ({ fields }: Event): string => `${printEdn(fields)}\n`
    return {
      decoder() {
        const splitter = new LineSplitter()
        return {
          decode: (chunk) => splitter.push(chunk).flatMap(({ bytes }) => read(bytes)),
          end: () => splitter.end().flatMap(({ bytes }) => read(bytes)),
          get waitingBytes() {
            return splitter.waitingBytes
          },
        }
      },
      encode,
      forLines: { decoder: () => ({ decode: read, end: () => [] }), encode },
    }
  },
})
