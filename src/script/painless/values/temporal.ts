import {
  addMonths,
  civilFromDays,
  dayOf,
  daysFromCivil,
  daysInMonth,
  isoWeek,
  isoWeekday,
  MS_PER_DAY,
} from '../../../core/dates/civil.ts'
import { instantOfLocal, type TimeZone } from '../../../core/dates/time-zone.ts'
import { JavaError } from '../java-error.ts'
import { EnumValue } from './enums.ts'
import type { Long } from './long.ts'
import { JavaObject, type Value } from './value.ts'

export const NANOS_PER_DAY = 86_400_000_000_000
const NANOS_PER_MILLI = 1_000_000

/** A wall clock's reading. */
export interface Local {
  /** Days since 1970-01-01. */
  readonly day: number
  /** Nanoseconds since midnight. */
  readonly nano: number
}

export const dateTimeError = (text: string): JavaError => new JavaError('java.time.DateTimeException', text)
export const unsupportedUnit = (text: string): JavaError =>
  new JavaError('java.time.temporal.UnsupportedTemporalTypeException', text)

/** Days that dates may lie from 1970: Java's own range, in which all sums stay exact. */
const MAX_DAY = 365_241_780_471

export function checkDay(day: number): number {
  if (Math.abs(day) > MAX_DAY)
    throw dateTimeError(`Invalid value for EpochDay (valid values -365243219162 - 365241780471): ${day}`)
  return day
}

// --- units ---

const UNIT_TEXTS: Readonly<Record<string, string>> = { HALF_DAYS: 'HalfDays' }

const unit = (name: string, ordinal: number): EnumValue =>
  new EnumValue('java.time.temporal.ChronoUnit', name, ordinal, UNIT_TEXTS[name] ?? name.charAt(0) + name.slice(1).toLowerCase())

export const CHRONO_UNITS: readonly EnumValue[] = [
  'NANOS',
  'MICROS',
  'MILLIS',
  'SECONDS',
  'MINUTES',
  'HOURS',
  'HALF_DAYS',
  'DAYS',
  'WEEKS',
  'MONTHS',
  'YEARS',
  'DECADES',
  'CENTURIES',
  'MILLENNIA',
  'ERAS',
  'FOREVER',
].map(unit)

/** Nanoseconds of units shorter than a day. */
export const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  NANOS: 1n,
  MICROS: 1000n,
  MILLIS: 1_000_000n,
  SECONDS: 1_000_000_000n,
  MINUTES: 60_000_000_000n,
  HOURS: 3_600_000_000_000n,
  HALF_DAYS: 43_200_000_000_000n,
}
const UNIT_DAYS: Readonly<Record<string, number>> = { DAYS: 1, WEEKS: 7 }
const UNIT_MONTHS: Readonly<Record<string, number>> = {
  MONTHS: 1,
  QUARTER_YEARS: 3,
  YEARS: 12,
  DECADES: 120,
  CENTURIES: 1200,
  MILLENNIA: 12_000,
}

export function isTimeUnit(name: string): boolean {
  return Object.hasOwn(UNIT_NANOS, name)
}

/** A wall clock's reading some units later. @throws JavaError */
export function addUnits({ day, nano }: Local, amount: Long, name: string): Local {
  const nanos = UNIT_NANOS[name]
  if (nanos !== undefined) return fromNanos(BigInt(day) * BigInt(NANOS_PER_DAY) + BigInt(nano) + BigInt(amount) * nanos)
  const days = UNIT_DAYS[name]
  if (days !== undefined) return { day: checkDay(day + Number(amount) * days), nano }
  const months = UNIT_MONTHS[name]
  if (months === undefined) throw unsupportedUnit(`Unsupported unit: ${name}`)
  if (Math.abs(Number(amount)) * months > 12 * 999_999_999)
    throw dateTimeError('Invalid value for Year (valid values -999999999 - 999999999)')
  return { day: checkDay(dayOf(addMonths(day * MS_PER_DAY, Number(amount) * months))), nano }
}

