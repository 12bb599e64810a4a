import type { Socket as UdpSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { z } from 'zod'
import { logstashDateFormat } from '../../core/dates/logstash-date.ts'
import { timeZone } from '../../core/dates/time-zone.ts'
import { addTag, createEvent, isFields, type Event } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { SyslogFrames, withoutLineEnd } from '../../protocols/syslog/framing.ts'
import { parseSyslog, type SyslogMessage } from '../../protocols/syslog/message.ts'
import { DEFAULT_PRIORITY } from '../../protocols/syslog/priority.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { grok } from '../filters/grok/grok.ts'
import { choice, flag, port, text } from '../options.ts'
import { ecsPriority, ecsSyslogFields, legacyPriority, legacySyslogFields } from '../parsing/syslog-fields.ts'
import { defineInput, type EventSink, type Filter } from '../plugin.ts'
import { syslogLabelOptions } from '../syslog-labels.ts'
import { receiveDatagrams } from './datagrams.ts'
import { closeServer, listen } from './listen.ts'
import { loadServerTls, serverTlsOptions } from './server-tls.ts'

const FAILURE_TAG = '_grokparsefailure_sysloginput'

/** Formats of the times of syslog senders, in the order in which they are tried. */
const TIME_FORMATS = [
  'ISO8601',
  'MMM dd HH:mm:ss',
  'MMM d HH:mm:ss',
  'MMM  d HH:mm:ss',
  'MMM dd HH:mm:ss.SSS',
  'MMM  d HH:mm:ss.SSS',
  'yyyy MMM dd HH:mm:ss',
  'yyyy MMM  d HH:mm:ss',
  'MMM dd yyyy HH:mm:ss',
  'MMM  d yyyy HH:mm:ss',
]

const config = z.strictObject({
  host: text().optional().describe('Address to listen on. `network.host` when absent.'),
  port: port().default(514).describe('Port to listen on, with UDP and TCP. 0 takes a free one.'),
  transport: choice('both', 'tcp', 'udp').default('both').describe('Which of the two it listens on.'),
  ...syslogLabelOptions,
  timezone: text().optional().describe("Zone of times that name none. The host's when absent."),
  locale: text().optional().describe('Language of the names of months. English when absent.'),
  grok_pattern: text().optional().describe('Pattern to read messages with instead of RFC 3164 and RFC 5424.'),
  syslog_field: text().default('message').describe('Field of a codec’s event that holds the message.'),
  proxy_protocol: flag()
    .default(false)
    .refine((on) => !on, { error: 'the proxy protocol is not read' })
    .meta({ option: 'boolean' })
    .describe('Not read: must be off.'),
  ecs_compatibility: ecsCompatibility(),
  ...serverTlsOptions,
})

export const syslog = defineInput({
  name: 'syslog',
  summary:
    'Takes syslog over UDP and TCP: RFC 3164 and RFC 5424, in TCP as lines or counted by octets (RFC 6587). What cannot be read is kept, with a tag.',
  config,
  examples: [{ title: 'Switches and firewalls', config: { port: 5514 } }],
  defaultCodec: 'plain',
  create(options, context) {
    const { codec, clock, log, platform } = context
    const host = options.host ?? platform.listenHost ?? '127.0.0.1'
    const ecs = (options.ecs_compatibility ?? context.ecs) !== 'disabled'
    const labels = options.use_labels ? { facilities: options.facility_labels, severities: options.severity_labels } : undefined
    const formats = TIME_FORMATS.map((pattern) => logstashDateFormat(pattern, options.locale))
    const zone = timeZone(options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
    const field = fieldPath(options.syslog_field)
    const hostField = fieldPath(ecs ? '[host][ip]' : 'host')
    const ownGrok: Filter | undefined =
      options.grok_pattern === undefined
        ? undefined
        : grok.create(
            grok.config.parse({
              match: { message: options.grok_pattern },
              overwrite: ['message'],
              tag_on_failure: [FAILURE_TAG],
              ...(options.ecs_compatibility !== undefined && { ecs_compatibility: options.ecs_compatibility }),
            }),
            context,
          )
    const stopped = new AbortController()
    const sockets = new Set<Socket>()
    let server: Server | undefined
    let udp: UdpSocket | undefined
    let boundPort: number | undefined

    const instantOf = ({ timestamp }: SyslogMessage): Timestamp | undefined => {
      if (timestamp === undefined) return undefined
      for (const format of formats) {
        const millis = format.parse(timestamp, zone, clock.now())
        if (!Number.isNaN(millis)) return new Timestamp(millis)
      }
      return undefined
    }
    /** Reads the message of an event that the codec made. */
    const read = (event: Event, line: string): void => {
      if (ownGrok !== undefined && 'process' in ownGrok) {
        event.fields['message'] = line
        ownGrok.process(event, { add: () => undefined, addMatched: () => undefined })
        return
      }
      const message = parseSyslog(line)
      if (message === undefined) {
        mergeFields(
          event,
          createEvent(
            ecs ? { log: { syslog: ecsPriority(DEFAULT_PRIORITY, labels) } } : legacyPriority(DEFAULT_PRIORITY, labels),
          ),
        )
        addTag(event, FAILURE_TAG)
        return
      }
      mergeFields(event, createEvent(ecs ? ecsSyslogFields(message, labels) : legacySyslogFields(message, labels)))
      const instant = instantOf(message)
      if (instant !== undefined) event.fields['@timestamp'] = instant
    }
    const decode = (frame: Uint8Array, address: string): Event[] => {
      const decoder = codec.decoder()
      const events = [...decoder.decode(frame), ...decoder.end()]
      for (const event of events) {
        const line = field.get(event)
        if (typeof line === 'string') read(event, line)
        if (!hostField.has(event)) hostField.set(event, address)
      }
      return events
    }

    const take = (socket: Socket, sink: EventSink): void => {
      sockets.add(socket)
      const address = socket.remoteAddress ?? ''
      const frames = new SyslogFrames()
      const hand = (found: readonly Buffer[]): void => {
        const events = found.flatMap((frame) => decode(frame, address))
        if (events.length === 0 || sink.push(events)) return
        socket.pause()
        void sink.ready(stopped.signal).then(() => socket.resume())
      }
      socket.on('data', (chunk: Buffer) => hand(frames.push(chunk)))
      socket.on('error', (error) => log.debug({ address, reason: error.message }, 'a connection failed'))
      socket.on('close', () => {
        sockets.delete(socket)
        hand(frames.end())
      })
    }
    return {
      get port() {
        return boundPort
      },
      async start(sink) {
        await ownGrok?.open?.()
        if (options.transport !== 'udp') {
          const tls = await loadServerTls(options)
          const accept = (socket: Socket): void => take(socket, sink)
          server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
          boundPort = await listen(server, host, options.port)
        }
        if (options.transport !== 'tcp') {
          const datagram = (bytes: Buffer, address: string): Event[] => decode(withoutLineEnd(bytes), address)
          const [number, signal] = [boundPort ?? options.port, stopped.signal]
          udp = await receiveDatagrams(sink, { host, port: number, decode: datagram, log, signal })
          boundPort ??= udp.address().port
        }
      },
      async stop() {
        stopped.abort()
        for (const socket of sockets) socket.pause()
        const closing = udp
        udp = undefined
        if (closing !== undefined) await new Promise<void>((resolve) => closing.close(() => resolve()))
      },
      async close() {
        for (const socket of sockets) socket.destroy()
        if (server !== undefined) await closeServer(server)
      },
    }
  },
})

/** Fields of the message win over those that the codec set; objects are joined. */
function mergeFields(event: Event, more: Event): void {
  for (const [name, value] of Object.entries(more.fields)) {
    const before = event.fields[name]
    if (isFields(before) && isFields(value)) Object.assign(before, value)
    else event.fields[name] = value
  }
}
