import { illegalArgument } from './errors.ts'

const UNITS = ['b', 'kb', 'mb', 'gb', 'tb', 'pb']

/**
 * Reads a size as Elasticsearch writes it (`512b`, `100mb`, `1.5gb`, a bare `0`) into bytes; a kilobyte is 1,024 bytes.
 * `setting` is named in the error.
 *
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function parseByteSize(text: string, setting: string): number {
  const trimmed = text.trim().toLowerCase()
  if (trimmed === '0' || trimmed === '-1') return Number(trimmed)
  const match = /^(\d+(?:\.\d+)?)\s*([kmgtp]?b?)$/.exec(trimmed)
  const unit = match?.[2] ?? ''
  if (!match || unit === '') {
    const why = /^\d/.test(trimmed) ? 'unit is missing or unrecognized' : 'expected a number and a unit such as [100mb]'
    throw illegalArgument(`failed to parse setting [${setting}] with value [${text}] as a size in bytes: ${why}`)
  }
  return Math.round(Number(match[1]) * 1024 ** UNITS.indexOf(unit.endsWith('b') ? unit : `${unit}b`))
}

/** The largest unit that fits, at most one decimal: `1.5gb`, `512b`. */
export function printByteSize(bytes: number): string {
  for (let power = UNITS.length - 1; power > 0; power--) {
    const size = 1024 ** power
    if (bytes >= size) return `${printOneDecimal(bytes / size)}${UNITS[power]}`
  }
  return `${bytes}b`
}

/** One decimal, cut off rather than rounded, and left out when it is 0. */
export function printOneDecimal(value: number): string {
  const tenths = Math.floor(value * 10 + 1e-9)
  return tenths % 10 === 0 ? String(tenths / 10) : `${Math.floor(tenths / 10)}.${tenths % 10}`
}
