import { deflateSync } from 'node:zlib'

/** `[version, type]` and numbers, u32 big-endian each. */
function frameHead(type: string, ...numbers: readonly number[]): Buffer {
  const head = Buffer.alloc(2 + 4 * numbers.length)
  head.write(`2${type}`, 'latin1')
  for (const [index, value] of numbers.entries()) head.writeUInt32BE(value, 2 + 4 * index)
  return head
}

/** A window of events, given as JSON, in version 2: its frames compressed. Its last sequence is how many events there are. */
export function encodeLumberjackWindow(events: readonly (string | Uint8Array)[], compressionLevel = 3): Buffer {
  const frames = events.flatMap((event, index) => {
    const json = Buffer.from(event)
    return [frameHead('J', index + 1, json.length), json]
  })
  const compressed = deflateSync(Buffer.concat(frames), { level: compressionLevel })
  return Buffer.concat([frameHead('W', events.length), frameHead('C', compressed.length), compressed])
}

const ACK_BYTES = 6

/** Reads what a server answers: the sequences that it acknowledged. */
export class LumberjackAcks {
  #received: Buffer = Buffer.alloc(0)

  /** @throws Error when it is no acknowledgement */
  read(bytes: Buffer): readonly number[] {
    this.#received = Buffer.concat([this.#received, bytes])
    const sequences: number[] = []
    for (; this.#received.length >= ACK_BYTES; this.#received = this.#received.subarray(ACK_BYTES)) {
      if (this.#received[1] !== 0x41) throw new Error('the server does not answer as Lumberjack does')
      sequences.push(this.#received.readUInt32BE(2))
    }
    return sequences
  }
}
