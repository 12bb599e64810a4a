import type { Event } from '../../core/event.ts'
import { LineSplitter, type SplitLine } from '../codecs/line-splitter.ts'
import type { Codec, Decoder, IdleFlush } from '../plugin.ts'

const RETURN = 0x0d

/** Cuts what a file says into lines, of which the codec makes events. */
export class LineReader {
  readonly #delimiterBytes: number
  readonly #splitter: LineSplitter
  readonly #decoder: Decoder
  /** Bytes of whole lines that wait for others of their event, with their ends. */
  #waitingLines = 0

  constructor(codec: Codec, delimiter = '\n') {
    this.#delimiterBytes = Buffer.byteLength(delimiter)
    this.#splitter = new LineSplitter(delimiter)
    this.#decoder = (codec.forLines ?? codec).decoder()
  }

  /** Bytes at the end of what was pushed of which nothing became an event yet. */
  get waitingBytes(): number {
    return this.#splitter.waitingBytes + this.#waitingLines
  }

  /** When nothing is pushed for so long, the whole lines that wait are an event. */
  get idle(): IdleFlush | undefined {
    const { idle } = this.#decoder
    if (idle === undefined || this.#waitingLines === 0) return undefined
    return {
      afterMs: idle.afterMs,
      flush: () => {
        this.#waitingLines = 0
        return idle.flush()
      },
    }
  }

  push(chunk: Uint8Array): Event[] {
    return this.#decode(this.#splitter.push(chunk))
  }

  /** The file ended: what is left, with or without the end of its line. */
  end(): Event[] {
    const events = [...this.#decode(this.#splitter.end()), ...this.#decoder.end()]
    this.#waitingLines = 0
    return events
  }

  #decode(lines: readonly SplitLine[]): Event[] {
    return lines.flatMap(({ bytes }) => {
      const events = this.#decoder.decode(bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes)
      const isWaiting = (this.#decoder.waitingBytes ?? 0) > 0
      const before = events.length === 0 ? this.#waitingLines : 0
      this.#waitingLines = isWaiting ? before + bytes.length + this.#delimiterBytes : 0
      return events
    })
  }
}
