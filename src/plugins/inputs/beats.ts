import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { z } from 'zod'
import { addTag, createEvent, isFields, setOwn, type Event, type Fields } from '../../core/event.ts'
import { parseEventJson } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import {
  encodeLumberjackAck,
  LumberjackError,
  LumberjackReader,
  type LumberjackFrame,
  type LumberjackVersion,
} from '../../protocols/lumberjack/frames.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, ignored, integer, port, text } from '../options.ts'
import { defineInput, type Codec, type EventSink, type InputContext } from '../plugin.ts'
import { HeldBytes, type HeldShare } from './held-bytes.ts'
import { closeServer, listen } from './listen.ts'
import { RepeatedMetadata } from './repeated-metadata.ts'
import { loadServerTls, serverTlsOptions } from './server-tls.ts'

/** While a batch is being written its sender is told so this often, and does not send it again. */
const KEEP_ALIVE_MS = 5_000
/** Events of a window that are handed on before it is complete, so that a large window is no large memory. */
const MAX_WINDOW_BYTES = 16 * 1024 * 1024
/** A window becomes events as fast as they are wanted: the fewer there are at a time, the less is garbage that has aged. */
const EVENTS_AT_A_TIME = 500
const UP =
  'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 53\r\nconnection: close\r\n\r\nbeats port is up: it speaks Lumberjack, and not HTTP\n'

const config = z.strictObject({
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().optional().describe('Port to listen on; `beats.port` when absent. 0 takes a free one.'),
  client_inactivity_timeout: integer({ min: 0 })
    .default(60)
    .describe('Connections that are silent for so many seconds are closed. 0: never.'),
  include_codec_tag: flag().default(true).describe('Whether events get the tag `beats_input_codec_plain_applied`.'),
  add_hostname: ignored('senders name their host themselves'),
  target_field_for_codec: ignored('the codec reads the field message'),
  ssl_peer_metadata: ignored('events get their tag and the address of their sender'),
  enrich: ignored('events get their tag and the address of their sender'),
  event_loop_threads: ignored('connections share a thread'),
  executor_threads: ignored('connections share a thread'),
  max_clients: ignored('memory bounds what clients may send together'),
  congestion_threshold: ignored('a full queue slows its senders down'),
  ecs_compatibility: ecsCompatibility(),
  ...serverTlsOptions,
})

function define(name: string, summary: string) {
  return defineInput({
    name,
    summary,
    config,
    examples: [{ title: 'The usual port', config: { port: 5044 } }],
    defaultCodec: 'plain',
    create(options, context) {
      const stopped = new AbortController()
      const sockets = new Set<Socket>()
      const toEvents = eventReader(context, options.include_codec_tag)
      const held = new HeldBytes()
      const handing = new Set<Promise<void>>()
      let server: Server | undefined
      let boundPort: number | undefined
      const accept = (socket: Socket, sink: EventSink): void => {
        sockets.add(socket)
        const address = socket.remoteAddress ?? ''
        socket.setNoDelay(true)
        socket.on('close', () => sockets.delete(socket))
        socket.on('error', () => undefined) // the loop that reads ends with it
        const idleMs = options.client_inactivity_timeout * 1000
        const share = held.open(() => {
          context.log.warn({ address }, 'a sender was disconnected: all together hold too much of windows that are not complete')
          socket.destroy()
        })
        const metadata = new RepeatedMetadata()
        const toOwnEvents = (frames: readonly EventFrame[]): readonly Event[] => toEvents(frames, address, metadata)
        serve(socket, { sink, signal: stopped.signal, idleMs, held: share, toEvents: toOwnEvents, handing }).catch(
          (error: unknown) => {
            if (error instanceof LumberjackError)
              context.log.warn({ address, reason: error.message }, 'a sender was disconnected')
            socket.destroy()
          },
        )
      }
      return {
        get port() {
          return boundPort
        },
        async start(sink) {
          const tls = await loadServerTls(options)
          const take = (socket: Socket): void => accept(socket, sink)
          server = tls === undefined ? createServer(take) : createTlsServer(tls, take)
          const { platform } = context
          boundPort = await listen(
            server,
            options.host ?? platform.listenHost ?? '127.0.0.1',
            options.port ?? platform.beatsPort ?? 5044,
          )
        },
        async stop() {
          stopped.abort()
          server?.close()
          for (const socket of sockets) socket.pause()
          await Promise.allSettled(handing)
        },
        async close() {
          for (const socket of sockets) socket.destroySoon()
          if (server !== undefined) await closeServer(server)
        },
      }
    },
  })
}

