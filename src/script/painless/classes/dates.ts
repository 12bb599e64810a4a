import { daysInMonth, civilFromDays, daysFromCivil, isLeapYear, isoWeekday } from '../../../core/dates/civil.ts'
import { dateNames } from '../../../core/dates/date-names.ts'
import { findTimeZone, parseZoneOffset, type TimeZone } from '../../../core/dates/time-zone.ts'
import { classTable, type ClassTable } from '../class-table.ts'
import { illegalArgument, JavaError } from '../java-error.ts'
import { EnumValue } from '../values/enums.ts'
import { JavaArray } from '../values/collections.ts'
import { cannotParse, DateFormatter, type ParsedDate } from '../values/date-formatter.ts'
import { wrapLong, type Long } from '../values/long.ts'
import {
  addUnits,
  CHRONO_FIELDS,
  CHRONO_UNITS,
  checkField,
  dateTimeError,
  dayOfDate,
  Duration,
  fromNanos,
  Instant,
  ISO_FIELDS,
  isOffsetZone,
  isoText,
  LocalDate,
  LocalDateTime,
  LocalTime,
  Moment,
  MONTH_NAMES,
  monthsBetween,
  nanoOfTime,
  NANOS_PER_DAY,
  Period,
  Temporal,
  UNIT_NANOS,
  unitsBetween,
  unsupportedUnit,
  writeField,
  Zone,
  ZonedDateTime,
  type Local,
} from '../values/temporal.ts'
import { textOf } from '../values/text.ts'
import { JavaObject, type Value } from '../values/value.ts'

type Methods = Record<string, (self: never, ...values: never[]) => unknown>

const DAY_NAMES = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
const DAYS_OF_WEEK = DAY_NAMES.map((name, at) => new EnumValue('java.time.DayOfWeek', name, at))
const MONTHS = MONTH_NAMES.map((name, at) => new EnumValue('java.time.Month', name, at))

const dayOfWeek = (day: number): EnumValue => DAYS_OF_WEEK[isoWeekday(day) - 1] as EnumValue
const monthOf = (day: number): EnumValue => MONTHS[civilFromDays(day).month - 1] as EnumValue

/** What changes a date: `TemporalAdjusters.firstDayOfMonth()`. */
class Adjuster extends JavaObject {
  readonly adjust: (temporal: Temporal) => Temporal
  constructor(adjust: (temporal: Temporal) => Temporal) {
    super()
    this.adjust = adjust
  }
  get className(): string {
    return 'java.time.temporal.TemporalAdjuster'
  }
  toText(): string {
    return this.className
  }
}

function adjusted(self: Temporal, by: Value): Temporal {
  if (by instanceof Adjuster) return by.adjust(self)
  if (by instanceof LocalDate) return self.withLocal({ day: by.local.day, nano: self.local.nano })
  if (by instanceof LocalTime) return self.withLocal({ day: self.local.day, nano: by.local.nano })
  if (by instanceof LocalDateTime) return self.withLocal(by.local)
  if (by instanceof EnumValue && by.className === 'java.time.DayOfWeek') {
    return self.withLocal(writeField(self.local, 'DAY_OF_WEEK', by.ordinal + 1))
  }
  if (by instanceof EnumValue && by.className === 'java.time.Month') {
    return self.withLocal(writeField(self.local, 'MONTH_OF_YEAR', by.ordinal + 1))
  }
  throw dateTimeError(`Unable to adjust by: ${textOf(by)}`)
}

function plusAmount(self: Temporal, amount: Value, sign: 1n | -1n): Temporal {
  if (amount instanceof Duration) return self.plus(wrapLong(sign * amount.nanos), 'NANOS')
  const { years, months, days } = amount as Period
  const factor = Number(sign)
  let made = self
  if (years !== 0 || months !== 0) made = made.plus(factor * (years * 12 + months), 'MONTHS')
  return days === 0 ? made : made.plus(factor * days, 'DAYS')
}

const negated = (amount: Long): Long => wrapLong(-BigInt(amount))

/** Drops what is smaller than a unit. */
function truncated(self: Temporal, unit: EnumValue): Temporal {
  const { day, nano } = self.local
  const size = unit.name === 'DAYS' ? NANOS_PER_DAY : Number(UNIT_NANOS[unit.name] ?? 0)
  if (size === 0) throw unsupportedUnit('Unit is too large to be used for truncation')
  return self.withLocal({ day, nano: nano - (nano % size) })
}

function until(from: Temporal, to: Temporal, unit: string): Long {
  if (from instanceof ZonedDateTime && to instanceof Moment && UNIT_NANOS[unit] === undefined) {
    return wrapLong(unitsBetween(from.local, ZonedDateTime.ofInstant(to.utc, from.zone).local, unit))
  }
  from.checkUnit(unit)
  if (from instanceof Moment) {
    if (!(to instanceof Moment)) throw notFrom(from.className, to)
    return wrapLong(unitsBetween(from.utc, to.utc, unit))
  }
  return wrapLong(unitsBetween(from.local, to.local, unit))
}

function notFrom(className: string, value: Value): JavaError {
  const shown = value instanceof JavaObject ? `${value.toText()} of type ${value.className}` : textOf(value)
  return dateTimeError(`Unable to obtain ${className.slice(className.lastIndexOf('.') + 1)} from TemporalAccessor: ${shown}`)
}

const DATE_PARTS: Methods = {
  'int getDayOfMonth()': (self: Temporal) => self.field('DAY_OF_MONTH'),
  'DayOfWeek getDayOfWeek()': (self: Temporal) => dayOfWeek(self.local.day),
  'int getDayOfYear()': (self: Temporal) => self.field('DAY_OF_YEAR'),
  'Month getMonth()': (self: Temporal) => monthOf(self.local.day),
  'int getMonthValue()': (self: Temporal) => self.field('MONTH_OF_YEAR'),
  'int getYear()': (self: Temporal) => self.field('YEAR'),
}

const TIME_PARTS: Methods = {
  'int getHour()': (self: Temporal) => self.field('HOUR_OF_DAY'),
  'int getMinute()': (self: Temporal) => self.field('MINUTE_OF_HOUR'),
  'int getSecond()': (self: Temporal) => self.field('SECOND_OF_MINUTE'),
  'int getNano()': (self: Temporal) => self.field('NANO_OF_SECOND'),
}

const DATE_FIELDS = { DayOfMonth: 'DAY_OF_MONTH', DayOfYear: 'DAY_OF_YEAR', Month: 'MONTH_OF_YEAR', Year: 'YEAR' }
const TIME_FIELDS = { Hour: 'HOUR_OF_DAY', Minute: 'MINUTE_OF_HOUR', Second: 'SECOND_OF_MINUTE', Nano: 'NANO_OF_SECOND' }
const DATE_UNITS = { Days: 'DAYS', Weeks: 'WEEKS', Months: 'MONTHS', Years: 'YEARS' }
const TIME_UNITS = { Hours: 'HOURS', Minutes: 'MINUTES', Seconds: 'SECONDS', Nanos: 'NANOS' }

