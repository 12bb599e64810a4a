import { float } from '../../../core/float.ts'
import { ArgumentError, raise } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { integer, toFloat, toIndex } from '../numbers.ts'
import { isInteger, toText } from '../semantics.ts'
import { RString, type Value } from '../value.ts'

/*
 * `pack` and `unpack` for what people do in filters: numbers in bytes, hexadecimal digits, base64. Binary text holds its
 * bytes as characters up to U+00FF.
 */

const DIRECTIVE = /([CcSsLlQqNnVvAaZBbHhUmMwDdFfEeGgx])([_!<>]*)(\*|\d+)?/g

interface Directive {
  readonly letter: string
  readonly big: boolean
  readonly count: number | '*' | undefined
}

function directives(format: string): Directive[] {
  const clean = format.replaceAll(/\s+/g, '')
  const parsed = [...clean.matchAll(DIRECTIVE)]
  if (parsed.map(([whole]) => whole).join('') !== clean) raise(ArgumentError, `unknown pack directive in [${format}]`)
  return parsed.map(([, letter = '', modifier = '', count]) => ({
    letter,
    big: modifier.includes('>') || 'NnGg'.includes(letter),
    count: count === undefined || count === '*' ? count : Math.min(Number(count), 1_000_000),
  }))
}

const SIZES: Readonly<Record<string, number>> = { C: 1, c: 1, S: 2, s: 2, n: 2, v: 2, L: 4, l: 4, N: 4, V: 4, Q: 8, q: 8 }
const FLOATS: Readonly<Record<string, number>> = { D: 8, d: 8, E: 8, G: 8, F: 4, f: 4, e: 4, g: 4 }

/** Bytes of a text: binary text as it is, other text in UTF-8. */
function bytesOf(value: string): Buffer {
  // eslint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(value) ? Buffer.from(value, 'latin1') : Buffer.from(value)
}

export function unpacked(machine: Machine, value: string, format: string): Value[] {
  const bytes = bytesOf(value)
  const result: Value[] = []
  let at = 0
  for (const { letter, big, count } of directives(format)) {
    const size = SIZES[letter] ?? FLOATS[letter]
    if (size !== undefined) {
      const times = count === '*' ? Math.floor((bytes.length - at) / size) : (count ?? 1)
      machine.allocate(times)
      for (let i = 0; i < times; i++) {
        if (at + size > bytes.length) result.push(null)
        else result.push(letter in FLOATS ? readFloat(bytes, at, size, big) : readInteger(bytes, at, size, big, letter))
        at += size
      }
      continue
    }
    const rest = bytes.subarray(at)
    switch (letter) {
      case 'A':
      case 'a':
      case 'Z': {
        const part = rest.subarray(0, count === '*' ? rest.length : (count ?? 1))
        const written = part.toString()
        result.push(
          new RString(
            letter === 'A' ? written.replace(/[\s\0]+$/, '') : letter === 'Z' ? (written.split('\0')[0] ?? '') : written,
          ),
        )
        at += part.length
        break
      }
      case 'H':
      case 'h': {
        const digits = count === '*' ? rest.length * 2 : (count ?? 1)
        const hex = rest.toString('hex')
        const shown = letter === 'H' ? hex : hex.replaceAll(/(.)(.)/g, '$2$1')
        machine.allocate(digits)
        result.push(new RString(shown.slice(0, digits)))
        at += Math.ceil(digits / 2)
        break
      }
      case 'B':
      case 'b': {
        const digits = count === '*' ? rest.length * 8 : (count ?? 1)
        machine.allocate(digits)
        const text = Array.from(rest.subarray(0, Math.ceil(digits / 8)), (byte) => {
          const binary = byte.toString(2).padStart(8, '0')
          return letter === 'B' ? binary : Array.from(binary).reverse().join('')
        }).join('')
        result.push(new RString(text.slice(0, digits)))
        at += Math.ceil(digits / 8)
        break
      }
      case 'm':
        result.push(new RString(Buffer.from(rest.toString('latin1'), 'base64').toString()))
        at = bytes.length
        break
      case 'U':
        for (const char of Array.from(rest.toString()).slice(0, count === '*' ? undefined : (count ?? 1))) {
          result.push(char.codePointAt(0) ?? 0)
          at += Buffer.byteLength(char)
        }
        break
      case 'x':
        at += count === '*' || count === undefined ? 1 : count
        break
      default:
        return raise(ArgumentError, `the directive [${letter}] is not available`)
    }
  }
  return result
}

function readInteger(bytes: Buffer, at: number, size: number, big: boolean, letter: string): Value {
  if (size === 8) {
    const value = big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at)
    return integer(letter === 'q' ? BigInt.asIntN(64, value) : value)
  }
  const value = big ? bytes.readUIntBE(at, size) : bytes.readUIntLE(at, size)
  return 'csl'.includes(letter) && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value
}

function readFloat(bytes: Buffer, at: number, size: number, big: boolean): Value {
  if (size === 8) return float(big ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at))
  return float(big ? bytes.readFloatBE(at) : bytes.readFloatLE(at))
}

/** `Array#pack` */
export function packed(machine: Machine, values: readonly Value[], format: string): string {
  const parts: Buffer[] = []
  let next = 0
  const take = (): Value => {
    if (next >= values.length) return raise(ArgumentError, 'too few arguments')
    return values[next++] ?? null
  }
  for (const { letter, big, count } of directives(format)) {
    const size = SIZES[letter]
    const times = count === '*' ? values.length - next : (count ?? 1)
    machine.allocate(times * 8)
    if (size !== undefined) {
      for (let i = 0; i < times; i++) {
        const value = take()
        const bits = BigInt.asUintN(size * 8, isInteger(value) ? BigInt(value) : BigInt(toIndex(value)))
        const bytes = Buffer.from(bits.toString(16).padStart(size * 2, '0'), 'hex')
        parts.push(big ? bytes : bytes.reverse())
      }
    } else if (FLOATS[letter] !== undefined) {
      for (let i = 0; i < times; i++) {
        const bytes = Buffer.alloc(FLOATS[letter])
        const value = toFloat(take())
        if (bytes.length === 8) bytes.writeDoubleLE(value)
        else bytes.writeFloatLE(value)
        parts.push(big ? bytes.reverse() : bytes)
      }
    } else if (letter === 'U') {
      for (let i = 0; i < times; i++) parts.push(Buffer.from(String.fromCodePoint(toIndex(take()))))
    } else if (letter === 'm') {
      const encoded = Buffer.from(toText(take())).toString('base64')
      parts.push(Buffer.from(count === 0 ? encoded : encoded.replaceAll(/.{1,60}/g, '$&\n')))
    } else if (letter === 'H') parts.push(Buffer.from(toText(take()), 'hex'))
    else if (letter === 'A' || letter === 'a' || letter === 'Z') {
      const bytes = Buffer.from(toText(take()))
      const width = count === '*' ? bytes.length + (letter === 'Z' ? 1 : 0) : (count ?? 1)
      parts.push(
        Buffer.concat([bytes, Buffer.alloc(Math.max(0, width - bytes.length), letter === 'A' ? ' ' : 0)]).subarray(0, width),
      )
    } else if (letter === 'x') parts.push(Buffer.alloc(times))
    else raise(ArgumentError, `the directive [${letter}] is not available`)
  }
  const bytes = Buffer.concat(parts)
  const asText = bytes.toString()
  return Buffer.from(asText).equals(bytes) ? asText : bytes.toString('latin1')
}
