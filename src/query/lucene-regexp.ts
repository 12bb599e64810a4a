import { illegalArgument } from '../core/errors.ts'

/**
 * A Lucene regular expression, parsed: like others, anchored at both ends, without groups, look-around and back
 * references, and with `~` complement, `&` intersection, `<1-5>` numbers, `"…"` literals, `@` any text and `#` nothing.
 */
export type LuceneRegexp =
  | { readonly kind: 'empty' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'any_text' }
  | { readonly kind: 'any_char' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [from: string, to: string])[] }
  | { readonly kind: 'interval'; readonly from: number; readonly to: number; readonly digits: number }
  | { readonly kind: 'sequence'; readonly parts: readonly LuceneRegexp[] }
  | { readonly kind: 'union'; readonly parts: readonly LuceneRegexp[] }
  | { readonly kind: 'intersection'; readonly parts: readonly LuceneRegexp[] }
  | { readonly kind: 'complement'; readonly of: LuceneRegexp }
  | { readonly kind: 'repeat'; readonly of: LuceneRegexp; readonly min: number; readonly max: number }

const MAX_DEPTH = 200
const MAX_REPEAT = 1000

/** Operators that a request can choose, by the names of their flags. */
const OPERATORS: Readonly<Record<string, string>> = {
  INTERSECTION: '&',
  COMPLEMENT: '~',
  EMPTY: '#',
  ANYSTRING: '@',
  INTERVAL: '<',
  ALL: '&~#@<',
  NONE: '',
}

/**
 * The same expression for readers that know all operators: those not among the flags (`COMPLEMENT|INTERVAL`) stand for themselves.
 * @throws ElkhornError `illegal_argument_exception` (400) for a flag that is none
 */
export function withOperators(source: string, flags: string): string {
  const chosen = flags
    .split('|')
    .filter((flag) => flag !== '')
    .map((flag) => {
      const operators = OPERATORS[flag.toUpperCase()]
      if (operators === undefined) throw illegalArgument(`Unknown regexp flag [${flag}]`)
      return operators
    })
    .join('')
  // Escapes, classes and quotations hold no operators.
  return source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]|"[^"]*"|[&~#@<]/gsu, (part) =>
    part.length === 1 && !chosen.includes(part) ? `\\${part}` : part,
  )
}

