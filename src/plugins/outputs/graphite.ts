import { z } from 'zod'
import { flag, number, port, text } from '../options.ts'
import { compileMetricLines, metricOptions } from '../parsing/graphite-lines.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient } from './tcp-client.ts'

const config = z.strictObject({
  host: text().default('localhost').describe('Host of Graphite.'),
  port: port().default(2003).describe('Its port for lines of text.'),
  ...metricOptions,
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
    const linesOf = compileMetricLines(options, context.clock)
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
