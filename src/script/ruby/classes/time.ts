import { daysFromCivil, daysInMonth, MS_PER_DAY } from '../../../core/dates/civil.ts'
import { dateFormat } from '../../../core/dates/date-format.ts'
import { isoNanos, parseIsoInstant } from '../../../core/dates/iso-instant.ts'
import { parseZoneOffset } from '../../../core/dates/time-zone.ts'
import { float } from '../../../core/float.ts'
import { Timestamp } from '../../../core/timestamp.ts'
import { textToFloat } from '../../ruby-numbers.ts'
import { ArgumentError, raise, TimestampParserError, TypeErrorClass } from '../errors.ts'
import type { Machine } from '../machine.ts'
import { toFloat, toIndex } from '../numbers.ts'
import { classOf, compare, equal, inspect, isNumber, order, toNumber, toText } from '../semantics.ts'
import { strftime, timeParts } from '../strftime.ts'
import type { RClass } from '../value.ts'
import { RHash, RString, RSymbol, RTime, type Value } from '../value.ts'
import { aliases, def, table, text, textOf, type Method, type MethodTable } from './method.ts'
import { strptime } from './strptime.ts'

/** Offset of the host's zone at an instant, in milliseconds. */
function localOffset(epochMillis: number): number {
  return -new Date(epochMillis).getTimezoneOffset() * 60_000
}

export function localTime(epochMillis: number, nanos = 0): RTime {
  return new RTime(epochMillis, nanos, localOffset(epochMillis), false)
}

export function utcTime(epochMillis: number, nanos = 0): RTime {
  return new RTime(epochMillis, nanos, 0, true)
}

/** The same moment as an exact number of nanoseconds. */
function nanosOf(value: RTime | Timestamp): bigint {
  return BigInt(value.epochMillis) * 1_000_000n + BigInt(value.nanos)
}

function fromNanos(total: bigint, offsetMs: number, utc: boolean): RTime {
  const millis = total / 1_000_000n - (total % 1_000_000n < 0n ? 1n : 0n)
  return new RTime(Number(millis), Number(total - millis * 1_000_000n), offsetMs, utc)
}

/** Seconds of any number as nanoseconds. */
function secondsToNanos(seconds: Value): bigint {
  if (typeof seconds === 'bigint' || (typeof seconds === 'number' && Number.isInteger(seconds)))
    return BigInt(seconds) * 1_000_000_000n
  return BigInt(Math.round(toFloat(seconds) * 1e9))
}

function minus(self: RTime, other: Value): Value {
  if (other instanceof RTime || other instanceof Timestamp) return float(Number(nanosOf(self) - nanosOf(other)) / 1e9)
  if (!isNumber(other)) return raise(TypeErrorClass, `can't convert ${classOf(other).name} into an exact number`)
  return fromNanos(nanosOf(self) - secondsToNanos(other), self.offsetMs, self.utc)
}

function offsetOf(value: Value | undefined): number {
  if (value === undefined || value === null) return NaN
  if (isNumber(value)) return toNumber(value) * 1000
  const name = textOf(value)
  if (name === 'UTC' || name === 'Z') return 0
  return (
    parseZoneOffset(name) ??
    raise(ArgumentError, `"+HH:MM", "-HH:MM", "UTC" or "A".."I","K".."Z" expected for utc_offset: ${name}`)
  )
}

const time = def<RTime>

const part = (name: keyof ReturnType<typeof timeParts>): Method => time(0, 0, (_m, self) => timeParts(self)[name])

function iso(self: RTime, digits: number): string {
  return strftime(self, `%Y-%m-%dT%H:%M:%S${digits > 0 ? `.%${digits}N` : ''}${self.utc ? 'Z' : '%:z'}`)
}

function roundTime(self: RTime, digits: number, how: 'round' | 'floor'): RTime {
  const unit = 10n ** BigInt(9 - Math.min(9, Math.max(0, digits)))
  const total = nanosOf(self)
  const down = total - (((total % unit) + unit) % unit)
  return fromNanos(how === 'round' && (total - down) * 2n >= unit ? down + unit : down, self.offsetMs, self.utc)
}