/** Methods that every class of dates and times has, in its own type. */
function temporalMethods(name: string, hasDate: boolean, hasTime: boolean): Methods {
  const methods: Methods = {
    ...(hasDate ? DATE_PARTS : {}),
    ...(hasTime ? TIME_PARTS : {}),
    [`${name} plus(TemporalAmount)`]: (self: Temporal, amount: Value) => plusAmount(self, amount, 1n),
    [`${name} plus(long, TemporalUnit)`]: (self: Temporal, amount: Long, unit: EnumValue) => self.plus(amount, unit.name),
    [`${name} minus(TemporalAmount)`]: (self: Temporal, amount: Value) => plusAmount(self, amount, -1n),
    [`${name} minus(long, TemporalUnit)`]: (self: Temporal, amount: Long, unit: EnumValue) =>
      self.plus(negated(amount), unit.name),
    [`${name} with(TemporalAdjuster)`]: adjusted,
    [`${name} with(TemporalField, long)`]: (self: Temporal, field: EnumValue, value: Long) =>
      self.withLocal(writeField(self.local, field.name, Number(value))),
    [`int compareTo(${name})`]: (self: Temporal, other: Temporal) => Math.sign(self.compareTo(other)),
  }
  if (hasTime) methods[`${name} truncatedTo(TemporalUnit)`] = truncated
  const units = { ...(hasDate ? DATE_UNITS : {}), ...(hasTime ? TIME_UNITS : {}) }
  for (const [label, unit] of Object.entries(units)) {
    methods[`${name} plus${label}(long)`] = (self: Temporal, amount: Long) => self.plus(amount, unit)
    methods[`${name} minus${label}(long)`] = (self: Temporal, amount: Long) => self.plus(negated(amount), unit)
  }
  const fields = { ...(hasDate ? DATE_FIELDS : {}), ...(hasTime ? TIME_FIELDS : {}) }
  for (const [label, field] of Object.entries(fields)) {
    methods[`${name} with${label}(int)`] = (self: Temporal, value: number) => self.withLocal(writeField(self.local, field, value))
  }
  return methods
}

/** Comparisons, under the type that Java declares them with. */
function order(type: string): Methods {
  return {
    [`boolean isAfter(${type})`]: (self: Temporal, other: Temporal) => self.compareTo(other) > 0,
    [`boolean isBefore(${type})`]: (self: Temporal, other: Temporal) => self.compareTo(other) < 0,
    [`boolean isEqual(${type})`]: (self: Temporal, other: Temporal) => self.compareTo(other) === 0,
  }
}

const FORMAT: Methods = { 'String format(DateTimeFormatter)': (self: Temporal, format: DateFormatter) => format.format(self) }

// --- accessors ---

const accessor = classTable<Temporal>({
  name: 'java.time.temporal.TemporalAccessor',
  methods: {
    'int get(TemporalField)': (self, field: EnumValue) => {
      if (self instanceof EnumValue) return self.ordinal + 1
      return Number(self.field(field.name))
    },
    'long getLong(TemporalField)': (self, field: EnumValue) => self.field(field.name),
    'boolean isSupported(TemporalField)': (self, field: EnumValue) => {
      try {
        self.field(field.name)
        return true
      } catch {
        return false // the question is whether it throws
      }
    },
  },
})

const temporal = classTable<Temporal>({
  name: 'java.time.temporal.Temporal',
  extends: ['java.time.temporal.TemporalAccessor'],
  methods: {
    'Temporal plus(TemporalAmount)': (self, amount: Value) => plusAmount(self, amount, 1n),
    'Temporal plus(long, TemporalUnit)': (self, amount: Long, unit: EnumValue) => self.plus(amount, unit.name),
    'Temporal minus(TemporalAmount)': (self, amount: Value) => plusAmount(self, amount, -1n),
    'Temporal minus(long, TemporalUnit)': (self, amount: Long, unit: EnumValue) => self.plus(negated(amount), unit.name),
    'long until(Temporal, TemporalUnit)': (self, to: Temporal, unit: EnumValue) => until(self, to, unit.name),
    'Temporal with(TemporalAdjuster)': adjusted,
    'Temporal with(TemporalField, long)': (self, field: EnumValue, value: Long) =>
      self.withLocal(writeField(self.local, field.name, Number(value))),
  },
})

const plainInterfaces: readonly ClassTable[] = [
  'java.time.temporal.TemporalAdjuster',
  'java.time.temporal.TemporalAmount',
  'java.time.temporal.TemporalField',
].map((name) => classTable({ name }))

const temporalUnit = classTable<EnumValue>({
  name: 'java.time.temporal.TemporalUnit',
  methods: {
    'long between(Temporal, Temporal)': (self, from: Temporal, to: Temporal) => until(from, to, self.name),
    'boolean isDateBased()': (self) => UNIT_NANOS[self.name] === undefined && self.name !== 'FOREVER',
    'boolean isTimeBased()': (self) => UNIT_NANOS[self.name] !== undefined,
    'Duration getDuration()': (self) => new Duration(unitNanos(self.name)),
  },
})

/** Exact nanoseconds of a unit; months and years as Java estimates them. */
function unitNanos(name: string): bigint {
  const day = BigInt(NANOS_PER_DAY)
  const year = 31_556_952_000_000_000n
  const known: Readonly<Record<string, bigint>> = {
    DAYS: day,
    WEEKS: 7n * day,
    MONTHS: year / 12n,
    YEARS: year,
    DECADES: 10n * year,
  }
  return UNIT_NANOS[name] ?? known[name] ?? 0n
}

/** A class of constants. */
function enumTable(name: string, values: readonly EnumValue[], parents: readonly string[], methods: Methods = {}): ClassTable {
  const short = name.slice(name.lastIndexOf('.') + 1)
  return classTable<EnumValue>({
    name,
    extends: ['java.lang.Enum', ...parents],
    constants: Object.fromEntries(values.map((value) => [`${short} ${value.name}`, value])),
    statics: {
      [`${short} valueOf(String)`]: (text: string) => {
        const found = values.find((value) => value.name === text)
        if (found === undefined) throw illegalArgument(`No enum constant ${name}.${text}`)
        return found
      },
      [`${short}[] values()`]: () => new JavaArray(name, [...values]),
    },
    methods: methods as NonNullable<ClassTable<EnumValue>['methods']>,
  })
}

