import { daysFromCivil, MS_PER_DAY } from '../../../core/dates/civil.ts'
import { findTimeZone, parseZoneOffset } from '../../../core/dates/time-zone.ts'

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

export interface ParsedTime {
  readonly epochMillis: number
  readonly nanos: number
  /** The text named its zone; else the instant is as if it were UTC. */
  readonly zoned: boolean
}

const EXPANSIONS: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  R: '%H:%M',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
}

/** Ruby's `strptime`; `undefined` when the text does not fit the whole format. */
export function strptime(written: string, format: string): ParsedTime | undefined {
  const pattern = format.replaceAll(/%([FTXDxRrc])/g, (whole, letter: string) => EXPANSIONS[letter] ?? whole)
  const parts: Record<string, number> = {}
  let at = 0
  let offsetMs: number | undefined
  let epoch: number | undefined
  let nanos = 0
  const take = (expression: RegExp): string | undefined => {
    expression.lastIndex = at
    const found = expression.exec(written)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const number = (name: string, expression: RegExp): boolean => {
    const found = take(expression)
    if (found === undefined) return false
    parts[name] = Number(found)
    return true
  }
  const word = (names: readonly string[]): number => {
    const rest = written.slice(at).toLowerCase()
    const index = names.findIndex((name) => rest.startsWith(name))
    if (index >= 0) {
      at += names[index]?.length ?? 0
      return index
    }
    const short = names.findIndex((name) => rest.startsWith(name.slice(0, 3)))
    if (short >= 0) at += 3
    return short
  }
  const directive = (letter: string, next: string): boolean => {
    switch (letter) {
      case 'Y':
        // Digits that follow at once are not the year's.
        return number('year', /^%[mdHMSyj]/.test(next) ? /[+-]?\d{4}/y : /[+-]?\d+/y)
      case 'y': {
        const fits = number('year', /\d{1,2}/y)
        if (fits) parts['year'] = (parts['year'] ?? 0) + ((parts['year'] ?? 0) < 69 ? 2000 : 1900)
        return fits
      }
      case 'm':
        return number('month', /\d{1,2}/y)
      case 'd':
      case 'e':
        take(/ /y)
        return number('day', /\d{1,2}/y)
      case 'j':
        return number('dayOfYear', /\d{1,3}/y)
      case 'H':
      case 'k':
        take(/ /y)
        return number('hour', /\d{1,2}/y)
      case 'I':
      case 'l':
        take(/ /y)
        return number('hour', /\d{1,2}/y)
      case 'M':
        return number('minute', /\d{1,2}/y)
      case 'S':
        return number('second', /\d{1,2}/y)
      case 'L':
      case 'N': {
        const digits = take(/\d{1,9}/y)
        nanos = Number((digits ?? '').padEnd(9, '0'))
        return digits !== undefined
      }
      case 'B':
      case 'b':
      case 'h': {
        const month = word(MONTHS)
        parts['month'] = month + 1
        return month >= 0
      }
      case 'A':
      case 'a':
        return word(DAYS) >= 0
      case 'p':
      case 'P': {
        const half = take(/[AaPp]\.?[Mm]\.?/y)
        if (half === undefined) return false
        parts['half'] = half.toLowerCase().startsWith('p') ? 1 : 0
        return true
      }
      case 's': {
        const seconds = take(/-?\d+/y)
        epoch = Number(seconds)
        return seconds !== undefined
      }
      case 'Q': {
        const millis = take(/-?\d+/y)
        epoch = Number(millis) / 1000
        return millis !== undefined
      }
      case 'z':
      case 'Z': {
        const zone = take(/[+-]\d{2}:?\d{2}|Z|[A-Za-z][A-Za-z/_]*/y)
        if (zone === undefined) return false
        const offset = /^[+-]/.test(zone)
          ? parseZoneOffset(zone)
          : findTimeZone(zone.toUpperCase() === 'Z' ? 'UTC' : zone)?.fixedOffsetMs
        offsetMs = offset
        return offset !== undefined
      }
      case 'n':
      case 't':
        return take(/\s+/y) !== undefined
      case '%':
        return take(/%/y) !== undefined
      default:
        return false
    }
  }
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? ''
    if (char === '%') {
      let letter = pattern[++i] ?? ''
      while (/[-0^_#:3]/.test(letter)) letter = pattern[++i] ?? ''
      if (!directive(letter, pattern.slice(i + 1))) return undefined
    } else if (/\s/.test(char)) take(/\s*/y)
    else if (written[at] === char) at += 1
    else return undefined
  }
  if (at !== written.length) return undefined
  if (epoch !== undefined)
    return { epochMillis: Math.floor(epoch * 1000) + Math.floor(nanos / 1e6), nanos: nanos % 1e6, zoned: true }
  const { year = new Date(0).getUTCFullYear(), month = 1, day = 1, dayOfYear, minute = 0, second = 0, half } = parts
  const given = parts['hour'] ?? 0
  const hour = half === undefined ? given : (given % 12) + half * 12
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined
  const days = dayOfYear === undefined ? daysFromCivil(year, month, 1) + day - 1 : daysFromCivil(year, 1, 1) + dayOfYear - 1
  const local = days * MS_PER_DAY + hour * 3_600_000 + minute * 60_000 + second * 1000 + Math.floor(nanos / 1e6)
  return { epochMillis: local - (offsetMs ?? 0), nanos: nanos % 1e6, zoned: offsetMs !== undefined }
}
