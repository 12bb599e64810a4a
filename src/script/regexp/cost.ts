import type { AlternativeElementNode, AlternativeNode, OnigurumaAst, QuantifierNode } from 'oniguruma-parser/parser'
import { ALL_CHARACTERS, setOfCode, setsMeet, type CharacterSet } from './character-set.ts'
import { anySet, firstSet, firstSetOfSequence, isUnbounded } from './tree.ts'

/** A repetition up to this many times counts as a fixed one. */
const SMALL_REPEAT = 16
/** A choice among more characters than this counts every character. */
const COUNTED_CHARACTERS = 4

/** A repetition that may end at several places, and the characters that may stand behind its end. */
type Choice = 'anywhere' | readonly string[]

/**
 * How the time of a search grows with its text. A backtracking engine tries, for every place to begin, every combination of
 * places where repetitions may end. A repetition that is followed by something it cannot match itself ends at one place
 * only; `.*"` ends at any of the quotes in the text.
 */
export interface CostModel {
  /** Upper estimate of the engine's steps for a text. `Infinity` when each further character may double them. */
  estimate(text: string): number
}

export function costModel(ast: OnigurumaAst): CostModel {
  const walker = new Walker()
  const choices = walker.alternatives(ast.body, 0n)
  const { exponential } = walker
  const begin = beginning(ast)
  const begins = (text: string): number => {
    if (begin === 'text') return 1
    if (begin === 'anywhere') return text.length
    return countOf(text, begin === 'line' ? '\n' : begin.literal) + 1
  }
  return {
    estimate(text) {
      const { length } = text
      if (exponential) return length > EXPONENT_LIMIT ? Infinity : 2 ** length
      if (choices.length === 0) return length
      let steps = length * begins(text)
      for (const choice of choices) steps *= choice === 'anywhere' ? length : Math.max(1, countOfAll(text, choice))
      return steps
    },
  }
}

/** Texts this short are searched quickly even when every character doubles the steps. */
const EXPONENT_LIMIT = 20

function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count += 1
  return count
}

function countOfAll(text: string, parts: readonly string[]): number {
  let count = 0
  for (const part of parts) count += countOf(text, part)
  return count
}

/** Collects the choices of a tree; of alternatives, which are tried one after the other, the longest list counts. */
class Walker {
  exponential = false

  alternatives(alternatives: readonly AlternativeNode[], after: CharacterSet): readonly Choice[] {
    let longest: readonly Choice[] = []
    for (const { body } of alternatives) {
      const choices = this.#sequence(body, after)
      if (choices.length > longest.length) longest = choices
    }
    return longest
  }

  #sequence(nodes: readonly AlternativeElementNode[], after: CharacterSet): readonly Choice[] {
    return nodes.flatMap((node, index) => this.#element(node, firstSetOfSequence(nodes.slice(index + 1), after)))
  }

  /** `after`: what may follow the element; nothing at the end of the pattern, where whatever was matched is right. */
  #element(node: AlternativeElementNode, after: CharacterSet): readonly Choice[] {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
      case 'Assertion':
      case 'Directive':
      case 'NamedCallout':
        return []
      case 'LookaroundAssertion':
        return this.alternatives(node.body, 0n)
      case 'Group':
        // Nothing inside an atomic group is tried again.
        if (node.atomic === true) {
          this.alternatives(node.body, 0n)
          return []
        }
        return this.alternatives(node.body, after)
      case 'CapturingGroup':
        return this.alternatives(node.body, after)
      case 'Quantifier':
        return this.#quantifier(node, after)
      default:
        this.exponential = true
        return []
    }
  }

  #quantifier(node: QuantifierNode, after: CharacterSet): readonly Choice[] {
    const { body } = node
    if (!isUnbounded(node) && node.max <= SMALL_REPEAT) return this.#element(body, after | (node.max > 1 ? firstSet(body) : 0n))
    if (node.kind === 'possessive') return []
    // A choice within a round, or between two ways to begin it, is made anew in each round.
    if (this.#element(body, firstSet(body)).length > 0 || hasOverlappingAlternatives(body)) this.exponential = true
    const meeting = anySet(body) & after
    return meeting === 0n ? [] : [choiceOf(meeting)]
  }
}

function choiceOf(set: CharacterSet): Choice {
  if (setsMeet(set, ALL_CHARACTERS & ~((1n << 128n) - 1n))) return 'anywhere'
  const chars: string[] = []
  for (let code = 0; code < 128; code++) {
    if (!setsMeet(set, setOfCode(code))) continue
    chars.push(String.fromCharCode(code))
    if (chars.length > COUNTED_CHARACTERS) return 'anywhere'
  }
  return chars
}

/** `(?:a|ab)*`: two alternatives that begin alike, within a repetition. */
function hasOverlappingAlternatives(node: AlternativeElementNode): boolean {
  if (node.type !== 'Group' && node.type !== 'CapturingGroup') return false
  if (node.type === 'Group' && node.atomic === true) return false
  const firsts = node.body.map(({ body }) => firstSetOfSequence(body, 0n))
  return firsts.some((a, i) => firsts.some((b, j) => j > i && setsMeet(a, b)))
}

/**
 * Where a search may get as far as the first choice: at the start of the text or of lines, behind each place of a text that
 * must come before, or anywhere.
 */
function beginning(ast: OnigurumaAst): 'text' | 'line' | 'anywhere' | { readonly literal: string } {
  const [only] = ast.body
  if (ast.body.length !== 1 || only === undefined) return 'anywhere'
  const [first] = only.body
  if (first?.type === 'Assertion' && first.kind === 'string_start') return 'text'
  if (first?.type === 'Assertion' && first.kind === 'line_start') return 'line'
  let best = ''
  let run = ''
  /** Answers whether the element was passed without a choice. */
  const pass = (node: AlternativeElementNode): boolean => {
    switch (node.type) {
      case 'Character':
        run += String.fromCodePoint(node.value)
        if (run.length > best.length) best = run
        return true
      case 'Assertion':
      case 'LookaroundAssertion':
        return true
      case 'Group':
      case 'CapturingGroup':
        if (node.body.length === 1) return (node.body[0]?.body ?? []).every(pass)
        run = ''
        return !hasWideRepeat(node)
      default:
        run = ''
        return !hasWideRepeat(node)
    }
  }
  only.body.every(pass)
  return best === '' ? 'anywhere' : { literal: best }
}

/** Something like `.*` or `[^"]+` lies within: what also takes spaces may end nearly anywhere. */
function hasWideRepeat(node: AlternativeElementNode): boolean {
  switch (node.type) {
    case 'Quantifier':
      return (isUnbounded(node) && setsMeet(anySet(node), setOfCode(32))) || hasWideRepeat(node.body)
    case 'Group':
    case 'CapturingGroup':
      return node.body.some(({ body }) => body.some(hasWideRepeat))
    default:
      return false
  }
}
