import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { z } from 'zod'
import { encodeLumberjackWindow, LumberjackAcks } from '../../protocols/lumberjack/write.ts'
import { clientTlsOptions, loadClientTls } from '../client-tls.ts'
import { findHostAndPort } from '../host-and-port.ts'
import { flag, ignored, list, number, path, port } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

/** A server says meanwhile that it is alive; without a word for this long it is left. */
const ANSWER_LIMIT_MS = 60_000

const config = z.strictObject({
  ...clientTlsOptions,
  hosts: list().describe('Servers, with `:port` where it is another one. The first that answers is used.'),
  port: port().optional().describe('Port of hosts that name none. 5044 when absent.'),
  ssl_certificate: path()
    .optional()
    .describe('Certificate (PEM) that is trusted, as the certificate of the server or its authority.'),
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
    let socket: Socket | undefined

    /** Sends a window. Rejects when the connection ends, or nothing comes, before all of it is acknowledged. */
    const send = (open: Socket, window: Buffer, count: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const acks = new LumberjackAcks()
        const end = (error?: Error): void => {
          open.off('data', read).off('close', gone).setTimeout(0)
          signal.removeEventListener('abort', gone)
          if (error === undefined) resolve()
          else {
            open.destroy()
            reject(error)
          }
        }
        const gone = (): void => end(new Error('the connection was closed'))
        const read = (bytes: Buffer): void => {
          try {
            if (acks.read(bytes).includes(count)) end()
          } catch (error) {
            end(error as Error)
          }
        }
        open.on('data', read).on('close', gone)
        open.setTimeout(ANSWER_LIMIT_MS, () => end(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)))
        signal.addEventListener('abort', gone)
        open.write(window)
      })
    return {
      async write(events) {
        const window = encodeLumberjackWindow(events.map((event) => codec.encode(event)))
        for (let attempt = 0; ; attempt++) {
          const address = addresses[attempt % addresses.length] as (typeof addresses)[number]
          try {
            if (socket === undefined || socket.destroyed) socket = await dial(address, options)
            await send(socket, window, events.length)
            trouble.works('sends events')
            return
          } catch (error) {
            signal.throwIfAborted()
            trouble.tell('sending failed: it is tried again', error, { ...address })
            await waitOrAbort(options.reconnect_interval * 1000, signal)
          }
        }
      },
      close() {
        socket?.destroy()
        return Promise.resolve()
      },
    }
  },
})

async function dial({ host, port: number }: { readonly host: string; readonly port: number }, options: Options): Promise<Socket> {
  const {
    ssl_certificate: trusted,
    ssl_enabled: wanted = trusted !== undefined || options.ssl_certificate_authorities.length > 0,
  } = options
  let socket: Socket
  if (wanted) {
    const authorities = [...options.ssl_certificate_authorities, ...(trusted === undefined ? [] : [trusted])]
    const { ca = [], rejectUnauthorized = true } = await loadClientTls({
      ssl_certificate_authorities: authorities,
      ssl_verification_mode: options.ssl_verification_mode,
      ssl_certificate_verification: options.ssl_certificate_verification,
    })
    socket = connectTls({ host, port: number, servername: host, rejectUnauthorized, ...(ca.length > 0 && { ca: [...ca] }) })
  } else socket = connect({ host, port: number, noDelay: true })
  await once(socket, wanted ? 'secureConnect' : 'connect')
  return socket.on('error', () => undefined) // what waits for its acknowledgement is rejected
}