/** @throws ElkhornError `illegal_argument_exception` (400) naming the position */
export function parseLuceneRegexp(source: string): LuceneRegexp {
  const chars = [...source]
  let at = 0
  let depth = 0

  const fail = (expected: string): never => {
    throw illegalArgument(`${expected} at position ${at}`)
  }
  const peek = (char: string): boolean => chars[at] === char
  const take = (char: string): boolean => {
    if (!peek(char)) return false
    at += 1
    return true
  }

  const union = (): LuceneRegexp => {
    depth += 1
    if (depth > MAX_DEPTH) fail(`nesting is deeper than ${MAX_DEPTH}`)
    const parts = [intersection()]
    while (take('|')) parts.push(intersection())
    depth -= 1
    return many('union', parts)
  }

  const intersection = (): LuceneRegexp => {
    const parts = [sequence()]
    while (take('&')) parts.push(sequence())
    return many('intersection', parts)
  }

  const sequence = (): LuceneRegexp => {
    const parts: LuceneRegexp[] = []
    while (at < chars.length && !peek(')') && !peek('|') && !peek('&')) parts.push(repeat())
    return parts.length === 0 ? { kind: 'empty' } : many('sequence', parts)
  }

  const repeat = (): LuceneRegexp => {
    let result = complement()
    while (at < chars.length) {
      if (take('?')) result = { kind: 'repeat', of: result, min: 0, max: 1 }
      else if (take('*')) result = { kind: 'repeat', of: result, min: 0, max: Infinity }
      else if (take('+')) result = { kind: 'repeat', of: result, min: 1, max: Infinity }
      else if (take('{')) {
        const min = integer()
        const max = take(',') ? (peek('}') ? Infinity : integer()) : min
        if (!take('}')) fail("expected '}'")
        if (min > max) fail('illegal repetition range')
        result = { kind: 'repeat', of: result, min, max }
      } else break
    }
    return result
  }

  const integer = (): number => {
    let digits = ''
    while (/^\d$/.test(chars[at] ?? '')) digits += chars[at++]
    if (digits === '') fail('integer expected')
    const value = Number(digits)
    if (value > MAX_REPEAT) fail(`repetition of more than ${MAX_REPEAT}`)
    return value
  }

  const complement = (): LuceneRegexp => (take('~') ? { kind: 'complement', of: complement() } : simple())

  const simple = (): LuceneRegexp => {
    if (at >= chars.length) return fail('unexpected end-of-string')
    if (take('[')) return charClass()
    if (take('.')) return { kind: 'any_char' }
    if (take('#')) return { kind: 'nothing' }
    if (take('@')) return { kind: 'any_text' }
    if (take('"')) return quoted()
    if (take('(')) {
      if (take(')')) return { kind: 'empty' }
      const inner = union()
      if (!take(')')) fail("expected ')'")
      return inner
    }
    if (peek('<')) return interval()
    const escaped = take('\\')
    const char = chars[at]
    if (char === undefined) return fail('unexpected end-of-string')
    at += 1
    return (escaped ? ESCAPED_CLASSES[char] : undefined) ?? { kind: 'literal', text: char }
  }

  const quoted = (): LuceneRegexp => {
    const end = chars.indexOf('"', at)
    if (end < 0) fail("expected '\"'")
    const text = chars.slice(at, end).join('')
    at = end + 1
    return text === '' ? { kind: 'empty' } : { kind: 'literal', text }
  }

  const interval = (): LuceneRegexp => {
    const end = chars.indexOf('>', at)
    if (end < 0) fail("expected '>'")
    const match = /^(\d+)-(\d+)$/.exec(chars.slice(at + 1, end).join(''))
    if (!match) return fail('interval syntax error')
    const [low = '', high = ''] = match.slice(1)
    const [from, to] = [Math.min(Number(low), Number(high)), Math.max(Number(low), Number(high))]
    at = end + 1
    return { kind: 'interval', from, to, digits: low.length === high.length ? low.length : 0 }
  }

  const charClass = (): LuceneRegexp => {
    const negated = take('^')
    const ranges: (readonly [string, string])[] = []
    while (at < chars.length && (!peek(']') || ranges.length === 0)) {
      const escaped = peek('\\') ? ESCAPED_CLASSES[chars[at + 1] ?? ''] : undefined
      if (escaped?.kind === 'class' && !escaped.negated) {
        ranges.push(...escaped.ranges)
        at += 2
        continue
      }
      const from = classChar()
      if (peek('-') && chars[at + 1] !== ']' && chars[at + 1] !== undefined) {
        at += 1
        ranges.push([from, classChar()])
      } else ranges.push([from, from])
    }
    if (!take(']')) fail("expected ']'")
    return { kind: 'class', negated, ranges }
  }

  const classChar = (): string => {
    take('\\')
    const char = chars[at]
    if (char === undefined) return fail("expected ']'")
    at += 1
    return char
  }

  if (chars.length === 0) return { kind: 'empty' }
  const result = union()
  if (at < chars.length) fail('end-of-string expected')
  return result
}

function many(kind: 'union' | 'intersection' | 'sequence', parts: readonly LuceneRegexp[]): LuceneRegexp {
  const [only] = parts
  return parts.length === 1 && only ? only : { kind, parts }
}

const SPACE: readonly (readonly [string, string])[] = [
  [' ', ' '],
  ['\t', '\r'],
]
const WORD: readonly (readonly [string, string])[] = [
  ['a', 'z'],
  ['A', 'Z'],
  ['0', '9'],
  ['_', '_'],
]
const ESCAPED_CLASSES: Readonly<Record<string, LuceneRegexp>> = {
  d: { kind: 'class', negated: false, ranges: [['0', '9']] },
  D: { kind: 'class', negated: true, ranges: [['0', '9']] },
  s: { kind: 'class', negated: false, ranges: SPACE },
  S: { kind: 'class', negated: true, ranges: SPACE },
  w: { kind: 'class', negated: false, ranges: WORD },
  W: { kind: 'class', negated: true, ranges: WORD },
}

