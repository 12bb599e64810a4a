import { CompileError } from './compile-error.ts'

export type TokenKind =
  /** A name, which may be a type's. */
  | 'name'
  | 'keyword'
  /** `int`, `boolean` and the other primitive types, and `def`. */
  | 'primitive'
  /** `12`, `0x1f`, `017`, with the suffixes of a whole number or a decimal. */
  | 'integer'
  | 'hex'
  | 'octal'
  | 'decimal'
  | 'string'
  | 'regex'
  | 'operator'
  /** What comes after a dot: a name of any kind, or an index. */
  | 'member'
  | 'index'
  | 'end'

export interface Token {
  readonly kind: TokenKind
  /** As it is written; of a string and a regex, what it means. */
  readonly text: string
  /** UTF-16 units from the beginning of the script. */
  readonly offset: number
  readonly end: number
}

const KEYWORDS = new Set([
  'if',
  'else',
  'while',
  'do',
  'for',
  'in',
  'continue',
  'break',
  'return',
  'new',
  'try',
  'catch',
  'throw',
  'this',
  'instanceof',
  'true',
  'false',
  'null',
])

export const PRIMITIVES: ReadonlySet<string> = new Set([
  'void',
  'boolean',
  'byte',
  'short',
  'char',
  'int',
  'long',
  'float',
  'double',
  'def',
])

/** Longest first. */
const OPERATORS = [
  '>>>=',
  '<<=',
  '>>=',
  '>>>',
  '===',
  '!==',
  '==~',
  '=~',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '?:',
  '?.',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '^=',
  '|=',
  '->',
  '::',
  '<<',
  '>>',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '.',
  ',',
  ';',
  ':',
  '?',
  '!',
  '~',
  '*',
  '/',
  '%',
  '+',
  '-',
  '<',
  '>',
  '&',
  '^',
  '|',
  '=',
]

const SPACE = /(?:[\t\n\r ]+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)+/y
const NAME = /[A-Za-z_]\w*/y
const HEX = /0[xX][0-9a-fA-F]+[lL]?/y
const OCTAL = /0[0-7]+[lL]?/y
const DECIMAL = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?[fFdD]?/y
const INTEGER = /(?:0|[1-9]\d*)[lLfFdD]?/y
const INDEX = /0|[1-9]\d*/y
const REGEX = /\/((?:[^/\n\\]|\\[^\n])+)\/([cilmsUux]*)/y

/** @throws CompileError */
export function tokenize(script: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(script)?.[0]
  }
  const push = (kind: TokenKind, text: string, length: number): void => {
    tokens.push({ kind, text, offset: at, end: at + length })
    at += length
  }

  for (;;) {
    at += match(SPACE)?.length ?? 0
    if (at >= script.length) break
    const last = tokens[tokens.length - 1]
    if (last?.kind === 'operator' && (last.text === '.' || last.text === '?.')) {
      const name = match(NAME)
      const index = name === undefined ? match(INDEX) : undefined
      if (name !== undefined) push('member', name, name.length)
      else if (index !== undefined) push('index', index, index.length)
      else throw unexpectedCharacter(script, at)
      continue
    }
    const char = script[at] ?? ''
    const name = match(NAME)
    if (name !== undefined) {
      push(KEYWORDS.has(name) ? 'keyword' : PRIMITIVES.has(name) ? 'primitive' : 'name', name, name.length)
      continue
    }
    if (char >= '0' && char <= '9') {
      const number = readNumber(match)
      push(number.kind, number.text, number.text.length)
      continue
    }
    if (char === '"' || char === "'") {
      const string = readString(script, at)
      push('string', string.text, string.length)
      continue
    }
    if (char === '/' && !endsOperand(last)) {
      const regex = match(REGEX)
      if (regex !== undefined) {
        push('regex', regex, regex.length)
        continue
      }
    }
    const operator = OPERATORS.find((one) => script.startsWith(one, at))
    if (operator === undefined) throw unexpectedCharacter(script, at)
    push('operator', operator, operator.length)
  }
  push('end', '<EOF>', 0)
  return tokens
}

/** After these a slash divides; anywhere else it begins a regular expression. */
function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false
  switch (token.kind) {
    case 'operator':
      return token.text === ')' || token.text === ']'
    case 'integer':
    case 'decimal':
    case 'hex':
    case 'octal':
    case 'name':
    case 'member':
    case 'index':
      return true
    default:
      return false
  }
}

/** The longest of the forms. */
function readNumber(match: (pattern: RegExp) => string | undefined): { readonly kind: TokenKind; readonly text: string } {
  const hex = match(HEX)
  if (hex !== undefined) return { kind: 'hex', text: hex }
  const octal = match(OCTAL) ?? ''
  const decimal = match(DECIMAL) ?? ''
  const integer = match(INTEGER) ?? ''
  if (octal.length > decimal.length) return { kind: 'octal', text: octal }
  return decimal.length > integer.length ? { kind: 'decimal', text: decimal } : { kind: 'integer', text: integer }
}

function readString(script: string, start: number): { readonly text: string; readonly length: number } {
  const quote = script[start] ?? ''
  let text = ''
  for (let at = start + 1; at < script.length; at++) {
    const char = script[at] ?? ''
    if (char === quote) return { text, length: at + 1 - start }
    if (char !== '\\') {
      text += char
      continue
    }
    const escaped = script[at + 1] ?? ''
    if (escaped !== quote && escaped !== '\\') {
      throw new CompileError(
        `unexpected character [${script.slice(start, at + 2)}]. The only valid escape sequences in strings starting with [${quote}] are [\\\\] and [\\${quote}].`,
        start,
        'illegal_argument_exception',
        'lexer_no_viable_alt_exception',
      )
    }
    text += escaped
    at += 1
  }
  throw new CompileError(
    `unexpected character [${script.slice(start)}].`,
    start,
    'illegal_argument_exception',
    'lexer_no_viable_alt_exception',
  )
}

function unexpectedCharacter(script: string, at: number): CompileError {
  const character = String.fromCodePoint(script.codePointAt(at) ?? 0)
  return new CompileError(
    `unexpected character [${character}].`,
    at,
    'illegal_argument_exception',
    'lexer_no_viable_alt_exception',
  )
}