/** Constants that are numbered from 1 and go round. */
function cycleMethods(short: string, values: readonly EnumValue[]): Methods {
  const size = values.length
  const shift = (self: EnumValue, by: Long): EnumValue =>
    values[Number((((BigInt(self.ordinal) + BigInt(by)) % BigInt(size)) + BigInt(size)) % BigInt(size))] as EnumValue
  return {
    'int getValue()': (self: EnumValue) => self.ordinal + 1,
    [`${short} plus(long)`]: shift,
    [`${short} minus(long)`]: (self: EnumValue, by: Long) => shift(self, negated(by)),
    'String getDisplayName(TextStyle, Locale)': (self: EnumValue, style: EnumValue, locale: Value) => {
      const names = dateNames(textOf(locale).replaceAll('_', '-') || undefined)
      const isMonth = short === 'Month'
      const long = isMonth ? names.months : names.weekdays
      const brief = isMonth ? names.shortMonths : names.shortWeekdays
      if (style.name.startsWith('NARROW')) return (long[self.ordinal] ?? '').slice(0, 1)
      return (style.name.startsWith('FULL') ? long : brief)[self.ordinal] ?? ''
    },
  }
}

function numbered(values: readonly EnumValue[], what: string): (value: number) => EnumValue {
  return (value) => {
    const found = values[value - 1]
    if (found === undefined) throw dateTimeError(`Invalid value for ${what}: ${value}`)
    return found
  }
}

const month = enumTable(
  'java.time.Month',
  MONTHS,
  ['java.time.temporal.TemporalAccessor', 'java.time.temporal.TemporalAdjuster'],
  {
    ...cycleMethods('Month', MONTHS),
    'int length(boolean)': (self: EnumValue, leap: boolean) => daysInMonth(leap ? 2000 : 2001, self.ordinal + 1),
    'int maxLength()': (self: EnumValue) => daysInMonth(2000, self.ordinal + 1),
    'int minLength()': (self: EnumValue) => daysInMonth(2001, self.ordinal + 1),
  },
)

const dayOfWeekClass = enumTable(
  'java.time.DayOfWeek',
  DAYS_OF_WEEK,
  ['java.time.temporal.TemporalAccessor', 'java.time.temporal.TemporalAdjuster'],
  cycleMethods('DayOfWeek', DAYS_OF_WEEK),
)

/** `of` and `from` of the two classes above. */
function withStatics(table: ClassTable, statics: NonNullable<ClassTable['statics']>): ClassTable {
  return { ...table, statics: { ...table.statics, ...statics } }
}

// --- dates ---

function dateOf(value: Value): LocalDate {
  if (value instanceof Temporal && value.hasDate && !(value instanceof Instant)) return new LocalDate(value.local.day)
  throw notFrom('java.time.LocalDate', value)
}

/** Java's ISO formats; the pattern is what they are called by. */
function isoFormatter(
  pattern: string,
  parts: Parameters<typeof isoText>[1],
  parse: (text: string) => ParsedDate,
  zone?: TimeZone,
): DateFormatter {
  return new DateFormatter(pattern, { zone, iso: { print: (value) => isoText(value, parts), parse } })
}

const parseDateOnly = (text: string): ParsedDate => ({ local: { day: parseIsoDay(text), nano: 0 }, zone: undefined })
const parseLocal = (text: string): ParsedDate => ({ local: parseIsoLocal(text), zone: undefined })
const parseZoned = (text: string): ParsedDate => parseIsoZoned(text, 'java.time.ZonedDateTime')
const parseEither = (text: string): ParsedDate => (ISO_ZONED.test(text) ? parseZoned(text) : parseLocal(text))
const DATE_TIME = { date: true, time: true } as const

const ISO_DATE = /^([+-]?\d{4,9})-(\d{2})-(\d{2})$/
const ISO_TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?$/
const ISO_ZONED = /^([^T]+)T([^Z+[-]+)(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)(?:\[([^\]]+)\])?$/

function parseIsoDay(text: string): number {
  const match = ISO_DATE.exec(text)
  if (!match) throw cannotParse(text)
  try {
    return dayOfDate(Number(match[1]), Number(match[2]), Number(match[3]))
  } catch (error) {
    throw unparsable(text, error)
  }
}

function unparsable(text: string, error: unknown): JavaError {
  const why = error instanceof Error ? error.message : String(error)
  return new JavaError('java.time.format.DateTimeParseException', `Text '${text}' could not be parsed: ${why}`)
}

function parseIsoTime(text: string): number {
  const match = ISO_TIME.exec(text)
  if (!match) throw cannotParse(text)
  try {
    return nanoOfTime(Number(match[1]), Number(match[2]), Number(match[3] ?? 0), Number((match[4] ?? '').padEnd(9, '0')))
  } catch (error) {
    throw unparsable(text, error)
  }
}

function parseIsoLocal(text: string): Local {
  const at = text.indexOf('T')
  if (at < 0) throw cannotParse(text)
  return { day: parseIsoDay(text.slice(0, at)), nano: parseIsoTime(text.slice(at + 1)) }
}

function parseIsoZoned(text: string, className: string): ZonedDateTime {
  const match = ISO_ZONED.exec(text)
  const offset = match && parseZoneOffset(match[3] ?? '')
  if (!match || offset === undefined || offset === null) throw cannotParse(text)
  const local = { day: parseIsoDay(match[1] ?? ''), nano: parseIsoTime(match[2] ?? '') }
  const region = match[4] === undefined ? undefined : zoneOf(match[4]).zone
  return ZonedDateTime.ofInstant(addUnits(local, -offset, 'MILLIS'), region ?? Zone.ofOffset(offset).zone, className)
}

const chronoDate = classTable<LocalDate>({
  name: 'java.time.chrono.ChronoLocalDate',
  extends: ['java.time.temporal.Temporal', 'java.time.temporal.TemporalAdjuster', 'java.lang.Comparable'],
  methods: {
    ...(order('ChronoLocalDate') as object),
    ...(FORMAT as object),
    'boolean isLeapYear()': (self) => isLeapYear(civilFromDays(self.local.day).year),
    'int lengthOfMonth()': (self) => lengthOfMonth(self.local.day),
    'int lengthOfYear()': (self) => (isLeapYear(civilFromDays(self.local.day).year) ? 366 : 365),
    'long toEpochDay()': (self) => self.local.day,
  },
})

function lengthOfMonth(day: number): number {
  const { year, month: number } = civilFromDays(day)
  return daysInMonth(year, number)
}