const methods: Record<string, Method> = {
  '+': time(1, 1, (_m, self, [seconds = null]) => {
    if (!isNumber(seconds))
      return raise(
        TypeErrorClass,
        seconds instanceof RTime ? 'time + time?' : `can't convert ${classOf(seconds).name} into an exact number`,
      )
    return fromNanos(nanosOf(self) + secondsToNanos(seconds), self.offsetMs, self.utc)
  }),
  '-': time(1, 1, (m, self, [other = null]) => {
    const { onTimeMinusNil } = m.options
    if (other !== null || onTimeMinusNil === undefined) return minus(self, other)
    onTimeMinusNil()
    return float(0)
  }),
  '==': time(1, 1, (_m, self, [other = null]) => equal(self, other)),
  '<=>': time(1, 1, (_m, self, [other = null]) => compare(self, other) ?? null),
  '<': time(1, 1, (_m, self, [other = null]) => order(self, other) < 0),
  '>': time(1, 1, (_m, self, [other = null]) => order(self, other) > 0),
  '<=': time(1, 1, (_m, self, [other = null]) => order(self, other) <= 0),
  '>=': time(1, 1, (_m, self, [other = null]) => order(self, other) >= 0),
  'between?': time(2, 2, (_m, self, [low = null, high = null]) => order(self, low) >= 0 && order(self, high) <= 0),
  year: part('year'),
  month: part('month'),
  day: part('day'),
  hour: part('hour'),
  min: part('minute'),
  sec: part('second'),
  nsec: part('nanos'),
  wday: part('weekday'),
  yday: part('dayOfYear'),
  usec: time(0, 0, (_m, self) => Math.floor(timeParts(self).nanos / 1000)),
  to_i: time(0, 0, (_m, self) => Math.floor(self.epochMillis / 1000)),
  to_f: time(0, 0, (_m, self) => float(Number(nanosOf(self)) / 1e9)),
  utc: time(0, 0, (_m, self) => utcTime(self.epochMillis, self.nanos)),
  'utc?': time(0, 0, (_m, self) => self.utc),
  localtime: time(0, 1, (_m, self, [offset]) => {
    const given = offsetOf(offset)
    return Number.isNaN(given) ? localTime(self.epochMillis, self.nanos) : new RTime(self.epochMillis, self.nanos, given, false)
  }),
  utc_offset: time(0, 0, (_m, self) => self.offsetMs / 1000),
  zone: time(0, 0, (_m, self) => (self.utc ? text('UTC') : null)),
  strftime: time(1, 1, (m, self, [pattern]) => {
    const result = strftime(self, textOf(pattern))
    m.allocate(result.length)
    return text(result)
  }),
  iso8601: time(0, 1, (_m, self, [digits = 0]) => text(iso(self, toIndex(digits)))),
  to_s: time(0, 0, (_m, self) => text(toText(self))),
  inspect: time(0, 0, (_m, self) => text(inspect(self))),
  round: time(0, 1, (_m, self, [digits = 0]) => roundTime(self, toIndex(digits), 'round')),
  floor: time(0, 1, (_m, self, [digits = 0]) => roundTime(self, toIndex(digits), 'floor')),
  to_time: time(0, 0, (_m, self) => self),
  to_date: time(0, 0, (_m, self) => {
    const { days } = timeParts(self)
    return utcTime(days * MS_PER_DAY)
  }),
  to_a: time(0, 0, (_m, self) => {
    const { second, minute, hour, day, month, year, weekday, dayOfYear } = timeParts(self)
    return [second, minute, hour, day, month, year, weekday, dayOfYear, false, self.utc ? text('UTC') : null]
  }),
  hash: time(0, 0, (_m, self) => self.epochMillis),
  dup: time(0, 0, (_m, self) => self),
  ...Object.fromEntries(
    ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'].map((name, day) => [
      `${name}?`,
      time(0, 0, (_m, self) => timeParts(self).weekday === day),
    ]),
  ),
}

export const timeMethods: MethodTable = table(
  methods,
  aliases(methods, {
    '===': '==',
    'eql?': '==',
    mon: 'month',
    mday: 'day',
    tv_sec: 'to_i',
    tv_usec: 'usec',
    tv_nsec: 'nsec',
    gmtime: 'utc',
    getutc: 'utc',
    getgm: 'utc',
    'gmt?': 'utc?',
    getlocal: 'localtime',
    new_offset: 'localtime',
    gmt_offset: 'utc_offset',
    gmtoff: 'utc_offset',
    xmlschema: 'iso8601',
    to_datetime: 'to_time',
    ctime: 'to_s',
  }),
)

