/**
 * A query cut into coloured pieces: for highlighting and for knowing what may be typed next. KQL and Lucene are alike enough
 * at this level; what a text means is the parsers' business.
 */
export interface Token {
  readonly kind: 'field' | 'operator' | 'value' | 'quoted' | 'keyword' | 'bracket'
  readonly from: number
  readonly to: number
}

const KEYWORDS = /^(?:and|or|not|to)$/i
const OPERATOR = /^(?::(?:>=|<=|>|<)?|>=|<=|>|<)/
const SPACE = /\s/
const ENDS_WORD = /[\s()[\]{}":<>]/

export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const push = (kind: Token['kind'], to: number): void => {
    tokens.push({ kind, from: at, to })
    at = to
  }
  while (at < text.length) {
    const sign = text[at] ?? ''
    if (SPACE.test(sign)) at += 1
    else if (sign === '"') push('quoted', endOfQuoted(text, at))
    else if ('()[]{}'.includes(sign)) push('bracket', at + 1)
    else {
      const operator = OPERATOR.exec(text.slice(at))?.[0]
      if (operator !== undefined) push('operator', at + operator.length)
      else {
        const end = endOfWord(text, at)
        const word = text.slice(at, end)
        push(isField(text, end) ? 'field' : KEYWORDS.test(word) ? 'keyword' : 'value', end)
      }
    }
  }
  return tokens
}

function endOfQuoted(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(text.length, at + 1)
}

function endOfWord(text: string, from: number): number {
  let at = from
  while (at < text.length && !ENDS_WORD.test(text[at] ?? '')) at += text[at] === '\\' ? 2 : 1
  return Math.max(from + 1, Math.min(text.length, at))
}

/** A word is a field when an operator follows it. */
function isField(text: string, end: number): boolean {
  return OPERATOR.test(text.slice(end).trimStart())
}

/** What stands at the cursor, and what may take its place. */
export interface CursorContext {
  readonly kind: 'field' | 'operator' | 'value' | 'connector'
  /** The piece that is being typed: `text.slice(from, to)`. */
  readonly from: number
  readonly to: number
  readonly typed: string
  /** With `value` and `operator`: the field they belong to. */
  readonly field: string
}

export function contextAt(text: string, cursor: number): CursorContext {
  const before = tokenize(text.slice(0, cursor)).filter(({ from }) => from < cursor)
  const last = before.at(-1)
  const typing =
    last !== undefined && last.to === cursor && last.kind !== 'operator' && last.kind !== 'bracket' ? last : undefined
  const settled = typing === undefined ? before : before.slice(0, -1)
  const from = typing?.from ?? cursor
  const typed = text.slice(from, cursor)
  const context = (kind: CursorContext['kind'], field = ''): CursorContext => ({ kind, from, to: cursor, typed, field })
  const previous = settled.at(-1)
  if (previous?.kind === 'operator') return context('value', fieldBefore(text, settled))
  const list = openList(text, settled)
  if (list !== undefined) {
    const afterValue = previous?.kind === 'value' || previous?.kind === 'quoted'
    return afterValue ? context('connector') : context('value', list)
  }
  if (
    previous === undefined ||
    previous.kind === 'keyword' ||
    (previous.kind === 'bracket' && '([{'.includes(text[previous.from] ?? ''))
  ) {
    return context('field')
  }
  const beforePrevious = settled.at(-2)
  const loneWord = previous.kind === 'value' && beforePrevious?.kind !== 'operator'
  return loneWord ? context('operator', text.slice(previous.from, previous.to)) : context('connector')
}

/** The field of the operator that ends `tokens`. */
function fieldBefore(text: string, tokens: readonly Token[]): string {
  const token = tokens.at(-2)
  return token === undefined ? '' : unescape(text.slice(token.from, token.to))
}

/** `field: (a or b`: the field of the bracket that is open at the end, if it is a list of values. */
function openList(text: string, tokens: readonly Token[]): string | undefined {
  const open: (string | undefined)[] = []
  for (const [at, token] of tokens.entries()) {
    const sign = text[token.from]
    if (token.kind !== 'bracket') continue
    if (sign === '(') open.push(tokens[at - 1]?.kind === 'operator' ? fieldBefore(text, tokens.slice(0, at)) : undefined)
    if (sign === ')') open.pop()
  }
  return open.at(-1)
}

const unescape = (text: string): string => text.replaceAll(/\\(.)/g, '$1')

/** A value as it can be typed after a field: quoted where a bare word would end early or mean something. */
export function quoteValue(value: string): string {
  const bare = /^[^\s()[\]{}":<>\\*?~^+\-!/&|=][^\s()[\]{}":<>\\*?~^]*$/.test(value) && !KEYWORDS.test(value)
  return bare ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
