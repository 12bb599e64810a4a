import { z } from 'zod'
import type { Event, FieldValue, Fields } from '../../core/event.ts'
import { isFields } from '../../core/event.ts'
import { Float } from '../../core/float.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { flag, list, number, port, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient } from './tcp-client.ts'

const config = z.strictObject({
  host: text().default('localhost').describe('Host of Graphite.'),
  port: port().default(2003).describe('Its port for lines of text.'),
  metrics: textHash().default({}).describe('Names and values, with references to fields.'),
  fields_are_metrics: flag().default(false).describe('Whether every field with a number is a metric.'),
  include_metrics: list().default(['.*']).describe('Expressions of names that are sent.'),
  exclude_metrics: list().default(['%{[^}]+}']).describe('Expressions of names that are not: such as references to no field.'),
  metrics_format: text().default('*').describe('How a name is sent; `*` stands for it. References to fields may be in it.'),
  nested_object_separator: text().default('.').describe('What stands between the names of objects and their fields.'),
  timestamp_field: text().default('@timestamp').describe('Field with the time.'),
  reconnect_interval: number({ min: 0 }).default(2).describe('Seconds between attempts to connect.'),
  resend_on_failure: flag().default(false).describe('Accepted: what was not sent is sent again.'),
})

export const graphite = defineOutput({
  name: 'graphite',
  summary: 'Sends numbers of events to Graphite, as lines of name, value and time.',
  config,
  examples: [
    { title: 'A temperature for each device', config: { metrics: { 'plant.%{[device][id]}.temperature': '%{temperature}' } } },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const reconnectMs = options.reconnect_interval * 1000
    const client = createTcpClient({ host: options.host, port: options.port, reconnectMs }, context)
    const metrics = Object.entries(options.metrics).map(([name, value]) => ({
      name: compileTemplate(name),
      value: compileTemplate(value),
    }))
    const format = compileTemplate(options.metrics_format)
    const time = fieldPath(options.timestamp_field)
    const include = options.include_metrics.map((one) => new RegExp(one))
    const exclude = options.exclude_metrics.map((one) => new RegExp(one))

    const linesOf = (event: Event): string => {
      const found: [string, string | number][] = options.fields_are_metrics
        ? numbersOf(event.fields, '', options.nested_object_separator)
        : metrics.map(({ name, value }) => [name.print(event), value.print(event)])
      const at = time.get(event)
      const seconds = Math.floor((at instanceof Timestamp ? at.epochMillis : context.clock.now()) / 1000)
      let lines = ''
      for (const [name, value] of found) {
        if (
          value === '' ||
          !Number.isFinite(Number(value)) ||
          exclude.some((one) => one.test(name)) ||
          !include.some((one) => one.test(name))
        )
          continue
        // Blanks would end a name.
        lines += `${format.print(event).replaceAll('*', name).replaceAll(/\s+/g, '_')} ${Number(value)} ${seconds}\n`
      }
      return lines
    }
    return {
      async write(events) {
        const lines = events.map(linesOf).join('')
        if (lines !== '') await client.send(Buffer.from(lines))
      },
      close() {
        client.close()
        return Promise.resolve()
      },
    }
  },
})

function numbersOf(fields: Fields, prefix: string, separator: string): [string, number][] {
  return Object.entries(fields).flatMap(([name, value]: [string, FieldValue | undefined]): [string, number][] => {
    if (isFields(value)) return numbersOf(value, `${prefix}${name}${separator}`, separator)
    const number = value instanceof Float ? value.value : value
    return typeof number === 'number' ? [[prefix + name, number]] : []
  })
}
