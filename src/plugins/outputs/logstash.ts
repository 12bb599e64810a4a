import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import { z } from 'zod'
import { printFields } from '../../core/event-json.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { findHostAndPort } from '../host-and-port.ts'
import { basicAuthorization } from '../http-client.ts'
import { flag, list, password, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createHttpDelivery, type Deliver } from './http-delivery.ts'

const compress = promisify(gzip)
const PORT = 9800

const config = z.strictObject({
  ...clientTlsOptions,
  hosts: list().describe('Servers, with `:port` where it is not 9800. They take turns.'),
  username: text().optional().describe('User for basic authentication.'),
  user: text().optional().meta({ aliasOf: 'username' }).describe('Another name of `username`.'),
  password: password().optional().describe('Their password.'),
  ssl_enabled: flag().default(true).describe('Whether the connection uses TLS.'),
})

export const logstash = defineOutput({
  name: 'logstash',
  summary: 'Sends events to a `logstash` input, of another Logstash or here, which answers when it keeps them.',
  config,
  examples: [{ title: 'Two servers', config: { hosts: ['logs-1.example.org', 'logs-2.example.org:9801'] } }],
  defaultCodec: 'plain',
  create(options, context) {
    const protocol = options.ssl_enabled ? 'https' : 'http'
    const urls = options.hosts.map((written) => {
      const address = findHostAndPort(written, PORT)
      if (address === undefined) throw new Error(`[logstash] hosts: [${written}] is no host: write logs.example.org:${PORT}`)
      const { host, port } = address
      return new URL(`${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`)
    })
    if (urls.length === 0) throw new Error('[logstash] hosts: no server is named')
    const headers = {
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      ...(options.username !== undefined && { authorization: basicAuthorization(options.username, options.password ?? '') }),
    }
    let turn = 0
    let deliver: Deliver = () => Promise.reject(new Error('the output is not started'))
    return {
      async start() {
        deliver = createHttpDelivery(context, { hosts: options.hosts }, await loadClientTls(options))
      },
      write: (events) =>
        deliver(events, async (these) => ({
          url: urls[turn++ % urls.length] as URL,
          headers,
          body: await compress(`[${these.map(({ fields }) => printFields(fields)).join(',')}]`),
        })),
    }
  },
})