const localDate = classTable<LocalDate>({
  name: 'java.time.LocalDate',
  extends: ['java.time.chrono.ChronoLocalDate'],
  constants: {
    'LocalDate EPOCH': new LocalDate(0),
    'LocalDate MAX': new LocalDate(365_241_780_471),
    'LocalDate MIN': new LocalDate(-365_241_780_471),
  },
  statics: {
    'LocalDate from(TemporalAccessor)': dateOf,
    'LocalDate of(int, int, int)': (year: number, monthValue: number, day: number) =>
      new LocalDate(dayOfDate(year, monthValue, day)),
    'LocalDate ofEpochDay(long)': (day: Long) => new LocalDate(Number(day)),
    'LocalDate ofYearDay(int, int)': (year: number, day: number) =>
      new LocalDate(daysFromCivil(year, 1, 1) + checkField('DAY_OF_YEAR', day) - 1),
    'LocalDate parse(CharSequence)': (text: Value) => new LocalDate(parseIsoDay(textOf(text))),
    'LocalDate parse(CharSequence, DateTimeFormatter)': (text: Value, format: DateFormatter) =>
      new LocalDate(format.parse(textOf(text)).local.day),
  },
  methods: {
    ...(temporalMethods('LocalDate', true, false) as object),
    'LocalDateTime atStartOfDay()': (self) => new LocalDateTime(self.local),
    'ZonedDateTime atStartOfDay(ZoneId)': (self, zone: Zone) => ZonedDateTime.ofLocal(self.local, zone.zone),
    'LocalDateTime atTime(LocalTime)': (self, time: LocalTime) =>
      new LocalDateTime({ day: self.local.day, nano: time.local.nano }),
    'LocalDateTime atTime(int, int)': (self, hour: number, minute: number) =>
      new LocalDateTime({ day: self.local.day, nano: nanoOfTime(hour, minute) }),
    'LocalDateTime atTime(int, int, int)': (self, hour: number, minute: number, second: number) =>
      new LocalDateTime({ day: self.local.day, nano: nanoOfTime(hour, minute, second) }),
    'Period until(ChronoLocalDate)': (self, to: LocalDate) => periodBetween(self, to),
  },
})

function periodBetween(from: LocalDate, to: LocalDate): Period {
  const months = monthsBetween(from.local, to.local)
  const start = addUnits(from.local, months, 'MONTHS')
  return new Period(Math.trunc(months / 12), months % 12, to.local.day - start.day)
}

const localTime = classTable<LocalTime>({
  name: 'java.time.LocalTime',
  extends: ['java.time.temporal.Temporal', 'java.time.temporal.TemporalAdjuster', 'java.lang.Comparable'],
  constants: {
    'LocalTime MIDNIGHT': new LocalTime(0),
    'LocalTime MIN': new LocalTime(0),
    'LocalTime NOON': new LocalTime(NANOS_PER_DAY / 2),
    'LocalTime MAX': new LocalTime(NANOS_PER_DAY - 1),
  },
  statics: {
    'LocalTime of(int, int)': (hour: number, minute: number) => new LocalTime(nanoOfTime(hour, minute)),
    'LocalTime of(int, int, int)': (hour: number, minute: number, second: number) =>
      new LocalTime(nanoOfTime(hour, minute, second)),
    'LocalTime of(int, int, int, int)': (hour: number, minute: number, second: number, nano: number) =>
      new LocalTime(nanoOfTime(hour, minute, second, nano)),
    'LocalTime ofNanoOfDay(long)': (nano: Long) => new LocalTime(Number(nano)),
    'LocalTime ofSecondOfDay(long)': (second: Long) => new LocalTime(Number(second) * 1_000_000_000),
    'LocalTime parse(CharSequence)': (text: Value) => new LocalTime(parseIsoTime(textOf(text))),
    'LocalTime parse(CharSequence, DateTimeFormatter)': (text: Value, format: DateFormatter) =>
      new LocalTime(format.parse(textOf(text)).local.nano),
  },
  methods: {
    ...(temporalMethods('LocalTime', false, true) as object),
    ...(order('LocalTime') as object),
    ...(FORMAT as object),
    'LocalDateTime atDate(LocalDate)': (self, date: LocalDate) =>
      new LocalDateTime({ day: date.local.day, nano: self.local.nano }),
    'long toNanoOfDay()': (self) => self.local.nano,
    'int toSecondOfDay()': (self) => Math.floor(self.local.nano / 1_000_000_000),
  },
})

const toDate = (self: Temporal): LocalDate => new LocalDate(self.local.day)
const toTime = (self: Temporal): LocalTime => new LocalTime(self.local.nano)

const chronoDateTime = classTable<LocalDateTime>({
  name: 'java.time.chrono.ChronoLocalDateTime',
  extends: ['java.time.temporal.Temporal', 'java.time.temporal.TemporalAdjuster', 'java.lang.Comparable'],
  methods: {
    ...(order('ChronoLocalDateTime') as object),
    ...(FORMAT as object),
    'long toEpochSecond(ZoneOffset)': (self, offset: Zone) => ZonedDateTime.ofLocal(self.local, offset.zone).epochSecond,
    'Instant toInstant(ZoneOffset)': (self, offset: Zone) => new Instant(ZonedDateTime.ofLocal(self.local, offset.zone).utc),
    'LocalTime toLocalTime()': toTime,
    'LocalDate toLocalDate()': toDate,
  },
})

const localDateTime = classTable<LocalDateTime>({
  name: 'java.time.LocalDateTime',
  extends: ['java.time.chrono.ChronoLocalDateTime'],
  statics: {
    'LocalDateTime of(LocalDate, LocalTime)': (date: LocalDate, time: LocalTime) =>
      new LocalDateTime({ day: date.local.day, nano: time.local.nano }),
    'LocalDateTime of(int, int, int, int, int)': dateTimeOf,
    'LocalDateTime of(int, int, int, int, int, int)': dateTimeOf,
    'LocalDateTime of(int, int, int, int, int, int, int)': dateTimeOf,
    'LocalDateTime ofInstant(Instant, ZoneId)': (instant: Instant, zone: Zone) =>
      new LocalDateTime(ZonedDateTime.ofInstant(instant.utc, zone.zone).local),
    'LocalDateTime ofEpochSecond(long, int, ZoneOffset)': (second: Long, nano: number, offset: Zone) =>
      new LocalDateTime(ZonedDateTime.ofInstant(ofEpochSecond(second, nano).utc, offset.zone).local),
    'LocalDateTime parse(CharSequence)': (text: Value) => new LocalDateTime(parseIsoLocal(textOf(text))),
    'LocalDateTime parse(CharSequence, DateTimeFormatter)': (text: Value, format: DateFormatter) =>
      new LocalDateTime(format.parse(textOf(text)).local),
  },
  methods: {
    ...(temporalMethods('LocalDateTime', true, true) as object),
    'ZonedDateTime atZone(ZoneId)': (self, zone: Zone) => ZonedDateTime.ofLocal(self.local, zone.zone),
    'OffsetDateTime atOffset(ZoneOffset)': (self, zone: Zone) => ZonedDateTime.ofLocal(self.local, zone.zone, OFFSET_DATE_TIME),
  },
})

function dateTimeOf(
  year: number,
  monthValue: number,
  day: number,
  hour: number,
  minute: number,
  second = 0,
  nano = 0,
): LocalDateTime {
  return new LocalDateTime({ day: dayOfDate(year, monthValue, day), nano: nanoOfTime(hour, minute, second, nano) })
}

// --- moments ---

const OFFSET_DATE_TIME = 'java.time.OffsetDateTime'

