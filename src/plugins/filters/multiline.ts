import { z } from 'zod'
import { addTag, cloneEvent, type Delivery, type Event } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import type { SearchFunction } from '../../script/regexp/ruby-regexp.ts'
import { boundedSearch, TimeLimit } from '../../script/regexp/time-limit.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { compileGrok } from './grok/grok-expression.ts'
import { loadPatterns } from './grok/pattern-library.ts'
import { choice, flag, ignored, list, number, text } from '../options.ts'
import { defineFilter, type Emitter } from '../plugin.ts'

/** Sources whose last event waits; the one that was heard of longest ago goes on when there are more. */
const MAX_STREAMS = 10_000

const config = z.strictObject({
  pattern: text().describe('Expression, also with grok patterns, that tells events which belong to another.'),
  what: choice('previous', 'next').describe('Whether such an event belongs to the one before or the one behind it.'),
  negate: flag().default(false).describe('Whether events that do not fit belong to another instead.'),
  source: text().default('message').describe('Field with the line.'),
  stream_identity: text().default('%{host}.%{path}.%{type}').describe('What comes from one source, with references to fields.'),
  allow_duplicates: flag().default(true).describe('Whether a line that is there already is added again.'),
  max_age: number({ min: 0 }).default(5).describe('Seconds after which an event goes on that nothing was added to.'),
  enable_flush: ignored('events go on after max_age'),
  patterns_dir: list().default([]).describe('Folders with patterns of your own.'),
})

interface Waiting {
  readonly event: Event
  readonly lines: string[]
  changedAt: number
}

export const multiline = defineFilter({
  name: 'multiline',
  summary:
    'Puts events together that are lines of one, as old pipelines do. The codec of the same name does so before lines of several sources are mixed; with this filter set `pipeline.workers` to 1.',
  config,
  examples: [
    {
      title: 'A line by itself',
      config: { pattern: '^\\s', what: 'previous' },
      in: { message: 'boom' },
      out: { message: 'boom' },
    },
  ],
  create(options, context) {
    const field = fieldPath(options.source)
    const streamOf = compileTemplate(options.stream_identity)
    const streams = new Map<string, Waiting>()
    let search: SearchFunction = () => undefined

    const done = ({ event, lines }: Waiting): Event => {
      if (lines.length > 1) {
        field.set(event, lines.join('\n'))
        addTag(event, 'multiline')
      }
      return event
    }
    const take = (stream: string, emitter: Emitter): void => {
      const waiting = streams.get(stream)
      if (waiting === undefined) return
      streams.delete(stream)
      emitter.addMatched(done(waiting))
    }
    const keep = (stream: string, event: Event, line: string, emitter: Emitter): void => {
      const waiting = streams.get(stream)
      streams.delete(stream)
      if (waiting === undefined) streams.set(stream, { event: cloneEvent(event), lines: [line], changedAt: context.clock.now() })
      else {
        if (options.allow_duplicates || !waiting.lines.includes(line)) waiting.lines.push(line)
        waiting.event.delivery = joined(waiting.event.delivery, event.delivery)
        waiting.changedAt = context.clock.now()
        streams.set(stream, waiting)
      }
      const [oldest] = streams.keys()
      if (streams.size > MAX_STREAMS && oldest !== undefined) take(oldest, emitter)
    }
    return {
      async open() {
        const { library } = await loadPatterns({ ecs: context.ecs !== 'disabled', folders: options.patterns_dir })
        search = boundedSearch(compileGrok(options.pattern, library, { captureUnnamed: false }).regexp, new TimeLimit())
      },
      process(event, emitter) {
        const value = field.get(event)
        if (value === undefined || value === null) return 'unmatched'
        const line = fieldText(value)
        const stream = streamOf.print(event)
        const belongs = (search(line, 0) !== undefined) !== options.negate
        if (options.what === 'previous' && !belongs) take(stream, emitter)
        keep(stream, event, line, emitter)
        if (options.what === 'next' && !belongs) take(stream, emitter)
        return 'cancelled'
      },
      tick(emitter) {
        const before = context.clock.now() - options.max_age * 1000
        for (const [stream, { changedAt }] of streams) if (changedAt <= before) take(stream, emitter)
        return []
      },
      drain(emitter) {
        for (const stream of streams.keys()) take(stream, emitter)
        return []
      },
    }
  },
})

/** Deliveries of events that became one: each is released with it. */
function joined(first: Delivery | undefined, second: Delivery | undefined): Delivery | undefined {
  if (second === undefined || first === undefined) return first ?? second
  second.hold()
  return {
    hold() {
      first.hold()
      second.hold()
    },
    release(error) {
      first.release(error)
      second.release(error)
    },
  }
}
