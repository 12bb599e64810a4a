import { z } from 'zod'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { flag, number, password, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient } from './tcp-client.ts'

const config = z.strictObject({
  ...clientTlsOptions,
  token: password().describe('Token of the log.'),
  host: text().default('data.logentries.com').describe('Host that takes events.'),
  port: port().default(80).describe('Its port; 443 for TLS.'),
  ssl_enable: flag().default(true).describe('Whether the connection uses TLS.'),
  reconnect_interval: number({ min: 0 }).default(10).describe('Seconds until a connection is tried again.'),
})

export const logentries = defineOutput({
  name: 'logentries',
  summary: 'Sends lines to Logentries (InsightOps), each behind the token of the log.',
  config,
  examples: [{ title: 'Over TLS', config: { token: '00000000-0000-0000-0000-000000000000', port: 443 } }],
  defaultCodec: 'json',
  create(options, context) {
    const { host, port: number_, token } = options
    const client = createTcpClient(
      {
        host,
        port: number_,
        reconnectMs: options.reconnect_interval * 1000,
        ...(options.ssl_enable && { tls: () => loadClientTls(options) }),
      },
      context,
    )
    return {
      write(events) {
        // What ends a line within an event would begin another one without its token.
        const lines = events.map(
          (event) => `${token} ${Buffer.from(context.codec.encode(event)).toString().trimEnd().replaceAll(/\r?\n/g, '\u2028')}\n`,
        )
        return client.send(Buffer.from(lines.join('')))
      },
      close() {
        client.close()
        return Promise.resolve()
      },
    }
  },
})