// --- Time.… ---

/** Date and time parts as `Time.new`, `Time.utc` and the like take them. */
function fromParts(args: readonly Value[], offsetMs: number | 'local', utc: boolean): RTime {
  const number = (value: Value | undefined, usual: number): number => {
    if (value === undefined || value === null) return usual
    return value instanceof RString ? toNumber(textToFloat(value.value)) : toFloat(value)
  }
  const year = number(args[0], 1970)
  const month = monthOf(args[1], number)
  const day = number(args[2], 1)
  const [hour, minute, second] = [number(args[3], 0), number(args[4], 0), number(args[5], 0)]
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > 31 ||
    hour < 0 ||
    hour > 24 ||
    minute < 0 ||
    minute > 59 ||
    second < 0 ||
    second >= 61
  )
    raise(ArgumentError, 'argument out of range')
  const days = daysFromCivil(year, month, 1) + Math.min(day, 31) - 1
  const whole = Math.floor(second)
  const nanos =
    Math.round((second - whole) * 1e9) +
    (offsetMs !== 'local' && utc && args[6] !== undefined ? Math.round(number(args[6], 0) * 1000) : 0)
  const local = days * MS_PER_DAY + hour * 3_600_000 + minute * 60_000 + whole * 1000 + Math.floor(nanos / 1e6)
  if (offsetMs === 'local') {
    const guess = new Date(year, month - 1, day, hour, minute, whole, 0).getTime()
    return localTime(guess + Math.floor(nanos / 1e6), nanos % 1e6)
  }
  return new RTime(local - offsetMs, nanos % 1e6, offsetMs, utc)
}

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

function monthOf(value: Value | undefined, number: (value: Value | undefined, usual: number) => number): number {
  if (value instanceof RString) {
    const place = MONTH_NAMES.indexOf(value.value.slice(0, 3).toLowerCase())
    if (place >= 0) return place + 1
  }
  return number(value, 1)
}

/** `Time.parse`, `DateTime.parse`, `Time.iso8601`. @throws RubyError `ArgumentError` */
export function parseTime(written: string, zoneIsLocal: boolean): RTime {
  const trimmed = written.trim()
  const iso = parseIsoInstant(
    trimmed
      .replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T')
      .replace(/ ?(UTC|GMT)$/, 'Z')
      .replace(/ (?=[+-]\d)/, ''),
  )
  const hasZone = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(trimmed)
  if (!Number.isNaN(iso)) return located(iso, isoNanos, hasZone, trimmed, zoneIsLocal)
  for (const format of PARSE_FORMATS) {
    const parsed = strptime(trimmed, format)
    if (parsed !== undefined) return located(parsed.epochMillis, parsed.nanos, parsed.zoned, trimmed, zoneIsLocal)
  }
  const loose = dateFormat('date_optional_time').parse(trimmed)
  if (!Number.isNaN(loose)) return located(loose, 0, hasZone, trimmed, zoneIsLocal)
  return raise(ArgumentError, `no time information in ${inspect(text(written))}`)
}

const PARSE_FORMATS = [
  '%Y-%m-%dT%H:%M:%S.%N%z',
  '%Y/%m/%d %H:%M:%S',
  '%Y/%m/%d',
  '%a, %d %b %Y %H:%M:%S %z',
  '%a, %d %b %Y %H:%M:%S',
  '%a %b %d %H:%M:%S %Y',
  '%a %b %d %H:%M:%S %z %Y',
  '%d %b %Y %H:%M:%S %z',
  '%d %b %Y %H:%M:%S',
  '%d %b %Y',
  '%b %d %Y %H:%M:%S',
  '%b %d, %Y %H:%M:%S',
  '%b %d, %Y',
  '%d/%b/%Y:%H:%M:%S %z',
  '%d/%b/%Y %H:%M:%S',
  '%Y%m%dT%H%M%S%z',
  '%Y%m%dT%H%M%S',
  '%Y%m%d%H%M%S',
  '%Y%m%d',
]