export function fromNanos(total: bigint): Local {
  const perDay = BigInt(NANOS_PER_DAY)
  const rest = ((total % perDay) + perDay) % perDay
  return { day: checkDay(Number((total - rest) / perDay)), nano: Number(rest) }
}

export function toNanos({ day, nano }: Local): bigint {
  return BigInt(day) * BigInt(NANOS_PER_DAY) + BigInt(nano)
}

/** Whole units from one reading to another, towards zero. @throws JavaError */
export function unitsBetween(from: Local, to: Local, name: string): bigint {
  const nanos = UNIT_NANOS[name] ?? (UNIT_DAYS[name] === undefined ? undefined : BigInt(UNIT_DAYS[name]) * BigInt(NANOS_PER_DAY))
  if (nanos !== undefined) return (toNanos(to) - toNanos(from)) / nanos
  const months = UNIT_MONTHS[name]
  if (months === undefined) throw unsupportedUnit(`Unsupported unit: ${name}`)
  return BigInt(Math.trunc(monthsBetween(from, to) / months))
}

export function monthsBetween(from: Local, to: Local): number {
  const [a, b] = [civilFromDays(from.day), civilFromDays(to.day)]
  const months = (b.year - a.year) * 12 + b.month - a.month
  const within = (local: Local, day: number): number => day * NANOS_PER_DAY + local.nano
  const [left, right] = [within(from, a.day), within(to, b.day)]
  if (months > 0 && right < left) return months - 1
  return months < 0 && right > left ? months + 1 : months
}

// --- fields ---

const FIELD_NAMES = [
  'NANO_OF_SECOND',
  'NANO_OF_DAY',
  'MICRO_OF_SECOND',
  'MICRO_OF_DAY',
  'MILLI_OF_SECOND',
  'MILLI_OF_DAY',
  'SECOND_OF_MINUTE',
  'SECOND_OF_DAY',
  'MINUTE_OF_HOUR',
  'MINUTE_OF_DAY',
  'HOUR_OF_AMPM',
  'CLOCK_HOUR_OF_AMPM',
  'HOUR_OF_DAY',
  'CLOCK_HOUR_OF_DAY',
  'AMPM_OF_DAY',
  'DAY_OF_WEEK',
  'ALIGNED_DAY_OF_WEEK_IN_MONTH',
  'ALIGNED_DAY_OF_WEEK_IN_YEAR',
  'DAY_OF_MONTH',
  'DAY_OF_YEAR',
  'EPOCH_DAY',
  'ALIGNED_WEEK_OF_MONTH',
  'ALIGNED_WEEK_OF_YEAR',
  'MONTH_OF_YEAR',
  'PROLEPTIC_MONTH',
  'YEAR_OF_ERA',
  'YEAR',
  'ERA',
  'INSTANT_SECONDS',
  'OFFSET_SECONDS',
] as const

const camel = (name: string): string =>
  name
    .split('_')
    .map((part) => part.charAt(0) + part.slice(1).toLowerCase())
    .join('')

export const CHRONO_FIELDS: readonly EnumValue[] = FIELD_NAMES.map(
  (name, at) => new EnumValue('java.time.temporal.ChronoField', name, at, camel(name).replace('Ampm', 'AmPm')),
)

/** What ISO adds to the fields: quarters and weeks. */
export const ISO_FIELDS: readonly EnumValue[] = [
  ['DAY_OF_QUARTER', 'DayOfQuarter'],
  ['QUARTER_OF_YEAR', 'QuarterOfYear'],
  ['WEEK_OF_WEEK_BASED_YEAR', 'WeekOfWeekBasedYear'],
  ['WEEK_BASED_YEAR', 'WeekBasedYear'],
].map(([name = '', shown = ''], at) => new EnumValue('java.time.temporal.IsoFields.Field', name, at, shown))

const TIME_FIELDS = new Set(FIELD_NAMES.slice(0, 15) as readonly string[])

export function isTimeField(name: string): boolean {
  return TIME_FIELDS.has(name)
}

