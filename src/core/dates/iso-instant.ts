import { daysFromCivil, daysInMonth, MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from './civil.ts'
import type { EpochMillis } from '../time.ts'

/** Nanoseconds within the millisecond that `parseIsoInstant` returned last. */
export let isoNanos = 0

/**
 * Reads the timestamps that machines write, `2024-02-03T04:05:06.789Z`, character by character: ingest spends its time
 * here. The date alone, or a time down to the minute, second or up to nine digits of fraction; then nothing (UTC), `Z`,
 * `+01:00`, `+0100` or `+01`. `NaN` for everything else, which says nothing about whether some format takes it.
 */
export function parseIsoInstant(text: string): EpochMillis {
  isoNanos = 0
  const length = text.length
  if (length < 10 || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return NaN
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  if (!(month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysInMonth(year, month)))) return NaN
  const date = daysFromCivil(year, month, day) * MS_PER_DAY
  if (length === 10) return date
  if (length < 16 || text.charCodeAt(10) !== T || text.charCodeAt(13) !== COLON) return NaN
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  if (!(hour <= 23 && minute <= 59)) return NaN
  let time = date + hour * MS_PER_HOUR + minute * MS_PER_MINUTE
  let at = 16
  if (text.charCodeAt(at) === COLON) {
    const second = twoDigits(text, 17)
    if (!(second <= 59)) return NaN
    time += second * MS_PER_SECOND
    at = 19
    const point = text.charCodeAt(at)
    if (point === DOT || point === COMMA) {
      at += 1
      const from = at
      let fraction = 0
      for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
        fraction = fraction * 10 + digit
        at += 1
        if (at - from > 9) return NaN
      }
      if (at === from) return NaN
      const nanos = fraction * (POWERS[9 - (at - from)] ?? 1)
      const millis = Math.floor(nanos / 1_000_000)
      isoNanos = nanos - millis * 1_000_000
      time += millis
    }
  }
  if (at === length) return time
  const sign = text.charCodeAt(at)
  if (sign === Z) return at + 1 === length ? time : NaN
  if (sign !== PLUS && sign !== DASH) return NaN
  const hours = twoDigits(text, at + 1)
  let minutes = 0
  if (at + 3 < length) {
    const colon = text.charCodeAt(at + 3) === COLON ? 1 : 0
    minutes = twoDigits(text, at + 3 + colon)
    if (at + 5 + colon !== length) return NaN
  }
  if (!(hours <= 17 && minutes <= 59)) return NaN
  const offset = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE
  return sign === PLUS ? time - offset : time + offset
}

const ZERO = 48
const DASH = 45
const COLON = 58
const DOT = 46
const COMMA = 44
const PLUS = 43
const T = 84
const Z = 90
const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

/** Value of two ASCII digits, or `NaN`. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO
  const ones = text.charCodeAt(at + 1) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN
}
