import type { Token, Tokenizer } from './token.ts'

const CJ = String.raw`\u3100-\u312f\u3040-\u309f\u30a0-\u30ff\u31f0-\u31ff\u3300-\u337f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff65-\uff9f`
const LETTER = String.raw`(?:(?![${CJ}])\p{L})`
const ALPHA = `${LETTER}+`
const ALPHANUM = String.raw`(?:(?![${CJ}])[\p{L}\p{Nd}])+`
const WITH_DIGIT = String.raw`(?=${LETTER}*\p{Nd})${ALPHANUM}`
const MARK = '[_/.,-]'

/** The rules of ClassicTokenizerImpl.jflex, in its order: the longest match counts, of equally long ones the first rule. */
const RULES = [
  ['<ALPHANUM>', ALPHANUM],
  ['<APOSTROPHE>', `${ALPHA}(?:'${ALPHA})+`],
  ['<ACRONYM>', String.raw`${LETTER}\.(?:${LETTER}\.)+`],
  ['<COMPANY>', `${ALPHA}[&@]${ALPHA}`],
  ['<EMAIL>', `${ALPHANUM}(?:[._-]${ALPHANUM})*@${ALPHANUM}(?:[.-]${ALPHANUM})+`],
  ['<HOST>', String.raw`${ALPHANUM}(?:\.${ALPHANUM})+`],
  // Every other part of a number has a digit.
  ['<NUM>', `${ALPHANUM}${MARK}${WITH_DIGIT}(?:${MARK}${ALPHANUM}${MARK}${WITH_DIGIT})*(?:${MARK}${ALPHANUM})?`],
  ['<NUM>', `${WITH_DIGIT}${MARK}${ALPHANUM}(?:${MARK}${WITH_DIGIT}${MARK}${ALPHANUM})*(?:${MARK}${WITH_DIGIT})?`],
  ['<CJ>', `[${CJ}]`],
] as const

/** Lucene's ClassicTokenizer: host names, mail addresses, acronyms and product numbers stay whole. */
export function classicTokenizer(maxLength: number): Tokenizer {
  const rules = RULES.map(([type, source]) => ({ type, expression: new RegExp(source, 'uy') }))
  const start = new RegExp(String.raw`[\p{L}\p{Nd}${CJ}]`, 'gu')
  return (text) => {
    const tokens: Token[] = []
    let position = 0
    for (start.lastIndex = 0; ;) {
      const at = start.exec(text)?.index
      if (at === undefined) return tokens
      let [length, longest] = [0, '']
      for (const { type, expression } of rules) {
        expression.lastIndex = at
        const found = expression.exec(text)?.[0].length ?? 0
        if (found > length) [length, longest] = [found, type]
      }
      // Longer tokens are dropped and leave a hole.
      if (length <= maxLength) tokens.push(tokenAt(text, at, length, position, longest))
      position += 1
      start.lastIndex = at + length
    }
  }
}

function tokenAt(text: string, start: number, length: number, position: number, type: string): Token {
  const end = start + length
  return { term: text.slice(start, end), start, end, position, positionLength: 1, type }
}
