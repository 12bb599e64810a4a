import { toOnigurumaAst } from 'oniguruma-parser'
import { generate } from 'oniguruma-parser/generator'
import type { AlternativeElementNode, AlternativeNode, OnigurumaAst } from 'oniguruma-parser/parser'
import { EmulatedRegExp, toRegExpDetails } from 'oniguruma-to-es'
import { analyzePattern, type PatternAnalysis } from './analysis.ts'
import { compileOniguruma } from './oniguruma.ts'
import { flattenRepeats } from './tree.ts'

export interface RubyRegexpFlags {
  /** `i` */
  readonly ignoreCase?: boolean
  /** `m` of Ruby: `.` also matches a newline. (`^` and `$` are always at lines.) */
  readonly dotAll?: boolean
  /** `x`: white space and comments in the pattern mean nothing. */
  readonly extended?: boolean
}

/** Where a match lies, in UTF-16 units, and what its groups hold; `groups[0]` is the whole of it. */
export interface RubyMatch {
  readonly index: number
  readonly end: number
  readonly groups: readonly (string | undefined)[]
}

/** The pattern is not one that Ruby takes, or none that can be had here. */
export class RubyRegexpError extends Error {
  constructor(pattern: string, cause: unknown) {
    super(`invalid regular expression [${pattern}]: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`)
    this.name = 'RubyRegexpError'
  }
}

/** Searches `text` from `from`. */
export type SearchFunction = (text: string, from: number) => RubyMatch | undefined

/**
 * A regular expression with Ruby's syntax and meaning, run by the native engine.
 *
 * `\d`, `\s`, `\w` and `\b` know ASCII only, `[[:alpha:]]` and `\p{…}` all of Unicode. Searching holds the thread for as long
 * as the engine takes: see `analysis.cost` and `time-limit.ts`.
 */
export interface RubyRegexp {
  readonly source: string
  readonly flags: RubyRegexpFlags
  readonly analysis: PatternAnalysis
  /** Name of each group from 1 on; where groups have names, those without do not capture. `names[0]` is unused. */
  readonly names: readonly (string | undefined)[]
  readonly search: SearchFunction
}

/** @throws RubyRegexpError */
export function compileRubyRegexp(source: string, flags: RubyRegexpFlags = {}): RubyRegexp {
  try {
    const letters = `${flags.ignoreCase === true ? 'i' : ''}${flags.dotAll === true ? 'm' : ''}${flags.extended === true ? 'x' : ''}DSW`
    const ast = flattenRepeats(toOnigurumaAst(source, { flags: letters }))
    const pattern = generate(ast).pattern
    const analysis = analyzePattern(ast)
    const names = groupNames(ast)
    const search = analysis.keepsRepeatedCaptures
      ? compileOniguruma(pattern, flags)
      : compileNative(pattern, letters, startOf(ast))
    const { requiredLiterals } = analysis
    const guarded: SearchFunction =
      requiredLiterals.length === 0
        ? search
        : (text, from) => {
            for (const literal of requiredLiterals) if (!text.includes(literal, from)) return undefined
            return search(text, from)
          }
    return { source, flags, analysis, names, search: guarded }
  } catch (error) {
    throw new RubyRegexpError(source, error)
  }
}

/** Whether a pattern can only match at the start of the text or of a line. */
type Start = 'text' | 'line' | 'anywhere'

