import { z } from 'zod'
import { integer } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const drop = defineFilter({
  name: 'drop',
  summary: 'Drops events, all that reach it or a share of them.',
  config: z.strictObject({
    percentage: integer({ min: 0, max: 100 }).default(100).describe('How many of a hundred events are dropped.'),
  }),
  examples: [
    { title: 'Everything', config: {}, in: { message: 'x' }, out: 'dropped' },
    { title: 'Nothing', config: { percentage: 0 }, in: { message: 'x' }, out: { message: 'x' } },
  ],
  create({ percentage }) {
    let share = 0
    return {
      process() {
        // An even share without chance: every event adds its part, and a whole one is dropped.
        share += percentage
        if (share < 100) return 'unmatched'
        share -= 100
        return 'cancelled'
      },
    }
  },
})
