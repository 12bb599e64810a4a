import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { z } from 'zod'
import { fieldPath } from '../../core/field-path.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, integer, number, path } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { waitUntilAbort } from '../wait.ts'
import { HeldBytes } from './held-bytes.ts'
import { closeServer } from './listen.ts'
import { readStream } from './stream-source.ts'

export const unix = defineInput({
  name: 'unix',
  summary: 'Reads events from a Unix socket, as a server or as a client.',
  config: z.strictObject({
    path: path().describe('The socket.'),
    mode: choice('server', 'client').default('server').describe('Whether others connect to it, or this input does.'),
    force_unlink: flag().default(false).describe('As a server: whether a socket that is there already is removed.'),
    data_timeout: integer({ min: -1 })
      .default(-1)
      .describe('Seconds without a word after which a connection is closed. -1: never.'),
    socket_not_present_retry_interval_seconds: number({ min: 0.001 })
      .default(5)
      .describe('As a client: seconds until a socket that is not there is tried again.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'Lines of programs of this machine', config: { path: '/run/elkhorn/logs.sock', codec: 'json_lines' } }],
  defaultCodec: 'line',
  create(options, context) {
    const { codec, hostname, log } = context
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const host = fieldPath(ecs ? '[host][name]' : 'host')
    const file = fieldPath(ecs ? '[file][path]' : 'path')
    const stopped = new AbortController()
    const { signal } = stopped
    const sockets = new Set<Socket>()
    const held = new HeldBytes()
    let server: Server | undefined
    let running: Promise<void> = Promise.resolve()

    const take = (socket: Socket, sink: EventSink): void => {
      sockets.add(socket)
      socket.on('error', (error) => log.debug({ reason: error.message }, 'a connection failed'))
      socket.on('close', () => sockets.delete(socket))
      if (options.data_timeout > 0) socket.setTimeout(options.data_timeout * 1000, () => socket.destroy())
      const share = held.open(() => {
        log.warn({ path: options.path }, 'a connection was closed: all together hold too much of events without an end')
        socket.destroy()
      })
      readStream(socket, {
        decoder: (codec.forStreams ?? codec).decoder(),
        sink,
        signal,
        held: share,
        mark(event) {
          host.set(event, hostname)
          file.set(event, options.path)
        },
      })
    }
    return {
      async start(sink) {
        if (options.mode === 'client') {
          running = (async () => {
            while (!signal.aborted) {
              const socket = connect({ path: options.path })
              const closed = new Promise((resolve) => socket.once('close', resolve))
              take(socket, sink)
              await closed
              await waitUntilAbort(options.socket_not_present_retry_interval_seconds * 1000, signal)
            }
          })()
          return
        }
        if (options.force_unlink) await rm(options.path, { force: true })
        server = createServer((socket) => take(socket, sink)).listen({ path: options.path })
        await once(server, 'listening')
      },
      async stop() {
        stopped.abort()
        server?.close()
        for (const socket of sockets) socket.destroy()
        await running
      },
      async close() {
        if (server !== undefined) await closeServer(server)
      },
    }
  },
})
