import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const punct = defineFilter({
  name: 'punct',
  summary: 'Keeps what is neither letter nor digit nor blank: lines of one kind have the same. Of a list the first is read.',
  config: z.strictObject({
    source: text().default('message').describe('Field with the text.'),
    target: text().default('punct').describe('Field that gets the rest.'),
  }),
  examples: [
    {
      title: 'A line of a log',
      config: {},
      in: { message: 'sshd[17]: Failed password for svc_x from 10.0.0.1' },
      out: { message: 'sshd[17]: Failed password for svc_x from 10.0.0.1', punct: '[]:_...' },
    },
  ],
  create({ source, target }) {
    const [from, to] = [fieldPath(source), fieldPath(target)]
    return {
      process(event) {
        const found = from.get(event)
        const value = Array.isArray(found) ? found[0] : found
        if (value === undefined || value === null) return 'unmatched'
        to.set(event, fieldText(value).replaceAll(/[A-Za-z0-9 \t]/g, ''))
        return 'matched'
      },
    }
  },
})