function located(epochMillis: number, nanos: number, zoned: boolean, written: string, zoneIsLocal: boolean): RTime {
  if (zoned) {
    const offset = /([+-]\d{2}):?(\d{2})$/.exec(written)
    const offsetMs = offset === null ? 0 : (parseZoneOffset(`${offset[1]}:${offset[2]}`) ?? 0)
    return new RTime(epochMillis, nanos, offsetMs, offset === null)
  }
  if (!zoneIsLocal) return utcTime(epochMillis, nanos)
  const wall = new Date(epochMillis)
  const local = new Date(
    wall.getUTCFullYear(),
    wall.getUTCMonth(),
    wall.getUTCDate(),
    wall.getUTCHours(),
    wall.getUTCMinutes(),
    wall.getUTCSeconds(),
    wall.getUTCMilliseconds(),
  )
  return localTime(local.getTime(), nanos)
}

/** Unit of the second argument of `Time.at`. */
const SUB_UNITS: Readonly<Record<string, bigint>> = {
  millisecond: 1_000_000n,
  usec: 1000n,
  microsecond: 1000n,
  nsec: 1n,
  nanosecond: 1n,
}

const klass = def<RClass>

const timeStatic: Record<string, Method> = {
  now: klass(0, Infinity, (m) => localTime(m.options.clock.now())),
  at: klass(1, 4, (_m, _self, [seconds = null, sub, unit]) => {
    if (seconds instanceof RTime || seconds instanceof Timestamp) return localTime(seconds.epochMillis, seconds.nanos)
    if (!isNumber(seconds))
      return raise(TypeErrorClass, `can't convert ${seconds === null ? 'nil' : classOf(seconds).name} into an exact number`)
    const options = [sub, unit].find((value) => value instanceof RHash)
    const small = isNumber(sub ?? null) ? (sub ?? 0) : 0
    const perUnit = unit instanceof RSymbol ? (SUB_UNITS[unit.name] ?? 1000n) : 1000n
    const total =
      secondsToNanos(seconds) +
      (typeof small === 'number' && Number.isInteger(small)
        ? BigInt(small) * perUnit
        : BigInt(Math.round(toFloat(small) * Number(perUnit))))
    const at = fromNanos(total, 0, true)
    const zone = options instanceof RHash ? offsetOf(options.get(new RSymbol('in'))) : NaN
    return Number.isNaN(zone) ? localTime(at.epochMillis, at.nanos) : new RTime(at.epochMillis, at.nanos, zone, zone === 0)
  }),
  utc: klass(1, 7, (_m, _self, args) => fromParts(args, 0, true)),
  local: klass(1, 7, (_m, _self, args) => fromParts(args, 'local', false)),
  new: klass(0, 8, (m, _self, args) => {
    if (args.length === 0) return localTime(m.options.clock.now())
    const offset = offsetOf(args[6])
    return Number.isNaN(offset) ? fromParts(args, 'local', false) : fromParts(args, offset, false)
  }),
  parse: klass(1, 3, (_m, self, [written]) => parseTime(textOf(written), self.name === 'Time')),
  iso8601: klass(1, 1, (_m, self, [written]) => {
    const value = textOf(written)
    if (Number.isNaN(parseIsoInstant(value))) return raise(ArgumentError, `invalid xmlschema date: ${inspect(text(value))}`)
    return parseTime(value, self.name === 'Time')
  }),
  strptime: klass(2, 3, (_m, self, [written, format]) => {
    const parsed = strptime(textOf(written), textOf(format))
    if (parsed === undefined)
      return raise(ArgumentError, `invalid date or strptime format - \`${textOf(written)}' \`${textOf(format)}'`)
    return located(parsed.epochMillis, parsed.nanos, parsed.zoned, textOf(written), self.name === 'Time')
  }),
  today: klass(0, 0, (m) => {
    const { days } = timeParts(localTime(m.options.clock.now()))
    return utcTime(days * MS_PER_DAY)
  }),
  'valid_date?': klass(3, 3, (_m, _self, [year = null, month = null, day = null]) => {
    const [y, mo, d] = [toIndex(year), toIndex(month), toIndex(day)]
    return mo >= 1 && mo <= 12 && d >= 1 && d <= daysInMonth(y, mo)
  }),
}

export const timeClassMethods: MethodTable = table(
  timeStatic,
  aliases(timeStatic, { gm: 'utc', mktime: 'local', xmlschema: 'iso8601', httpdate: 'parse', rfc2822: 'parse', civil: 'utc' }),
)