/** The value of a field of a wall clock's reading. @throws JavaError */
export function readField({ day, nano }: Local, name: string): number {
  const hour = Math.floor(nano / 3_600_000_000_000)
  const civil = civilFromDays(day)
  const dayOfYear = day - daysFromCivil(civil.year, 1, 1) + 1
  switch (name) {
    case 'NANO_OF_SECOND':
      return nano % 1_000_000_000
    case 'NANO_OF_DAY':
      return nano
    case 'MICRO_OF_SECOND':
      return Math.floor((nano % 1_000_000_000) / 1000)
    case 'MICRO_OF_DAY':
      return Math.floor(nano / 1000)
    case 'MILLI_OF_SECOND':
      return Math.floor((nano % 1_000_000_000) / NANOS_PER_MILLI)
    case 'MILLI_OF_DAY':
      return Math.floor(nano / NANOS_PER_MILLI)
    case 'SECOND_OF_MINUTE':
      return Math.floor(nano / 1_000_000_000) % 60
    case 'SECOND_OF_DAY':
      return Math.floor(nano / 1_000_000_000)
    case 'MINUTE_OF_HOUR':
      return Math.floor(nano / 60_000_000_000) % 60
    case 'MINUTE_OF_DAY':
      return Math.floor(nano / 60_000_000_000)
    case 'HOUR_OF_AMPM':
      return hour % 12
    case 'CLOCK_HOUR_OF_AMPM':
      return hour % 12 || 12
    case 'HOUR_OF_DAY':
      return hour
    case 'CLOCK_HOUR_OF_DAY':
      return hour || 24
    case 'AMPM_OF_DAY':
      return hour < 12 ? 0 : 1
    case 'DAY_OF_WEEK':
      return isoWeekday(day)
    case 'ALIGNED_DAY_OF_WEEK_IN_MONTH':
      return ((civil.day - 1) % 7) + 1
    case 'ALIGNED_DAY_OF_WEEK_IN_YEAR':
      return ((dayOfYear - 1) % 7) + 1
    case 'DAY_OF_MONTH':
      return civil.day
    case 'DAY_OF_YEAR':
      return dayOfYear
    case 'EPOCH_DAY':
      return day
    case 'ALIGNED_WEEK_OF_MONTH':
      return Math.floor((civil.day - 1) / 7) + 1
    case 'ALIGNED_WEEK_OF_YEAR':
      return Math.floor((dayOfYear - 1) / 7) + 1
    case 'MONTH_OF_YEAR':
      return civil.month
    case 'PROLEPTIC_MONTH':
      return civil.year * 12 + civil.month - 1
    case 'YEAR_OF_ERA':
      return civil.year > 0 ? civil.year : 1 - civil.year
    case 'YEAR':
      return civil.year
    case 'ERA':
      return civil.year > 0 ? 1 : 0
    case 'QUARTER_OF_YEAR':
      return Math.ceil(civil.month / 3)
    case 'DAY_OF_QUARTER':
      return day - daysFromCivil(civil.year, Math.ceil(civil.month / 3) * 3 - 2, 1) + 1
    case 'WEEK_OF_WEEK_BASED_YEAR':
      return isoWeek(day).week
    case 'WEEK_BASED_YEAR':
      return isoWeek(day).weekYear
    default:
      throw unsupportedUnit(`Unsupported field: ${name}`)
  }
}

const SIZES: Readonly<Record<string, readonly [low: number, high: number, shown: string]>> = {
  NANO_OF_SECOND: [0, 999_999_999, 'NanoOfSecond (valid values 0 - 999999999)'],
  MILLI_OF_SECOND: [0, 999, 'MilliOfSecond (valid values 0 - 999)'],
  SECOND_OF_MINUTE: [0, 59, 'SecondOfMinute (valid values 0 - 59)'],
  MINUTE_OF_HOUR: [0, 59, 'MinuteOfHour (valid values 0 - 59)'],
  HOUR_OF_DAY: [0, 23, 'HourOfDay (valid values 0 - 23)'],
  DAY_OF_WEEK: [1, 7, 'DayOfWeek (valid values 1 - 7)'],
  DAY_OF_MONTH: [1, 31, 'DayOfMonth (valid values 1 - 28/31)'],
  DAY_OF_YEAR: [1, 366, 'DayOfYear (valid values 1 - 365/366)'],
  MONTH_OF_YEAR: [1, 12, 'MonthOfYear (valid values 1 - 12)'],
  YEAR: [-999_999_999, 999_999_999, 'Year (valid values -999999999 - 999999999)'],
}

