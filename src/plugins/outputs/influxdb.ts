import { z } from 'zod'
import { isFields, type Event, type FieldValue } from '../../core/event.ts'
import { fieldText } from '../../core/event-json.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { basicAuthorization } from '../http-client.ts'
import { choice, flag, ignored, list, password, port, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { groupEvents } from './group-events.ts'
import { createHttpDelivery } from './http-delivery.ts'

const config = z.strictObject({
  host: text().describe('Host of InfluxDB.'),
  port: port().default(8086).describe('Its port.'),
  ssl: flag().default(false).describe('Whether it is asked over TLS.'),
  db: text().default('statistics').describe('Database, with references.'),
  retention_policy: text().default('autogen').describe('Retention policy, with references.'),
  measurement: text().default('logstash').describe('Measurement, with references.'),
  user: text().optional().describe('User to log in as.'),
  password: password().optional().describe('Their password.'),
  data_points: textHash().default({}).describe('Names and values of a point, with references.'),
  use_event_fields_for_data_points: flag().default(false).describe('Whether all fields of the event are values instead.'),
  exclude_fields: list()
    .default(['@timestamp', '@version', 'sequence', 'message', 'type'])
    .describe('Fields that are not, when they all are.'),
  send_as_tags: list().default(['host']).describe('Names among the values that are sent as tags.'),
  coerce_values: textHash().default({}).describe('Names of values and their types: `integer`, `float`, `string`, `boolean`.'),
  allow_time_override: flag().default(false).describe('Whether the value `time` is the time of the point, in `time_precision`.'),
  time_precision: choice('n', 'u', 'ms', 's', 'm', 'h').default('ms').describe('How fine times are.'),
  flush_size: ignored('a batch of the pipeline is a batch here'),
  idle_flush_time: ignored('a batch of the pipeline is a batch here'),
  initial_delay: ignored('waits get longer by themselves'),
  max_retries: ignored('what failed is sent until it is taken'),
})

type Options = z.output<typeof config>

/** A time since 1970 in the unit of a precision. Nanoseconds are beyond what a double holds. */
const TIMES: Readonly<Record<Options['time_precision'], (at: Timestamp) => number | bigint>> = {
  n: (at) => BigInt(at.epochMillis) * 1_000_000n + BigInt(at.nanos),
  u: (at) => at.epochMillis * 1000 + Math.floor(at.nanos / 1000),
  ms: (at) => at.epochMillis,
  s: (at) => Math.floor(at.epochMillis / 1000),
  m: (at) => Math.floor(at.epochMillis / 60_000),
  h: (at) => Math.floor(at.epochMillis / 3_600_000),
}

export const influxdb = defineOutput({
  name: 'influxdb',
  summary: 'Writes points to InfluxDB 1, or what speaks as it, such as VictoriaMetrics.',
  config,
  examples: [
    {
      title: 'A temperature for each device',
      config: {
        host: 'influx.example.org',
        db: 'plant',
        measurement: 'climate',
        data_points: { device: '%{[device][id]}', temperature: '%{temperature}' },
        coerce_values: { temperature: 'float' },
        send_as_tags: ['device'],
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const server = `http${options.ssl ? 's' : ''}://${options.host}:${options.port}`
    const deliver = createHttpDelivery(context, { host: options.host })
    const [database, policy] = [compileTemplate(options.db), compileTemplate(options.retention_policy)]
    const lineOf = compileLine(options, () => context.clock.now())
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      ...(options.user !== undefined && { authorization: basicAuthorization(options.user, options.password ?? '') }),
    }
    return {
      async write(events) {
        // A point without values is none.
        const lines = new Map(
          events.flatMap((event) => {
            const line = lineOf(event)
            return line === undefined ? [] : [[event, line] as const]
          }),
        )
        const byTarget = groupEvents([...lines.keys()], (event) =>
          new URLSearchParams({
            db: database.print(event),
            rp: policy.print(event),
            precision: options.time_precision,
          }).toString(),
        )
        for (const [target, some] of byTarget) {
          const url = new URL(`${server}/write?${target}`)
          await deliver(some, (these) => ({ url, headers, body: these.map((event) => lines.get(event)).join('\n') }))
        }
      },
    }
  },
})

/** Prints an event as a line: `measurement,tag=a value=1.5 1714557600000`. `undefined` when it has no value. */
function compileLine(options: Options, now: () => number): (event: Event) => string | undefined {
  const measurement = compileTemplate(options.measurement)
  const points = Object.entries(options.data_points).map(([name, value]) => [name, compileTemplate(value)] as const)
  const excluded = options.exclude_fields.map((name) => fieldPath(name).text)
  const tags = new Set(options.send_as_tags)
  const valuesOf = (event: Event): readonly (readonly [string, FieldValue])[] =>
    options.use_event_fields_for_data_points
      ? Object.entries(event.fields).flatMap(([name, value]) =>
          value === undefined || value === null || isFields(value) || excluded.includes(fieldPath(name).text)
            ? []
            : [[name, value] as const],
        )
      : points.map(([name, value]) => [name, value.print(event)] as const)
  return (event) => {
    const values = valuesOf(event).map(([name, value]) => [name, coerce(value, options.coerce_values[name])] as const)
    const override = options.allow_time_override ? values.find(([name]) => name === 'time')?.[1] : undefined
    const rest = values.filter(([name]) => override === undefined || name !== 'time')
    const fields = rest.filter(([name]) => !tags.has(name)).map(([name, value]) => `${escapeName(name)}=${printPoint(value)}`)
    if (fields.length === 0) return undefined
    const tagged = rest.flatMap(([name, value]) => {
      const written = fieldText(value)
      return tags.has(name) && written !== '' ? [`,${escapeName(name)}=${escapeName(written)}`] : []
    })
    const at = event.fields['@timestamp']
    const time = timeOf(override) ?? TIMES[options.time_precision](at instanceof Timestamp ? at : new Timestamp(now()))
    return `${escapeName(measurement.print(event), /[, ]/g)}${tagged.join('')} ${fields.join(',')} ${time}`
  }
}

/** The whole part of a number; `undefined` where there is none, as where a reference leads to nothing. */
function timeOf(value: FieldValue | undefined): string | undefined {
  return value === undefined ? undefined : /^(-?\d{1,19})(?:\.\d+)?$/.exec(fieldText(value))?.[1]
}

function coerce(value: FieldValue, type: string | undefined): FieldValue {
  const number = Number(fieldText(value))
  if (type === 'integer') return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n
  if (type === 'float') return Number.isFinite(number) ? new Float(number) : 0
  if (type === 'boolean') return fieldText(value) === 'true'
  return type === 'string' ? fieldText(value) : value
}

/** Whole numbers that were asked for as such get an `i`; all others are floats, as InfluxDB takes a number for one. */
function printPoint(value: FieldValue): string {
  if (typeof value === 'bigint') return `${value}i`
  if (value instanceof Float) return String(value.value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return `"${fieldText(value).replaceAll(/["\\]/g, '\\$&')}"`
}

/** What ends a line within a name would begin another one. */
function escapeName(name: string, special = /[,= ]/g): string {
  return name.replaceAll(/\r?\n/g, ' ').replaceAll(special, '\\$&')
}
