import type { PatternItem } from './date-pattern.ts'
import { numberItem } from './java-pattern.ts'

/**
 * Elasticsearch's named date formats, in a notation of their own:
 *
 *     Y year   M month   D day   O day of year   G week-based year   K week   E weekday
 *     h m s hour, minute, second   F fraction of a second   z offset or region
 *     [ ] optional   < > optional and never printed   anything else stands for itself
 *
 * The plain name also takes numbers that are shorter than what it prints; its `strict_` form, which is the same pattern
 * unless listed, takes full width only. `basic_` formats, whose numbers stand together, know full width only.
 * The epoch formats are no patterns: see `date-format.ts`.
 */
const FORMATS: Readonly<Record<string, string>> = {
  date_optional_time: 'Y[-M[-D[T[h[:m[:s[.F]<,F>]][z]]]]]',
  date: 'Y[-M[-D]]',
  strict_date: 'Y-M-D',
  date_hour: 'Y-M-DTh',
  date_hour_minute: 'Y-M-DTh:m',
  date_hour_minute_second: 'Y-M-DTh:m:s',
  date_hour_minute_second_fraction: 'Y-M-DTh:m:s.F',
  date_hour_minute_second_millis: 'Y-M-DTh:m:s.F',
  date_time: 'Y-M-DTh:m[:s][.F]z',
  strict_date_time: 'Y-M-DTh:m:s[.F]z',
  date_time_no_millis: 'Y-M-DTh:m[:s][z]',
  strict_date_time_no_millis: 'Y-M-DTh:m:sz',
  hour: 'h',
  hour_minute: 'h:m',
  hour_minute_second: 'h:m:s',
  hour_minute_second_fraction: 'h:m:s.F',
  hour_minute_second_millis: 'h:m:s.F',
  ordinal_date: 'Y-O',
  ordinal_date_time: 'Y-OTh:m:s.Fz',
  ordinal_date_time_no_millis: 'Y-OTh:m:sz',
  time: 'h:m:s.Fz',
  time_no_millis: 'h:m:sz',
  t_time: 'Th:m:s.Fz',
  t_time_no_millis: 'Th:m:sz',
  week_date: 'G-WK-E',
  week_date_time: 'G-WK-ETh:m:s.Fz',
  week_date_time_no_millis: 'G-WK-ETh:m:sz',
  weekyear: 'G',
  weekyear_week: 'G-WK',
  weekyear_week_day: 'G-WK-E',
  year: 'Y',
  year_month: 'Y-M',
  year_month_day: 'Y-M-D',
  strict_year_month_day: 'Y[-M[-D]]',

  basic_date: 'YMD',
  basic_date_time: 'YMDThms.Fz',
  basic_date_time_no_millis: 'YMDThmsz',
  basic_ordinal_date: 'YO',
  basic_ordinal_date_time: 'YOThms.Fz',
  basic_ordinal_date_time_no_millis: 'YOThmsz',
  basic_time: 'hms.Fz',
  basic_time_no_millis: 'hmsz',
  basic_t_time: 'Thms.Fz',
  basic_t_time_no_millis: 'Thmsz',
  basic_week_date: 'GWKE',
  basic_week_date_time: 'GWKEThms.Fz',
  basic_week_date_time_no_millis: 'GWKEThmsz',
}

/** Other names of the same thing. */
const ALIASES: Readonly<Record<string, string>> = {
  iso8601: 'strict_date_optional_time',
  strict_date_optional_time_nanos: 'strict_date_optional_time',
  rfc3339_lenient: 'strict_date_optional_time',
}

/** The items of a named format; `undefined` for a name that is none. */
export function compileNamedFormat(name: string): readonly PatternItem[] | undefined {
  const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
  if (Object.hasOwn(FORMATS, known)) return compile(FORMATS[known] ?? '', width(known))
  if (!known.startsWith('strict_')) return undefined
  const plain = known.slice('strict_'.length)
  // `strict_basic_week_date` exists, the other basic formats are strict by name already.
  if (!Object.hasOwn(FORMATS, plain) || (plain.startsWith('basic_') && !plain.includes('week'))) return undefined
  return compile(FORMATS[plain] ?? '', plain.startsWith('basic_') ? 'fixed' : 'strict')
}

type Width = 'lenient' | 'strict' | 'fixed'

function width(name: string): Width {
  if (name.startsWith('basic_')) return 'fixed'
  return name.startsWith('strict_') ? 'strict' : 'lenient'
}

function compile(notation: string, width: Width): readonly PatternItem[] {
  const stack: PatternItem[][] = [[]]
  for (const char of notation) {
    const items = stack[stack.length - 1] ?? []
    if (char === '[' || char === '<') stack.push([])
    else if (char === ']' || char === '>') {
      stack.pop()
      stack[stack.length - 1]?.push({ kind: 'optional', items, printed: char === ']' })
    } else items.push(part(char, width))
  }
  return stack[0] ?? []
}

function part(char: string, width: Width): PatternItem {
  const small = (field: 'month' | 'day' | 'week' | 'hour' | 'minute' | 'second' | 'dayOfYear', digits: number): PatternItem =>
    numberItem(field, width === 'lenient' ? 1 : digits, digits, 'never', digits)
  const year = (field: 'year' | 'weekYear'): PatternItem => {
    if (width === 'fixed') return numberItem(field, 4, 4)
    return width === 'strict' ? numberItem(field, 4, 9, 'beyond') : numberItem(field, 1, 5, 'minus', 4)
  }
  switch (char) {
    case 'Y':
      return year('year')
    case 'G':
      return year('weekYear')
    case 'M':
      return small('month', 2)
    case 'D':
      return small('day', 2)
    case 'O':
      return small('dayOfYear', 3)
    case 'K':
      return small('week', 2)
    case 'E':
      return numberItem('weekday', 1, 1)
    case 'h':
      return small('hour', 2)
    case 'm':
      return small('minute', 2)
    case 's':
      return small('second', 2)
    case 'F':
      return { kind: 'fraction', min: 3, max: 9, exact: false }
    case 'z':
      return { kind: 'offset', form: '+HH:MM', zero: 'Z', reads: 'any or region' }
    default:
      return { kind: 'literal', text: char }
  }
}
