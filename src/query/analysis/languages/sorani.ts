import { dropSuffix, suffixGroups } from './suffixes.ts'

/** One letter for each sound of Sorani: Farsi yeh, keheh, ae, heh and rreh; no marks, no formatting characters. */
export function normalizeSorani(word: string): string {
  return word
    .replace(/[\u064a\u0649]/g, '\u06cc')
    .replaceAll('\u0643', '\u06a9')
    .replace(/\u0647(?:\u200c|$)/g, '\u06d5')
    .replaceAll('\u0629', '\u06d5')
    .replaceAll('\u06be', '\u0647')
    .replace(/^\u0631/, '\u0695')
    .replaceAll('\u0692', '\u0695')
    .replace(/\u0640|[\u064b-\u0652]|\p{Cf}/gu, '')
}

const POSTPOSITION = suffixGroups(`
  5 2 دا
  4 1 نا
  6 3 ەوە`)
const POSSESSIVE = suffixGroups('6 3 مان یان تان')
/** Ezafe, indefinite, definite and demonstrative, singular and plural. */
const ENDING = suffixGroups(`
  6 3 ێکی
  7 4 یەکی
  5 2 ێک
  6 3 یەک
  6 3 ەکە
  5 2 کە
  7 4 ەکان
  6 3 کان
  7 4 یانی
  6 3 انی
  6 3 یان
  5 2 ان
  7 4 یانە
  6 3 انە
  5 2 ایە ەیە
  4 1 ە
  4 1 ی`)

export function stemSorani(word: string): string {
  return dropSuffix(dropSuffix(dropSuffix(word, POSTPOSITION), POSSESSIVE), ENDING)
}
