import type { ByteRows } from './rows/arrow-column.ts'
import type { ByteColumn } from './rows/byte-column.ts'

/**
 * How a source lies in its column when a column of tokens (`token-column.ts`) holds most of one of its texts already: as
 * `\x01`, what comes before that text, `\x01`, what its tokens do not tell of it, `\x01`, and the rest. A source that does not
 * begin so is whole; JSON never begins so.
 *
 * In the middle part stand
 * - `\x02` for the next token as it is, `\x03` for it with a capital first, `\x04` for it in capitals,
 * - `\x05` for a token that is passed over: where it is spelled otherwise the text stands here itself,
 * - every other byte for itself.
 *
 * What was written is what is read back whatever the tokens are and wherever the text was found: tokens of another text
 * are merely of no use. A text of random words costs a third of its bytes this way (`docs/decisions/abridged-sources.md`).
 */

const MARK = 1
const AS_IT_IS = 2
const CAPITALIZED = 3
const CAPITALS = 4
const PASSED_OVER = 5
const NONE = 0
const SIGNS = 8

/** What the column of tokens holds: every token ends with it, and with the other what is no token begins. */
const TOKEN_END = 1
const PSEUDO_TOKEN = 2

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

/** More are copied by the runtime: calling it costs as much as copying so many one by one. */
const MANY_BYTES = 100

/** Saved bytes from which a source is abridged. */
const MIN_SAVED = 8

/**
 * Writes the sources of rows, abridged by the tokens of a text of theirs.
 *
 * @param name the last part of the text's path, as it stands in front of it
 */
export function abridgeSources(sources: ByteRows, tokens: ByteRows, name: string, into: ByteColumn): void {
  const { bytes, offsets } = sources
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const key = Buffer.from(`${JSON.stringify(name)}:`)
  const find = (from: number): number => {
    const at = text.indexOf(key, from)
    return at === -1 ? Infinity : at
  }
  // A raw control character in a text, which some clients send: such a source could be mistaken.
  let found = text.includes(MARK) ? Infinity : -1
  for (let row = 0; row + 1 < offsets.length; row++) {
    const source = { bytes, from: offsets[row] ?? 0, to: offsets[row + 1] ?? 0 }
    const words = { bytes: tokens.bytes, from: tokens.offsets[row] ?? 0, to: tokens.offsets[row + 1] ?? 0 }
    let isAbridged = false
    if (words.from < words.to) {
      if (found < source.from) found = find(source.from)
      while (!isAbridged && found < source.to) {
        isAbridged = writeAbridged(source, found + key.length, words, into)
        found = find(found + key.length)
      }
    }
    if (!isAbridged) into.writeBytes(bytes.subarray(source.from, source.to))
    into.close(row)
  }
}

interface Slice {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
}

/** @returns whether the text that begins at a place has these tokens; if not, nothing was written */
function writeAbridged({ bytes, from, to }: Slice, at: number, tokens: Slice, into: ByteColumn): boolean {
  let open = at
  while (bytes[open] === SPACE) open += 1
  if (bytes[open] !== QUOTE) return false
  // The middle part is never longer than twice the text.
  into.reserve((to - from) * 2 + 3)
  const out = into.bytes
  let end = into.length
  out[end++] = MARK
  out.set(bytes.subarray(from, open + 1), end)
  end += open + 1 - from
  out[end++] = MARK
  const start = end
  let token = nextToken(tokens, tokens.from)
  let read = open + 1
  for (; bytes[read] !== QUOTE; read++) {
    const byte = bytes[read] ?? 0
    if (read >= to || byte <= PASSED_OVER) return false
    if (byte === BACKSLASH) out[end++] = bytes[read++] ?? 0
    else {
      let spelling = spellingOf(bytes, read, tokens, token)
      if (spelling === NONE && isOfWord(byte)) {
        const after = nextToken(tokens, endOfToken(tokens, token))
        spelling = spellingOf(bytes, read, tokens, after)
        if (spelling !== NONE) {
          out[end++] = PASSED_OVER
          token = after
        }
      }
      if (spelling !== NONE) {
        const sign = spelling % SIGNS
        const length = (spelling - sign) / SIGNS
        if (sign === PASSED_OVER) for (let i = 0; i < length; i++) out[end++] = bytes[read + i] ?? 0
        out[end++] = sign
        token = nextToken(tokens, token + length)
        read += length - 1
        continue
      }
    }
    out[end++] = bytes[read] ?? 0
  }
  // A token with a quote of its own may have gone on beyond the end.
  if (read >= to || read - open - 1 - (end - start) < MIN_SAVED) return false
  out[end++] = MARK
  const rest = to - read
  if (rest > MANY_BYTES) out.set(bytes.subarray(read, to), end)
  else for (let i = 0; i < rest; i++) out[end + i] = bytes[read + i] ?? 0
  into.length = end + rest
  return true
}