function ofEpochSecond(second: Long, nanos: Long): Instant {
  return new Instant(fromNanos(BigInt(second) * 1_000_000_000n + BigInt(nanos)))
}

const instant = classTable<Instant>({
  name: 'java.time.Instant',
  extends: ['java.time.temporal.Temporal', 'java.time.temporal.TemporalAdjuster', 'java.lang.Comparable'],
  constants: { 'Instant EPOCH': new Instant({ day: 0, nano: 0 }) },
  statics: {
    'Instant from(TemporalAccessor)': (value: Value) => {
      if (value instanceof Moment) return new Instant(value.utc)
      throw notFrom('java.time.Instant', value)
    },
    'Instant ofEpochMilli(long)': (millis: Long) => Instant.ofEpochMilli(millis),
    'Instant ofEpochSecond(long)': (second: Long) => ofEpochSecond(second, 0),
    'Instant ofEpochSecond(long, long)': ofEpochSecond,
    'Instant parse(CharSequence)': (text: Value) => {
      const written = textOf(text)
      if (!written.endsWith('Z')) throw cannotParse(written)
      return new Instant(parseIsoLocal(written.slice(0, -1)))
    },
  },
  methods: {
    ...(temporalMethods('Instant', false, false) as object),
    ...(order('Instant') as object),
    'ZonedDateTime atZone(ZoneId)': (self, zone: Zone) => ZonedDateTime.ofInstant(self.utc, zone.zone),
    'OffsetDateTime atOffset(ZoneOffset)': (self, zone: Zone) => ZonedDateTime.ofInstant(self.utc, zone.zone, OFFSET_DATE_TIME),
    'long getEpochSecond()': (self) => self.epochSecond,
    'int getNano()': (self) => self.utc.nano % 1_000_000_000,
    'long toEpochMilli()': (self) => self.epochMilli,
    'Instant truncatedTo(TemporalUnit)': truncated,
    'Instant plusMillis(long)': (self, amount: Long) => self.plus(amount, 'MILLIS'),
    'Instant plusNanos(long)': (self, amount: Long) => self.plus(amount, 'NANOS'),
    'Instant plusSeconds(long)': (self, amount: Long) => self.plus(amount, 'SECONDS'),
    'Instant minusMillis(long)': (self, amount: Long) => self.plus(negated(amount), 'MILLIS'),
    'Instant minusNanos(long)': (self, amount: Long) => self.plus(negated(amount), 'NANOS'),
    'Instant minusSeconds(long)': (self, amount: Long) => self.plus(negated(amount), 'SECONDS'),
  },
})

const zoneOfMoment = (self: ZonedDateTime): Zone => new Zone(self.zone)
const offsetOfMoment = (self: ZonedDateTime): Zone => Zone.ofOffset(self.offsetMs)

const chronoZoned = classTable<ZonedDateTime>({
  name: 'java.time.chrono.ChronoZonedDateTime',
  extends: ['java.time.temporal.Temporal', 'java.lang.Comparable'],
  methods: {
    ...(order('ChronoZonedDateTime') as object),
    ...(FORMAT as object),
    'ZoneOffset getOffset()': offsetOfMoment,
    'ZoneId getZone()': zoneOfMoment,
    'long toEpochSecond()': (self) => self.epochSecond,
    'Instant toInstant()': (self) => new Instant(self.utc),
    'LocalDate toLocalDate()': toDate,
    'LocalTime toLocalTime()': toTime,
  },
})

function formatted(parsed: ParsedDate, className: string, text: string): ZonedDateTime {
  if (parsed.zone === undefined)
    throw unparsable(text, new Error(`Unable to obtain ${className.slice(10)} from TemporalAccessor`))
  return ZonedDateTime.ofLocal(parsed.local, parsed.zone, className)
}

function zonedFrom(value: Value, className: string): ZonedDateTime {
  if (value instanceof ZonedDateTime) return ZonedDateTime.ofInstant(value.utc, value.zone, className)
  throw notFrom(className, value)
}

const zonedDateTime = classTable<ZonedDateTime>({
  name: 'java.time.ZonedDateTime',
  extends: ['java.time.chrono.ChronoZonedDateTime'],
  statics: {
    'ZonedDateTime from(TemporalAccessor)': (value: Value) => zonedFrom(value, 'java.time.ZonedDateTime'),
    'ZonedDateTime of(LocalDateTime, ZoneId)': (dateTime: LocalDateTime, zone: Zone) =>
      ZonedDateTime.ofLocal(dateTime.local, zone.zone),
    'ZonedDateTime of(LocalDate, LocalTime, ZoneId)': (date: LocalDate, time: LocalTime, zone: Zone) =>
      ZonedDateTime.ofLocal({ day: date.local.day, nano: time.local.nano }, zone.zone),
    'ZonedDateTime of(int, int, int, int, int, int, int, ZoneId)': (
      year: number,
      monthValue: number,
      day: number,
      hour: number,
      minute: number,
      second: number,
      nano: number,
      zone: Zone,
    ) => ZonedDateTime.ofLocal(dateTimeOf(year, monthValue, day, hour, minute, second, nano).local, zone.zone),
    'ZonedDateTime ofInstant(Instant, ZoneId)': (at: Instant, zone: Zone) => ZonedDateTime.ofInstant(at.utc, zone.zone),
    'ZonedDateTime parse(CharSequence)': (text: Value) => parseIsoZoned(textOf(text), 'java.time.ZonedDateTime'),
    'ZonedDateTime parse(CharSequence, DateTimeFormatter)': (text: Value, format: DateFormatter) =>
      formatted(format.parse(textOf(text)), 'java.time.ZonedDateTime', textOf(text)),
  },
  methods: {
    ...(temporalMethods('ZonedDateTime', true, true) as object),
    'LocalDateTime toLocalDateTime()': (self) => new LocalDateTime(self.local),
    'OffsetDateTime toOffsetDateTime()': (self) => ZonedDateTime.ofInstant(self.utc, offsetOfMoment(self).zone, OFFSET_DATE_TIME),
    'ZonedDateTime withFixedOffsetZone()': (self) => ZonedDateTime.ofInstant(self.utc, offsetOfMoment(self).zone),
    'ZonedDateTime withZoneSameInstant(ZoneId)': (self, zone: Zone) => ZonedDateTime.ofInstant(self.utc, zone.zone),
    'ZonedDateTime withZoneSameLocal(ZoneId)': (self, zone: Zone) => ZonedDateTime.ofLocal(self.local, zone.zone),
    // Joda's names, which dates of documents kept when Elasticsearch left Joda.
    'long getMillis()': (self) => self.epochMilli,
    'DayOfWeek getDayOfWeekEnum()': (self) => dayOfWeek(self.local.day),
    'int getMonthOfYear()': (self) => self.field('MONTH_OF_YEAR'),
    'int getHourOfDay()': (self) => self.field('HOUR_OF_DAY'),
    'int getMinuteOfHour()': (self) => self.field('MINUTE_OF_HOUR'),
    'int getSecondOfMinute()': (self) => self.field('SECOND_OF_MINUTE'),
    'int getMillisOfSecond()': (self) => self.field('MILLI_OF_SECOND'),
  },
})