export function checkField(name: string, value: number): number {
  const size = SIZES[name]
  if (size !== undefined && (value < size[0] || value > size[1])) throw dateTimeError(`Invalid value for ${size[2]}: ${value}`)
  return value
}

/** A day of the calendar. @throws JavaError */
export function dayOfDate(year: number, month: number, day: number): number {
  checkField('YEAR', year)
  checkField('MONTH_OF_YEAR', month)
  checkField('DAY_OF_MONTH', day)
  if (day > daysInMonth(year, month)) {
    throw dateTimeError(
      day === 29
        ? `Invalid date 'February 29' as '${year}' is not a leap year`
        : `Invalid date '${MONTH_NAMES[month - 1]} ${day}'`,
    )
  }
  return daysFromCivil(year, month, day)
}

export const MONTH_NAMES = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const

export function nanoOfTime(hour: number, minute: number, second = 0, nano = 0): number {
  checkField('HOUR_OF_DAY', hour)
  checkField('MINUTE_OF_HOUR', minute)
  checkField('SECOND_OF_MINUTE', second)
  checkField('NANO_OF_SECOND', nano)
  return (hour * 3600 + minute * 60 + second) * 1_000_000_000 + nano
}

/** A reading with one field changed; a day that its month lacks becomes the month's last. @throws JavaError */
export function writeField(local: Local, name: string, value: number): Local {
  checkField(name, value)
  const { day, nano } = local
  const { year, month, day: dayOfMonth } = civilFromDays(day)
  const onDay = (newYear: number, newMonth: number): Local => ({
    day: dayOfDate(newYear, newMonth, Math.min(dayOfMonth, daysInMonth(newYear, newMonth))),
    nano,
  })
  const shift = (unitName: string): Local => addUnits(local, value - readField(local, name), unitName)
  switch (name) {
    case 'NANO_OF_SECOND':
      return { day, nano: nano - (nano % 1_000_000_000) + value }
    case 'MILLI_OF_SECOND':
      return { day, nano: nano - (nano % 1_000_000_000) + value * NANOS_PER_MILLI }
    case 'NANO_OF_DAY':
      return { day, nano: value }
    case 'MILLI_OF_DAY':
      return { day, nano: value * NANOS_PER_MILLI }
    case 'SECOND_OF_DAY':
    case 'SECOND_OF_MINUTE':
      return shift('SECONDS')
    case 'MINUTE_OF_DAY':
    case 'MINUTE_OF_HOUR':
      return shift('MINUTES')
    case 'HOUR_OF_DAY':
    case 'HOUR_OF_AMPM':
      return shift('HOURS')
    case 'DAY_OF_WEEK':
    case 'EPOCH_DAY':
      return shift('DAYS')
    case 'DAY_OF_MONTH':
      return { day: dayOfDate(year, month, value), nano }
    case 'DAY_OF_YEAR':
      return { day: daysFromCivil(year, 1, 1) + value - 1, nano }
    case 'MONTH_OF_YEAR':
      return onDay(year, value)
    case 'YEAR':
    case 'YEAR_OF_ERA':
      return onDay(value, month)
    default:
      throw unsupportedUnit(`Unsupported field: ${name}`)
  }
}

// --- texts ---

const two = (value: number): string => String(value).padStart(2, '0')

function dateText(day: number): string {
  const { year, month, day: dayOfMonth } = civilFromDays(day)
  const size = String(Math.abs(year)).padStart(4, '0')
  return `${year < 0 ? '-' : year > 9999 ? '+' : ''}${size}-${two(month)}-${two(dayOfMonth)}`
}

/** Nanoseconds in groups of three digits, none for none. */
function fractionText(nano: number): string {
  if (nano === 0) return ''
  const digits = String(nano).padStart(9, '0')
  return `.${digits.replace(/(?:000)+$/, '')}`
}

