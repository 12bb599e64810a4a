import type { Socket } from 'node:net'
import { z } from 'zod'
import { reasonOf } from '../../core/reason.ts'
import { encodeLumberjackWindow, LumberjackAcks } from '../../protocols/lumberjack/write.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { findHostAndPort } from '../host-and-port.ts'
import type { HttpTls } from '../http-client.ts'
import { flag, ignored, list, number, path, port } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'
import { dial } from './dial.ts'

/** A server says meanwhile that it is alive; without a word for this long it is left. */
const ANSWER_LIMIT_MS = 60_000

const notShown = ignored('servers are shown no certificate')

const config = z.strictObject({
  ...clientTlsOptions,
  hosts: list().describe('Servers, with `:port` where it is another one. The first that answers is used.'),
  port: port().optional().describe('Port of hosts that name none. 5044 when absent.'),
  ssl_certificate: path()
    .optional()
    .describe('Certificate (PEM) that is trusted, as the certificate of the server or its authority.'),
  ssl_key: notShown,
  client_key: notShown,
  ssl_key_passphrase: notShown,
  ssl_enabled: flag().optional().describe('Whether the connection uses TLS. When absent, it does when a certificate is named.'),
  reconnect_interval: number({ min: 0 }).default(1).describe('Seconds until what failed is tried again.'),
  flush_size: ignored('a batch of the pipeline is a batch here'),
  idle_flush_time: ignored('a batch of the pipeline is a batch here'),
})

type Options = z.output<typeof config>

export const lumberjack = defineOutput({
  name: 'lumberjack',
  summary: 'Sends events to a `beats` or `lumberjack` input, which acknowledges what it has stored.',
  config,
  examples: [
    { title: 'Another pipeline', config: { hosts: ['logs.example.org'], port: 5044, ssl_certificate: '/etc/elkhorn/ca.pem' } },
  ],
  defaultCodec: 'json',
  create(options, { codec, log, signal }) {
    const addresses = options.hosts.map((written) => {
      const address = findHostAndPort(written, options.port ?? 5044)
      if (address === undefined) throw new Error(`[lumberjack] hosts: [${written}] is no host: write logs.example.org:5044`)
      return address
    })
    const trouble = new Trouble(log)
    /** Connections without a window on its way: each window has one to itself, as all begin with the same sequence. */
    const idle: Socket[] = []

    const connected = async (attempt: number): Promise<Socket> => {
      for (let socket = idle.pop(); socket !== undefined; socket = idle.pop()) if (!socket.destroyed) return socket
      const address = addresses[attempt % addresses.length] as (typeof addresses)[number]
      try {
        return await dial({ ...address, tls: await loadTls(options), signal })
      } catch (error) {
        throw new Error(`${address.host}:${address.port}: ${reasonOf(error)}`, { cause: error })
      }
    }
    /** Sends a window. Rejects when the connection ends, or nothing comes, before all of it is acknowledged. */
    const send = (socket: Socket, window: Buffer, count: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const acks = new LumberjackAcks()
        const end = (error?: Error): void => {
          socket.off('data', read).off('close', gone).off('timeout', silent).setTimeout(0)
          signal.removeEventListener('abort', gone)
          if (error === undefined) {
            idle.push(socket)
            resolve()
          } else {
            socket.destroy()
            reject(error)
          }
        }
        const gone = (): void => end(new Error('the connection was closed'))
        const silent = (): void => end(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`))
        const read = (bytes: Buffer): void => {
          try {
            if (acks.read(bytes).includes(count)) end()
          } catch (error) {
            end(error as Error)
          }
        }
        socket.on('data', read).on('close', gone).on('timeout', silent).setTimeout(ANSWER_LIMIT_MS)
        signal.addEventListener('abort', gone)
        if (socket.destroyed || signal.aborted) gone()
        else socket.write(window)
      })
    return {
      async write(events) {
        const window = encodeLumberjackWindow(events.map((event) => codec.encode(event)))
        for (let attempt = 0; ; attempt++) {
          try {
            await send(await connected(attempt), window, events.length)
            trouble.works('sends events')
            return
          } catch (error) {
            signal.throwIfAborted()
            trouble.tell('sending failed: it is tried again', error)
            await waitOrAbort(options.reconnect_interval * 1000, signal)
          }
        }
      },
      close() {
        for (const socket of idle) socket.destroy()
        return Promise.resolve()
      },
    }
  },
})

/** `undefined` when the connection is to be without TLS. */
async function loadTls(options: Options): Promise<HttpTls | undefined> {
  const { ssl_certificate: trusted, ssl_certificate_authorities: authorities } = options
  if (!(options.ssl_enabled ?? (trusted !== undefined || authorities.length > 0))) return undefined
  // For this plug-in the certificate is one that is trusted, and not one to log in with.
  const all = trusted === undefined ? authorities : [...authorities, trusted]
  const { ssl_verification_mode, ssl_certificate_verification } = options
  return loadClientTls({ ssl_certificate_authorities: all, ssl_verification_mode, ssl_certificate_verification })
}
