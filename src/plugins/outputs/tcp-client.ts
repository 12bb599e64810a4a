import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { HttpTls } from '../http-client.ts'
import type { OutputContext } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

interface TcpClientOptions {
  readonly host: string
  readonly port: number
  readonly reconnectMs: number
  /** Absent: no TLS. Asked for at each attempt to connect. */
  readonly tls?: () => Promise<HttpTls>
}

/** A connection that is made again when it breaks, as long as the pipeline runs. */
export interface TcpClient {
  /** Resolves when the system has taken the bytes. What was sent when the connection broke is sent again. */
  send(bytes: Uint8Array): Promise<void>
  close(): void
}

export function createTcpClient(options: TcpClientOptions, { log, signal }: OutputContext): TcpClient {
  const { host, port, tls } = options
  const trouble = new Trouble(log, { host, port })
  let socket: Socket | undefined

  const dial = async (): Promise<Socket> => {
    const { ca, ...rest } = (await tls?.()) ?? {}
    const made =
      tls === undefined
        ? connect({ host, port })
        : connectTls({ host, port, servername: host, ...rest, ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }) })
    await once(made, tls === undefined ? 'connect' : 'secureConnect')
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
        trouble.tell('no connection: it is tried again', error)
        await waitOrAbort(options.reconnectMs, signal)
      }
    }
    return socket
  }
  return {
    async send(bytes) {
      for (;;) {
        try {
          await sendBytes(await connected(), bytes)
          trouble.works()
          return
        } catch (error) {
          signal.throwIfAborted()
          trouble.tell('the connection broke: events are sent again', error)
        }
      }
    },
    close: () => void socket?.end(),
  }
}

/** Resolves when the system has taken the bytes; rejects when the connection closes before. */
export function sendBytes(target: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the connection was closed'))
    target.once('close', gone)
    target.write(bytes, (error) => {
      target.off('close', gone)
      if (error) reject(error)
      else resolve()
    })
  })
}
