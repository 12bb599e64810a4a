import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { HttpTls } from '../http-client.ts'

interface Peer {
  readonly host: string
  readonly port: number
  /** Absent: no TLS. */
  readonly tls?: HttpTls | undefined
  readonly signal: AbortSignal
}

/**
 * A connection over TCP or TLS. Errors that come later only close it.
 * @throws Error when there is none, and the signal's reason when it aborts first
 */
export async function dial({ host, port, tls, signal }: Peer): Promise<Socket> {
  const { ca, ...rest } = tls ?? {}
  const socket =
    tls === undefined
      ? connect({ host, port, noDelay: true })
      : connectTls({ host, port, servername: host, ...rest, ...(ca !== undefined && ca.length > 0 && { ca: [...ca] }) })
  try {
    await once(socket, tls === undefined ? 'connect' : 'secureConnect', { signal })
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    throw error
  }
  return socket.on('error', () => undefined) // whoever waits for something on it hears that it closed
}