const offsetDateTime = classTable<ZonedDateTime>({
  name: OFFSET_DATE_TIME,
  extends: ['java.time.temporal.Temporal', 'java.time.temporal.TemporalAdjuster', 'java.lang.Comparable'],
  statics: {
    'OffsetDateTime from(TemporalAccessor)': (value: Value) => zonedFrom(value, OFFSET_DATE_TIME),
    'OffsetDateTime of(LocalDateTime, ZoneOffset)': (dateTime: LocalDateTime, zone: Zone) =>
      ZonedDateTime.ofLocal(dateTime.local, zone.zone, OFFSET_DATE_TIME),
    'OffsetDateTime ofInstant(Instant, ZoneId)': (at: Instant, zone: Zone) => {
      const { offsetMs } = ZonedDateTime.ofInstant(at.utc, zone.zone)
      return ZonedDateTime.ofInstant(at.utc, Zone.ofOffset(offsetMs).zone, OFFSET_DATE_TIME)
    },
    'OffsetDateTime parse(CharSequence)': (text: Value) => parseIsoZoned(textOf(text), OFFSET_DATE_TIME),
    'OffsetDateTime parse(CharSequence, DateTimeFormatter)': (text: Value, format: DateFormatter) =>
      formatted(format.parse(textOf(text)), OFFSET_DATE_TIME, textOf(text)),
  },
  methods: {
    ...(temporalMethods('OffsetDateTime', true, true) as object),
    ...(order('OffsetDateTime') as object),
    ...(FORMAT as object),
    'ZoneOffset getOffset()': offsetOfMoment,
    'long toEpochSecond()': (self) => self.epochSecond,
    'Instant toInstant()': (self) => new Instant(self.utc),
    'LocalDate toLocalDate()': toDate,
    'LocalTime toLocalTime()': toTime,
    'LocalDateTime toLocalDateTime()': (self) => new LocalDateTime(self.local),
    'ZonedDateTime toZonedDateTime()': (self) => ZonedDateTime.ofInstant(self.utc, self.zone),
    'ZonedDateTime atZoneSameInstant(ZoneId)': (self, zone: Zone) => ZonedDateTime.ofInstant(self.utc, zone.zone),
    'OffsetDateTime withOffsetSameInstant(ZoneOffset)': (self, zone: Zone) =>
      ZonedDateTime.ofInstant(self.utc, zone.zone, OFFSET_DATE_TIME),
    'OffsetDateTime withOffsetSameLocal(ZoneOffset)': (self, zone: Zone) =>
      ZonedDateTime.ofLocal(self.local, zone.zone, OFFSET_DATE_TIME),
  },
})

// --- zones ---

function zoneOf(id: string): Zone {
  const zone: TimeZone | undefined = findTimeZone(id)
  if (zone === undefined) {
    throw /^[A-Za-z][\w~/._+-]+$/.test(id)
      ? new JavaError('java.time.zone.ZoneRulesException', `Unknown time-zone ID: ${id}`)
      : dateTimeError(`Invalid ID for region-based ZoneId, invalid format: ${id}`)
  }
  return isOffsetZone(zone) ? Zone.ofOffset(zone.fixedOffsetMs ?? 0) : new Zone(zone)
}

const zoneId = classTable<Zone>({
  name: 'java.time.ZoneId',
  statics: {
    'ZoneId of(String)': zoneOf,
    'ZoneId systemDefault()': () => zoneOf('Z'),
    'ZoneId from(TemporalAccessor)': (value: Value) => {
      if (value instanceof ZonedDateTime) return new Zone(value.zone)
      throw notFrom('java.time.ZoneId', value)
    },
  },
  methods: {
    'String getId()': (self) => self.zone.id,
    'ZoneId normalized()': (self) => (self.zone.fixedOffsetMs === undefined ? self : Zone.ofOffset(self.zone.fixedOffsetMs)),
  },
})

const zoneOffset = classTable<Zone>({
  name: 'java.time.ZoneOffset',
  extends: ['java.time.ZoneId', 'java.lang.Comparable'],
  constants: {
    'ZoneOffset UTC': Zone.ofOffset(0),
    'ZoneOffset MAX': Zone.ofOffset(64_800_000),
    'ZoneOffset MIN': Zone.ofOffset(-64_800_000),
  },
  statics: {
    'ZoneOffset of(String)': (text: string) => {
      const offset = parseZoneOffset(text)
      if (offset === undefined) throw dateTimeError(`Invalid ID for ZoneOffset, invalid format: ${text}`)
      return Zone.ofOffset(offset)
    },
    'ZoneOffset ofHours(int)': (hours: number) => checkedOffset(hours * 3600),
    'ZoneOffset ofHoursMinutes(int, int)': (hours: number, minutes: number) => checkedOffset(hours * 3600 + minutes * 60),
    'ZoneOffset ofTotalSeconds(int)': checkedOffset,
  },
  methods: { 'int getTotalSeconds()': (self) => (self.zone.fixedOffsetMs ?? 0) / 1000 },
})

function checkedOffset(seconds: number): Zone {
  if (Math.abs(seconds) > 64_800) throw dateTimeError('Zone offset not in valid range: -18:00 to +18:00')
  return Zone.ofOffset(seconds * 1000)
}

// --- amounts ---

const DURATION_UNITS = { Days: 'DAYS', Hours: 'HOURS', Minutes: 'MINUTES', Seconds: 'SECONDS', Millis: 'MILLIS', Nanos: 'NANOS' }

const ofUnits = (amount: Long, unit: string): Duration => new Duration(BigInt(amount) * unitNanos(unit))

function durationMethods(): Methods {
  const methods: Methods = {}
  for (const [label, unit] of Object.entries(DURATION_UNITS)) {
    methods[`Duration plus${label}(long)`] = (self: Duration, amount: Long) =>
      new Duration(self.nanos + ofUnits(amount, unit).nanos)
    methods[`Duration minus${label}(long)`] = (self: Duration, amount: Long) =>
      new Duration(self.nanos - ofUnits(amount, unit).nanos)
    if (label !== 'Seconds') {
      methods[`long to${label}()`] = (self: Duration) => {
        const size = unitNanos(unit)
        const below = ((self.nanos % size) + size) % size
        return wrapLong(
          label === 'Nanos'
            ? self.nanos
            : self.nanos < 0n && label !== 'Millis'
              ? self.nanos / size
              : (self.nanos - below) / size,
        )
      }
    }
  }
  return methods
}

const DURATION_TEXT = /^([+-]?)P(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?)(\d+)(?:[.,](\d{0,9}))?S)?)?$/i