export const beats = define(
  'beats',
  'Takes events of Filebeat, Metricbeat and other senders of the Lumberjack protocol, versions 1 and 2. A batch is acknowledged when it is stored.',
)

export const lumberjack = define(
  'lumberjack',
  'Takes events of old senders of the Lumberjack protocol: the same as `beats`, which speaks versions 1 and 2.',
)

export const elasticAgent = define('elastic_agent', 'Takes events of Elastic Agents: the same protocol as `beats`.')

type EventFrame = Exclude<LumberjackFrame, { kind: 'window' }>

interface Serving {
  readonly sink: EventSink
  readonly signal: AbortSignal
  /** 0: without end. */
  readonly idleMs: number
  /** What it holds of a window that is not complete. */
  readonly held: HeldShare
  readonly toEvents: (frames: readonly EventFrame[]) => readonly Event[]
  /** Windows that are being handed on. */
  readonly handing: Set<Promise<void>>
}

interface Batch {
  readonly version: LumberjackVersion
  readonly sequence: number
  /** Events of it that are not stored yet. */
  pending: number
}

/** Reads batches until the sender goes. They are acknowledged in the order in which they came. */
async function serve(socket: Socket, { sink, signal, idleMs, held, toEvents, handing }: Serving): Promise<void> {
  const reader = new LumberjackReader()
  const batches: Batch[] = []
  let frames: EventFrame[] = []
  let frameBytes = 0
  let window = 0
  /** Events of the window that are still to come, with those in `frames`. */
  let left = 0
  let isFirst = true
  const acknowledge = (): void => {
    for (let batch = batches[0]; batch?.pending === 0; batch = batches[0]) {
      batches.shift()
      socket.write(encodeLumberjackAck(batch.version, batch.sequence))
    }
  }
  const keepAlive = setInterval(() => {
    const [oldest] = batches
    if (oldest !== undefined) socket.write(encodeLumberjackAck(oldest.version, 0))
  }, KEEP_ALIVE_MS)
  if (idleMs > 0) {
    socket.setTimeout(idleMs, () => {
      if (batches.length === 0) socket.destroy()
    })
  }
  const hand = (version: LumberjackVersion): Promise<void> => {
    const done = handOn(version).finally(() => handing.delete(done))
    handing.add(done)
    return done
  }
  const handOn = async (version: LumberjackVersion): Promise<void> => {
    const whole = frames
    const batch: Batch = { version, sequence: whole.at(-1)?.sequence ?? 0, pending: whole.length }
    left = left > whole.length ? left - whole.length : window
    frames = []
    frameBytes = 0
    batches.push(batch)
    for (let from = 0; from < whole.length && !socket.destroyed; from += EVENTS_AT_A_TIME) {
      await sink.ready(signal, EVENTS_AT_A_TIME)
      const part = whole.slice(from, from + EVENTS_AT_A_TIME)
      sink.push(toEvents(part), (error) => {
        // Without an acknowledgement the sender sends the batch again.
        if (error !== undefined) socket.destroy()
        else {
          batch.pending -= part.length
          acknowledge()
        }
      })
    }
  }
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      if (isFirst && /^(?:GET|POST|PUT|HEAD) /.test(chunk.toString('latin1', 0, 5))) {
        socket.end(UP)
        return
      }
      isFirst = false
      for await (const group of reader.frames(chunk)) {
        for (const frame of group) {
          if (frame.kind === 'window') {
            // A sender may begin a window before it has filled the last one.
            if (frames.length > 0) await hand(frame.version)
            window = frame.size
            left = window
            if (window === 0) socket.write(encodeLumberjackAck(frame.version, 0))
            continue
          }
          frames.push(frame)
          frameBytes += frame.sizeBytes
          if (frames.length >= left || frameBytes >= MAX_WINDOW_BYTES) await hand(frame.version)
        }
      }
      held.set(reader.heldBytes + frameBytes)
    }
  } finally {
    held.set(0)
    clearInterval(keepAlive)
  }
}