/**
 * Whether a text matches as a whole. Works through sets of positions instead of backtracking, so no expression takes
 * more than (nodes x length^2) steps.
 */
export function matchesLuceneRegexp(regexp: LuceneRegexp, text: string, ignoreCase = false): boolean {
  const chars = [...text]
  return step(regexp, chars, new Set([0]), ignoreCase).has(chars.length)
}

/** Positions that can be reached from any of `starts` by matching one node. */
function step(node: LuceneRegexp, chars: readonly string[], starts: ReadonlySet<number>, fold: boolean): ReadonlySet<number> {
  switch (node.kind) {
    case 'empty':
      return starts
    case 'nothing':
      return new Set()
    case 'any_text': {
      const first = Math.min(...starts)
      const ends = new Set<number>()
      for (let at = first; at <= chars.length; at++) ends.add(at)
      return ends
    }
    case 'any_char':
      return advance(starts, (at) => (at < chars.length ? at + 1 : -1))
    case 'literal': {
      const wanted = [...node.text]
      return advance(starts, (at) =>
        wanted.every((char, offset) => sameChar(chars[at + offset], char, fold)) ? at + wanted.length : -1,
      )
    }
    case 'class':
      return advance(starts, (at) => {
        const char = chars[at]
        return char !== undefined && inClass(node.ranges, char, fold) !== node.negated ? at + 1 : -1
      })
    case 'interval': {
      const ends = new Set<number>()
      for (const start of starts) {
        let digits = ''
        for (let at = start; /^\d$/.test(chars[at] ?? ''); at++) {
          digits += chars[at]
          const value = Number(digits)
          const width = node.digits === 0 || digits.length === node.digits
          if (width && value >= node.from && value <= node.to && (node.digits > 0 || !/^0\d/.test(digits))) ends.add(at + 1)
        }
      }
      return ends
    }
    case 'sequence':
      return node.parts.reduce((current, part) => (current.size === 0 ? current : step(part, chars, current, fold)), starts)
    case 'union': {
      const ends = new Set<number>()
      for (const part of node.parts) for (const end of step(part, chars, starts, fold)) ends.add(end)
      return ends
    }
    case 'intersection': {
      const ends = new Set<number>()
      for (const start of starts) {
        const [first, ...others] = node.parts.map((part) => step(part, chars, new Set([start]), fold))
        for (const end of first ?? []) if (others.every((other) => other.has(end))) ends.add(end)
      }
      return ends
    }
    case 'complement': {
      const ends = new Set<number>()
      for (const start of starts) {
        const matched = step(node.of, chars, new Set([start]), fold)
        for (let at = start; at <= chars.length; at++) if (!matched.has(at)) ends.add(at)
      }
      return ends
    }
    case 'repeat': {
      let current = starts
      for (let round = 0; round < node.min; round++) {
        const next = step(node.of, chars, current, fold)
        if (next.size === 0) return next
        current = next
      }
      const ends = new Set(current)
      for (let round = node.min; round < node.max && current.size > 0; round++) {
        const fresh = new Set<number>()
        for (const end of step(node.of, chars, current, fold)) {
          if (!ends.has(end)) fresh.add(end)
          ends.add(end)
        }
        current = fresh
      }
      return ends
    }
    default:
      return starts
  }
}

function advance(starts: ReadonlySet<number>, move: (at: number) => number): ReadonlySet<number> {
  const ends = new Set<number>()
  for (const start of starts) {
    const end = move(start)
    if (end >= 0) ends.add(end)
  }
  return ends
}

function sameChar(char: string | undefined, wanted: string, fold: boolean): boolean {
  return char === wanted || (fold && char !== undefined && char.toLowerCase() === wanted.toLowerCase())
}

function inClass(ranges: readonly (readonly [string, string])[], char: string, fold: boolean): boolean {
  const isIn = (one: string): boolean => {
    const code = one.codePointAt(0) ?? 0
    return ranges.some(([from, to]) => code >= (from.codePointAt(0) ?? 0) && code <= (to.codePointAt(0) ?? 0))
  }
  return isIn(char) || (fold && (isIn(char.toLowerCase()) || isIn(char.toUpperCase())))
}
