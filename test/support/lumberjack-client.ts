import { createConnection, type Socket } from 'node:net'
import { deflateSync } from 'node:zlib'

const ACK_BYTES = 6

function frameHead(type: string, ...numbers: readonly number[]): Buffer {
  const head = Buffer.alloc(2 + 4 * numbers.length)
  head.write(`2${type}`, 'latin1')
  for (const [index, value] of numbers.entries()) head.writeUInt32BE(value, 2 + 4 * index)
  return head
}

/** A window of events as Beats send it: version 2, its frames compressed. */
export function encodeLumberjackBatch(events: readonly object[], compressionLevel = 3): Buffer {
  const frames = events.map((event, index) => {
    const json = Buffer.from(JSON.stringify(event))
    return Buffer.concat([frameHead('J', index + 1, json.length), json])
  })
  const compressed = deflateSync(Buffer.concat(frames), { level: compressionLevel })
  return Buffer.concat([frameHead('W', events.length), frameHead('C', compressed.length), compressed])
}

/** A sender of the Lumberjack protocol, one window on its way at a time. */
export class LumberjackClient {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
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
    this.#received = Buffer.concat([this.#received, bytes])
    for (; this.#received.length >= ACK_BYTES; this.#received = this.#received.subarray(ACK_BYTES)) {
      if (this.#received.readUInt32BE(2) !== this.#waiting?.sequence) continue
      const { resolve } = this.#waiting
      this.#waiting = undefined
      resolve()
    }
  }
}