/** Events out of frames. A codec other than `plain` reads what is in `message`. */
function eventReader(
  { codec, ecs }: InputContext,
  tagged: boolean,
): (frames: readonly EventFrame[], address: string, metadata: RepeatedMetadata) => readonly Event[] {
  const plain = isPlain(codec)
  const addressField = fieldPath(ecs === 'disabled' ? '[@metadata][ip_address]' : '[@metadata][input][beats][host][ip]')
  return (frames, address, metadata) =>
    frames.flatMap((frame) => {
      const event = toEvent(frame, metadata)
      const { message } = event.fields
      const events = plain || typeof message !== 'string' ? [event] : decodeMessage(event, message, codec)
      for (const one of events) {
        addressField.set(one, address)
        if (plain && tagged && typeof message === 'string') addTag(one, 'beats_input_codec_plain_applied')
      }
      return events
    })
}

function toEvent(frame: EventFrame, metadata: RepeatedMetadata): Event {
  if (frame.kind === 'pairs') return sized(createEvent({ ...frame.pairs }), frame.sizeBytes)
  const { bytes, start, sizeBytes } = frame
  const cut = metadata.cut(frame)
  const json = bytes.toString('utf8', start + cut, start + sizeBytes)
  try {
    const value = parseEventJson(json)
    if (isFields(value)) {
      if (cut > 0 && value['@metadata'] === undefined) return sized(createEvent(value, metadata.fields), sizeBytes)
      const event = withoutMetadata(value)
      if (cut === 0) metadata.learn(frame, event.metadata)
      return sized(event, sizeBytes)
    }
  } catch {
    // told by the tag
  }
  const message = cut > 0 ? metadata.putBack(json) : json
  return sized(createEvent({ message, tags: ['_beats_input_codec_failure'] }), sizeBytes)
}

/** A copy: an object that something is deleted from stays slow in all that comes. */
function withoutMetadata(value: Fields): Event {
  const metadata = value['@metadata']
  if (metadata === undefined) return createEvent(value)
  const fields: Fields = {}
  for (const name in value) if (name !== '@metadata') setOwn(fields, name, value[name] ?? null)
  return createEvent(fields, isFields(metadata) ? metadata : {})
}

function sized(event: Event, sizeBytes: number): Event {
  event.sizeBytes = sizeBytes
  return event
}

function decodeMessage(event: Event, message: string, codec: Codec): Event[] {
  const decoder = codec.decoder()
  const decoded = [...decoder.decode(Buffer.from(message)), ...decoder.end()]
  for (const one of decoded) {
    for (const [name, value] of Object.entries(event.fields)) {
      if (name !== 'message' && value !== undefined && one.fields[name] === undefined) setOwn(one.fields, name, value)
    }
    one.metadata = { ...event.metadata, ...one.metadata }
  }
  return decoded
}

/** Whether a codec leaves a text as it is. */
function isPlain(codec: Codec): boolean {
  const decoder = codec.decoder()
  const events = [...decoder.decode(Buffer.from('{}')), ...decoder.end()]
  return events.length === 1 && events[0]?.fields['message'] === '{}'
}
