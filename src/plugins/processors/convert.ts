import { illegalArgument } from '../../core/errors.ts'
import { Float, float } from '../../core/float.ts'
import { parseIp } from '../../core/ip.ts'
import { textOf } from '../../script/painless/values/text.ts'
import { defineProcessor } from './processor.ts'

type Convert = (value: unknown) => unknown

const cannot = (value: unknown, type: string): Error => illegalArgument(`unable to convert [${textOf(value)}] to ${type}`)

/** Whole numbers: decimal, or `0x` and hexadecimal digits. */
function whole(type: string, bits: 32 | 64): Convert {
  return (value) => {
    const text = textOf(value).trim()
    const match = /^([+-]?)(0x[\da-f]+|\d+)$/i.exec(text)
    if (!match) throw cannot(value, type)
    const size = BigInt(match[2] ?? '0')
    const number = match[1] === '-' ? -size : size
    if (number !== BigInt.asIntN(bits, number)) throw cannot(value, type)
    return Number.isSafeInteger(Number(number)) ? Number(number) : number
  }
}

function decimal(type: string, round: (value: number) => number): Convert {
  return (value) => {
    const text = textOf(value).trim()
    const number = Number(text)
    if (text === '' || Number.isNaN(number) || !/^[+-]?[\d.]/.test(text)) throw cannot(value, type)
    return float(round(number))
  }
}

function toBoolean(value: unknown): unknown {
  const text = textOf(value).toLowerCase()
  if (text !== 'true' && text !== 'false')
    throw illegalArgument(`[${textOf(value)}] is not a boolean value, cannot convert to boolean`)
  return text === 'true'
}

function toIp(value: unknown): unknown {
  const text = textOf(value)
  if (parseIp(text) === undefined) throw illegalArgument(`'${text}' is not an IP string literal.`)
  return text
}

/** Texts that say a number or truth become that; others stay. */
function auto(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const text = value.toLowerCase()
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^[+-]?(?:\d+|0x[\da-f]+)$/i.test(value)) {
    try {
      return whole('long', 64)(value)
    } catch {
      return value // too long for a number: it stays a text
    }
  }
  return /^[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:e[+-]?\d+)?$/i.test(value) ? float(Number(value)) : value
}

const TYPES: Readonly<Record<string, Convert>> = {
  integer: whole('integer', 32),
  long: whole('long', 64),
  double: decimal('double', (value) => value),
  float: decimal('float', Math.fround),
  boolean: toBoolean,
  ip: toIp,
  string: (value) => (value instanceof Float ? textOf(value) : textOf(value)),
  auto,
}

export const convert = defineProcessor({
  name: 'convert',
  summary: 'Turns a value (or each value of a list) into another type.',
  create(config) {
    const field = config.template('field')
    const type = config.text('type')
    const target = config.optionalText('target_field')
    const ignoreMissing = config.flag('ignore_missing', false)
    const change = Object.hasOwn(TYPES, type.toLowerCase()) ? TYPES[type.toLowerCase()] : undefined
    if (change === undefined) throw config.error('type', `type [${type}] not supported, cannot convert field.`)
    return (document) => {
      const path = field(document)
      const value = ignoreMissing ? (document.find(path) ?? null) : document.get(path)
      if (value === null) {
        if (ignoreMissing) return
        throw illegalArgument(`Field [${path}] is null, cannot be converted to type [${type}]`)
      }
      document.set(target ?? path, Array.isArray(value) ? value.map(change) : change(value))
    }
  },
})
