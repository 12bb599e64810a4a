import { z } from 'zod'
import { printValue } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const jsonEncode = defineFilter({
  name: 'json_encode',
  summary: 'Writes the value of a field as a text of JSON.',
  config: z.strictObject({
    source: text().describe('Field whose value is written.'),
    target: text().optional().describe('Field that gets the text. `source` itself when absent.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [
    {
      title: 'An object as text',
      config: { source: 'reading', target: 'text' },
      in: { reading: { t: 22.5 } },
      out: { reading: { t: 22.5 }, text: '{"t":22.5}' },
    },
  ],
  create({ source, target }) {
    const from = fieldPath(source)
    const to = fieldPath(target ?? source)
    return {
      process(event) {
        if (!from.has(event)) return 'unmatched'
        to.set(event, printValue(from.get(event)))
        return 'matched'
      },
    }
  },
})
