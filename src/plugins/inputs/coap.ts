import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { IncomingMessage, ObserveReadStream, OutgoingMessage, Server } from 'coap'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import type { Log } from '../../core/log.ts'
import { codecs } from '../codecs/index.ts'
import { bytes, flag, list, port, text } from '../options.ts'
import { defineInput, type Codec, type EventSink } from '../plugin.ts'
import { waitUntilAbort } from '../wait.ts'
import { BlockwiseBodies } from './coap-blocks.ts'

const REOBSERVE_MS = 5_000
const EXPIRE_EVERY_MS = 10_000

/** Content formats of RFC 7252 §12.3 that say which codec reads a payload. */
const CODEC_BY_FORMAT: Readonly<Record<string, string>> = { 'application/json': 'json', 'application/cbor': 'cbor' }

const config = z.strictObject({
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().default(5683).describe('Port to listen on, with UDP. 0 takes a free one.'),
  devices: flag()
    .default(false)
    .describe(
      'Whether devices sign in with the id and secret that they have for MQTT, as options `Uri-Query` of every request: `?device=press-07&secret=…`. The event gets `[@metadata][device][id]`. There is no DTLS: on a network that others hear, secrets are heard.',
    ),
  max_content_length: bytes()
    .default(1024 * 1024)
    .describe('Largest body, in one datagram or in blocks. Above it the answer is 4.13.'),
  observe: list().default([]).describe('Resources of devices to watch instead of waiting: `coap://sensor-1/temperature`.'),
})

export const coap = defineInput({
  name: 'coap',
  summary:
    'Takes what devices send over CoAP (RFC 7252), with PUT and POST, in blocks too; and watches resources of devices (RFC 7641). The answer comes when it is stored.',
  config,
  examples: [
    { title: 'A port for devices', config: { port: 5683 } },
    { title: 'Devices that sign in', config: { port: 5683, devices: true } },
    { title: 'Watching a sensor', config: { port: 0, observe: ['coap://sensor-1.plant.example.org/temperature'] } },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const { codec, log, platform } = context
    const byFormat = new Map<string, Codec>()
    for (const [format, name] of Object.entries(CODEC_BY_FORMAT)) {
      const plugin = codecs.find((one) => one.name === name)
      if (plugin !== undefined) byFormat.set(format, plugin.create(plugin.config.parse({}), context))
    }
    const stopped = new AbortController()
    let sink: EventSink | undefined
    let server: Server | undefined
    let socket: Socket | undefined
    let boundPort: number | undefined
    let isFull = false
    const bodies = new BlockwiseBodies(context.clock, options.max_content_length)
    let expiring: NodeJS.Timeout | undefined
    let watching: Promise<unknown> = Promise.resolve()

    const eventsOf = (payload: Buffer, path: string, address: string, format: unknown): readonly Event[] => {
      const decoder = (byFormat.get(String(format)) ?? codec).decoder()
      const events = payload.length === 0 ? [] : [...decoder.decode(payload), ...decoder.end()]
      for (const event of events) {
        event.fields['url'] ??= { path }
        event.fields['host'] ??= { ip: address }
      }
      return events
    }
    const answer = (response: OutgoingMessage, code: string, said = ''): void => {
      response.code = code
      response.end(said)
    }
    const receive = (request: IncomingMessage, response: OutgoingMessage): void => {
      const block = bodies.optionOf(request._packet, request.rsinfo)
      if (block !== undefined) response.setOption('Block1', block)
      if (request.method !== 'PUT' && request.method !== 'POST') {
        answer(response, '4.05', 'PUT and POST are taken')
        return
      }
      void signIn(request).then(
        (device) => {
          if (device === undefined) answer(response, '4.01', 'a device and its secret are needed')
          else keep(request, response, device)
        },
        () => answer(response, '5.03'),
      )
    }
    /** The name of the device that a request comes from, or nothing where none is asked for; `undefined` when it is not let in. */
    const signIn = async (request: IncomingMessage): Promise<string | undefined> => {
      if (!options.devices) return ''
      const username = queryOf(request, 'device')
      const secret = queryOf(request, 'secret')
      if (username === undefined || secret === undefined) return undefined
      const { address } = request.rsinfo
      const credentials = { username, password: Buffer.from(secret), clientId: username, certificate: undefined, address }
      const given = await platform.authenticateDevice(credentials)
      return given.allowed ? given.principal.name : undefined
    }
    const keep = (request: IncomingMessage, response: OutgoingMessage, device: string): void => {
      // Devices cannot be slowed down but by being told to come again.
      if (sink === undefined || isFull) {
        answer(response, '5.03')
        return
      }
      const path = request.url.split('?')[0] ?? '/'
      const events = eventsOf(request.payload, path, request.rsinfo.address, request.headers['Content-Format'])
      if (device !== '') for (const event of events) event.metadata['device'] = { id: device }
      if (sink.push(events, (error) => answer(response, error === undefined ? '2.04' : '5.03'))) return
      isFull = true
      void sink.ready(stopped.signal).then(() => (isFull = false))
    }
    return {
      get port() {
        return boundPort
      },
      async start(given) {
        sink = given
        const library = await import('coap')
        const host = options.host ?? platform.listenHost ?? '127.0.0.1'
        const made = library.createServer({ type: host.includes(':') ? 'udp6' : 'udp4' })
        made.on('request', receive)
        made.on('error', (error: Error) => log.debug({ reason: error.message }, 'a message could not be read'))
        socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
        socket.bind({ address: host, port: options.port })
        await once(socket, 'listening')
        boundPort = socket.address().port
        made.listen(socket)
        expiring = setInterval(() => bodies.expire(), EXPIRE_EVERY_MS).unref()
        putTogether(bodies, socket, made)
        server = made
        watching = Promise.all(
          options.observe.map((url) =>
            watch(url, stopped.signal, log, (payload, format) => {
              given.push(eventsOf(payload, new URL(url).pathname, new URL(url).hostname, format))
            }),
          ),
        )
      },
      async stop() {
        sink = undefined
        stopped.abort()
        await watching
      },
      close() {
        clearInterval(expiring)
        server?.close()
        socket?.close()
        return Promise.resolve()
      },
    }
  },
})

