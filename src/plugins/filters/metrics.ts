import { z } from 'zod'
import type { Event, Fields } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, list, textHash } from '../options.ts'
import { defineFilter } from '../plugin.ts'
import { makeEvent } from './made-event.ts'

/** Rates are averages that are brought up to date this often. */
const RATE_EVERY_MS = 5_000
/** Values of a timer that percentiles are of: the last ones. */
const MAX_VALUES = 1_028
/** Names come from fields: more than these are not counted. */
const MAX_METRICS = 10_000

const config = z.strictObject({
  meter: list().default([]).describe('Names, with references to fields: events are counted by them.'),
  timer: textHash().default({}).describe('Names and the values, with references to fields, that are summed up.'),
  rates: list().default(['1', '5', '15']).describe('Minutes over which rates are averaged: 1, 5 or 15.'),
  percentiles: list().default(['1', '5', '10', '90', '95', '99', '100']).describe('Percentiles of timers.'),
  flush_interval: integer({ min: 1 }).default(5).describe('Seconds from one event with the counts to the next.'),
  clear_interval: integer({ min: -1 }).default(-1).describe('Seconds after which counting begins anew. -1: never.'),
  ignore_older_than: integer({ min: 0 }).default(0).describe('Seconds: older events are not counted. 0: all are.'),
  ecs_compatibility: ecsCompatibility(),
})

export const metrics = defineFilter({
  name: 'metrics',
  summary: 'Counts events and sums up values. Counts come as events of their own, with the tags and fields that are to be added.',
  config,
  examples: [
    {
      title: 'Answers by status',
      config: { meter: 'http_%{status}', rates: [], add_tag: 'metric' },
      in: { status: 404 },
      out: [
        { status: 404 },
        {
          '@timestamp': '2024-05-01T10:00:00.000Z',
          '@version': '1',
          http_404: { count: 1 },
          host: { name: 'example-host' },
          tags: ['metric'],
        },
      ],
    },
  ],
  create(options, { clock, ecs, hostname }) {
    const meters = options.meter.map((name) => compileTemplate(name))
    const timers = Object.entries(options.timer).map(([name, value]) => [compileTemplate(name), compileTemplate(value)] as const)
    const minutes = options.rates.map(Number)
    if (minutes.some((one) => ![1, 5, 15].includes(one))) throw new Error('[metrics] rates: 1, 5 and 15 minutes are known')
    const percentiles = options.percentiles.map(Number)
    const host = fieldPath((options.ecs_compatibility ?? ecs) === 'disabled' ? 'message' : '[host][name]')
    const counted = new Map<string, Meter>()
    let flushedAt = clock.now()
    let clearedAt = flushedAt

    const meterOf = (name: string, timed: boolean): Meter | undefined => {
      let meter = counted.get(name)
      if (meter === undefined && counted.size < MAX_METRICS) {
        meter = new Meter(minutes, timed, clock.now())
        counted.set(name, meter)
      }
      return meter
    }
    const summary = (): Event => {
      const event = makeEvent(clock)
      host.set(event, hostname)
      for (const [name, meter] of counted) fieldPath(`[${name}]`).set(event, meter.fields(percentiles))
      return event
    }
    return {
      process(event) {
        const at = event.fields['@timestamp']
        const now = clock.now()
        if (options.ignore_older_than > 0 && at instanceof Timestamp && now - at.epochMillis > options.ignore_older_than * 1000)
          return 'unmatched'
        for (const name of meters) meterOf(name.print(event), false)?.add(1)
        for (const [name, value] of timers) {
          const number = Number(value.print(event))
          if (Number.isFinite(number)) meterOf(name.print(event), true)?.add(1, number)
        }
        return 'unmatched'
      },
      tick(emitter) {
        const now = clock.now()
        for (const meter of counted.values()) meter.pass(now)
        if (counted.size === 0 || now - flushedAt < options.flush_interval * 1000) return []
        flushedAt = now
        emitter.addMatched(summary())
        if (options.clear_interval > 0 && now - clearedAt >= options.clear_interval * 1000) {
          clearedAt = now
          counted.clear()
        }
        return []
      },
      drain(emitter) {
        if (counted.size > 0) emitter.addMatched(summary())
        return []
      },
    }
  },
})

/** Counts under one name: all of them, and exponentially weighted averages a second, as those of a system's load. */
class Meter {
  readonly #timed: boolean
  readonly #rates: { readonly minutes: number; perSecond: number | undefined }[]
  readonly #values: number[] = []
  #count = 0
  #sum = 0
  #sumOfSquares = 0
  #min = Infinity
  #max = -Infinity
  #sinceLast = 0
  #last: number

  constructor(minutes: readonly number[], timed: boolean, now: number) {
    this.#rates = minutes.map((one) => ({ minutes: one, perSecond: undefined }))
    this.#timed = timed
    this.#last = now
  }

  add(count: number, value = 0): void {
    if (this.#timed) {
      this.#values[this.#count % MAX_VALUES] = value
      this.#sum += value
      this.#sumOfSquares += value * value
      this.#min = Math.min(this.#min, value)
      this.#max = Math.max(this.#max, value)
    }
    this.#count += count
    this.#sinceLast += count
  }

  /** Brings rates up to date, as often as is due. */
  pass(now: number): void {
    for (; now - this.#last >= RATE_EVERY_MS; this.#last += RATE_EVERY_MS) {
      const current = this.#sinceLast / (RATE_EVERY_MS / 1000)
      this.#sinceLast = 0
      for (const rate of this.#rates) {
        const weight = 1 - Math.exp(-RATE_EVERY_MS / (rate.minutes * 60_000))
        rate.perSecond = rate.perSecond === undefined ? current : rate.perSecond + weight * (current - rate.perSecond)
      }
    }
  }

  fields(percentiles: readonly number[]): Fields {
    const fields: Fields = { count: this.#count }
    for (const { minutes, perSecond } of this.#rates) fields[`rate_${minutes}m`] = float(perSecond ?? 0)
    if (!this.#timed || this.#count === 0) return fields
    const mean = this.#sum / this.#count
    fields['min'] = float(this.#min)
    fields['max'] = float(this.#max)
    fields['mean'] = float(mean)
    fields['stddev'] = float(Math.sqrt(Math.max(0, this.#sumOfSquares / this.#count - mean * mean)))
    const sorted = this.#values.toSorted((a, b) => a - b)
    for (const one of percentiles) fields[`p${one}`] = float(sorted[Math.max(0, Math.ceil((one / 100) * sorted.length) - 1)] ?? 0)
    return fields
  }
}