function parseDuration(text: string): Duration {
  const match = DURATION_TEXT.exec(text)
  if (!match || /[PT]$/i.test(text))
    throw new JavaError('java.time.format.DateTimeParseException', 'Text cannot be parsed to a Duration')
  const [, sign, days = '0', hours = '0', minutes = '0', secondSign = '', seconds = '0', fraction = ''] = match
  const whole = BigInt(days) * unitNanos('DAYS') + BigInt(hours) * unitNanos('HOURS') + BigInt(minutes) * unitNanos('MINUTES')
  const second = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  const total = whole + (secondSign === '-' ? -second : second)
  return new Duration(sign === '-' ? -total : total)
}

const duration = classTable<Duration>({
  name: 'java.time.Duration',
  extends: ['java.time.temporal.TemporalAmount', 'java.lang.Comparable'],
  constants: { 'Duration ZERO': new Duration(0n) },
  statics: {
    'Duration between(Temporal, Temporal)': (from: Temporal, to: Temporal) => new Duration(BigInt(until(from, to, 'NANOS'))),
    'Duration of(long, TemporalUnit)': (amount: Long, unit: EnumValue) => ofUnits(amount, unit.name),
    ...Object.fromEntries(
      Object.entries(DURATION_UNITS).map(([label, unit]) => [
        `Duration of${label}(long)`,
        (amount: Long) => ofUnits(amount, unit),
      ]),
    ),
    'Duration ofSeconds(long, long)': (seconds: Long, nanos: Long) =>
      new Duration(BigInt(seconds) * 1_000_000_000n + BigInt(nanos)),
    'Duration parse(CharSequence)': (text: Value) => parseDuration(textOf(text)),
  },
  methods: {
    ...(durationMethods() as object),
    'Duration abs()': (self) => new Duration(self.nanos < 0n ? -self.nanos : self.nanos),
    'int compareTo(Duration)': (self, other: Duration) => self.compareTo(other),
    'Duration dividedBy(long)': (self, by: Long) => {
      if (BigInt(by) === 0n) throw new JavaError('java.lang.ArithmeticException', 'Cannot divide by zero')
      return new Duration(self.nanos / BigInt(by))
    },
    'int getNano()': (self) => self.nanoOfSecond,
    'long getSeconds()': (self) => wrapLong(self.seconds),
    'boolean isNegative()': (self) => self.nanos < 0n,
    'boolean isZero()': (self) => self.nanos === 0n,
    'Duration minus(Duration)': (self, other: Duration) => new Duration(self.nanos - other.nanos),
    'Duration multipliedBy(long)': (self, by: Long) => new Duration(self.nanos * BigInt(by)),
    'Duration negated()': (self) => new Duration(-self.nanos),
    'Duration plus(Duration)': (self, other: Duration) => new Duration(self.nanos + other.nanos),
    'Duration plus(long, TemporalUnit)': (self, amount: Long, unit: EnumValue) =>
      new Duration(self.nanos + ofUnits(amount, unit.name).nanos),
    'Duration minus(long, TemporalUnit)': (self, amount: Long, unit: EnumValue) =>
      new Duration(self.nanos - ofUnits(amount, unit.name).nanos),
  },
})

const PERIOD_TEXT = /^([+-]?)P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?$/i

function parsePeriod(text: string): Period {
  const match = PERIOD_TEXT.exec(text)
  if (!match || /P$/i.test(text))
    throw new JavaError('java.time.format.DateTimeParseException', 'Text cannot be parsed to a Period')
  const sign = match[1] === '-' ? -1 : 1
  const [years = 0, months = 0, weeks = 0, days = 0] = match.slice(2).map((part) => sign * Number(part ?? 0))
  return new Period(years, months, weeks * 7 + days)
}

const period = classTable<Period>({
  name: 'java.time.Period',
  extends: ['java.time.temporal.TemporalAmount'],
  constants: { 'Period ZERO': new Period(0, 0, 0) },
  statics: {
    'Period between(LocalDate, LocalDate)': periodBetween,
    'Period of(int, int, int)': (years: number, months: number, days: number) => new Period(years, months, days),
    'Period ofDays(int)': (days: number) => new Period(0, 0, days),
    'Period ofWeeks(int)': (weeks: number) => new Period(0, 0, weeks * 7),
    'Period ofMonths(int)': (months: number) => new Period(0, months, 0),
    'Period ofYears(int)': (years: number) => new Period(years, 0, 0),
    'Period parse(CharSequence)': (text: Value) => parsePeriod(textOf(text)),
  },
  methods: {
    'int getDays()': (self) => self.days,
    'int getMonths()': (self) => self.months,
    'int getYears()': (self) => self.years,
    'boolean isNegative()': (self) => self.days < 0 || self.months < 0 || self.years < 0,
    'boolean isZero()': (self) => self.days === 0 && self.months === 0 && self.years === 0,
    'Period multipliedBy(int)': (self, by: number) => new Period(self.years * by, self.months * by, self.days * by),
    'Period negated()': (self) => new Period(-self.years, -self.months, -self.days),
    'Period normalized()': (self) => {
      const total = self.years * 12 + self.months
      return new Period(Math.trunc(total / 12), total % 12, self.days)
    },
    'Period plusDays(long)': (self, days: Long) => new Period(self.years, self.months, self.days + Number(days)),
    'Period plusMonths(long)': (self, months: Long) => new Period(self.years, self.months + Number(months), self.days),
    'Period plusYears(long)': (self, years: Long) => new Period(self.years + Number(years), self.months, self.days),
    'long toTotalMonths()': (self) => self.years * 12 + self.months,
  },
})

// --- formatters ---

