import type { Socket } from 'node:net'
import type { HttpTls } from '../http-client.ts'
import type { OutputContext } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'
import { dial } from './dial.ts'

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
  /** The one that all batches share, from its first attempt on. */
  let connection: Promise<Socket> | undefined

  const open = async (): Promise<Socket> => {
    for (;;) {
      try {
        return (await dial({ host, port, tls: await tls?.(), signal })).resume()
      } catch (error) {
        signal.throwIfAborted()
        trouble.tell('no connection: it is tried again', error)
        await waitOrAbort(options.reconnectMs, signal)
      }
    }
  }
  const connected = async (): Promise<Socket> => {
    for (;;) {
      const asked = (connection ??= open())
      const socket = await asked
      if (!socket.destroyed) return socket
      if (connection === asked) connection = undefined
    }
  }
  return {
    async send(bytes) {
      for (;;) {
        const socket = await connected()
        try {
          await sendBytes(socket, bytes)
          trouble.works()
          return
        } catch (error) {
          socket.destroy()
          signal.throwIfAborted()
          trouble.tell('the connection broke: events are sent again', error)
        }
      }
    },
    close: () => void connection?.then((socket) => socket.end()).catch(() => undefined), // one that never was has no end
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
