import type { Socket } from 'node:dgram'
import { z } from 'zod'
import { addTag, createEvent, isFields, setOwn, type Event, type Fields } from '../../core/event.ts'
import { parseEventJson } from '../../core/event-json.ts'
import { Float } from '../../core/float.ts'
import { neverBack } from '../../core/time.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { GelfError, GelfReader } from '../../protocols/gelf/datagrams.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { flag, ignored, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { receiveDatagrams } from './datagrams.ts'

/** Senders whose bad datagrams were told: of each the first one is. */
const MAX_TOLD = 1_000

export const gelf = defineInput({
  name: 'gelf',
  summary:
    'Takes messages of the Graylog Extended Log Format over UDP, as Docker sends them: plain, compressed, in chunks. When the queue is full, they are dropped and counted.',
  config: z.strictObject({
    host: text().optional().describe('Address to listen on. `network.host` when absent.'),
    port: port().default(12_201).describe('Port to listen on. 0 takes a free one.'),
    port_udp: port().optional().meta({ aliasOf: 'port' }).describe('Another name of `port`.'),
    use_udp: flag().default(true).describe('Accepted: messages come over UDP.'),
    use_tcp: flag().default(false).describe('Must be off: over TCP, `tcp` with codec `json` takes the same JSON.'),
    port_tcp: ignored('nothing listens on TCP'),
    remap: flag().default(true).describe('Makes `message` of `full_message`, or of `short_message` where that is all there is.'),
    strip_leading_underscore: flag().default(true).describe('Whether `_field` becomes `field`.'),
    ecs_compatibility: ecsCompatibility(),
  }),
  examples: [{ title: 'The usual port', config: { port: 12_201 } }],
  defaultCodec: 'plain',
  create(options, { clock, log, platform }) {
    if (options.use_tcp) throw new Error('[gelf] use_tcp: messages come over UDP; for TCP use [tcp] with codec json')
    const host = options.host ?? platform.listenHost ?? '127.0.0.1'
    const reader = new GelfReader()
    const steady = neverBack(clock)
    const stopped = new AbortController()
    const told = new Set<string>()
    let socket: Socket | undefined
    const decode = (datagram: Buffer, address: string): readonly Event[] => {
      try {
        const json = reader.read(datagram, address, steady.now())
        if (json === undefined) return []
        const event = toEvent(json, options)
        event.sizeBytes = json.length
        event.fields['source_host'] = address
        return [event]
      } catch (error) {
        if (!(error instanceof GelfError)) throw error
        if (!told.has(address) && told.size < MAX_TOLD) log.warn({ address, reason: error.message }, 'a datagram is no message')
        told.add(address)
        return []
      }
    }
    return {
      get port() {
        return socket?.address().port
      },
      async start(sink) {
        socket = await receiveDatagrams(sink, { host, port: options.port, decode, log, signal: stopped.signal })
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

function toEvent(json: string, options: { readonly remap: boolean; readonly strip_leading_underscore: boolean }): Event {
  const given = fieldsOf(json)
  if (given === undefined) {
    const event = createEvent({ message: json })
    addTag(event, '_jsonparsefailure')
    return event
  }
  const fields: Fields = {}
  for (const [name, value] of Object.entries(given)) {
    const isOwn = options.strip_leading_underscore && name.startsWith('_')
    if (value !== undefined) setOwn(fields, isOwn ? name.slice(1) : name, value)
  }
  const at = fields['timestamp']
  const seconds = at instanceof Float ? at.value : at
  if (typeof seconds === 'number') {
    fields['@timestamp'] = new Timestamp(Math.round(seconds * 1000))
    delete fields['timestamp']
  }
  if (options.remap) remap(fields)
  return createEvent(fields)
}

function remap(fields: Fields): void {
  const { full_message: full, short_message: short } = fields
  if (typeof full === 'string' && full !== '') {
    fields['message'] = full
    delete fields['full_message']
    if (short === full) delete fields['short_message']
  } else if (typeof short === 'string' && short !== '') {
    fields['message'] = short
    delete fields['short_message']
  }
}

function fieldsOf(json: string): Fields | undefined {
  try {
    const value = parseEventJson(json)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