const formatter = classTable<DateFormatter>({
  name: 'java.time.format.DateTimeFormatter',
  constants: {
    'DateTimeFormatter ISO_LOCAL_DATE': isoFormatter('uuuu-MM-dd', { date: true }, parseDateOnly),
    'DateTimeFormatter ISO_DATE': isoFormatter('uuuu-MM-dd', { date: true, offset: true }, parseDateOnly),
    'DateTimeFormatter ISO_LOCAL_TIME': isoFormatter('HH:mm:ss', { time: true }, (text) => ({
      local: { day: 0, nano: parseIsoTime(text) },
      zone: undefined,
    })),
    'DateTimeFormatter ISO_LOCAL_DATE_TIME': isoFormatter("uuuu-MM-dd'T'HH:mm:ss", DATE_TIME, parseLocal),
    'DateTimeFormatter BASIC_ISO_DATE': new DateFormatter('uuuuMMdd'),
    'DateTimeFormatter ISO_ORDINAL_DATE': new DateFormatter('uuuu-DDD'),
    'DateTimeFormatter ISO_OFFSET_DATE_TIME': isoFormatter(
      "uuuu-MM-dd'T'HH:mm:ssXXX",
      { ...DATE_TIME, offset: true },
      parseZoned,
    ),
    'DateTimeFormatter ISO_ZONED_DATE_TIME': isoFormatter(
      "uuuu-MM-dd'T'HH:mm:ssXXX",
      { ...DATE_TIME, offset: true, region: true },
      parseZoned,
    ),
    'DateTimeFormatter ISO_DATE_TIME': isoFormatter(
      "uuuu-MM-dd'T'HH:mm:ssXXX",
      { ...DATE_TIME, offset: true, region: true },
      parseEither,
    ),
    'DateTimeFormatter ISO_INSTANT': isoFormatter(
      "uuuu-MM-dd'T'HH:mm:ssX",
      { ...DATE_TIME, offset: true },
      parseZoned,
      zoneOf('Z').zone,
    ),
    'DateTimeFormatter RFC_1123_DATE_TIME': new DateFormatter('EEE, d MMM uuuu HH:mm:ss Z'),
  },
  statics: {
    'DateTimeFormatter ofPattern(String)': (pattern: string) => new DateFormatter(pattern),
    'DateTimeFormatter ofPattern(String, Locale)': (pattern: string, locale: Value) =>
      new DateFormatter(pattern, { locale: textOf(locale).replaceAll('_', '-') || undefined }),
  },
  methods: {
    'String format(TemporalAccessor)': (self, value: Temporal) => self.format(value),
    'TemporalAccessor parse(CharSequence)': (self, text: Value) => {
      const { local, zone } = self.parse(textOf(text))
      return zone === undefined ? new LocalDateTime(local) : ZonedDateTime.ofLocal(local, zone)
    },
    'DateTimeFormatter withZone(ZoneId)': (self, zone: Zone) => self.withZone(zone.zone),
    'DateTimeFormatter withLocale(Locale)': (self, locale: Value) => self.withLocale(textOf(locale).replaceAll('_', '-')),
  },
})

const TEXT_STYLES = ['FULL', 'FULL_STANDALONE', 'SHORT', 'SHORT_STANDALONE', 'NARROW', 'NARROW_STANDALONE'].map(
  (name, at) => new EnumValue('java.time.format.TextStyle', name, at),
)

const isoFields = classTable({
  name: 'java.time.temporal.IsoFields',
  constants: {
    ...Object.fromEntries(ISO_FIELDS.map((field) => [`TemporalField ${field.name}`, field])),
    'TemporalUnit QUARTER_YEARS': new EnumValue('java.time.temporal.IsoFields.Unit', 'QUARTER_YEARS', 0, 'QuarterYears'),
  },
})

// --- adjusters ---

const onDay = (change: (day: number) => number): Adjuster =>
  new Adjuster((self) => self.withLocal({ day: change(self.local.day), nano: self.local.nano }))

const firstOfMonth = (day: number, months = 0): number => {
  const { year, month: number } = civilFromDays(day)
  return daysFromCivil(year, number + months, 1)
}
const startOfMonth = (day: number, months: number): number => addUnits({ day: firstOfMonth(day), nano: 0 }, months, 'MONTHS').day
const startOfYear = (day: number, years = 0): number => daysFromCivil(civilFromDays(day).year + years, 1, 1)

/** Days to the next (or this) day of the week. */
const ahead = (day: number, weekday: EnumValue, same: boolean): number => {
  const days = (weekday.ordinal + 1 - isoWeekday(day) + 7) % 7
  return days === 0 && !same ? 7 : days
}
const back = (day: number, weekday: EnumValue, same: boolean): number => {
  const days = (isoWeekday(day) - weekday.ordinal - 1 + 7) % 7
  return days === 0 && !same ? 7 : days
}

const adjusters = classTable({
  name: 'java.time.temporal.TemporalAdjusters',
  statics: {
    'TemporalAdjuster firstDayOfMonth()': () => onDay((day) => startOfMonth(day, 0)),
    'TemporalAdjuster firstDayOfNextMonth()': () => onDay((day) => startOfMonth(day, 1)),
    'TemporalAdjuster firstDayOfYear()': () => onDay((day) => startOfYear(day)),
    'TemporalAdjuster firstDayOfNextYear()': () => onDay((day) => startOfYear(day, 1)),
    'TemporalAdjuster lastDayOfMonth()': () => onDay((day) => startOfMonth(day, 1) - 1),
    'TemporalAdjuster lastDayOfYear()': () => onDay((day) => startOfYear(day, 1) - 1),
    'TemporalAdjuster firstInMonth(DayOfWeek)': (weekday: EnumValue) =>
      onDay((day) => startOfMonth(day, 0) + ahead(startOfMonth(day, 0), weekday, true)),
    'TemporalAdjuster lastInMonth(DayOfWeek)': (weekday: EnumValue) =>
      onDay((day) => startOfMonth(day, 1) - 1 - back(startOfMonth(day, 1) - 1, weekday, true)),
    'TemporalAdjuster next(DayOfWeek)': (weekday: EnumValue) => onDay((day) => day + ahead(day, weekday, false)),
    'TemporalAdjuster nextOrSame(DayOfWeek)': (weekday: EnumValue) => onDay((day) => day + ahead(day, weekday, true)),
    'TemporalAdjuster previous(DayOfWeek)': (weekday: EnumValue) => onDay((day) => day - back(day, weekday, false)),
    'TemporalAdjuster previousOrSame(DayOfWeek)': (weekday: EnumValue) => onDay((day) => day - back(day, weekday, true)),
  },
})

export const dateClasses: readonly ClassTable[] = [
  accessor,
  temporal,
  ...plainInterfaces,
  temporalUnit,
  enumTable('java.time.temporal.ChronoUnit', CHRONO_UNITS, ['java.time.temporal.TemporalUnit']),
  enumTable('java.time.temporal.ChronoField', CHRONO_FIELDS, ['java.time.temporal.TemporalField']),
  enumTable('java.time.format.TextStyle', TEXT_STYLES, []),
  isoFields,
  classTable({ name: 'java.time.temporal.IsoFields.Field', extends: ['java.lang.Enum', 'java.time.temporal.TemporalField'] }),
  classTable({ name: 'java.time.temporal.IsoFields.Unit', extends: ['java.lang.Enum', 'java.time.temporal.TemporalUnit'] }),
  withStatics(month, {
    'Month of(int)': numbered(MONTHS, 'MonthOfYear'),
    'Month from(TemporalAccessor)': (value: Value) => monthOf(dateOf(value).local.day),
  }),
  withStatics(dayOfWeekClass, {
    'DayOfWeek of(int)': numbered(DAYS_OF_WEEK, 'DayOfWeek'),
    'DayOfWeek from(TemporalAccessor)': (value: Value) => dayOfWeek(dateOf(value).local.day),
  }),
  chronoDate,
  localDate,
  localTime,
  chronoDateTime,
  localDateTime,
  instant,
  chronoZoned,
  zonedDateTime,
  offsetDateTime,
  zoneId,
  zoneOffset,
  duration,
  period,
  formatter,
  adjusters,
]