function compileNative(source: string, letters: string, start: Start): SearchFunction {
  const details = toRegExpDetails(source, { flags: letters, target: 'ES2018', rules: { asciiWordBoundaries: true } })
  const { hiddenCaptures = [], transfers = [], strategy } = details.options ?? {}
  if (strategy !== undefined && strategy !== null)
    return searchWith(new EmulatedRegExp(details.pattern, `${details.flags}g`, details.options ?? {}))
  // Names make every match build an object for them.
  const pattern = /\\k</.test(details.pattern) ? details.pattern : details.pattern.replaceAll(/\(\?<(?![=!])[^>]+>/g, '(')
  const flags = details.flags.replace('u', '')
  const sticky = start === 'anywhere' ? 'g' : 'y'
  const unicode = new RegExp(pattern, `${flags}u${sticky}`)
  // Without the `u` flag the engine is faster and means the same, as long as no character takes two UTF-16 units.
  const plain = /\\p|\\P|\\u\{|[\ud800-\udfff]/.test(pattern) ? undefined : new RegExp(pattern, `${flags}${sticky}`)
  const engineFor = (text: string): RegExp => (plain === undefined || SURROGATE.test(text) ? unicode : plain)
  const at = searchFrom(start, engineFor)
  if (hiddenCaptures.length === 0 && transfers.length === 0) return at
  const slots = visibleSlots(countGroups(pattern), hiddenCaptures, transfers)
  return (text, from) => {
    const match = at(text, from)
    return match === undefined
      ? undefined
      : { index: match.index, end: match.end, groups: slots.map((slot) => firstSet(match.groups, slot)) }
  }
}

const SURROGATE = /[\ud800-\udfff]/

function searchFrom(start: Start, engineFor: (text: string) => RegExp): SearchFunction {
  if (start === 'anywhere') return (text, from) => execAt(engineFor(text), text, from)
  if (start === 'text') return (text, from) => (from > 0 ? undefined : execAt(engineFor(text), text, 0))
  return (text, from) => {
    const engine = engineFor(text)
    for (let at = from === 0 || text[from - 1] === '\n' ? from : nextLine(text, from); at >= 0; at = nextLine(text, at)) {
      const match = execAt(engine, text, at)
      if (match !== undefined) return match
    }
    return undefined
  }
}

/** Where the next line begins, or -1: an empty rest after the last newline is no line. */
function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 || end + 1 >= text.length ? -1 : end + 1
}

function execAt(engine: RegExp, text: string, from: number): RubyMatch | undefined {
  engine.lastIndex = from
  const groups = engine.exec(text)
  return groups === null ? undefined : { index: groups.index, end: groups.index + groups[0].length, groups }
}

function searchWith(engine: RegExp): SearchFunction {
  return (text, from) => execAt(engine, text, from)
}

/** Capturing groups of a pattern that compiles. To let the engine count them takes a third of the time that compiling takes. */
function countGroups(pattern: string): number {
  let count = 0
  for (const [part] of pattern.matchAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\((?:\?<(?![=!])|(?!\?))/g))
    if (part.startsWith('(')) count += 1
  return count
}

/** For each group that the pattern's author wrote: the native groups that may hold its text, in order of preference. */
function visibleSlots(
  total: number,
  hidden: readonly number[],
  transfers: readonly (readonly [number, readonly number[]])[],
): readonly (readonly number[])[] {
  const slots: (readonly number[])[] = []
  for (let group = 0; group <= total; group++) {
    if (hidden.includes(group)) continue
    const from = transfers.find(([to]) => to === group)?.[1] ?? []
    slots.push([...from.toReversed(), group])
  }
  return slots
}

function firstSet(groups: readonly (string | undefined)[], slot: readonly number[]): string | undefined {
  for (const index of slot) if (groups[index] !== undefined) return groups[index]
  return undefined
}

function groupNames(ast: OnigurumaAst): (string | undefined)[] {
  const names: (string | undefined)[] = [undefined]
  const visit = (node: AlternativeElementNode): void => {
    if (node.type === 'CapturingGroup') names[node.number] = node.name
    if (node.type === 'Quantifier') visit(node.body)
    else if ('body' in node && Array.isArray(node.body)) {
      for (const inner of node.body) if (inner.type === 'Alternative') inner.body.forEach(visit)
    }
  }
  for (const alternative of ast.body) alternative.body.forEach(visit)
  return Array.from(names)
}

function startOf(ast: OnigurumaAst): Start {
  const starts = ast.body.map(startOfAlternative)
  const first = starts[0] ?? 'anywhere'
  return starts.every((start) => start === first) ? first : 'anywhere'
}

function startOfAlternative(alternative: AlternativeNode): Start {
  const node = alternative.body.find(({ type }) => type !== 'Directive')
  if (node?.type === 'Assertion') return node.kind === 'string_start' ? 'text' : node.kind === 'line_start' ? 'line' : 'anywhere'
  if ((node?.type === 'Group' || node?.type === 'CapturingGroup') && node.body.length === 1 && node.body[0] !== undefined) {
    return startOfAlternative(node.body[0])
  }
  return 'anywhere'
}
