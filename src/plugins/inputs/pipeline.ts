import { z } from 'zod'
import { text } from '../options.ts'
import { defineInput } from '../plugin.ts'

export const pipeline = defineInput({
  name: 'pipeline',
  summary: 'Takes the events that `pipeline` outputs of other pipelines send to its address.',
  config: z.strictObject({ address: text().describe('Its address: a name that one input has.') }),
  examples: [{ title: 'What firewalls sent', config: { address: 'firewalls' } }],
  defaultCodec: 'plain',
  create({ address }, { bus }) {
    let listening: { close(): void } | undefined
    return {
      start(sink) {
        listening = bus.listen(address, sink)
        return Promise.resolve()
      },
      stop() {
        listening?.close()
        return Promise.resolve()
      },
    }
  },
})