function timeText(nano: number, always = false): string {
  const seconds = Math.floor(nano / 1_000_000_000)
  const fraction = nano % 1_000_000_000
  const short = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`
  return always || seconds % 60 !== 0 || fraction !== 0 ? `${short}:${two(seconds % 60)}${fractionText(fraction)}` : short
}

export function offsetText(offsetMs: number): string {
  if (offsetMs === 0) return 'Z'
  const size = Math.abs(offsetMs) / 1000
  const seconds = size % 60 === 0 ? '' : `:${two(size % 60)}`
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}${seconds}`
}

/** How ISO writes a value: the parts that are asked for and that it has. */
export function isoText(value: Temporal, parts: { date?: boolean; time?: boolean; offset?: boolean; region?: boolean }): string {
  const { date = false, time = false, offset = false, region = false } = parts
  if (date && !value.hasDate) throw unsupportedUnit('Unsupported field: Year')
  if (time && !value.hasTime) throw unsupportedUnit('Unsupported field: HourOfDay')
  let text = date ? dateText(value.local.day) : ''
  if (time) {
    const written = timeText(value.local.nano, true)
    text += (date ? 'T' : '') + (value instanceof Instant || !written.includes('.') ? written : written.replace(/0+$/, ''))
  }
  if (offset && value instanceof ZonedDateTime) text += offsetText(value.offsetMs)
  if (region && value instanceof ZonedDateTime && !isOffsetZone(value.zone)) text += `[${value.zone.id}]`
  return text
}

// --- dates and times ---

/** Anything with a date, a time of day, or both. Never changes. */
export abstract class Temporal extends JavaObject {
  /** Its reading; of an Instant, in UTC. */
  abstract readonly local: Local
  /** One of the same class with another reading. */
  abstract withLocal(local: Local): Temporal

  readonly hasDate: boolean = true
  readonly hasTime: boolean = true

  plus(amount: Long, unitName: string): Temporal {
    this.checkUnit(unitName)
    return this.withLocal(addUnits(this.local, amount, unitName))
  }

  checkUnit(unitName: string): void {
    const known = isTimeUnit(unitName) ? this.hasTime : this.hasDate
    if (!known) throw unsupportedUnit(`Unsupported unit: ${unitText(unitName)}`)
  }

  field(name: string): Long {
    if (isTimeField(name) ? !this.hasTime : !this.hasDate) throw unsupportedUnit(`Unsupported field: ${fieldText(name)}`)
    return readField(this.local, name)
  }

  compareTo(other: Value): number {
    const { local } = other as Temporal
    return this.local.day - local.day || this.local.nano - local.nano
  }
  override equalTo(other: Value): boolean {
    return other instanceof Temporal && other.className === this.className && this.toText() === other.toText()
  }
  override hash(): number {
    return (this.local.day * 31 + (this.local.nano % 2 ** 31)) | 0
  }
  override key(): unknown {
    return `\u0000t${this.className}${this.toText()}`
  }
}

const unitText = (name: string): string => CHRONO_UNITS.find((one) => one.name === name)?.toText() ?? name
const fieldText = (name: string): string => CHRONO_FIELDS.find((one) => one.name === name)?.toText() ?? name

export class LocalDate extends Temporal {
  readonly local: Local
  override readonly hasTime = false
  constructor(day: number) {
    super()
    this.local = { day: checkDay(day), nano: 0 }
  }
  get className(): string {
    return 'java.time.LocalDate'
  }
  withLocal({ day }: Local): LocalDate {
    return new LocalDate(day)
  }
  toText(): string {
    return dateText(this.local.day)
  }
}

export class LocalTime extends Temporal {
  readonly local: Local
  override readonly hasDate = false
  constructor(nano: number) {
    super()
    this.local = { day: 0, nano }
  }
  get className(): string {
    return 'java.time.LocalTime'
  }
  withLocal({ nano }: Local): LocalTime {
    return new LocalTime(nano)
  }
  toText(): string {
    return timeText(this.local.nano)
  }
}

export class LocalDateTime extends Temporal {
  readonly local: Local
  constructor(local: Local) {
    super()
    this.local = local
  }
  get className(): string {
    return 'java.time.LocalDateTime'
  }
  withLocal(local: Local): LocalDateTime {
    return new LocalDateTime(local)
  }
  toText(): string {
    return `${dateText(this.local.day)}T${timeText(this.local.nano)}`
  }
}

