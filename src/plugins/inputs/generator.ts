import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { ignored, integer, list, text } from '../options.ts'
import { defineInput } from '../plugin.ts'

export const generator = defineInput({
  name: 'generator',
  summary: 'Makes events out of a text or several, as fast as they are taken: for tests and measurements.',
  config: z.strictObject({
    count: integer({ min: 0 }).default(0).describe('How often the text, or each of the lines, is made an event. 0: without end.'),
    lines: list().optional().describe('Texts that are taken in turn.'),
    message: text().default('Hello world!').describe('The text. `stdin` stands for the first line of the standard input.'),
    threads: ignored('one makes all events'),
    ecs_compatibility: text().optional().describe('Accepted: `host` and `event` are always objects.'),
  }),
  examples: [{ title: 'Three events', config: { count: 3, message: '22.5' } }],
  defaultCodec: 'plain',
  create({ count, lines, message }, { codec, hostname }) {
    const stopped = new AbortController()
    let running: Promise<void> = Promise.resolve()
    return {
      start(sink) {
        running = (async () => {
          const end = count === 0 ? Infinity : count
          for (let sequence = 0; sequence < end && !stopped.signal.aborted; sequence++) {
            for (const line of lines ?? [message]) {
              const events = codec.decoder().decode(Buffer.from(line))
              for (const event of events) {
                event.fields['host'] ??= { name: hostname }
                event.fields['event'] = { ...(event.fields['event'] as object | undefined), sequence }
              }
              if (!sink.push(events)) await sink.ready(stopped.signal)
            }
            if (sequence % 1000 === 999) await nextTurn()
          }
        })()
        return Promise.resolve()
      },
      async stop() {
        stopped.abort()
        await running
      },
    }
  },
})
