import { z } from 'zod'
import { createEvent } from '../../core/event.ts'
import { defineCodec } from '../plugin.ts'

export const dots = defineCodec({
  name: 'dots',
  summary: 'Writes a point for each event, to see that something flows.',
  config: z.strictObject({}),
  examples: [{ title: 'It only writes: what it reads is an event without fields', config: {}, in: 'x', out: [{}] }],
  create: () => ({ decoder: () => ({ decode: () => [createEvent({})], end: () => [] }), encode: () => '.' }),
})
