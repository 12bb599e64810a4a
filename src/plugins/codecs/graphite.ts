import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { defineCodec } from '../plugin.ts'
import { compileMetricLines, metricOptions } from '../parsing/graphite-lines.ts'
import { bufferOf } from './charset.ts'
import { decodedEvent, failedEvent } from './decoded.ts'
import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.ts'

export const graphite = defineCodec({
  name: 'graphite',
  summary: 'Lines of Graphite: name, value and second. An event for each, with the value in a field of that name.',
  config: z.strictObject({ ...metricOptions, ecs_compatibility: ecsCompatibility() }),
  examples: [
    {
      title: 'Two lines',
      config: {},
      in: 'web.load 1.5 1714557600\nno metric\n',
      out: [
        { 'web.load': 1.5, '@timestamp': '2024-05-01T10:00:00.000Z' },
        { message: 'no metric', tags: ['_graphiteparsefailure'] },
      ],
    },
  ],
  create(options, { clock }) {
    const print = compileMetricLines(options, clock)
    const eventOf = (line: string): Event => {
      const [name = '', value = '', second = ''] = line.split(/\s+/)
      if (value === '' || !Number.isFinite(Number(value)) || !/^-?\d+(?:\.\d+)?$/.test(second))
        return failedEvent(line, line.length, '_graphiteparsefailure')
      const millis = second === '-1' ? clock.now() : Math.round(Number(second) * 1000)
      const fields: Fields = { [name]: float(Number(value)), '@timestamp': new Timestamp(millis) }
      return decodedEvent(fields, line.length)
    }
    const eventsOf = (bytes: Uint8Array): Event[] => {
      const line = bufferOf(bytes).toString().trim()
      return line === '' ? [] : [eventOf(line)]
    }
    return {
      decoder() {
        const splitter = new LineSplitter('\n', MAX_LINE_BYTES)
        return {
          decode: (chunk) => splitter.push(chunk).flatMap(({ bytes }) => eventsOf(bytes)),
          end: () => splitter.end().flatMap(({ bytes }) => eventsOf(bytes)),
          get waitingBytes() {
            return splitter.waitingBytes
          },
        }
      },
      forLines: { decoder: () => ({ decode: eventsOf, end: () => [] }), encode: print },
      encode: print,
    }
  },
})
