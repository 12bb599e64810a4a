import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

interface Slot {
  count: number
  readonly endsAt: number
}

export const throttle = defineFilter({
  name: 'throttle',
  summary: 'Matches events of a key that come too seldom or too often. Add tags, or drop them afterwards.',
  config: z.strictObject({
    key: text().describe('What is counted together, such as `%{host}%{message}`.'),
    before_count: integer({ min: -1 }).default(-1).describe('Events up to this number match. -1: none.'),
    after_count: integer({ min: -1 }).default(-1).describe('Events beyond this number match. -1: none.'),
    period: text().default('60').describe('Seconds that are counted together, from the first event of the key on.'),
    max_age: integer({ min: 1 }).default(3600).describe('Seconds after which a key that was not seen is forgotten.'),
    max_counters: integer({ min: -1 }).default(100_000).describe('How many keys are kept; the oldest goes first. -1: no limit.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'The first of a key',
      config: { key: '%{a}', before_count: 3, add_tag: 'throttled' },
      in: { a: 1 },
      out: { a: 1, tags: ['throttled'] },
    },
    { title: 'Not too many yet', config: { key: '%{a}', after_count: 2, add_tag: 'throttled' }, in: { a: 1 }, out: { a: 1 } },
  ],
  create({ key, before_count: before, after_count: after, period, max_age: maxAge, max_counters: maxCounters }, { clock }) {
    const keys = compileTemplate(key)
    const seconds = compileTemplate(period)
    const timestamp = fieldPath('@timestamp')
    /** In the order in which keys were seen last. */
    const slots = new Map<string, Slot>()
    const forget = (now: number): void => {
      for (const [name, slot] of slots) {
        const tooMany = maxCounters >= 0 && slots.size > maxCounters
        if (!tooMany && slot.endsAt + maxAge * 1000 > now) return
        slots.delete(name)
      }
    }
    return {
      process(event) {
        const name = keys.print(event)
        const at = timestamp.get(event)
        const now = at instanceof Timestamp ? at.epochMillis : clock.now()
        const known = slots.get(name)
        const slot =
          known !== undefined && now < known.endsAt
            ? known
            : { count: 0, endsAt: now + (Number(seconds.print(event)) || 60) * 1000 }
        slot.count += 1
        slots.delete(name)
        slots.set(name, slot)
        forget(now)
        return (before !== -1 && slot.count < before) || (after !== -1 && slot.count > after) ? 'matched' : 'unmatched'
      },
    }
  },
})