/** Looks at datagrams before the library does: it gets whole requests, in place of those that come in blocks. */
function putTogether(bodies: BlockwiseBodies, socket: Socket, server: Server): void {
  const handle = server.handleRequest()
  socket.removeAllListeners('message')
  socket.on('message', (datagram, from) => {
    const taken = bodies.take(datagram, from)
    if ('request' in taken) handle(taken.request, from)
    else socket.send(taken.answer, from.port, from.address)
  })
}

/** The value of an option `Uri-Query`. */
function queryOf({ _packet: { options = [] } }: IncomingMessage, name: string): string | undefined {
  for (const option of options) {
    const text = option.name === 'Uri-Query' ? String(option.value) : ''
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1)
  }
  return undefined
}

/** Observes a resource, again when the device is gone for a while. */
async function watch(
  url: string,
  signal: AbortSignal,
  log: Log,
  take: (payload: Buffer, format: unknown) => void,
): Promise<void> {
  const { request } = await import('coap')
  while (!signal.aborted) {
    await new Promise<void>((resolve) => {
      const asked = request({ ...partsOf(url), observe: true })
      signal.addEventListener('abort', () => resolve(), { once: true })
      asked.on('response', (response: ObserveReadStream) => {
        response.on('data', (payload: Buffer) => take(payload, response.headers['Content-Format']))
        response.on('end', () => resolve())
        response.on('error', () => resolve())
        signal.addEventListener('abort', () => response.close(), { once: true })
      })
      asked.on('timeout', () => resolve())
      asked.on('error', (error: Error) => {
        log.debug({ url, reason: error.message }, 'a resource could not be observed')
        resolve()
      })
      asked.end()
    })
    if (signal.aborted) return
    log.warn({ url }, 'a device does not answer any more: it is asked again')
    await waitUntilAbort(REOBSERVE_MS, signal)
  }
}

function partsOf(url: string): { hostname: string; port: number; pathname: string; query: string } {
  const { hostname, port: given, pathname, search } = new URL(url)
  return {
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: given === '' ? 5683 : Number(given),
    pathname,
    query: search.slice(1),
  }
}