/** How a text spells a token at a place: its length in bytes, times `SIGNS`, and the sign; `NONE` where it does not. */
function spellingOf(text: Uint8Array, at: number, { bytes, to }: Slice, token: number): number {
  if (token >= to) return NONE
  let capitals = 0
  let letters = 0
  let length = 0
  for (; ; length++) {
    const want = bytes[token + length] ?? TOKEN_END
    if (want === TOKEN_END) break
    const byte = text[at + length] ?? 0
    if (want >= 0x61 && want <= 0x7a) letters += 1
    if (byte === want) continue
    if (lower(byte) !== want) return NONE
    capitals += 1
  }
  if (capitals === 0) return length * SIGNS + AS_IT_IS
  if (capitals === 1 && text[at] !== bytes[token]) return length * SIGNS + CAPITALIZED
  if (capitals === letters) return length * SIGNS + CAPITALS
  return standsForItself(text, at, at + length) ? length * SIGNS + PASSED_OVER : NONE
}

/** Whether these bytes could be mistaken neither for a sign nor for the begin of an escape. */
function standsForItself(text: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((text[i] ?? 0) <= PASSED_OVER || text[i] === BACKSLASH) return false
  return true
}

/** Where the next token begins, at a place or after it, where no token has begun yet. */
function nextToken(tokens: Slice, from: number): number {
  let at = from
  while (at < tokens.to && (tokens.bytes[at] === PSEUDO_TOKEN || tokens.bytes[at] === TOKEN_END)) {
    at = endOfToken(tokens, at) + 1
  }
  return at
}

function endOfToken({ bytes, to }: Slice, from: number): number {
  let at = from
  while (at < to && bytes[at] !== TOKEN_END) at += 1
  return at
}

/** Letters and digits, and all that is not ASCII. */
function isOfWord(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}

function upper(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte
}

/** The source that was abridged by these tokens; one that was not is returned as it is. */
export function restoreSource(stored: Uint8Array, tokens: Uint8Array): Uint8Array {
  if (stored[0] !== MARK) return stored
  const start = stored.indexOf(MARK, 1)
  const end = stored.indexOf(MARK, start + 1)
  const out = Buffer.allocUnsafe(stored.length + tokens.length)
  out.set(stored.subarray(1, start))
  let written = start - 1
  const slice = { bytes: tokens, from: 0, to: tokens.length }
  let token = nextToken(slice, 0)
  for (let i = start + 1; i < end; i++) {
    const byte = stored[i] ?? 0
    if (byte === BACKSLASH) {
      out[written++] = byte
      out[written++] = stored[++i] ?? 0
      continue
    }
    if (byte > PASSED_OVER) {
      out[written++] = byte
      continue
    }
    const last = endOfToken(slice, token)
    if (byte !== PASSED_OVER) {
      for (let c = token; c < last; c++) {
        const letter = tokens[c] ?? 0
        out[written++] = byte === CAPITALS || (byte === CAPITALIZED && c === token) ? upper(letter) : letter
      }
    }
    token = nextToken(slice, last)
  }
  out.set(stored.subarray(end + 1), written)
  return out.subarray(0, written + stored.length - end - 1)
}
