import { accents, replaceChars } from './suffixes.ts'

// Savoy's light stemmers: *Light stemming approaches for the French, Portuguese, German and Hungarian languages* (2006)
// and his pages on Italian and Spanish. Order matters everywhere.

const LATIN = accents(`
  àáâä a
  òóôö o
  èéêë e
  ùúûü u
  ìíîï i`)

/** A word longer than `longerThan` with this ending gets another; `last` rules go on to the normalization at once. */
interface Rule {
  readonly longerThan: number
  readonly ending: RegExp
  readonly becomes: string
  readonly last: boolean
}

const rule = (longerThan: number, ending: RegExp, becomes: string, last = true): Rule => ({ longerThan, ending, becomes, last })

const FRENCH: readonly Rule[] = [
  rule(9, /issement$/, 'ir'),
  rule(8, /issant$/, 'ir'),
  rule(7, /ivement$/, 'if'),
  rule(6, /ement$/, 'e'),
  rule(11, /ficatrice$/, 'fier'),
  rule(10, /ficateur$/, 'fier'),
  rule(9, /catrice$/, 'quer'),
  rule(8, /cateur$/, 'quer'),
  rule(8, /atrice$/, 'er'),
  rule(7, /ateur$/, 'er'),
  rule(6, /trice$/, 'teur', false),
  rule(5, /ième$/, ''),
  rule(7, /teuse$/, 'ter'),
  rule(6, /teur$/, 'ter'),
  rule(5, /euse$/, 'eu'),
  rule(8, /ère$/, 'er'),
  rule(7, /ive$/, 'if'),
  rule(4, /olle$/, 'ou'),
  rule(9, /nnelle$/, 'n'),
  rule(9, /nnel$/, 'n'),
  rule(4, /ète$/, 'et', false),
  rule(8, /ique$/, '', false),
  rule(8, /esse$/, 'e'),
  rule(7, /inage$/, 'in'),
  rule(12, /ualisation$/, 'uel'),
  rule(9, /isation$/, ''),
  rule(9, /isateur$/, ''),
  rule(8, /[ai]tion$/, ''),
]

const FRENCH_LETTERS = replaceChars({ à: 'a', á: 'a', â: 'a', ô: 'o', è: 'e', é: 'e', ê: 'e', ù: 'u', û: 'u', î: 'i', ç: 'c' })

export function stemFrenchLight(word: string): string {
  let stem = word.length > 5 ? word.replace(/(?<!e)aux$/, 'al') : word
  if (stem.length > 3) stem = stem.replace(/x$/, '')
  if (stem.length > 3) stem = stem.replace(/s$/, '')
  for (const { longerThan, ending, becomes, last } of FRENCH) {
    if (stem.length <= longerThan || !ending.test(stem) || (becomes === 'ou' && !/[fm]olle$/.test(stem))) continue
    stem = stem.replace(ending, becomes)
    if (last) break
  }
  if (stem.length > 4) stem = FRENCH_LETTERS(stem).replace(/(\p{L})\1+/gu, '$1')
  if (stem.length > 4) stem = stem.replace(/ie$/, '')
  if (stem.length > 4)
    stem = stem
      .replace(/r$/, '')
      .replace(/e$/, '')
      .replace(/e$/, '')
      .replace(/(\p{L})\1$/u, '$1')
  return stem
}

export function stemFrenchMinimal(word: string): string {
  if (word.length < 6) return word
  if (word.endsWith('x')) return word.replace(/aux$/, 'alx').slice(0, -1)
  return word
    .replace(/s$/, '')
    .replace(/r$/, '')
    .replace(/e$/, '')
    .replace(/é$/, '')
    .replace(/(.)\1$/u, '$1')
}

export function stemItalianLight(word: string): string {
  if (word.length < 6) return word
  return LATIN(word).replace(/[ih][ei]$|i?[ao]$|[ei]$/, '')
}

export function stemSpanishLight(word: string): string {
  if (word.length < 5) return word
  return LATIN(word).replace(/ces$|[oae]s?$/, (ending) => (ending === 'ces' ? 'z' : ''))
}

const PORTUGUESE_PLURALS: readonly (readonly [longerThan: number, ending: RegExp, singular: string])[] = [
  [4, /(?<=[rslz])es$/, ''],
  [3, /ns$/, 'm'],
  [4, /[eé]is$/, 'el'],
  [4, /ais$/, 'al'],
  [4, /óis$/, 'ol'],
  [4, /is$/, 'il'],
  [3, /[õã]es$/, 'ão'],
  [6, /mente$/, ''],
  [3, /s$/, ''],
]
const PORTUGUESE_FEMININES: readonly (readonly [longerThan: number, ending: RegExp, masculine: string])[] = [
  [7, /(?<=inh|iac|eir)a$/, 'o'],
  [6, /(?<=os|ic|id|ad|iv|am)a$/, 'o'],
  [6, /ona$/, 'ão'],
  [6, /ora$/, 'or'],
  [6, /esa$/, 'ês'],
  [6, /na$/, 'no'],
]
const PORTUGUESE_LETTERS = accents(`
  àáâäã a
  òóôöõ o
  èéêë e
  ùúûü u
  ìíîï i
  ç c`)

export function stemPortugueseLight(word: string): string {
  if (word.length < 4) return word
  let stem = replaceFirst(word, PORTUGUESE_PLURALS)
  if (stem.length > 3 && stem.endsWith('a')) stem = replaceFirst(stem, PORTUGUESE_FEMININES)
  if (stem.length > 4) stem = stem.replace(/[eao]$/, '')
  return PORTUGUESE_LETTERS(stem)
}

function replaceFirst(word: string, rules: typeof PORTUGUESE_PLURALS): string {
  const found = rules.find(([longerThan, ending]) => word.length > longerThan && ending.test(word))
  return found ? word.replace(found[1], found[2]) : word
}
