import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { lookup } from 'node:dns/promises'
import { z } from 'zod'
import { ecsCompatibility } from '../ecs-option.ts'
import { integer, number, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'

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
    let socket: Socket | undefined
    const send = (bytes: Uint8Array, address: string): Promise<void> =>
      new Promise((resolve, reject) => {
        socket ??= createSocket(isIPv6(address) ? 'udp6' : 'udp4').on('error', () => undefined)
        socket.send(bytes, options.port, address, (error) => (error === null ? resolve() : reject(error)))
      })
    return {
      async write(events) {
        const { address } = await lookup(options.host)
        for (const event of events) {
          for (let attempt = 0; ; attempt++) {
            try {
              await send(Buffer.from(codec.encode(event)), address)
              break
            } catch (error) {
              if (attempt < options.retry_count) await new Promise((resolve) => setTimeout(resolve, options.retry_backoff_ms))
              else {
                await context.deadLetter(event, {
                  type: 'udp_failure',
                  reason: error instanceof Error ? error.message : String(error),
                })
                break
              }
            }
          }
        }
      },
      close() {
        socket?.close()
        return Promise.resolve()
      },
    }
  },
})
