import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { compileTemplate, type Template } from '../../script/sprintf.ts'
import { choice, list, number, port, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient } from './tcp-client.ts'
import { Trouble } from '../trouble.ts'
import { createUdpSender } from './udp-sender.ts'

const RECONNECT_MS = 1_000

const config = z.strictObject({
  host: text().default('localhost').describe('Host of the daemon.'),
  port: port().default(8125).describe('Its port.'),
  protocol: choice('udp', 'tcp').default('udp').describe('How lines travel.'),
  namespace: text().default('logstash').describe('Begins each name, with references to fields.'),
  sender: text().default('%{host}').describe('Stands behind it, with references to fields.'),
  increment: list().default([]).describe('Counters that go up by one.'),
  decrement: list().default([]).describe('Counters that go down by one.'),
  count: textHash().default({}).describe('Counters, and by how much.'),
  gauge: textHash().default({}).describe('Gauges and their values.'),
  set: textHash().default({}).describe('Sets and what is added to each.'),
  timing: textHash().default({}).describe('Timers and their milliseconds.'),
  sample_rate: number({ min: 0, max: 1 }).default(1).describe('Part of the events that is told; the daemon multiplies.'),
})

type Metric = (event: Event) => string

export const statsd = defineOutput({
  name: 'statsd',
  summary: 'Sends counters, gauges, sets and times to StatsD. Names and values may refer to fields.',
  config,
  examples: [
    { title: 'Answers of a web server', config: { increment: ['nginx.status.%{status}'], timing: { 'nginx.time': '%{ms}' } } },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const prefix = [options.namespace, options.sender].filter((part) => part !== '').map((part) => compileTemplate(part))
    // A sender is one part of the name, whatever it is called; what would end a name or a value ends neither.
    const nameOf = (name: Template, event: Event): string =>
      [...prefix.map((part) => part.print(event).replaceAll('.', '_')), name.print(event)].join('.').replaceAll(/[|:@\s]/g, '_')
    const rate = options.sample_rate < 1 ? `|@${options.sample_rate}` : ''
    const metrics: Metric[] = []
    const add = (written: string, value: string, kind: string): void => {
      const name = compileTemplate(written)
      const amount = compileTemplate(value)
      metrics.push(
        (event) =>
          `${nameOf(name, event)}:${amount.print(event).replaceAll(/[|:@\s]/g, '_')}|${kind}${kind === 'g' || kind === 's' ? '' : rate}`,
      )
    }
    for (const name of options.increment) add(name, '1', 'c')
    for (const name of options.decrement) add(name, '-1', 'c')
    for (const [name, value] of Object.entries(options.count)) add(name, value, 'c')
    for (const [name, value] of Object.entries(options.gauge)) add(name, value, 'g')
    for (const [name, value] of Object.entries(options.set)) add(name, value, 's')
    for (const [name, value] of Object.entries(options.timing)) add(name, value, 'ms')

    const sender =
      options.protocol === 'udp'
        ? createUdpSender(options)
        : createTcpClient({ host: options.host, port: options.port, reconnectMs: RECONNECT_MS }, context)
    const trouble = new Trouble(context.log)
    const tell = (error: unknown): void => {
      context.signal.throwIfAborted()
      trouble.tell('a metric could not be sent', error)
    }
    // Which events are told is by their number: a part of them, without chance.
    let told = 0
    return {
      async write(events) {
        for (const event of events) {
          told += options.sample_rate
          if (told < 1) continue
          told -= 1
          for (const metric of metrics) await sender.send(Buffer.from(`${metric(event)}\n`)).catch(tell)
        }
      },
      close() {
        sender.close()
        return Promise.resolve()
      },
    }
  },
})
