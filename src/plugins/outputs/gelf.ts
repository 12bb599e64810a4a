import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { isFields, type Event, type FieldValue, type Fields } from '../../core/event.ts'
import { fieldText, printFields } from '../../core/event-json.ts'
import { Float } from '../../core/float.ts'
import { reasonOf } from '../../core/reason.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { encodeGelf } from '../../protocols/gelf/datagrams.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { choice, flag, integer, list, port, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient } from './tcp-client.ts'
import { createUdpSender } from './udp-sender.ts'

const RECONNECT_MS = 1_000
/** Severities of syslog, by the first letters that Logstash knows them by. */
const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']

const config = z.strictObject({
  host: text().describe('Host of Graylog.'),
  port: port().default(12_201).describe('Its port.'),
  protocol: choice('UDP', 'TCP').default('UDP').describe('How messages travel.'),
  chunksize: integer({ min: 100, max: 65_000 }).default(1420).describe('Most bytes of a datagram.'),
  sender: text().default('%{host}').describe('Who the message is from, with references.'),
  level: list()
    .default(['%{severity}', 'INFO'])
    .describe('Its severity, as name or number; the first whose references are there.'),
  short_message: text().default('short_message').describe('Field with the short text; `message` where it is not there.'),
  full_message: text().default('%{message}').describe('The long text, with references.'),
  ship_metadata: flag().default(true).describe('Whether all other fields go along.'),
  ship_tags: flag().default(true).describe('Whether tags do.'),
  ignore_metadata: list()
    .default(['@timestamp', '@version', 'severity', 'host', 'source_host', 'source_path', 'short_message'])
    .describe('Fields that do not.'),
  custom_fields: textHash().default({}).describe('Further fields, with references.'),
})

export const gelf = defineOutput({
  name: 'gelf',
  summary: 'Sends events to Graylog, in its Extended Log Format over UDP (compressed, in chunks) or TCP.',
  config,
  examples: [{ title: 'The usual port', config: { host: 'graylog.example.org', custom_fields: { environment: 'test' } } }],
  defaultCodec: 'plain',
  create(options, context) {
    const { host, port: number, protocol } = options
    const sender = compileTemplate(options.sender)
    const full = compileTemplate(options.full_message)
    const levels = options.level.map((one) => compileTemplate(one))
    const custom = Object.entries(options.custom_fields).map(([name, value]) => [name, compileTemplate(value)] as const)
    const ignored = new Set([...options.ignore_metadata, 'tags', 'message'])
    const target =
      protocol === 'UDP'
        ? createUdpSender({ host, port: number })
        : createTcpClient({ host, port: number, reconnectMs: RECONNECT_MS }, context)

    const messageOf = (event: Event): string => {
      const { fields } = event
      const at = fields['@timestamp']
      const millis = at instanceof Timestamp ? at.epochMillis : context.clock.now()
      const short = fields[options.short_message] ?? fields['message']
      const message: Fields = {
        version: '1.1',
        host: sender.print(event),
        short_message: short === undefined ? printFields(fields) : fieldText(short),
        full_message: full.print(event),
        timestamp: millis / 1000,
        level: levelOf(levels.map((one) => one.print(event))),
      }
      if (options.ship_metadata) addFields(message, '', fields, ignored)
      if (options.ship_tags && fields['tags'] !== undefined) message['_tags'] = fieldText(fields['tags'])
      for (const [name, value] of custom) message[`_${name}`] = value.print(event)
      return printFields(message)
    }
    return {
      async write(events) {
        for (const event of events) {
          try {
            const json = messageOf(event)
            // Over TCP a message is not compressed, and ends with a zero byte.
            const parts = protocol === 'TCP' ? [Buffer.from(`${json}\0`)] : encodeGelf(json, randomBytes(8), options.chunksize)
            for (const part of parts) await target.send(part)
          } catch (error) {
            context.signal.throwIfAborted()
            await context.deadLetter(event, {
              type: 'gelf_failure',
              reason: reasonOf(error),
            })
          }
        }
      },
      close() {
        target.close()
        return Promise.resolve()
      },
    }
  },
})

/** Fields are numbers or text, and begin with `_`; those of objects have their names joined. `_id` is Graylog's own. */
function addFields(message: Fields, prefix: string, fields: Fields, ignored: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries<FieldValue | undefined>(fields)) {
    if (value === undefined || value === null || (prefix === '' && ignored.has(name))) continue
    if (isFields(value)) addFields(message, `${prefix}${name}_`, value, ignored)
    else {
      const key = `_${prefix}${name}`.replaceAll(/[^\w.-]/g, '_')
      message[key === '_id' ? '__id' : key] = typeof value === 'number' || value instanceof Float ? value : fieldText(value)
    }
  }
}

function levelOf(written: readonly string[]): number {
  for (const one of written) {
    if (/^[0-7]$/.test(one)) return Number(one)
    const found = LEVELS.findIndex((level) => one.toLowerCase().startsWith(level))
    if (found >= 0) return found
  }
  return LEVELS.indexOf('info')
}
