import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { json } from '../codecs/json.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, ignored, port, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { waitUntilAbort } from '../wait.ts'
import { createHttpReceiver } from './http-requests.ts'
import { HeldBytes } from './held-bytes.ts'
import { closeServer, listen } from './listen.ts'
import { loadServerTls, serverTlsOptions } from './server-tls.ts'
import { readStream } from './stream-source.ts'

const RECONNECT_MS = 1_000
const MAX_HTTP_BODY_BYTES = 100 * 1024 * 1024
const HTTP_METHODS = /^(?:GET|POST|PUT|HEAD|OPTIONS) /

const config = z.strictObject({
  host: text().optional().describe('Address to listen on, or to connect to. `network.host` when absent.'),
  port: port().describe('Port to listen on or to connect to. 0 takes a free one.'),
  mode: choice('server', 'client')
    .default('server')
    .describe('Whether clients connect to this input, or it connects to a server.'),
  tcp_keep_alive: flag().default(false).describe('Whether the system finds out that the other end is gone.'),
  dns_reverse_lookup_enabled: ignored('addresses stay addresses'),
  proxy_protocol: flag()
    .default(false)
    .refine((on) => !on, { error: 'the proxy protocol is not read' })
    .meta({ option: 'boolean' })
    .describe('Not read: must be off.'),
  data_timeout: ignored('a connection may be silent'),
  ssl_verification_mode: choice('full', 'none').optional().describe('As a client: accepted, certificates are checked.'),
  ssl_extra_chain_certs: ignored('a chain stands behind its certificate in one file'),
  ecs_compatibility: ecsCompatibility(),
  ...serverTlsOptions,
})

export const tcp = defineInput({
  name: 'tcp',
  summary: 'Reads events from TCP connections, as a server or as a client. Whoever speaks HTTP to it is answered.',
  config,
  examples: [{ title: 'A line of JSON for each event', config: { port: 5000, codec: 'json_lines' } }],
  defaultCodec: 'line',
  create(options, context) {
    const { codec, lenient, log } = context
    const stream = codec.forStreams ?? codec
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const host = options.host ?? context.platform.listenHost ?? '127.0.0.1'
    const stopped = new AbortController()
    const sockets = new Set<Socket>()
    const held = new HeldBytes()
    const bodies = json.create(json.config.parse({}), context)
    let sink: EventSink | undefined
    let server: Server | undefined
    let boundPort: number | undefined

    const mark = (socket: Socket): ((event: Event) => void) => {
      const { remoteAddress = '', remotePort = 0 } = socket
      if (ecs) {
        const source = fieldPath('[@metadata][input][tcp][source]')
        return (event) => source.set(event, { ip: remoteAddress, name: remoteAddress, port: remotePort })
      }
      return (event) => {
        event.fields['host'] ??= remoteAddress
        event.fields['port'] ??= remotePort
      }
    }
    // Bodies of HTTP requests are JSON, as scripts post it, or text.
    const receiver = createHttpReceiver({
      maxBodyBytes: MAX_HTTP_BODY_BYTES,
      decode(body, request) {
        const given = body.toString('utf8').trimStart().startsWith('{') ? bodies.decoder() : stream.decoder()
        const events = [...given.decode(body), ...given.end()]
        for (const event of events) mark(request.socket)(event)
        return events
      },
      okStatus: 200,
      okHeaders: {},
      sink: () => sink,
    })
    const take = (socket: Socket, given: EventSink): void => {
      sockets.add(socket)
      socket.setKeepAlive(options.tcp_keep_alive)
      socket.on('error', (error) => log.debug({ address: socket.remoteAddress, reason: error.message }, 'a connection failed'))
      socket.on('close', () => sockets.delete(socket))
      const share = held.open(() => {
        log.warn(
          { address: socket.remoteAddress },
          'a connection was closed: all together hold too much of events without an end',
        )
        socket.destroy()
      })
      const read = (): void => {
        const { signal } = stopped
        readStream(socket, { decoder: stream.decoder(), sink: given, signal, held: share, mark: mark(socket) })
      }
      if (!lenient || options.mode === 'client') {
        read()
        return
      }
      socket.once('data', (first: Buffer) => {
        socket.pause()
        const speaksHttp = HTTP_METHODS.test(first.toString('latin1', 0, 8))
        socket.unshift(first)
        if (speaksHttp) receiver.emit('connection', socket)
        else read()
        // After who reads now has taken the socket over.
        process.nextTick(() => socket.resume())
      })
    }
    const connectForEver = async (given: EventSink): Promise<void> => {
      const secure = options.ssl_enabled
      while (!stopped.signal.aborted) {
        await new Promise<void>((resolve) => {
          const target = { host, port: options.port }
          const socket = secure ? connectTls(target) : createConnection(target)
          take(socket, given)
          socket.on('close', () => resolve())
        })
        await waitUntilAbort(RECONNECT_MS, stopped.signal)
      }
    }
    return {
      get port() {
        return boundPort
      },
      async start(given) {
        sink = given
        if (options.mode === 'client') {
          void connectForEver(given)
          return
        }
        const tls = await loadServerTls(options)
        const accept = (socket: Socket): void => take(socket, given)
        server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
        boundPort = await listen(server, host, options.port)
      },
      stop() {
        sink = undefined
        stopped.abort()
        for (const socket of sockets) socket.pause()
        return Promise.resolve()
      },
      async close() {
        for (const socket of sockets) socket.destroy()
        if (server !== undefined) await closeServer(server)
      },
    }
  },
})
