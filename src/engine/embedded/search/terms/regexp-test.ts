import { unreachable } from '../../../../core/errors.ts'
import { type LuceneRegexp, parseLuceneRegexp } from '../../../../query/lucene-regexp.ts'
import { re2Char, re2Literal } from './re2.ts'

/**
 * Lucene's regular expressions as tests that the engine can run. RE2 knows no complement and no intersection: around a
 * whole pattern they become NOT and AND.
 */
export type RegexpTest =
  | { readonly kind: 'matches'; readonly re2: string }
  | { readonly kind: 'not'; readonly test: RegexpTest }
  | { readonly kind: 'and' | 'or'; readonly tests: readonly RegexpTest[] }

export interface RegexpOptions {
  /** ASCII letters only, as in Lucene. */
  readonly ignoreCase: boolean
  /** Characters, as RE2 spells them within a class, that only literals match: separators of terms. */
  readonly separators?: string
}

/** `undefined` for patterns with a complement or an intersection inside of something else. */
export function regexpTest(pattern: string, options: RegexpOptions): RegexpTest | undefined {
  return testOf(parseLuceneRegexp(pattern), options)
}

function testOf(node: LuceneRegexp, options: RegexpOptions): RegexpTest | undefined {
  switch (node.kind) {
    case 'complement': {
      const test = testOf(node.of, options)
      return test === undefined ? undefined : { kind: 'not', test }
    }
    case 'intersection':
    case 'union': {
      const re2 = re2Of(node, options)
      if (re2 !== undefined) return { kind: 'matches', re2 }
      const tests = node.parts.map((part) => testOf(part, options))
      if (!tests.every((test) => test !== undefined)) return undefined
      return { kind: node.kind === 'union' ? 'or' : 'and', tests }
    }
    default: {
      const re2 = re2Of(node, options)
      return re2 === undefined ? undefined : { kind: 'matches', re2 }
    }
  }
}

function re2Of(node: LuceneRegexp, options: RegexpOptions): string | undefined {
  const any = options.separators === undefined ? '.' : `[^${options.separators}]`
  switch (node.kind) {
    case 'empty':
      return ''
    case 'nothing':
      return '[^\\x{0}-\\x{10ffff}]'
    case 'any_text':
      return `${any}*`
    case 'any_char':
      return any
    case 'literal':
      return re2Literal(node.text, options.ignoreCase)
    case 'class': {
      const members = node.ranges.map(([from, to]) => classMember(from, to, options.ignoreCase)).join('')
      return node.negated ? `[^${members}${options.separators ?? ''}]` : `[${members}]`
    }
    case 'interval':
      return `(?:${numberRange(node.from, node.to, node.digits).join('|')})`
    case 'sequence':
      return joined(node.parts, '', options)
    case 'union': {
      const parts = joined(node.parts, '|', options)
      return parts === undefined ? undefined : `(?:${parts})`
    }
    case 'repeat': {
      const inner = re2Of(node.of, options)
      return inner === undefined ? undefined : `(?:${inner}){${node.min},${Number.isFinite(node.max) ? node.max : ''}}`
    }
    case 'intersection':
    case 'complement':
      return undefined
    default:
      return unreachable(node)
  }
}

function joined(parts: readonly LuceneRegexp[], separator: string, options: RegexpOptions): string | undefined {
  const all = parts.map((part) => re2Of(part, options))
  return all.every((part) => part !== undefined) ? all.join(separator) : undefined
}

function classMember(from: string, to: string, ignoreCase: boolean): string {
  if (from !== to) return `${re2Char(from)}-${re2Char(to)}`
  if (!ignoreCase || !/[a-z]/i.test(from)) return re2Char(from)
  return from.toLowerCase() + from.toUpperCase()
}

/** Patterns that together match the whole numbers from `low` to `high`, padded with zeros to `width`; any number of zeros for 0. */
export function numberRange(low: number, high: number, width: number): string[] {
  const patterns: string[] = []
  for (let start = low; start <= high;) {
    const size = largestBlock(start, high, start > 0 || width > 0)
    const steps = Math.min(9 - (Math.floor(start / size) % 10), Math.floor((high - start + 1) / size) - 1)
    const free = Math.round(Math.log10(size))
    const digits = String(Math.floor(start / size))
    const last = Number(digits.slice(-1))
    const lastPattern = steps === 0 ? String(last) : `[${last}-${last + steps}]`
    const padding = width === 0 ? '0*' : '0'.repeat(Math.max(0, width - digits.length - free))
    patterns.push(padding + digits.slice(0, -1) + lastPattern + (free === 0 ? '' : `[0-9]{${free}}`))
    start += size * (steps + 1)
  }
  return patterns
}

/** A power of ten: so many numbers from `start` on share their leading digits and do not pass `high`. */
function largestBlock(start: number, high: number, mayGrow: boolean): number {
  if (!mayGrow) return 1
  let size = 1
  while (start % (size * 10) === 0 && start + size * 10 - 1 <= high) size *= 10
  return size
}
