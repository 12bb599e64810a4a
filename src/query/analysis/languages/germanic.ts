import { accents, dropSuffix, suffixGroups } from './suffixes.ts'

const UMLAUTS = accents(`
  àáâä a
  òóôö o
  ìíîï i
  ùúûü u`)

/** Savoy, *Light stemming approaches for the French, Portuguese, German and Hungarian languages* (2006). */
export function stemGermanLight(word: string): string {
  const plain = UMLAUTS(word)
  return superlative(inflection(plain))
}

function inflection(word: string): string {
  if (word.length > 5 && word.endsWith('ern')) return word.slice(0, -3)
  if (word.length > 4 && /e[mnrs]$/.test(word)) return word.slice(0, -2)
  if (word.length > 3 && /(?:e|(?<=[bdfghklmnt])s)$/.test(word)) return word.slice(0, -1)
  return word
}

function superlative(word: string): string {
  if (word.length > 5 && word.endsWith('est')) return word.slice(0, -3)
  if (word.length > 4 && /(?:e[rn]|(?<=[bdfghklmnt])st)$/.test(word)) return word.slice(0, -2)
  return word
}

/** Plurals only. */
export function stemGermanMinimal(word: string): string {
  if (word.length < 5) return word
  const plain = word.replace(/[äöü]/g, (char) => ({ ä: 'a', ö: 'o', ü: 'u' })[char] ?? char)
  if (plain.length > 6 && plain.endsWith('nen')) return plain.slice(0, -3)
  if (plain.length > 5 && /(?:e[nsr]|se)$/.test(plain)) return plain.slice(0, -2)
  return plain.replace(/[nesr]$/, '')
}

const SWEDISH = suffixGroups(`
  7 5 elser heten
  6 4 arne erna ande else aste orna aren
  5 3 are ast het
  4 2 ar er or en at te et
  3 1 t a e n`)

/** Savoy, *Report on CLEF-2001 experiments* (2001). */
export function stemSwedishLight(word: string): string {
  return dropSuffix(word.length > 4 ? word.replace(/s$/, '') : word, SWEDISH)
}
