import { z } from 'zod'
import { createEvent, type Fields } from '../../core/event.ts'
import { choice, ignored, integer, text } from '../options.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { defineInput } from '../plugin.ts'

export const heartbeat = defineInput({
  name: 'heartbeat',
  summary: 'Makes an event at intervals, to see that a pipeline works.',
  config: z.strictObject({
    interval: integer({ min: 1 }).default(60).describe('Seconds between events.'),
    count: integer({ min: -1 }).default(-1).describe('How many events. -1: without end.'),
    message: text().default('ok').describe('Text of the event; `epoch` for the time in seconds, `sequence` for a number.'),
    sequence: choice('none', 'epoch', 'sequence').optional().describe('A number in `[event][sequence]`, or the time.'),
    threads: ignored('there is one'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'Every minute', config: { message: 'alive' } }],
  defaultCodec: 'plain',
  create({ interval, count, message, sequence }, { clock, hostname }) {
    let timer: NodeJS.Timeout | undefined
    let made = 0
    return {
      start(sink) {
        const beat = (): void => {
          if (count !== -1 && made >= count) {
            clearInterval(timer)
            return
          }
          const kind = sequence ?? (message === 'epoch' || message === 'sequence' ? message : 'none')
          const number = kind === 'epoch' ? Math.floor(clock.now() / 1000) : made
          const fields: Fields = {
            host: { name: hostname },
            ...(kind === 'none' ? { message } : { event: { sequence: number } }),
          }
          made += 1
          sink.push([createEvent(fields)])
        }
        beat()
        timer = setInterval(beat, interval * 1000)
        return Promise.resolve()
      },
      stop() {
        clearInterval(timer)
        return Promise.resolve()
      },
    }
  },
})
