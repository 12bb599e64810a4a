import { z } from 'zod'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { text } from '../options.ts'
import { defineFilter } from '../plugin.ts'

export const punct = defineFilter({
  name: 'punct',
  summary: 'Keeps what is neither letter nor digit nor space: lines of one kind have the same.',
  config: z.strictObject({
    source: text().default('message').describe('Field with the text.'),
    target: text().default('punct').describe('Field that gets the rest.'),
  }),
  examples: [
    {
      title: 'A line of a log',
      config: {},
      in: { message: 'sshd[17]: Failed password for x from 10.0.0.1' },
      out: { message: 'sshd[17]: Failed password for x from 10.0.0.1', punct: '[]:...' },
    },
  ],
  create({ source, target }) {
    const [from, to] = [fieldPath(source), fieldPath(target)]
    return {
      process(event) {
        const value = from.get(event)
        if (value === undefined || value === null) return 'unmatched'
        to.set(event, fieldText(value).replaceAll(/[A-Za-z0-9_\s]/g, ''))
        return 'matched'
      },
    }
  },
})
