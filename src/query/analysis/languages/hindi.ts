import { dropSuffix, replaceChars, suffixGroups } from './suffixes.ts'

/** Vowels written as a letter and a sign, and letters with a nukta beside them, as the one letter that they are. */
export function normalizeIndic(word: string): string {
  return word.replace(
    /\u0905\u093e\u0948|\u09a4\u09cd\u200d|[\u0905-\u0939\u0985-\u09b9][\u093e-\u094c\u0946-\u094c\u09bc\u09be\u093c]/g,
    (pair) => COMPOSED[pair] ?? pair,
  )
}

const COMPOSED: Readonly<Record<string, string>> = {
  अाै: 'औ',
  'ত্\u200d': 'ৎ',
  अा: 'आ',
  अॉ: 'ऑ',
  अो: 'ओ',
  अौ: 'औ',
  आे: 'ओ',
  आै: 'औ',
  एे: 'ऐ',
  एॅ: 'ऍ',
  एॆ: 'ऎ',
  'न\u093c': 'ऩ',
  'र\u093c': 'ऱ',
  'ळ\u093c': 'ऴ',
  'क\u093c': '\u0958',
  'ख\u093c': '\u0959',
  'ग\u093c': '\u095a',
  'ज\u093c': '\u095b',
  'ड\u093c': '\u095c',
  'ढ\u093c': '\u095d',
  'फ\u093c': '\u095e',
  'य\u093c': '\u095f',
  অা: 'আ',
  'ড\u09bc': '\u09dc',
  'ঢ\u09bc': '\u09dd',
  'য\u09bc': '\u09df',
}

const LETTERS = replaceChars({
  'ँ': 'ं',
  '\u093c': '',
  '\u094d': '',
  '\u200c': '',
  '\u200d': '',
  ऩ: 'न',
  ऱ: 'र',
  ऴ: 'ळ',
  '\u0958': 'क',
  '\u0959': 'ख',
  '\u095a': 'ग',
  '\u095b': 'ज',
  '\u095c': 'ड',
  '\u095d': 'ढ',
  '\u095e': 'फ',
  '\u095f': 'य',
  'ॅ': 'े',
  'ॆ': 'े',
  'ॉ': 'ो',
  'ॊ': 'ो',
  ऍ: 'ए',
  ऎ: 'ए',
  ऑ: 'ओ',
  ऒ: 'ओ',
  ॲ: 'अ',
  आ: 'अ',
  ई: 'इ',
  ऊ: 'उ',
  ॠ: 'ऋ',
  ॡ: 'ऌ',
  ऐ: 'ए',
  औ: 'ओ',
  'ी': 'ि',
  'ू': 'ु',
  'ॄ': 'ृ',
  'ॣ': 'ॢ',
  'ै': 'े',
  'ौ': 'ो',
})

/** Spellings of one word made one: nasals, nuktas and long vowels (Larkey et al., *Hindi CLIR in thirty days*, 2003). */
export const normalizeHindi = (word: string): string => LETTERS(word.replaceAll('न\u094d', 'ं'))

/** Ramanathan and Rao, *A lightweight stemmer for Hindi* (2003). */
const ENDINGS = suffixGroups(`
  6 5 ाएंगी ाएंगे ाऊंगी ाऊंगा ाइयाँ ाइयों ाइयां
  5 4 ाएगी ाएगा ाओगी ाओगे एंगी ेंगी एंगे ेंगे ूंगी ूंगा ातीं नाओं नाएं ताओं ताएं ियाँ ियों ियां
  4 3 ाकर ाइए ाईं ाया ेगी ेगा ोगी ोगे ाने ाना ाते ाती ाता तीं ाओं ाएं ुओं ुएं ुआं
  3 2 कर ाओ िए ाई ाए ने नी ना ते ीं ती ता ाँ ां ों ें
  2 1 ो े ू ु ी ि ा`)

export const stemHindi = (word: string): string => dropSuffix(word, ENDINGS)
