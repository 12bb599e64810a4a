import { illegalArgument } from '../errors.ts'
import type { NumberField, PatternItem } from './date-pattern.ts'
import { numberItem, readQuoted } from './java-pattern.ts'

/**
 * Compiles a pattern of Joda-Time's `DateTimeFormat`, which Logstash's date filter and sprintf references use
 * (`MMM dd yyyy HH:mm:ss`, `dd/MMM/yyyy:HH:mm:ss Z`). Differs from java.time: `Y` and `y` are years, `x` the week-based
 * one, widths are lower bounds only, `S` takes fewer digits than asked, offsets are read with or without a colon.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function compileJodaPattern(pattern: string): readonly PatternItem[] {
  const items: PatternItem[] = []
  let at = 0
  while (at < pattern.length) {
    const char = pattern[at] ?? ''
    if (/[A-Za-z]/.test(char)) {
      let end = at
      while (pattern[end] === char) end += 1
      const item = LETTERS[char]?.(end - at)
      if (!item) throw illegalArgument(`Illegal pattern component: ${pattern.slice(at, end)} in [${pattern}]`)
      items.push(item)
      at = end
    } else if (char === "'") {
      const quoted = readQuoted(pattern, at)
      // Joda lets an open quote run to the end.
      items.push({ kind: 'literal', text: quoted?.text ?? pattern.slice(at + 1) })
      at = quoted?.end ?? pattern.length
    } else {
      items.push({ kind: 'literal', text: char })
      at += 1
    }
  }
  return fixAdjacent(items)
}

/** A number that stands right before another one has its written width. */
function fixAdjacent(items: readonly PatternItem[]): readonly PatternItem[] {
  return items.map((item, index) => {
    const next = items[index + 1]
    const adjacent = next?.kind === 'number' || next?.kind === 'fraction'
    return item.kind === 'number' && adjacent ? { ...item, min: item.pad, max: item.pad, sign: 'never' } : item
  })
}

type Letter = (count: number) => PatternItem

/** Padded to the count when printed; from one digit up to `digits` (or the count) when read. */
function small(field: NumberField, digits: number): Letter {
  return (count) => numberItem(field, 1, Math.max(count, digits), 'never', count)
}

function year(full: 'year' | 'weekYear', two: 'year2' | 'weekYear2'): Letter {
  return (count) => (count === 2 ? numberItem(two, 2, 2) : numberItem(full, 1, 9, 'minus', count))
}

function name(field: 'month' | 'weekday', count: number): PatternItem {
  return { kind: 'name', field, style: count >= 4 ? 'long' : 'short' }
}

const LETTERS: Readonly<Record<string, Letter>> = {
  G: () => ({ kind: 'name', field: 'era', style: 'short' }),
  Y: year('year', 'year2'),
  y: year('year', 'year2'),
  x: year('weekYear', 'weekYear2'),
  M: (count) => (count >= 3 ? name('month', count) : small('month', 2)(count)),
  w: small('week', 2),
  e: small('weekday', 1),
  E: (count) => name('weekday', count),
  D: small('dayOfYear', 3),
  d: small('day', 2),
  a: () => ({ kind: 'name', field: 'half', style: 'short' }),
  K: small('hour11', 2),
  h: small('hour12', 2),
  H: small('hour', 2),
  k: small('hour24', 2),
  m: small('minute', 2),
  s: small('second', 2),
  S: (count) => ({ kind: 'fraction', min: count, max: count, exact: false }),
  z: () => ({ kind: 'zone' }),
  Z: (count) =>
    count >= 3
      ? { kind: 'zone' }
      : { kind: 'offset', form: count === 2 ? '+HH:MM' : '+HHMM', zero: count === 2 ? '+00:00' : '+0000', reads: 'any' },
}
