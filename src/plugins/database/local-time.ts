import { instantOfLocal, type TimeZone } from '../../core/dates/time-zone.ts'
import { Timestamp } from '../../core/timestamp.ts'

const NANOS_PER_MILLI = 1_000_000

/**
 * Reads `2024-05-01`, `2024-05-01 10:00:00`, both with up to nine digits of a second behind a point, and an offset behind
 * these: `+02`, `+02:30`, `Z`. `undefined` for what is none: MySQL's `0000-00-00`, PostgreSQL's `infinity`.
 * @param zone where a time without an offset was told
 */
export function readSqlTime(text: string, zone: TimeZone): Timestamp | undefined {
  const match = /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, fraction = '', offset] = match
  if (Number(month) === 0 || Number(day) === 0) return undefined
  const nanos = Number(fraction.padEnd(9, '0'))
  const local =
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds)) +
    Math.floor(nanos / NANOS_PER_MILLI)
  const instant = offset === undefined ? instantOfLocal(local, zone, 'earlier', 'shift') : local - offsetMs(offset)
  return new Timestamp(instant, nanos % NANOS_PER_MILLI)
}

/** `2024-05-01 10:00:00.000000`, as it is told in a zone. */
export function printSqlTime(time: Timestamp, zone: TimeZone): string {
  const local = new Date(time.epochMillis + zone.offsetMsAt(time.epochMillis)).toISOString().replace('T', ' ').slice(0, -1)
  return `${local}${String(Math.floor(time.nanos / 1000)).padStart(3, '0')}`
}

function offsetMs(offset: string): number {
  if (offset === 'Z') return 0
  const [, sign, hours, minutes = 0] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}
