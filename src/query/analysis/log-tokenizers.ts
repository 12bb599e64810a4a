import type { CharFilter, Token, Tokenizer } from './token.ts'

// What finds the words of log lines that tell what kind of line it is: those that are no numbers, dates or hexadecimal ids.

/** Words may hold dots, dashes and underscores. */
export const classicLogTokens: Tokenizer = (text) => meaningful(text, /[\p{L}\p{N}_][\p{L}\p{N}_.-]*/gu)

/** The same, and addresses and paths are one word each. */
export const standardLogTokens: Tokenizer = (text) =>
  meaningful(text, /(?:\p{L}[\p{L}\p{N}+.-]*:\/\/|\p{L}:\\|\/)?[\p{L}\p{N}_][\p{L}\p{N}_.@\-/\\]*/gu)

/** Digits of base sixteen alone, as ids and addresses have them. */
const HEXADECIMAL = /^(?:0x)?[\da-f]+$/i

function meaningful(text: string, expression: RegExp): Token[] {
  const tokens: Token[] = []
  let position = -1
  for (const match of text.matchAll(expression)) {
    position += 1
    const term = match[0].replace(/[_.@\-/\\]+$/, '')
    if (term === '' || /^\p{N}/u.test(term) || HEXADECIMAL.test(term)) continue
    const { index } = match
    tokens.push({ term, position, positionLength: 1, start: index, end: index + term.length, type: 'word' })
  }
  return tokens
}

/** Keeps the first line in which `wanted` finds something. */
export function firstLine(wanted: RegExp): CharFilter {
  return (text) => {
    let start = 0
    for (const line of text.split('\n')) {
      if (wanted.test(line)) {
        const from = start
        return { text: line.replace(/\r$/, ''), original: (offset) => from + offset }
      }
      start += line.length + 1
    }
    return { text: '', original: () => text.length }
  }
}
