/**
 * The English stemmer of Snowball, known as Porter 2 (https://snowballstem.org/algorithms/english/stemmer.html, the
 * version of Lucene 8 and 9), for lower-case words.
 */
export function porter2Stem(input: string): string {
  if (input.length <= 2) return input
  const special = SPECIAL.get(input)
  if (special !== undefined) return special
  let word = markConsonantY(input.startsWith("'") ? input.slice(1) : input)
  const { r1, r2 } = regions(word)
  word = word.replace(/'s'$|'s$|'$/, '')
  word = step1a(word)
  if (KEPT_AFTER_1A.has(word)) return word
  word = step1b(word, r1)
  word = /.[^aeiouy][yY]$/.test(word) ? `${word.slice(0, -1)}i` : word
  word = step2(word, r1)
  word = step3(word, r1, r2)
  word = step4(word, r2)
  word = step5(word, r1, r2)
  return word.replaceAll('Y', 'y')
}

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['skis', 'ski'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['idly', 'idl'],
  ['gently', 'gentl'],
  ['ugly', 'ugli'],
  ['early', 'earli'],
  ['only', 'onli'],
  ['singly', 'singl'],
  ...'sky news howe atlas cosmos bias andes'.split(' ').map((word) => [word, word] as const),
])

const KEPT_AFTER_1A = new Set('inning outing canning herring earring proceed exceed succeed'.split(' '))

/** `y` at the start or behind a vowel is a consonant, written `Y`. */
function markConsonantY(word: string): string {
  return word.replace(/^y/, 'Y').replace(/([aeiouy])y/g, '$1Y')
}

function regions(word: string): { r1: number; r2: number } {
  const prefix = /^(?:gener|commun|arsen)/.exec(word)?.[0].length
  const r1 = prefix ?? behindVowelConsonant(word, 0)
  return { r1, r2: behindVowelConsonant(word, r1) }
}

function behindVowelConsonant(word: string, from: number): number {
  const match = /[aeiouy][^aeiouy]/.exec(word.slice(from))
  return match ? from + match.index + 2 : word.length
}

function step1a(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2)
  if (/(?:ied|ies)$/.test(word)) return word.length > 4 ? word.slice(0, -2) : word.slice(0, -1)
  if (/(?:us|ss)$/.test(word)) return word
  return /[aeiouy].+s$/.test(word) ? word.slice(0, -1) : word
}

function step1b(word: string, r1: number): string {
  const eed = /(?:eed|eedly)$/.exec(word)
  if (eed) return eed.index >= r1 ? `${word.slice(0, eed.index)}ee` : word
  const suffix = /(?:ed|edly|ing|ingly)$/.exec(word)
  if (!suffix || !/[aeiouy]/.test(word.slice(0, suffix.index))) return word
  const stem = word.slice(0, suffix.index)
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) return stem.slice(0, -1)
  return isShort(stem, r1) ? `${stem}e` : stem
}

/** Ends in a short syllable and has nothing behind it. */
function isShort(word: string, r1: number): boolean {
  return r1 >= word.length && endsShort(word)
}

function endsShort(word: string): boolean {
  return /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$/.test(word)
}

type Rules = readonly (readonly [string, string])[]

const STEP_2: Rules = [
  ['ational', 'ate'],
  ['fulness', 'ful'],
  ['iveness', 'ive'],
  ['ization', 'ize'],
  ['ousness', 'ous'],
  ['biliti', 'ble'],
  ['lessli', 'less'],
  ['tional', 'tion'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['ation', 'ate'],
  ['entli', 'ent'],
  ['fulli', 'ful'],
  ['iviti', 'ive'],
  ['ousli', 'ous'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['anci', 'ance'],
  ['ator', 'ate'],
  ['enci', 'ence'],
  ['izer', 'ize'],
  ['bli', 'ble'],
]

function step2(word: string, r1: number): string {
  const rule = STEP_2.find(([suffix]) => word.endsWith(suffix))
  if (rule) {
    const stem = word.slice(0, word.length - rule[0].length)
    return stem.length >= r1 ? stem + rule[1] : word
  }
  if (word.endsWith('ogi')) return word.length - 3 >= r1 && word.at(-4) === 'l' ? word.slice(0, -1) : word
  if (word.endsWith('li')) return word.length - 2 >= r1 && /[cdeghkmnrt]li$/.test(word) ? word.slice(0, -2) : word
  return word
}

const STEP_3: Rules = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ative', ''],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
]

function step3(word: string, r1: number, r2: number): string {
  const rule = STEP_3.find(([suffix]) => word.endsWith(suffix))
  if (!rule) return word
  const stem = word.slice(0, word.length - rule[0].length)
  return stem.length >= (rule[0] === 'ative' ? r2 : r1) ? stem + rule[1] : word
}

function step4(word: string, r2: number): string {
  const suffix = /(?:ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|al|er|ic)$/.exec(word)
  if (suffix) return suffix.index >= r2 ? word.slice(0, suffix.index) : word
  return /[st]ion$/.test(word) && word.length - 3 >= r2 ? word.slice(0, -3) : word
}

function step5(word: string, r1: number, r2: number): string {
  const at = word.length - 1
  if (word.endsWith('e')) return at >= r2 || (at >= r1 && !endsShort(word.slice(0, -1))) ? word.slice(0, -1) : word
  return word.endsWith('ll') && at >= r2 ? word.slice(0, -1) : word
}
