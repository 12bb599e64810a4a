import { z } from 'zod'
import { defineOutput } from '../plugin.ts'

export const nullOutput = defineOutput({
  name: 'null',
  summary: 'Throws events away: for measurements.',
  config: z.strictObject({}),
  examples: [{ title: 'Nothing is kept', config: {} }],
  defaultCodec: 'plain',
  create: () => ({ write: () => Promise.resolve() }),
})
