import { illegalArgument } from '../../../core/errors.ts'
import type { Parameters } from '../parameters.ts'

/** Lucene's English stop words. */
const ENGLISH =
  'a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with'.split(
    ' ',
  )

/** Lists that settings name with underscores. Others must be written out. */
const NAMED: Readonly<Record<string, readonly string[]>> = { _english_: ENGLISH, _none_: [] }

export const ENGLISH_STOP_WORDS: ReadonlySet<string> = new Set(ENGLISH)

/** Words of a parameter such as `stopwords`: a list, in which a name stands for a whole one. */
export function stopWords(parameters: Parameters, key: string, otherwise: ReadonlySet<string>): ReadonlySet<string> {
  const list = parameters.list(key)
  if (!list) return otherwise
  const words = new Set<string>()
  for (const entry of list) {
    const named = NAMED[entry]
    if (named) for (const word of named) words.add(word)
    else if (/^_.+_$/.test(entry)) {
      throw illegalArgument(
        `[${parameters.name}]: no built-in stop words [${entry}]; give the words, or one of [${Object.keys(NAMED).join(', ')}]`,
      )
    } else words.add(entry)
  }
  return words
}
