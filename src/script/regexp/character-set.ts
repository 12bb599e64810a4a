import type { CharacterClassElementNode, CharacterSetNode } from 'oniguruma-parser/parser'

/**
 * A set of characters, coarse enough to compare quickly: bit n stands for the ASCII character n, bit 128 for everything
 * else. Where a set cannot be told exactly it is too large, never too small.
 */
export type CharacterSet = bigint

const OTHER = 1n << 128n
export const ALL_CHARACTERS: CharacterSet = (1n << 129n) - 1n

export function setOfCode(code: number): CharacterSet {
  return code < 128 ? 1n << BigInt(code) : OTHER
}

export function setsMeet(a: CharacterSet, b: CharacterSet): boolean {
  return (a & b) !== 0n
}

function asciiWhere(pattern: RegExp): CharacterSet {
  let set = 0n
  for (let code = 0; code < 128; code++) if (pattern.test(String.fromCharCode(code))) set |= setOfCode(code)
  return set
}

const POSIX: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  digit: /[0-9]/,
  lower: /[a-z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  upper: /[A-Z]/,
  word: /\w/,
  xdigit: /[0-9A-Fa-f]/,
}

function setOfKind(node: CharacterSetNode): CharacterSet {
  const complement = (set: CharacterSet): CharacterSet => (node.negate === true ? (ALL_CHARACTERS & ~set) | OTHER : set)
  switch (node.kind) {
    case 'digit':
      return complement(asciiWhere(/\d/))
    case 'word':
      return complement(asciiWhere(/\w/))
    case 'space':
      return complement(asciiWhere(/\s/))
    case 'hex':
      return complement(asciiWhere(/[0-9A-Fa-f]/))
    case 'posix': {
      const pattern = POSIX[node.value]
      return pattern === undefined ? ALL_CHARACTERS : complement(asciiWhere(pattern)) | OTHER
    }
    default:
      return ALL_CHARACTERS
  }
}

/** Every character that a class or a single character may match, whatever the case. */
export function setOfNode(node: CharacterClassElementNode): CharacterSet {
  switch (node.type) {
    case 'Character':
      return bothCases(setOfCode(node.value))
    case 'CharacterClassRange': {
      let set = 0n
      for (let code = node.min.value; code <= Math.min(node.max.value, 127); code++) set |= setOfCode(code)
      return bothCases(node.max.value > 127 ? set | OTHER : set)
    }
    case 'CharacterSet':
      return setOfKind(node)
    case 'CharacterClass': {
      const sets = node.body.map(setOfNode)
      const joined =
        node.kind === 'intersection' ? sets.reduce((a, b) => a & b, ALL_CHARACTERS) : sets.reduce((a, b) => a | b, 0n)
      return node.negate ? (ALL_CHARACTERS & ~joined) | OTHER : joined
    }
    default:
      return ALL_CHARACTERS
  }
}

const UPPER = asciiWhere(/[A-Z]/)
const LOWER = asciiWhere(/[a-z]/)

function bothCases(set: CharacterSet): CharacterSet {
  return set | ((set & UPPER) << 32n) | ((set & LOWER) >> 32n)
}
