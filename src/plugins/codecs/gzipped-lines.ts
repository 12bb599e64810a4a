import { gunzipSync } from 'node:zlib'
import type { Event } from '../../core/event.ts'
import type { Codec, Decoder } from '../plugin.ts'
import { bufferOf } from './charset.ts'
import { failedEvent } from './decoded.ts'
import { LineSplitter } from './line-splitter.ts'

/** A longer text, when it is decompressed, is refused: sizes are the sender's. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024
/** What a stream may send compressed: it is kept until its end. */
const MAX_STREAM_BYTES = 64 * 1024 * 1024

/** Makes events of lines of one text, in their order. */
export type LinesReader = (lines: readonly string[]) => Event[]

/**
 * How texts are decoded that come compressed with gzip, or as they are: whole, as a stream, or line by line.
 * @param readerOf what makes events of the lines of one text
 */
export function gzippedLines(read: (bytes: Uint8Array) => string, readerOf: () => LinesReader, encode: Codec['encode']): Codec {
  const textLines = (bytes: Uint8Array): string[] => {
    const lines = read(bytes).split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return lines
  }
  const whole = (bytes: Uint8Array, eventsOf: LinesReader): Event[] => {
    try {
      return eventsOf(textLines(isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }) : bytes))
    } catch {
      return [failedEvent(bufferOf(bytes).toString('hex', 0, 1_000), bytes.length, '_gzipparsefailure')]
    }
  }
  const stream = (): Decoder => {
    const eventsOf = readerOf()
    const splitter = new LineSplitter()
    const compressed: Buffer[] = []
    let compressedBytes = 0
    const take = (lines: ReturnType<typeof splitter.push>): Event[] => lines.flatMap(({ bytes }) => eventsOf(textLines(bytes)))
    return {
      decode(bytes) {
        const isFirst = compressedBytes === 0 && splitter.waitingBytes === 0
        // No text begins with this byte, and the other one of gzip may come later.
        if (compressedBytes === 0 && !(isFirst && bytes[0] === GZIP[0])) return take(splitter.push(bytes))
        compressedBytes += bytes.length
        if (compressedBytes <= MAX_STREAM_BYTES) compressed.push(Buffer.from(bytes))
        return []
      },
      end: () => (compressedBytes === 0 ? take(splitter.end()) : whole(Buffer.concat(compressed), eventsOf)),
      get waitingBytes() {
        return Math.min(compressedBytes, MAX_STREAM_BYTES) + splitter.waitingBytes
      },
    }
  }
  return {
    decoder: () => ({ decode: (bytes) => whole(bytes, readerOf()), end: () => [] }),
    encode,
    forStreams: { decoder: stream, encode },
    forLines: {
      decoder() {
        const eventsOf = readerOf()
        return { decode: (bytes) => eventsOf([read(bytes)]), end: () => [] }
      },
      encode,
    },
  }
}

const GZIP = [0x1f, 0x8b]

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === GZIP[0] && bytes[1] === GZIP[1]
