import {
  civilFromDays,
  dayOf,
  daysFromCivil,
  isoWeek,
  MS_PER_DAY,
  MS_PER_HOUR,
  MS_PER_MINUTE,
  MS_PER_SECOND,
} from '../../core/dates/civil.ts'
import { printOffset } from './semantics.ts'
import type { RTime } from './value.ts'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Parts of an instant in its zone. */
export function timeParts({ epochMillis, nanos, offsetMs }: RTime) {
  const local = epochMillis + offsetMs
  const days = dayOf(local)
  const { year, month, day } = civilFromDays(days)
  const timeMs = local - days * MS_PER_DAY
  return {
    days,
    year,
    month,
    day,
    hour: Math.floor(timeMs / MS_PER_HOUR),
    minute: Math.floor(timeMs / MS_PER_MINUTE) % 60,
    second: Math.floor(timeMs / MS_PER_SECOND) % 60,
    nanos: (timeMs % 1000) * 1_000_000 + nanos,
    /** 0 is Sunday. */
    weekday: (((days + 4) % 7) + 7) % 7,
    dayOfYear: days - daysFromCivil(year, 1, 1) + 1,
  }
}

/** Ruby's `Time#strftime`, with the flags `-`, `0`, `^`, `_`, `#` and `:`, and widths. */
export function strftime(time: RTime, pattern: string): string {
  const parts = timeParts(time)
  return pattern.replaceAll(/%([-0^_#:]*)(\d*)([A-Za-z%+])/g, (whole: string, flags: string, width: string, letter: string) => {
    const number = (value: number, digits: number, fill = '0'): string => {
      if (flags.includes('-')) return String(value)
      const size = width === '' ? digits : Number(width)
      return String(value).padStart(Math.min(size, 1000), flags.includes('_') ? ' ' : flags.includes('0') ? '0' : fill)
    }
    const text = (value: string): string => {
      const cased = flags.includes('^') ? value.toUpperCase() : flags.includes('#') ? value.toLowerCase() : value
      return width === '' ? cased : cased.padStart(Math.min(Number(width), 1000))
    }
    const hour12 = parts.hour % 12 === 0 ? 12 : parts.hour % 12
    const week = isoWeek(parts.days)
    switch (letter) {
      case 'Y':
        return number(parts.year, 1)
      case 'C':
        return number(Math.floor(parts.year / 100), 2)
      case 'y':
        return number(((parts.year % 100) + 100) % 100, 2)
      case 'm':
        return number(parts.month, 2)
      case 'B':
        return text(MONTHS[parts.month - 1] ?? '')
      case 'b':
      case 'h':
        return text((MONTHS[parts.month - 1] ?? '').slice(0, 3))
      case 'd':
        return number(parts.day, 2)
      case 'e':
        return number(parts.day, 2, ' ')
      case 'j':
        return number(parts.dayOfYear, 3)
      case 'H':
        return number(parts.hour, 2)
      case 'k':
        return number(parts.hour, 2, ' ')
      case 'I':
        return number(hour12, 2)
      case 'l':
        return number(hour12, 2, ' ')
      case 'M':
        return number(parts.minute, 2)
      case 'S':
        return number(parts.second, 2)
      case 'L': {
        const digits = width === '' ? 3 : Number(width)
        return String(parts.nanos).padStart(9, '0').padEnd(digits, '0').slice(0, digits)
      }
      case 'N': {
        const digits = width === '' ? 9 : Number(width)
        return String(parts.nanos).padStart(9, '0').padEnd(digits, '0').slice(0, digits)
      }
      case 'z':
        return printOffset(time.offsetMs, flags.includes(':') ? ':' : '')
      case 'Z':
        return time.utc ? 'UTC' : ''
      case 'A':
        return text(DAYS[parts.weekday] ?? '')
      case 'a':
        return text((DAYS[parts.weekday] ?? '').slice(0, 3))
      case 'u':
        return number(parts.weekday === 0 ? 7 : parts.weekday, 1)
      case 'w':
        return number(parts.weekday, 1)
      case 'G':
        return number(week.weekYear, 4)
      case 'V':
        return number(week.week, 2)
      case 'U':
        return number(Math.floor((parts.dayOfYear + 6 - parts.weekday) / 7), 2)
      case 'W':
        return number(Math.floor((parts.dayOfYear + 6 - ((parts.weekday + 6) % 7)) / 7), 2)
      case 'p':
        return text(flags.includes('#') ? (parts.hour < 12 ? 'am' : 'pm') : parts.hour < 12 ? 'AM' : 'PM')
      case 'P':
        return text(parts.hour < 12 ? 'am' : 'pm')
      case 's':
        return number(Math.floor(time.epochMillis / 1000), 1)
      case 'n':
        return '\n'
      case 't':
        return '\t'
      case '%':
        return '%'
      case 'F':
        return strftime(time, '%Y-%m-%d')
      case 'T':
      case 'X':
        return strftime(time, '%H:%M:%S')
      case 'D':
      case 'x':
        return strftime(time, '%m/%d/%y')
      case 'R':
        return strftime(time, '%H:%M')
      case 'r':
        return strftime(time, '%I:%M:%S %p')
      case 'c':
        return strftime(time, '%a %b %e %H:%M:%S %Y')
      case 'v':
        return strftime(time, '%e-%^b-%Y')
      case '+':
        return strftime(time, '%a %b %e %H:%M:%S %Z %Y')
      default:
        return whole
    }
  })
}
