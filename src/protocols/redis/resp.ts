/*
 * RESP2, the protocol of Redis: https://redis.io/docs/latest/develop/reference/protocol-spec/. A command is an array of bulk
 * strings; an answer begins with a byte that names its type. Lines end in CR LF; lengths are decimal and count bytes.
 */

/** The other end does not speak the protocol: its connection must be closed. */
export class RespError extends Error {}

/** Redis refused a command. The other commands of the connection are not touched by it. */
export class RedisRefusal extends Error {}

/** A status is a text, a value its bytes; what is not there is `null`. */
export type RedisReply = string | Buffer | number | null | RedisRefusal | readonly RedisReply[]

/** As Redis itself: no value is larger. */
const MAX_VALUE_BYTES = 512 * 1024 * 1024
const MAX_LINE_BYTES = 64 * 1024
const MAX_ELEMENTS = 1024 * 1024
/** Arrays within arrays: no answer to a command that is sent here has more than two. */
const MAX_DEPTH = 8
const CR_LF = '\r\n'

export function encodeCommand(parts: readonly (string | number | Uint8Array)[]): Buffer {
  const pieces: Uint8Array[] = [Buffer.from(`*${parts.length}${CR_LF}`)]
  for (const part of parts) {
    const bytes = typeof part === 'object' ? part : Buffer.from(String(part))
    pieces.push(Buffer.from(`$${bytes.length}${CR_LF}`), bytes, Buffer.from(CR_LF))
  }
  return Buffer.concat(pieces)
}

/** Reads the answers of one connection, in their order. */
export class RespReader {
  #chunks: Buffer[] = []
  #length = 0
  /** Fewer bytes than these hold no answer: chunks of a long value are joined once. */
  #needed = 1

  /** The answers that a chunk completes. @throws RespError */
  read(chunk: Buffer): readonly RedisReply[] {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length < this.#needed) return []
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    const replies: RedisReply[] = []
    const cursor = new Cursor(bytes)
    let done = 0
    while (done < bytes.length) {
      const reply = cursor.reply(0)
      if (reply === undefined) break
      replies.push(reply)
      done = cursor.at
    }
    const rest = bytes.subarray(done)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#length = rest.length
    this.#needed = Math.max(rest.length + 1, cursor.needed - done)
    return replies
  }
}

class Cursor {
  readonly #bytes: Buffer
  at = 0
  /** How many bytes there must be before the answer can be complete, where that is known. */
  needed = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** `undefined` when it is not complete yet. @throws RespError */
  reply(depth: number): RedisReply | undefined {
    const line = this.#line()
    if (line === undefined) return undefined
    const rest = line.slice(1)
    switch (line[0]) {
      case '+':
        return rest
      case '-':
        return new RedisRefusal(rest)
      case ':':
        return count(rest, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
      case '$':
        return this.#value(count(rest, -1, MAX_VALUE_BYTES))
      case '*': {
        if (depth === MAX_DEPTH) throw new RespError(`an answer has arrays within arrays, more than ${MAX_DEPTH}`)
        return this.#array(count(rest, -1, MAX_ELEMENTS), depth)
      }
      default:
        throw new RespError(`[${line.slice(0, 100)}] is no answer of Redis`)
    }
  }

  #line(): string | undefined {
    const end = this.#bytes.indexOf(CR_LF, this.at, 'latin1')
    if (end < 0) {
      if (this.#bytes.length - this.at > MAX_LINE_BYTES) throw new RespError(`a line of more than ${MAX_LINE_BYTES} bytes`)
      return undefined
    }
    const line = this.#bytes.toString('utf8', this.at, end)
    this.at = end + 2
    return line
  }

  #value(length: number): Buffer | null | undefined {
    if (length === -1) return null
    const end = this.at + length
    if (this.#bytes.length < end + 2) {
      this.needed = end + 2
      return undefined
    }
    if (this.#bytes.toString('latin1', end, end + 2) !== CR_LF)
      throw new RespError(`a value of ${length} bytes does not end there`)
    const value = this.#bytes.subarray(this.at, end)
    this.at = end + 2
    return value
  }

  #array(length: number, depth: number): readonly RedisReply[] | null | undefined {
    if (length === -1) return null
    const elements: RedisReply[] = []
    while (elements.length < length) {
      const element = this.reply(depth + 1)
      if (element === undefined) return undefined
      elements.push(element)
    }
    return elements
  }
}

function count(text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^-?\d+$/.test(text) || value < min || value > max) throw new RespError(`[${text.slice(0, 100)}] is no length or number`)
  return value
}