// --- LogStash::Timestamp ---

const stamp = def<Timestamp>

const timestampOnly: Record<string, Method> = {
  time: stamp(0, 0, (_m, self) => utcTime(self.epochMillis, self.nanos)),
  to_i: stamp(0, 0, (_m, self) => Math.floor(self.epochMillis / 1000)),
  to_f: stamp(0, 0, (_m, self) => float(Number(nanosOf(self)) / 1e9)),
  to_s: stamp(0, 0, (_m, self) => text(self.toString())),
  inspect: stamp(0, 0, (_m, self) => text(self.toString())),
  to_json: stamp(0, Infinity, (_m, self) => text(`"${self.toString()}"`)),
  '-': stamp(1, 1, (_m, self, [other = null]) => {
    const result = minus(utcTime(self.epochMillis, self.nanos), other)
    return result instanceof RTime ? new Timestamp(result.epochMillis, result.nanos) : result
  }),
  '+': stamp(1, 1, (_m, self, [seconds = null]) => {
    const total = nanosOf(self) + secondsToNanos(seconds)
    const at = fromNanos(total, 0, true)
    return new Timestamp(at.epochMillis, at.nanos)
  }),
  '==': stamp(1, 1, (_m, self, [other = null]) => equal(self, other)),
  '<=>': stamp(1, 1, (_m, self, [other = null]) => compare(self, other) ?? null),
  '<': stamp(1, 1, (_m, self, [other = null]) => order(self, other) < 0),
  '>': stamp(1, 1, (_m, self, [other = null]) => order(self, other) > 0),
  '<=': stamp(1, 1, (_m, self, [other = null]) => order(self, other) <= 0),
  '>=': stamp(1, 1, (_m, self, [other = null]) => order(self, other) >= 0),
  usec: stamp(0, 0, (_m, self) => (((self.epochMillis % 1000) + 1000) % 1000) * 1000 + Math.floor(self.nanos / 1000)),
  nsec: stamp(0, 0, (_m, self) => (((self.epochMillis % 1000) + 1000) % 1000) * 1_000_000 + self.nanos),
  year: stamp(0, 0, (_m, self) => timeParts(utcTime(self.epochMillis)).year),
  dup: stamp(0, 0, (_m, self) => self),
}

export const timestampMethods: MethodTable = table(
  timestampOnly,
  aliases(timestampOnly, {
    to_iso8601: 'to_s',
    tv_usec: 'usec',
    'eql?': '==',
    '===': '==',
    to_time: 'time',
    getutc: 'time',
    utc: 'time',
    gmtime: 'time',
  }),
)

/** A timestamp out of what `LogStash::Timestamp.new` takes. @throws RubyError */
export function timestampOf(machine: Machine, value: Value | undefined): Timestamp {
  if (value === undefined || value === null) return new Timestamp(machine.options.clock.now())
  if (value instanceof Timestamp) return value
  if (value instanceof RTime) return new Timestamp(value.epochMillis, value.nanos)
  if (isNumber(value)) {
    const at = fromNanos(secondsToNanos(value), 0, true)
    return new Timestamp(at.epochMillis, at.nanos)
  }
  const written = textOf(value)
  const millis = parseIsoInstant(written)
  if (Number.isNaN(millis))
    return raise(TimestampParserError, `invalid timestamp string ${inspect(text(written))}, error=Unable to parse`)
  return new Timestamp(millis, isoNanos)
}

export const timestampClassMethods: MethodTable = table({
  new: klass(0, 1, (m, _self, [value]) => timestampOf(m, value)),
  now: klass(0, 0, (m) => timestampOf(m, undefined)),
  at: klass(1, 2, (m, _self, [seconds, micros]) => {
    const at = timestampOf(m, seconds)
    return micros === undefined
      ? at
      : new Timestamp(at.epochMillis + Math.floor(toFloat(micros) / 1000), (toFloat(micros) % 1000) * 1000)
  }),
  coerce: klass(1, 1, (m, _self, [value = null]) => {
    if (value instanceof RString && Number.isNaN(parseIsoInstant(value.value))) return null
    return value instanceof RString || value instanceof RTime || value instanceof Timestamp ? timestampOf(m, value) : null
  }),
  parse_iso8601: klass(1, 1, (m, _self, [value]) => timestampOf(m, value)),
})
