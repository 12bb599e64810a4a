/*
 * memcached's text protocol, as far as `get` and `set` go. Lines end in CR LF. `set <key> <flags> <seconds> <bytes>`, then the
 * value; the answer is STORED or why not. `get <key>…` is answered by `VALUE <key> <flags> <bytes>`, then the value, for
 * each key that is there, and END.
 */

/** The other end does not speak the protocol: its connection must be closed. */
export class MemcachedError extends Error {}

/** The answer to one command. */
export type MemcachedReply =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'stored' }
  | { readonly kind: 'refused'; readonly reason: string }

const MAX_KEY_BYTES = 250
/** A server that takes larger values has to be told so; 1 MB is the default. */
const MAX_VALUE_BYTES = 32 * 1024 * 1024
const MAX_LINE_BYTES = 2048
const CR_LF = '\r\n'

/** Whether the protocol can say a key: it stands between blanks. */
export function isMemcachedKey(key: string): boolean {
  // eslint-disable-next-line no-control-regex
  return key !== '' && !/[\u0000-\u0020\u007f]/.test(key) && Buffer.byteLength(key) <= MAX_KEY_BYTES
}

/** @param ttlSeconds after how long the value is forgotten; 0 for never */
export function encodeSet(key: string, value: string, ttlSeconds: number): Buffer {
  return Buffer.from(`set ${key} 0 ${ttlSeconds} ${Buffer.byteLength(value)}${CR_LF}${value}${CR_LF}`)
}

export function encodeGet(keys: readonly string[]): Buffer {
  return Buffer.from(`get ${keys.join(' ')}${CR_LF}`)
}

/** Reads the answers of one connection, in the order of the commands. */
export class MemcachedReader {
  #bytes: Buffer = Buffer.alloc(0)
  #values = new Map<string, string>()

  /** The answers that a chunk completes. @throws MemcachedError */
  read(chunk: Buffer): readonly MemcachedReply[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    const replies: MemcachedReply[] = []
    let at = 0
    for (;;) {
      const end = this.#bytes.indexOf(CR_LF, at, 'latin1')
      if (end < 0) break
      const line = this.#bytes.toString('utf8', at, end)
      const value = /^VALUE (\S+) \d+ (\d+)(?: \d+)?$/.exec(line)
      if (value === null) {
        replies.push(this.#reply(line))
        at = end + 2
        continue
      }
      const start = end + 2
      const length = Number(value[2])
      if (length > MAX_VALUE_BYTES) throw new MemcachedError(`a value of ${length} bytes is larger than ${MAX_VALUE_BYTES}`)
      if (this.#bytes.length < start + length + 2) break
      this.#values.set(value[1] ?? '', this.#bytes.toString('utf8', start, start + length))
      at = start + length + 2
    }
    this.#bytes = this.#bytes.subarray(at)
    if (this.#bytes.length > MAX_LINE_BYTES && !this.#bytes.subarray(0, MAX_LINE_BYTES).includes(CR_LF))
      throw new MemcachedError(`a line of more than ${MAX_LINE_BYTES} bytes`)
    return replies
  }

  #reply(line: string): MemcachedReply {
    if (line === 'STORED') return { kind: 'stored' }
    if (line === 'END') {
      const values = this.#values
      this.#values = new Map()
      return { kind: 'values', values }
    }
    if (/^(?:NOT_STORED$|ERROR$|CLIENT_ERROR |SERVER_ERROR )/.test(line)) return { kind: 'refused', reason: line }
    throw new MemcachedError(`[${line.slice(0, 100)}] is no answer of memcached`)
  }
}
