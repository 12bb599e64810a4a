import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, number, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { createTcpClient, sendBytes } from './tcp-client.ts'

const config = z.strictObject({
  host: text().describe('Host to connect to, or address to listen on.'),
  port: port().describe('Its port.'),
  mode: choice('client', 'server').default('client').describe('Whether it connects, or others connect to it.'),
  reconnect_interval: number({ min: 0 }).default(10).describe('Seconds between attempts to connect.'),
  ssl_enable: flag().optional().meta({ option: 'boolean', aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enabled: flag().default(false).describe('Whether the connection uses TLS.'),
  ssl_client_authentication: choice('none', 'optional', 'required')
    .default('none')
    .describe('As a server: whether clients must show a certificate.'),
  ...clientTlsOptions,
  ecs_compatibility: ecsCompatibility(),
})

export const tcp = defineOutput({
  name: 'tcp',
  summary: 'Writes events to a TCP connection, or to all that connect.',
  config,
  examples: [{ title: 'Lines of JSON', config: { host: 'collector.example.org', port: 5000, codec: 'json_lines' } }],
  defaultCodec: 'json',
  create(options, context) {
    const clients = new Set<Socket>()
    const client = createTcpClient(
      {
        host: options.host,
        port: options.port,
        reconnectMs: options.reconnect_interval * 1000,
        ...(options.ssl_enabled && { tls: () => loadClientTls(options) }),
      },
      context,
    )
    let server: Server | undefined
    const accept = (socket: Socket): void => {
      clients.add(socket)
      socket.on('error', () => undefined).on('close', () => clients.delete(socket))
      socket.resume()
    }
    const encode = (events: readonly Event[]): Buffer =>
      Buffer.concat(events.map((event) => Buffer.from(context.codec.encode(event))))

    return {
      async start() {
        if (options.mode === 'client') return
        const { ca, rejectUnauthorized: _client, ...identity } = await loadClientTls(options)
        server = options.ssl_enabled
          ? createTlsServer(
              {
                ...identity,
                ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }),
                requestCert: options.ssl_client_authentication !== 'none',
                rejectUnauthorized: options.ssl_client_authentication === 'required',
              },
              accept,
            )
          : createServer(accept)
        server.listen(options.port, options.host)
        await once(server, 'listening')
      },
      async write(events) {
        const bytes = encode(events)
        if (options.mode === 'server') await Promise.allSettled([...clients].map((socket) => sendBytes(socket, bytes)))
        else await client.send(bytes)
      },
      close() {
        client.close()
        for (const socket of clients) socket.destroy()
        server?.close()
        return Promise.resolve()
      },
    }
  },
})
