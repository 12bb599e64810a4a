import { createConnection, type Socket } from 'node:net'
import { encodeLumberjackWindow, LumberjackAcks } from '../../src/protocols/lumberjack/write.ts'

/** A window of events as Beats send it: version 2, its frames compressed. */
export function encodeLumberjackBatch(events: readonly object[], compressionLevel = 3): Buffer {
  return encodeLumberjackWindow(
    events.map((event) => JSON.stringify(event)),
    compressionLevel,
  )
}

/** A sender of the Lumberjack protocol, one window on its way at a time. */
export class LumberjackClient {
  readonly #socket: Socket
  readonly #acks = new LumberjackAcks()
  #waiting: { readonly sequence: number; readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#read(bytes))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')))
  }

  static connect(port: number): Promise<LumberjackClient> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new LumberjackClient(socket))
      })
    })
  }

  /** Resolves when all of a batch of so many events is acknowledged. Rejects when the connection ends before. */
  send(batch: Buffer, events: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new Error('the connection was closed'))
        return
      }
      this.#waiting = { sequence: events, resolve, reject }
      this.#socket.write(batch)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Acknowledgements of 0 tell only that the other end is alive. */
  #read(bytes: Buffer): void {
    for (const sequence of this.#acks.read(bytes)) {
      if (sequence !== this.#waiting?.sequence) continue
      const { resolve } = this.#waiting
      this.#waiting = undefined
      resolve()
    }
  }
}
