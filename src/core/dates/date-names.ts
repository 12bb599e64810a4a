/** Names of months, days and the halves of a day in one language. Lists begin with January and with Monday. */
export interface DateNames {
  readonly months: readonly string[]
  readonly shortMonths: readonly string[]
  readonly weekdays: readonly string[]
  readonly shortWeekdays: readonly string[]
  /** AM, PM. */
  readonly halves: readonly [string, string]
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

/** Java's root locale. */
export const englishNames: DateNames = {
  months: MONTHS,
  shortMonths: MONTHS.map((name) => name.slice(0, 3)),
  weekdays: WEEKDAYS,
  shortWeekdays: WEEKDAYS.map((name) => name.slice(0, 3)),
  halves: ['AM', 'PM'],
}

const cached = new Map<string, DateNames>()
const MAX_CACHED = 200

/** Names of a BCP 47 locale (`de-DE`, also `de_DE`), English where it is unknown or absent. */
export function dateNames(locale: string | undefined): DateNames {
  if (locale === undefined) return englishNames
  const tag = locale.replaceAll('_', '-')
  const known = cached.get(tag)
  if (known) return known
  let names: DateNames
  try {
    names = tag.startsWith('en') ? englishNames : readNames(tag)
  } catch {
    // Not a language tag at all: Java falls back in the same way.
    names = englishNames
  }
  if (cached.size < MAX_CACHED) cached.set(tag, names)
  return names
}

function readNames(tag: string): DateNames {
  const months = (style: 'long' | 'short'): string[] => {
    // Of a month within a date, where languages decline it: "5 мая", not "май".
    const format = new Intl.DateTimeFormat(tag, { month: style, day: 'numeric', timeZone: 'UTC' })
    return MONTHS.map((_, month) => part(format, Date.UTC(2024, month, 15), 'month'))
  }
  const weekdays = (style: 'long' | 'short'): string[] => {
    const format = new Intl.DateTimeFormat(tag, { weekday: style, timeZone: 'UTC' })
    return WEEKDAYS.map((_, day) => part(format, Date.UTC(2024, 0, 1 + day), 'weekday'))
  }
  const halfFormat = new Intl.DateTimeFormat(tag, { hour: 'numeric', hour12: true, timeZone: 'UTC' })
  return {
    months: months('long'),
    shortMonths: months('short'),
    weekdays: weekdays('long'),
    shortWeekdays: weekdays('short'),
    halves: [part(halfFormat, Date.UTC(2024, 0, 1, 3), 'dayPeriod'), part(halfFormat, Date.UTC(2024, 0, 1, 15), 'dayPeriod')],
  }
}

function part(format: Intl.DateTimeFormat, instant: number, type: Intl.DateTimeFormatPartTypes): string {
  return format.formatToParts(instant).find((candidate) => candidate.type === type)?.value ?? ''
}
