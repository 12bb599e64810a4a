import { createSocket, type Socket } from 'node:dgram'
import { z } from 'zod'
import { printJodaDate } from '../../core/dates/logstash-date.ts'
import type { Event } from '../../core/event.ts'
import { nearestName } from '../../core/nearest.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { FACILITY_LABELS, SEVERITY_LABELS } from '../../protocols/syslog/priority.ts'
import { compileTemplate, type Template } from '../../script/sprintf.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, ignored, number, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient } from './tcp-client.ts'

/** Limits of RFC 5424 §6: longer values are cut. */
const HEADER_LIMITS = { hostname: 255, appname: 48, procid: 128, msgid: 32 }

const config = z.strictObject({
  host: text().describe('Host to send to.'),
  port: port().describe('Its port.'),
  protocol: choice('udp', 'tcp', 'ssl-tcp').default('udp').describe('How messages travel.'),
  rfc: choice('rfc3164', 'rfc5424').default('rfc3164').describe('Format of the messages.'),
  use_labels: flag()
    .default(true)
    .describe('Whether `facility` and `severity` are names. `priority` says both as a number otherwise.'),
  facility: text().default('user-level').describe('Facility: a name, with references.'),
  severity: text().default('notice').describe('Severity: a name, with references.'),
  priority: text().default('%{syslog_pri}').describe('Priority when `use_labels` is off, with references.'),
  sourcehost: text().default('%{host}').describe('Host that the message comes from, with references.'),
  appname: text().default('LOGSTASH').describe('Name of the program, with references.'),
  procid: text().default('-').describe('Id of its process, with references.'),
  msgid: text().default('-').describe('Kind of message (RFC 5424), with references.'),
  structured_data: text().optional().describe('Structured data of RFC 5424, in brackets, with references.'),
  message: text().default('%{message}').describe('Text of the message when the codec is plain, with references.'),
  timestamp: ignored('the time of the event is used'),
  reconnect_interval: number({ min: 0 }).default(1).describe('Seconds between attempts to connect.'),
  ssl_crl_path: ignored('lists of revoked certificates are not asked'),
  ssl_crl_check: ignored('lists of revoked certificates are not asked'),
  ecs_compatibility: ecsCompatibility(),
  ...clientTlsOptions,
})

type Options = z.output<typeof config>

export const syslog = defineOutput({
  name: 'syslog',
  summary: 'Sends events as syslog messages, over UDP, TCP or TLS.',
  config,
  examples: [{ title: 'To a log server', config: { host: 'logs.example.org', port: 6514, protocol: 'ssl-tcp', rfc: 'rfc5424' } }],
  defaultCodec: 'plain',
  create(options, context) {
    const header = compileHeader(options)
    const message = compileTemplate(options.message)
    const plain = context.codec
    const textOf = (event: Event): string =>
      event.fields['message'] === undefined && options.message === '%{message}'
        ? Buffer.from(plain.encode(event)).toString()
        : message.print(event)
    // A message is a line: what is inside must not end it.
    const lineOf = (event: Event): string => `${header(event)}${textOf(event).replaceAll(/\r?\n/g, '\\n')}\n`
    if (options.protocol === 'udp') {
      let socket: Socket | undefined
      return {
        start() {
          socket = createSocket(options.host.includes(':') ? 'udp6' : 'udp4')
          socket.on('error', (error) => context.log.warn({ error: error.message }, 'a message could not be sent'))
          return Promise.resolve()
        },
        async write(events) {
          // A datagram is a message: it needs no end of line.
          for (const event of events) await sendDatagram(socket, Buffer.from(lineOf(event).trimEnd()), options)
        },
        close() {
          socket?.close()
          return Promise.resolve()
        },
      }
    }
    const client = createTcpClient(
      {
        host: options.host,
        port: options.port,
        reconnectMs: options.reconnect_interval * 1000,
        ...(options.protocol === 'ssl-tcp' && { tls: () => loadClientTls(options) }),
      },
      context,
    )
    return {
      write: (events) => client.send(Buffer.from(events.map(lineOf).join(''))),
      close() {
        client.close()
        return Promise.resolve()
      },
    }
  },
})

function sendDatagram(socket: Socket | undefined, bytes: Buffer, { host, port: number }: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket === undefined) reject(new Error('the output is not started'))
    else socket.send(bytes, number, host, (error) => (error === null ? resolve() : reject(error)))
  })
}

function compileHeader(options: Options): (event: Event) => string {
  const priority = compilePriority(options)
  const host = compileTemplate(options.sourcehost)
  const appname = compileTemplate(options.appname)
  const procid = compileTemplate(options.procid)
  const msgid = compileTemplate(options.msgid)
  const structured = compileTemplate(options.structured_data ?? '-')
  return (event) => {
    const at = event.fields['@timestamp']
    const millis = at instanceof Timestamp ? at.epochMillis : 0
    const source = word(hostOf(host, event), HEADER_LIMITS.hostname)
    const name = word(appname.print(event), HEADER_LIMITS.appname)
    const process = word(procid.print(event), HEADER_LIMITS.procid)
    if (options.rfc === 'rfc5424') {
      const kind = word(msgid.print(event), HEADER_LIMITS.msgid)
      return `<${priority(event)}>1 ${new Date(millis).toISOString()} ${source} ${name} ${process} ${kind} ${structured.print(event)} `
    }
    return `<${priority(event)}>${printJodaDate('MMM dd HH:mm:ss', millis)} ${source} ${name}${process === '-' ? '' : `[${process}]`}: `
  }
}

/** With ECS names `host` is an object: its name counts. */
function hostOf(template: Template, event: Event): string {
  const printed = template.print(event)
  if (!printed.startsWith('{') && !printed.startsWith('%{')) return printed
  for (const field of ['%{[host][hostname]}', '%{[host][name]}', '%{[host][ip]}']) {
    const one = compileTemplate(field).print(event)
    if (!one.startsWith('%{')) return one
  }
  return '-'
}

/** A value of the header: printable ASCII without spaces, a hyphen when there is nothing. */
function word(value: string, maxLength: number): string {
  const cleaned = value.replaceAll(/[^\u0021-\u007e]/g, '_').slice(0, maxLength)
  return cleaned === '' || cleaned.startsWith('%{') ? '-' : cleaned
}

function compilePriority(options: Options): (event: Event) => number {
  const facilities = FACILITY_LABELS.map((label) => label.toLowerCase())
  const severities = SEVERITY_LABELS.map((label) => label.toLowerCase())
  const constant = (option: 'facility' | 'severity', known: readonly string[]): void => {
    const value = options[option].toLowerCase()
    if (value.includes('%{') || known.includes(value)) return
    const nearest = nearestName(value, known)
    throw new Error(
      `[syslog] there is no ${option} [${options[option]}]${nearest === undefined ? '' : `: did you mean [${nearest}]?`}`,
    )
  }
  if (options.use_labels) {
    constant('facility', facilities)
    constant('severity', severities)
  }
  const facility = compileTemplate(options.facility)
  const severity = compileTemplate(options.severity)
  const priority = compileTemplate(options.priority)
  const codeOf = (known: readonly string[], value: string, usual: number): number => {
    const at = known.indexOf(value.toLowerCase())
    return at < 0 ? usual : at
  }
  return (event) => {
    if (options.use_labels) return codeOf(facilities, facility.print(event), 1) * 8 + codeOf(severities, severity.print(event), 5)
    const number = Number(priority.print(event))
    return Number.isInteger(number) && number >= 0 && number <= 191 ? number : 13
  }
}
