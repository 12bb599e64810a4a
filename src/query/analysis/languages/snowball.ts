import { createRequire } from 'node:module'
import { foldToAscii } from '../filters/ascii-folding.ts'
import { stemEstonian } from './estonian.ts'

type Stem = (word: string) => string

/** Snowball's algorithms, by their names in lower case. */
const MODULES = new Set(
  'armenian danish dutch finnish french german greek hungarian irish italian lithuanian norwegian portuguese romanian russian spanish swedish turkish'.split(
    ' ',
  ),
)
/** Those that the former package lacks. */
const OTHERS = new Set(['basque', 'catalan'])

export const SNOWBALL_LANGUAGES: readonly string[] = [...MODULES, ...OTHERS, 'estonian'].sort()

/** Natural language repeats its words, and a stem costs some microseconds: so many are remembered for each language. */
const REMEMBERED_WORDS = 20_000

const loaded = new Map<string, Stem>()

/** Snowball's stemmer of a language, read when it is first asked for. */
export function snowballStemmer(language: string): Stem {
  const known = loaded.get(language)
  if (known) return known
  const stem = remembering(load(language))
  loaded.set(language, stem)
  return stem
}

function load(language: string): Stem {
  if (language === 'estonian') return stemEstonian
  const require = createRequire(import.meta.url)
  if (OTHERS.has(language)) {
    const factory = require('snowball-stemmers') as { newStemmer(language: string): { stem(word: string): string } }
    const stemmer = factory.newStemmer(language)
    return (word) => stemmer.stem(word)
  }
  if (!MODULES.has(language)) throw new Error(`no Snowball stemmer [${language}]`)
  return (require(`@orama/stemmers/${language}`) as { stemmer: Stem }).stemmer
}

function remembering(stem: Stem): Stem {
  let stems = new Map<string, string>()
  return (word) => {
    const known = stems.get(word)
    if (known !== undefined) return known
    const made = stem(word)
    if (stems.size === REMEMBERED_WORDS) stems = new Map()
    stems.set(word, made)
    return made
  }
}

/** Portuguese of Brazil: Snowball's algorithm on words without accents. */
export const stemBrazilian: Stem = (word) =>
  /^\p{L}{3,29}$/u.test(word) ? foldToAscii(snowballStemmer('portuguese')(word)) : word
