import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

/** A batch never waits longer: a value from an event must not stop the pipeline for good. */
const MAX_WAIT_MS = 3_600_000

export const sleep = defineFilter({
  name: 'sleep',
  summary: 'Slows a pipeline down.',
  config: z.strictObject({
    time: text()
      .default('1')
      .describe('Seconds to wait, or a reference to a field. With `replay`, the pace: 2 is twice as fast.'),
    every: text().default('1').describe('Only each so-manieth event waits.'),
    replay: flag().default(false).describe('Waits as long as the times of the events lie apart.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'No time', config: { time: 0 }, in: { a: 1 }, out: { a: 1 } }],
  create({ time, every, replay }) {
    const seconds = compileTemplate(time)
    const interval = compileTemplate(every)
    const timestamp = fieldPath('@timestamp')
    let count = 0
    let last: number | undefined
    return {
      async processBatch(events) {
        for (const event of events) {
          count += 1
          if (count % Math.max(1, Math.trunc(Number(interval.print(event))) || 1) !== 0) continue
          const factor = Number(seconds.print(event))
          let millis = factor * 1000
          if (replay) {
            const at = timestamp.get(event)
            const now = at instanceof Timestamp ? at.epochMillis : Date.parse(fieldText(at ?? null))
            millis = last === undefined ? 0 : (now - last) / (factor || 1)
            last = now
          }
          if (millis > 0) await wait(Math.min(millis, MAX_WAIT_MS))
        }
        return events.map(() => 'matched' as const)
      },
    }
  },
})