/** What has a place on the time line. */
export abstract class Moment extends Temporal {
  /** The instant, as a reading in UTC. */
  abstract readonly utc: Local

  get epochSecond(): number {
    return this.utc.day * 86_400 + Math.floor(this.utc.nano / 1_000_000_000)
  }
  get epochMilli(): number {
    return this.utc.day * MS_PER_DAY + Math.floor(this.utc.nano / NANOS_PER_MILLI)
  }
  override compareTo(other: Value): number {
    const { utc } = other as Moment
    return this.utc.day - utc.day || this.utc.nano - utc.nano
  }
  override field(name: string): Long {
    if (name === 'INSTANT_SECONDS') return this.epochSecond
    return super.field(name)
  }
}

export class Instant extends Moment {
  readonly utc: Local
  constructor(utc: Local) {
    super()
    this.utc = utc
  }
  static ofEpochMilli(millis: Long): Instant {
    return new Instant(fromNanos(BigInt(millis) * BigInt(NANOS_PER_MILLI)))
  }
  get className(): string {
    return 'java.time.Instant'
  }
  get local(): Local {
    return this.utc
  }
  withLocal(local: Local): Instant {
    return new Instant(local)
  }
  override checkUnit(unitName: string): void {
    if (!isTimeUnit(unitName) && unitName !== 'DAYS') throw unsupportedUnit(`Unsupported unit: ${unitText(unitName)}`)
  }
  override field(name: string): Long {
    if (['INSTANT_SECONDS', 'NANO_OF_SECOND', 'MICRO_OF_SECOND', 'MILLI_OF_SECOND'].includes(name)) return super.field(name)
    throw unsupportedUnit(`Unsupported field: ${fieldText(name)}`)
  }
  toText(): string {
    return `${dateText(this.utc.day)}T${timeText(this.utc.nano, true)}Z`
  }
}

/** ZonedDateTime and OffsetDateTime. */
/** Dates of documents: they have Joda's names and texts, too. */
export const DOC_DATE = 'org.opensearch.script.JodaCompatibleZonedDateTime'

export class ZonedDateTime extends Moment {
  readonly utc: Local
  readonly local: Local
  readonly zone: TimeZone
  readonly offsetMs: number
  readonly className: string

  private constructor(utc: Local, zone: TimeZone, className: string) {
    super()
    this.utc = utc
    this.zone = zone
    this.offsetMs = zone.offsetMsAt(utc.day * MS_PER_DAY + Math.floor(utc.nano / NANOS_PER_MILLI))
    this.local = this.offsetMs === 0 ? utc : addUnits(utc, this.offsetMs, 'MILLIS')
    this.className = className
  }
  static ofInstant(utc: Local, zone: TimeZone, className = 'java.time.ZonedDateTime'): ZonedDateTime {
    return new ZonedDateTime(utc, zone, className)
  }
  /** Readings that a clock change skipped are moved on by what was skipped; of repeated ones the earlier is meant. */
  static ofLocal(local: Local, zone: TimeZone, className = 'java.time.ZonedDateTime'): ZonedDateTime {
    const millis = local.day * MS_PER_DAY + Math.floor(local.nano / NANOS_PER_MILLI)
    const shift = millis - instantOfLocal(millis, zone, 'earlier', 'shift')
    return new ZonedDateTime(addUnits(local, -shift, 'MILLIS'), zone, className)
  }
  withLocal(local: Local): ZonedDateTime {
    return ZonedDateTime.ofLocal(local, this.zone, this.className)
  }
  /** Days and longer move the calendar, hours and shorter the time line. */
  override plus(amount: Long, unitName: string): ZonedDateTime {
    if (!isTimeUnit(unitName)) return this.withLocal(addUnits(this.local, amount, unitName))
    return ZonedDateTime.ofInstant(addUnits(this.utc, amount, unitName), this.zone, this.className)
  }
  override field(name: string): Long {
    return name === 'OFFSET_SECONDS' ? this.offsetMs / 1000 : super.field(name)
  }
  /** As documents and answers show it: with milliseconds, nanoseconds where there are some, without the name of the zone. */
  override toJson(): string {
    const offset = offsetText(this.offsetMs)
    const beyond = this.utc.nano % NANOS_PER_MILLI
    const nanos = beyond === 0 ? '' : String(beyond).padStart(6, '0')
    return new Date(this.epochMilli + this.offsetMs).toISOString().replace('Z', nanos + offset)
  }
  toText(): string {
    if (this.className === DOC_DATE) return this.toJson()
    const region = isOffsetZone(this.zone) ? '' : `[${this.zone.id}]`
    return `${dateText(this.local.day)}T${timeText(this.local.nano)}${offsetText(this.offsetMs)}${region}`
  }
}

