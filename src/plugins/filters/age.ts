import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const age = defineFilter({
  name: 'age',
  summary: 'Tells how many seconds ago an event was, so that old ones can be told apart.',
  config: z.strictObject({
    target: text().default('[@metadata][age]').describe('Field that gets the seconds.'),
  }),
  examples: [
    {
      title: 'No time',
      config: { target: 'age' },
      in: { a: 1 },
      out: { a: 1 },
    },
  ],
  create({ target }, { clock }) {
    const path = fieldPath(target)
    return {
      process(event) {
        const at = event.fields['@timestamp']
        if (!(at instanceof Timestamp)) return 'unmatched'
        path.set(event, float((clock.now() - at.epochMillis) / 1000))
        return 'matched'
      },
    }
  },
})
