import { illegalArgument } from '../errors.ts'
import type { NumberField, OffsetForm, PatternItem } from './date-pattern.ts'

/**
 * Compiles a pattern of java.time's `DateTimeFormatter` (`yyyy-MM-dd'T'HH:mm:ss.SSSXXX`, `[...]` optional).
 * Weeks are ISO weeks, names English, as Elasticsearch sets them.
 * @throws ElkhornError `illegal_argument_exception` (400)
 */
export function compileJavaPattern(pattern: string): readonly PatternItem[] {
  const stack: PatternItem[][] = [[]]
  let at = 0
  const top = (): PatternItem[] => stack[stack.length - 1] ?? []
  const literal = (text: string): void => {
    top().push({ kind: 'literal', text })
  }
  while (at < pattern.length) {
    const char = pattern[at] ?? ''
    if (/[A-Za-z]/.test(char)) {
      let end = at
      while (pattern[end] === char) end += 1
      const compile = LETTERS[char]
      const item = compile?.(end - at)
      if (item === undefined) {
        throw invalid(pattern, compile ? `Too many pattern letters: ${char}` : `Unknown pattern letter: ${char}`)
      }
      top().push(item)
      at = end
    } else if (char === "'") {
      const quoted = readQuoted(pattern, at)
      if (!quoted) throw invalid(pattern, `Pattern ends with an incomplete string literal: ${pattern}`)
      literal(quoted.text)
      at = quoted.end
    } else if (char === '[') {
      stack.push([])
      at += 1
    } else if (char === ']') {
      const items = stack.pop()
      if (!items || stack.length === 0) throw invalid(pattern, 'Pattern invalid as it contains ] without previous [')
      top().push({ kind: 'optional', items, printed: true })
      at += 1
    } else if (char === '{' || char === '}' || char === '#') {
      throw invalid(pattern, `Pattern includes reserved character: '${char}'`)
    } else {
      literal(char)
      at += 1
    }
  }
  // An optional section that is never closed ends with the pattern.
  while (stack.length > 1) {
    const items = stack.pop() ?? []
    top().push({ kind: 'optional', items, printed: true })
  }
  return reserveDigits(stack[0] ?? [])
}

function invalid(pattern: string, why: string): Error {
  return illegalArgument(`Invalid format: [${pattern}]: ${why}`)
}

/** `'…'` with `''` for a quote; alone `''` is one quote. */
export function readQuoted(pattern: string, start: number): { readonly text: string; readonly end: number } | undefined {
  if (pattern[start + 1] === "'") return { text: "'", end: start + 2 }
  let text = ''
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] !== "'") text += pattern[at]
    else if (pattern[at + 1] !== "'") return { text, end: at + 1 }
    else {
      text += "'"
      at += 1
    }
  }
  return undefined
}

/** Numbers that stand together: all but the first have a fixed width, and the first leaves them their digits. */
export function reserveDigits(items: readonly PatternItem[]): readonly PatternItem[] {
  const result: PatternItem[] = []
  for (const [index, item] of items.entries()) {
    if (item.kind === 'optional') result.push({ ...item, items: reserveDigits(item.items) })
    else if (item.kind === 'number' && item.min !== item.max) {
      let reserved = 0
      for (let next = index + 1; ; next++) {
        const following = items[next]
        if (following?.kind !== 'number' || following.min !== following.max) break
        reserved += following.max
      }
      result.push(reserved > 0 ? { ...item, reserved } : item)
    } else result.push(item)
  }
  return result
}

export function numberItem(
  field: NumberField,
  min: number,
  max: number,
  sign: 'never' | 'minus' | 'beyond' = 'never',
  pad: number = min,
): PatternItem & { kind: 'number' } {
  return { kind: 'number', field, min, max, pad, sign, reserved: 0 }
}

type Letter = (count: number) => PatternItem | undefined

function year(field: 'year' | 'weekYear', two: 'year2' | 'weekYear2'): Letter {
  return (count) => (count === 2 ? numberItem(two, 2, 2) : numberItem(field, count, 19, count < 4 ? 'minus' : 'beyond'))
}

/** One letter: any number of digits. Two: exactly two. */
function small(field: NumberField): Letter {
  return (count) => (count === 1 ? numberItem(field, 1, 19, 'minus') : count === 2 ? numberItem(field, 2, 2) : undefined)
}

function orName(field: 'month' | 'weekday' | 'quarter', digits: Letter): Letter {
  return (count) => {
    if (count === 3 || count === 4) return { kind: 'name', field, style: count === 3 ? 'short' : 'long' }
    return digits(count)
  }
}

function offset(zeros: readonly string[], forms: readonly OffsetForm[]): Letter {
  return (count) => {
    const [form, zero] = [forms[count - 1], zeros[count - 1]]
    return form === undefined || zero === undefined ? undefined : { kind: 'offset', form, zero, reads: 'form' }
  }
}

/** What a run of each letter means, by its length; `undefined` for a run that is too long. */
const LETTERS: Readonly<Record<string, Letter>> = {
  G: (count) => (count <= 5 ? { kind: 'name', field: 'era', style: 'short' } : undefined),
  u: year('year', 'year2'),
  y: year('year', 'year2'),
  Y: year('weekYear', 'weekYear2'),
  Q: orName('quarter', small('quarter')),
  q: orName('quarter', small('quarter')),
  M: orName('month', small('month')),
  L: orName('month', small('month')),
  w: small('week'),
  d: small('day'),
  D: (count) => (count <= 3 ? numberItem('dayOfYear', count, count === 1 ? 19 : 3) : undefined),
  E: (count) => (count <= 4 ? { kind: 'name', field: 'weekday', style: count === 4 ? 'long' : 'short' } : undefined),
  e: orName('weekday', small('weekday')),
  c: orName('weekday', small('weekday')),
  a: (count) => (count === 1 ? { kind: 'name', field: 'half', style: 'short' } : undefined),
  H: small('hour'),
  k: small('hour24'),
  K: small('hour11'),
  h: small('hour12'),
  m: small('minute'),
  s: small('second'),
  S: (count) => (count <= 9 ? { kind: 'fraction', min: count, max: count, exact: true } : undefined),
  n: (count) => numberItem('nano', count, 19),
  A: (count) => numberItem('milliOfDay', count, 19),
  X: offset(['Z', 'Z', 'Z', 'Z', 'Z'], ['+HHmm', '+HHMM', '+HH:MM', '+HHMMss', '+HH:MM:ss']),
  x: offset(['+00', '+0000', '+00:00', '+0000', '+00:00'], ['+HHmm', '+HHMM', '+HH:MM', '+HHMMss', '+HH:MM:ss']),
  Z: offset(['+0000', '+0000', '+0000', 'GMT', 'Z'], ['+HHMM', '+HHMM', '+HHMM', '+HH:MM', '+HH:MM:ss']),
  V: (count) => (count === 2 ? { kind: 'zone' } : undefined),
  v: (count) => (count === 1 || count === 4 ? { kind: 'zone' } : undefined),
  z: (count) => (count <= 4 ? { kind: 'zone' } : undefined),
}
