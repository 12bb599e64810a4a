import { createSocket, type Socket } from 'node:dgram'
import type { Event } from '../../core/event.ts'
import type { Log } from '../../core/log.ts'
import type { EventSink } from '../plugin.ts'

export interface DatagramOptions {
  readonly host: string
  readonly port: number
  /** Size of the system's buffer, in bytes. */
  readonly recvBufferSize?: number | undefined
  readonly decode: (datagram: Buffer, address: string) => readonly Event[]
  /** What the sender of a datagram is told when its events are stored; nothing when absent. */
  readonly answer?: (datagram: Buffer) => Uint8Array | undefined
  readonly log: Log
  readonly signal: AbortSignal
}

/** Takes datagrams. When the queue is full they are dropped and counted: their senders cannot wait. */
export function receiveDatagrams(sink: EventSink, options: DatagramOptions): Promise<Socket> {
  const { host, port, recvBufferSize, decode, answer, log, signal } = options
  const socket = createSocket({
    type: host.includes(':') ? 'udp6' : 'udp4',
    ...(recvBufferSize === undefined ? {} : { recvBufferSize }),
  })
  let full = false
  let dropped = 0
  socket.on('message', (bytes, from) => {
    if (full) {
      dropped += 1
      return
    }
    const stored = (error: Error | undefined): void => {
      const told = error === undefined && !signal.aborted ? answer?.(bytes) : undefined
      if (told !== undefined) socket.send(told, from.port, from.address)
    }
    const events = decode(bytes, from.address)
    if (events.length === 0 || sink.push(events, stored)) return
    full = true
    void sink.ready(signal).then(() => {
      full = false
      if (dropped > 0) log.warn({ datagrams: dropped }, 'datagrams were dropped: the queue was full')
      dropped = 0
    })
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address: host, port }, () => {
      socket.off('error', reject)
      socket.on('error', (error) => log.warn({ error }, 'a datagram could not be read'))
      resolve(socket)
    })
  })
}
