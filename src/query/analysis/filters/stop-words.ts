import { illegalArgument } from '../../../core/errors.ts'
import { STOP_WORD_LISTS } from '../languages/stop-word-lists.ts'
import type { Parameters } from '../parameters.ts'

/** Lucene's English stop words. */
const ENGLISH =
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  )

/** Lists that settings name with underscores: `_english_`, `_french_`, … and `_none_`. */
function namedList(name: string): readonly string[] | undefined {
  if (name === '_english_') return ENGLISH
  if (name === '_none_') return []
  const language = /^_(\w+)_$/.exec(name)?.[1] ?? ''
  return Object.hasOwn(STOP_WORD_LISTS, language) ? STOP_WORD_LISTS[language]?.split(/\s+/) : undefined
}

export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(ENGLISH)

/** Words of a parameter such as `stopwords`: a list, in which a name stands for a whole one. */
export function stopWords(parameters: Parameters, key: string, otherwise: ReadonlySet<string>): ReadonlySet<string> {
  const list = parameters.list(key)
  if (!list) return otherwise
  const words = new Set<string>()
  for (const entry of list) {
    const named = namedList(entry)
    if (named) for (const word of named) words.add(word)
    else if (/^_.+_$/.test(entry)) {
      throw illegalArgument(
        `[${parameters.name}]: no built-in stop words [${entry}]; give the words, or one of [_none_, _english_, ${Object.keys(
          STOP_WORD_LISTS,
        )
          .map((name) => `_${name}_`)
          .join(', ')}]`,
      )
    } else words.add(entry)
  }
  return words
}
