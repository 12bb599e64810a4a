import { dropSuffix, suffixGroups } from './suffixes.ts'

const CZECH_CASES = suffixGroups(`
  7 5 atech
  6 4 ětem etem atům
  5 3 ech ich ích ého ěmi emi ému ěte ete ěti eti ího iho ími ímu imu ách ata aty ých ama ami ové ovi ými
  4 2 em es ém ím ům at ám os us ým mi ou
  3 1 a e i o u ů y á é í ý ě`)
const CZECH_POSSESSIVES = suffixGroups('5 2 ov in ův')

/** Dolamic and Savoy, *Indexing and stemming approaches for the Czech language* (2009), the light one. */
export function stemCzech(word: string): string {
  const stem = dropSuffix(dropSuffix(word, CZECH_CASES), CZECH_POSSESSIVES)
  if (stem.endsWith('čt')) return `${stem.slice(0, -2)}ck`
  if (stem.endsWith('št')) return `${stem.slice(0, -2)}sk`
  if (/[cč]$/.test(stem)) return `${stem.slice(0, -1)}k`
  if (/[zž]$/.test(stem)) return `${stem.slice(0, -1)}h`
  if (stem.length > 1 && stem.at(-2) === 'e') return stem.slice(0, -2) + stem.slice(-1)
  if (stem.length > 2 && stem.at(-2) === 'ů') return `${stem.slice(0, -2)}o${stem.slice(-1)}`
  return stem
}

const BULGARIAN_ARTICLES = suffixGroups(`
  6 3 ият
  5 2 ът то те та ия
  4 2 ят`)
const BULGARIAN_PLURALS: readonly (readonly [longerThan: number, ending: RegExp, singular: string])[] = [
  [6, /овци$/, 'о'],
  [6, /ове$/, ''],
  [6, /еве$/, 'й'],
  [5, /ища$/, ''],
  [5, /та$/, ''],
  [5, /ци$/, 'к'],
  [5, /зи$/, 'г'],
  [5, /е(.)и$/, 'я$1'],
  [4, /си$/, 'х'],
  [4, /и$/, ''],
]

/** Nakov's BulStem in the light form of Savoy, *Searching strategies for the Bulgarian language* (2007). */
export function stemBulgarian(word: string): string {
  if (word.length < 4) return word
  if (word.length > 5 && word.endsWith('ища')) return word.slice(0, -3)
  let stem = dropSuffix(word, BULGARIAN_ARTICLES)
  const length = stem.length
  const plural = BULGARIAN_PLURALS.find(([longerThan, ending]) => length > longerThan && ending.test(stem))
  if (plural) stem = stem.replace(plural[1], plural[2])
  if (stem.length > 3) stem = stem.replace(/я$/, '').replace(/[аое]$/, '')
  if (stem.length > 4) stem = stem.replace(/ен$/, 'н')
  return stem.length > 5 ? stem.replace(/ъ(.)$/, '$1') : stem
}

const RUSSIAN_CASES = suffixGroups(`
  6 4 иями оями
  5 3 иям иях оях ями оям оьв ами его ему ери ими ого ому ыми оев
  4 2 ая яя ях юю ах ею их ия ию ьв ою ую ям ых ея ам ем ей ём ев ий им ое ой ом ов ые ый ым ми
  3 1 а е и о у й ы я ь`)

/** Dolamic and Savoy, *Indexing and searching strategies for the Russian language* (2009), the light one. */
export function stemRussianLight(word: string): string {
  const stem = dropSuffix(word, RUSSIAN_CASES)
  return stem.length > 3 ? stem.replace(/[ьи]$|н(?=н$)/, '') : stem
}
