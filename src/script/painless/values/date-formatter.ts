import { DateFields, resolvedNanos, resolveFields } from '../../../core/dates/date-fields.ts'
import { MS_PER_DAY } from '../../../core/dates/civil.ts'
import { compileJavaPattern } from '../../../core/dates/java-pattern.ts'
import { dateNames } from '../../../core/dates/date-names.ts'
import { parsePattern, printPattern, type PatternItem } from '../../../core/dates/date-pattern.ts'
import { utc, type TimeZone } from '../../../core/dates/time-zone.ts'
import { illegalArgument, JavaError } from '../java-error.ts'
import { Instant, Moment, offsetText, ZonedDateTime, type Local, type Temporal } from './temporal.ts'
import { JavaObject } from './value.ts'

/** What a text says: a reading, and the zone where it names one. */
export interface ParsedDate {
  readonly local: Local
  readonly zone: TimeZone | undefined
}

/** One of Java's ISO formats, whose fractions have as many digits as they need. */
export interface IsoForm {
  readonly print: (value: Temporal) => string
  readonly parse: (text: string) => ParsedDate
}

/** `java.time.format.DateTimeFormatter`. */
export class DateFormatter extends JavaObject {
  readonly pattern: string
  readonly #items: readonly PatternItem[]
  readonly #locale: string | undefined
  readonly zone: TimeZone | undefined
  readonly #iso: IsoForm | undefined

  constructor(
    pattern: string,
    options: { locale?: string | undefined; zone?: TimeZone | undefined; iso?: IsoForm | undefined } = {},
  ) {
    super()
    this.pattern = pattern
    this.#locale = options.locale
    this.zone = options.zone
    this.#iso = options.iso
    try {
      this.#items = compileJavaPattern(pattern)
    } catch (error) {
      throw illegalArgument(error instanceof Error ? error.message : String(error))
    }
  }

  get className(): string {
    return 'java.time.format.DateTimeFormatter'
  }

  withZone(zone: TimeZone): DateFormatter {
    return new DateFormatter(this.pattern, { locale: this.#locale, zone, iso: this.#iso })
  }

  withLocale(locale: string): DateFormatter {
    return new DateFormatter(this.pattern, { locale, zone: this.zone, iso: this.#iso })
  }

  /** @throws JavaError where the value lacks what the pattern names */
  format(value: Temporal): string {
    let moment = value
    if (this.zone !== undefined && value instanceof Moment) moment = ZonedDateTime.ofInstant(value.utc, this.zone)
    else if (value instanceof Instant && /[a-zA-Z]/.test(this.pattern.replaceAll(/'[^']*'/g, ''))) {
      throw new JavaError('java.time.temporal.UnsupportedTemporalTypeException', 'Unsupported field: YearOfEra')
    }
    if (this.#iso !== undefined) return this.#iso.print(moment)
    const { day, nano } = moment.local
    const millis = day * MS_PER_DAY + Math.floor(nano / 1_000_000)
    const zone: TimeZone =
      moment instanceof ZonedDateTime
        ? { id: moment.zone.id, fixedOffsetMs: moment.offsetMs, offsetMsAt: () => moment.offsetMs }
        : utc
    const offsetMs = zone.fixedOffsetMs ?? 0
    return printPattern(this.#items, millis - offsetMs, nano % 1_000_000, zone, dateNames(this.#locale))
  }

  /** @throws JavaError `date_time_parse_exception` */
  parse(text: string): ParsedDate {
    const fields = new DateFields()
    if (this.#iso !== undefined) return this.#iso.parse(text)
    const style = { names: dateNames(this.#locale), ignoreCase: false }
    if (!parsePattern(this.#items, text, fields, style)) throw cannotParse(text)
    const millis = resolveFields(fields, {})
    if (Number.isNaN(millis)) throw cannotParse(text)
    const zone = fields.zone ?? this.zone
    const reading = Instant.ofEpochMilli(millis).utc
    const utcReading: Local = { day: reading.day, nano: reading.nano + resolvedNanos }
    const local = fields.zone === undefined ? utcReading : ZonedDateTime.ofInstant(utcReading, fields.zone).local
    return { local, zone: zone && withIsoId(zone) }
  }

  toText(): string {
    return this.pattern
  }
}

function withIsoId(zone: TimeZone): TimeZone {
  const { fixedOffsetMs } = zone
  if (fixedOffsetMs === undefined || /^[A-Z][a-z]|\//.test(zone.id)) return zone
  return { ...zone, id: offsetText(fixedOffsetMs) }
}

export function cannotParse(text: string): JavaError {
  return new JavaError('java.time.format.DateTimeParseException', `Text '${text}' could not be parsed at index 0`)
}
