import type { Socket } from 'node:dgram'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { ignored, integer, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { receiveDatagrams } from './datagrams.ts'

export const udp = defineInput({
  name: 'udp',
  summary:
    'Makes an event of each datagram. When the queue is full, datagrams are dropped and counted: their senders cannot wait.',
  config: z.strictObject({
    host: text().optional().describe('Address to listen on. `network.host` when absent.'),
    port: port().describe('Port to listen on. 0 takes a free one.'),
    receive_buffer_bytes: integer({ min: 1 }).optional().describe('Size of the buffer of the system.'),
    source_ip_fieldname: text()
      .optional()
      .describe('Field that gets the address of the sender: `[host][ip]` when absent, `host` without ECS.'),
    buffer_size: ignored('datagrams of any size are taken'),
    queue_size: ignored('the queue of the pipeline is the only one'),
    workers: ignored('datagrams are decoded as they come'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'Lines of statistics', config: { port: 8125 } }],
  defaultCodec: 'plain',
  create(options, { codec, ecs, log, platform }) {
    const source = fieldPath(
      options.source_ip_fieldname ?? ((options.ecs_compatibility ?? ecs) === 'disabled' ? 'host' : '[host][ip]'),
    )
    const host = options.host ?? platform.listenHost ?? '127.0.0.1'
    const stopped = new AbortController()
    let socket: Socket | undefined
    const decode = (datagram: Uint8Array, address: string): readonly Event[] => {
      const decoder = codec.decoder(address)
      const events = [...decoder.decode(datagram), ...decoder.end()]
      for (const event of events) if (!source.has(event)) source.set(event, address)
      return events
    }
    return {
      get port() {
        return socket?.address().port
      },
      async start(sink) {
        const { port: number, receive_buffer_bytes: recvBufferSize } = options
        socket = await receiveDatagrams(sink, { host, port: number, recvBufferSize, decode, log, signal: stopped.signal })
      },
      stop() {
        stopped.abort()
        return new Promise((resolve) => {
          if (socket === undefined) resolve()
          else socket.close(() => resolve())
          socket = undefined
        })
      },
    }
  },
})
