import { once } from 'node:events'
import { z } from 'zod'
import { defineOutput } from '../plugin.ts'

export const stdout = defineOutput({
  name: 'stdout',
  summary: 'Prints events to the standard output.',
  config: z.strictObject({}),
  examples: [{ title: 'To look at events', config: {} }],
  defaultCodec: 'rubydebug',
  create: (_config, { codec }) => ({
    async write(events) {
      const text = events
        .map((event) => Buffer.from(codec.encode(event)))
        .map((bytes) => bytes.toString())
        .join('')
      if (!process.stdout.write(text)) await once(process.stdout, 'drain')
    },
  }),
})