/** Whether a zone is a mere offset: `Z`, `+02:00`. */
export function isOffsetZone(zone: TimeZone): boolean {
  return zone.id === 'Z' || /^[+-]/.test(zone.id)
}

/** ZoneId and ZoneOffset. */
export class Zone extends JavaObject {
  readonly zone: TimeZone
  constructor(zone: TimeZone) {
    super()
    this.zone = zone
  }
  static ofOffset(offsetMs: number): Zone {
    return new Zone({ id: offsetText(offsetMs), fixedOffsetMs: offsetMs, offsetMsAt: () => offsetMs })
  }
  get className(): string {
    return isOffsetZone(this.zone) ? 'java.time.ZoneOffset' : 'java.time.ZoneId'
  }
  compareTo(other: Value): number {
    return ((other as Zone).zone.fixedOffsetMs ?? 0) - (this.zone.fixedOffsetMs ?? 0)
  }
  override equalTo(other: Value): boolean {
    return other instanceof Zone && other.zone.id === this.zone.id
  }
  override key(): unknown {
    return `\u0000z${this.zone.id}`
  }
  toText(): string {
    return this.zone.id
  }
}

// --- amounts ---

/** An exact length of time. */
export class Duration extends JavaObject {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }
  get className(): string {
    return 'java.time.Duration'
  }
  get seconds(): bigint {
    return (this.nanos - (((this.nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n
  }
  get nanoOfSecond(): number {
    return Number(((this.nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)
  }
  compareTo(other: Value): number {
    const { nanos } = other as Duration
    return this.nanos < nanos ? -1 : this.nanos > nanos ? 1 : 0
  }
  override equalTo(other: Value): boolean {
    return other instanceof Duration && other.nanos === this.nanos
  }
  override key(): unknown {
    return `\u0000d${this.nanos}`
  }
  toText(): string {
    if (this.nanos === 0n) return 'PT0S'
    const sign = this.nanos < 0n ? '-' : ''
    const size = this.nanos < 0n ? -this.nanos : this.nanos
    const hours = size / 3_600_000_000_000n
    const minutes = (size / 60_000_000_000n) % 60n
    const seconds = (size / 1_000_000_000n) % 60n
    const fraction = size % 1_000_000_000n
    let text = 'PT'
    if (hours > 0n) text += `${sign}${hours}H`
    if (minutes > 0n) text += `${sign}${minutes}M`
    if (seconds > 0n || fraction > 0n) {
      text += `${sign}${seconds}${fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`}S`
    }
    return text
  }
}

/** Years, months and days of the calendar. */
export class Period extends JavaObject {
  readonly years: number
  readonly months: number
  readonly days: number
  constructor(years: number, months: number, days: number) {
    super()
    this.years = years
    this.months = months
    this.days = days
  }
  get className(): string {
    return 'java.time.Period'
  }
  override equalTo(other: Value): boolean {
    return other instanceof Period && other.toText() === this.toText()
  }
  override key(): unknown {
    return `\u0000p${this.toText()}`
  }
  toText(): string {
    if (this.years === 0 && this.months === 0 && this.days === 0) return 'P0D'
    const part = (value: number, letter: string): string => (value === 0 ? '' : `${value}${letter}`)
    return `P${part(this.years, 'Y')}${part(this.months, 'M')}${part(this.days, 'D')}`
  }
}
