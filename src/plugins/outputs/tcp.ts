import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { choice, flag, list, number, path, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { waitOrAbort } from '../wait.ts'

const config = z.strictObject({
  host: text().describe('Host to connect to, or address to listen on.'),
  port: port().describe('Its port.'),
  mode: choice('client', 'server').default('client').describe('Whether it connects, or others connect to it.'),
  reconnect_interval: number({ min: 0 }).default(10).describe('Seconds between attempts to connect.'),
  ssl_enable: flag().optional().meta({ option: 'boolean', aliasOf: 'ssl_enabled' }).describe('Older name of `ssl_enabled`.'),
  ssl_enabled: flag().default(false).describe('Whether the connection uses TLS, as a client.'),
  ssl_certificate_authorities: list().default([]).describe('Certificates that are trusted, as PEM files.'),
  ssl_certificate: path().optional().describe('Certificate to log in with, as a PEM file.'),
  ssl_key: path().optional().describe('Its key.'),
  ssl_verification_mode: choice('full', 'none').default('full').describe("Whether the server's certificate is checked."),
  ecs_compatibility: ecsCompatibility(),
})

export const tcp = defineOutput({
  name: 'tcp',
  summary: 'Writes events to a TCP connection, or to all that connect.',
  config,
  examples: [{ title: 'Lines of JSON', config: { host: 'collector.example.org', port: 5000, codec: 'json_lines' } }],
  defaultCodec: 'json',
  create(options, { codec, log, signal }) {
    const clients = new Set<Socket>()
    let server: Server | undefined
    let socket: Socket | undefined

    const dial = async (): Promise<Socket> => {
      const { host, port: number } = options
      const made = options.ssl_enabled
        ? connectTls({
            host,
            port: number,
            servername: host,
            rejectUnauthorized: options.ssl_verification_mode === 'full',
            ...(options.ssl_certificate_authorities.length > 0 && {
              ca: await Promise.all(options.ssl_certificate_authorities.map((one) => readFile(one))),
            }),
            ...(options.ssl_certificate !== undefined && { cert: await readFile(options.ssl_certificate) }),
            ...(options.ssl_key !== undefined && { key: await readFile(options.ssl_key) }),
          })
        : connect({ host, port: number })
      await once(made, options.ssl_enabled ? 'secureConnect' : 'connect')
      made.on('error', () => undefined).on('close', () => (socket = undefined))
      made.resume()
      return made
    }
    const connected = async (): Promise<Socket> => {
      while (socket === undefined || socket.destroyed) {
        try {
          socket = await dial()
        } catch (error) {
          signal.throwIfAborted()
          log.warn(
            { host: options.host, port: options.port, error: error instanceof Error ? error.message : String(error) },
            'no connection: it is tried again',
          )
          await waitOrAbort(options.reconnect_interval * 1000, signal)
        }
      }
      return socket
    }
    const send = (target: Socket, bytes: Uint8Array): Promise<void> =>
      new Promise((resolve, reject) => {
        const gone = (): void => reject(new Error('the connection was closed'))
        target.once('close', gone)
        target.write(bytes, (error) => {
          target.off('close', gone)
          if (error) reject(error)
          else resolve()
        })
      })
    const encode = (events: readonly Event[]): Buffer => Buffer.concat(events.map((event) => Buffer.from(codec.encode(event))))

    return {
      async start() {
        if (options.mode === 'client') return
        server = createServer((client) => {
          clients.add(client)
          client.on('error', () => undefined).on('close', () => clients.delete(client))
          client.resume()
        })
        server.listen(options.port, options.host)
        await once(server, 'listening')
      },
      async write(events) {
        const bytes = encode(events)
        if (options.mode === 'server') {
          await Promise.allSettled([...clients].map((client) => send(client, bytes)))
          return
        }
        for (;;) {
          try {
            await send(await connected(), bytes)
            return
          } catch (error) {
            signal.throwIfAborted()
            log.warn(
              { error: error instanceof Error ? error.message : String(error) },
              'the connection broke: events are sent again',
            )
          }
        }
      },
      close() {
        socket?.end()
        for (const client of clients) client.destroy()
        server?.close()
        return Promise.resolve()
      },
    }
  },
})
