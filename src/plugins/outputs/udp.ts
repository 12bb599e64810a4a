import { z } from 'zod'
import { reasonOf } from '../../core/reason.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, number, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createUdpSender } from './udp-sender.ts'

export const udp = defineOutput({
  name: 'udp',
  summary: 'Sends each event as a UDP packet. What gets lost on the way is lost.',
  config: z.strictObject({
    host: text().describe('Host to send to.'),
    port: port().describe('Its port.'),
    retry_count: integer({ min: 0 }).default(0).describe('How often a packet that could not be sent is sent again.'),
    retry_backoff_ms: number({ min: 0 }).default(100).describe('Milliseconds in between.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'Packets of JSON', config: { host: '192.0.2.1', port: 5001 } }],
  defaultCodec: 'json',
  create(options, context) {
    const { codec } = context
    const sender = createUdpSender(options)
    return {
      async write(events) {
        for (const event of events) {
          for (let attempt = 0; ; attempt++) {
            try {
              await sender.send(Buffer.from(codec.encode(event)))
              break
            } catch (error) {
              if (attempt < options.retry_count) await new Promise((resolve) => setTimeout(resolve, options.retry_backoff_ms))
              else {
                await context.deadLetter(event, {
                  type: 'udp_failure',
                  reason: reasonOf(error),
                })
                break
              }
            }
          }
        }
      },
      close() {
        sender.close()
        return Promise.resolve()
      },
    }
  },
})
