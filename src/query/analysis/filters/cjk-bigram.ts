import type { Parameters } from '../parameters.ts'
import type { Token, TokenFilter } from '../token.ts'

const SCRIPTS: Readonly<Record<string, string>> = {
  han: '<IDEOGRAPHIC>',
  hiragana: '<HIRAGANA>',
  katakana: '<KATAKANA>',
  hangul: '<HANGUL>',
}

interface Character {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Pairs of neighbouring Chinese, Japanese and Korean characters; one that stands alone stays as it is. */
export function cjkBigramFilter(parameters: Parameters): TokenFilter {
  const ignored = new Set(parameters.list('ignored_scripts') ?? [])
  const unigrams = parameters.bool('output_unigrams', false)
  const types = new Set(Object.entries(SCRIPTS).flatMap(([name, type]) => (ignored.has(name) ? [] : [type])))
  return (tokens) => {
    const result: Token[] = []
    let run: Character[] = []
    let position = -1
    let before = -1
    const add = (characters: readonly Character[], type: string, step: number, positionLength = 1): void => {
      const first = characters[0]
      const last = characters.at(-1)
      if (!first || !last) return
      position += step
      const term = characters.map(({ text }) => text).join('')
      result.push({ term, position, positionLength, start: first.start, end: last.end, type })
    }
    const flush = (): void => {
      if (run.length === 1) add(run, '<SINGLE>', 1)
      for (let at = 0; run.length > 1 && at < run.length; at++) {
        if (unigrams) add(run.slice(at, at + 1), '<SINGLE>', 1)
        if (at + 1 < run.length) add(run.slice(at, at + 2), '<DOUBLE>', unigrams ? 0 : 1, unigrams ? 2 : 1)
      }
      run = []
    }
    for (const token of tokens) {
      if (types.has(token.type)) {
        if (run.length > 0 && run.at(-1)?.end !== token.start) flush()
        let at = token.start
        for (const text of token.term) {
          run.push({ text, start: at, end: Math.min(token.end, at + text.length) })
          at += text.length
        }
      } else {
        flush()
        position += Math.max(token.position - before, 1)
        result.push({ ...token, position })
      }
      before = token.position
    }
    flush()
    return result
  }
}
