import { z } from 'zod'
import { addTag, createEvent, type Event, type Fields } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { neverBack } from '../../core/time.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, number, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { makeEvent } from './made-event.ts'

/** Starts beyond this number are forgotten, the oldest first. */
const MAX_STARTS = 100_000

interface Start {
  readonly fields: Fields
  readonly at: number
  /** Of a clock that never goes back. */
  readonly seenAt: number
}

export const elapsed = defineFilter({
  name: 'elapsed',
  summary: 'Measures the time between two events with the same id.',
  config: z.strictObject({
    start_tag: text().describe('Tag of the events that begin.'),
    end_tag: text().describe('Tag of the events that end.'),
    unique_id_field: text().describe('Field that both have.'),
    timeout: number({ min: 0 })
      .default(1800)
      .describe('Seconds after which a beginning without an end becomes an event of its own.'),
    new_event_on_match: flag().default(false).describe('Whether the time is told by a new event instead of the one that ends.'),
    keep_start_event: text().default('first').describe('Which of several beginnings counts: first or last.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'An end without a beginning',
      config: { start_tag: 'began', end_tag: 'ended', unique_id_field: 'job' },
      in: { job: 1, tags: ['ended'] },
      out: { job: 1, tags: ['ended', 'elapsed_end_without_start'] },
    },
  ],
  create(
    {
      start_tag: startTag,
      end_tag: endTag,
      unique_id_field: idField,
      timeout,
      new_event_on_match: asNew,
      keep_start_event: keep,
      ecs_compatibility,
    },
    context,
  ) {
    const ecs = (ecs_compatibility ?? context.ecs) !== 'disabled'
    const id = fieldPath(idField)
    const durationPath = fieldPath(ecs ? '[event][duration]' : 'elapsed_time')
    const startPath = fieldPath(ecs ? '[event][start]' : 'elapsed_timestamp_start')
    const starts = new Map<string, Start>()
    const clock = neverBack(context.clock)

    const tell = (event: Event, seconds: number, start: Start): void => {
      durationPath.set(event, ecs ? Math.round(seconds * 1e9) : float(seconds))
      startPath.set(event, new Timestamp(start.at))
    }
    const newEvent = (start: Start, seconds: number, ...tags: string[]): Event => {
      const event = makeEvent(context.clock)
      addTag(event, 'elapsed', ...tags)
      id.set(event, start.fields[idField] ?? id.get(createEvent(start.fields)) ?? null)
      tell(event, seconds, start)
      return event
    }
    const timedOut = (now: number): Event[] => {
      const made: Event[] = []
      for (const [key, start] of starts) {
        if (now - start.seenAt < timeout * 1000) break
        starts.delete(key)
        made.push(newEvent(start, timeout, 'elapsed_expired_error'))
      }
      return made
    }
    return {
      process(event, emitter) {
        const value = id.get(event)
        const { tags } = event.fields
        if (value === undefined || !Array.isArray(tags)) return 'unmatched'
        const key = fieldText(value)
        const at = event.fields['@timestamp'] instanceof Timestamp ? event.fields['@timestamp'].epochMillis : context.clock.now()
        if (tags.includes(startTag)) {
          if (keep === 'last' || !starts.has(key)) {
            starts.delete(key)
            starts.set(key, { fields: { [idField]: value }, at, seenAt: clock.now() })
            const [oldest] = starts.keys()
            if (starts.size > MAX_STARTS && oldest !== undefined) starts.delete(oldest)
          }
          return 'matched'
        }
        if (!tags.includes(endTag)) return 'unmatched'
        const start = starts.get(key)
        if (start === undefined) {
          addTag(event, 'elapsed_end_without_start')
          return 'matched'
        }
        starts.delete(key)
        const seconds = (at - start.at) / 1000
        if (asNew) emitter.add(newEvent(start, seconds, 'elapsed_match'))
        else {
          addTag(event, 'elapsed', 'elapsed_match')
          tell(event, seconds, start)
        }
        return 'matched'
      },
      tick: () => timedOut(clock.now()),
      drain: () => [],
    }
  },
})
