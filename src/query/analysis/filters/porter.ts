/**
 * Porter's stemmer (M.F. Porter, "An algorithm for suffix stripping", 1980), with the two departures of its author's later
 * version: `bli` → `ble` and `logi` → `log`. What Lucene's PorterStemFilter does to lower-case English words.
 */
export function porterStem(word: string): string {
  if (word.length <= 2) return word
  return step5(step4(step3(step2(step1c(step1b(step1a(word)))))))
}

/** Consonant-vowel shape of a word, `y` a vowel behind a consonant. */
function shape(word: string): string {
  let result = ''
  for (let at = 0; at < word.length; at++) {
    const char = word[at] ?? ''
    const vowel = 'aeiou'.includes(char) || (char === 'y' && at > 0 && result[at - 1] === 'c')
    result += vowel ? 'v' : 'c'
  }
  return result
}

/** Porter's m: how often vowels are followed by consonants. */
function measure(stem: string): number {
  return shape(stem).match(/v+c+/g)?.length ?? 0
}

const hasVowel = (stem: string): boolean => shape(stem).includes('v')

const endsDouble = (word: string): boolean => word.length > 1 && word.at(-1) === word.at(-2) && shape(word).endsWith('c')

/** Ends consonant, vowel, consonant, the last not w, x or y. */
const endsCvc = (word: string): boolean => shape(word).endsWith('cvc') && !/[wxy]$/.test(word)

function step1a(word: string): string {
  if (word.endsWith('sses') || word.endsWith('ies')) return word.slice(0, -2)
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}

function step1b(word: string): string {
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word
  const suffix = word.endsWith('ed') ? 2 : word.endsWith('ing') ? 3 : 0
  if (suffix === 0 || !hasVowel(word.slice(0, -suffix))) return word
  const stem = word.slice(0, -suffix)
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`
  if (endsDouble(stem) && !/[lsz]$/.test(stem)) return stem.slice(0, -1)
  return measure(stem) === 1 && endsCvc(stem) ? `${stem}e` : stem
}

function step1c(word: string): string {
  return word.endsWith('y') && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word
}

type Rules = readonly (readonly [string, string])[]

const STEP_2: Rules = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['alli', 'al'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['logi', 'log'],
]

const STEP_3: Rules = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
]

const STEP_4: readonly string[] = 'al ance ence er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize'.split(
  ' ',
)

/** The longest suffix that the word ends with decides, whether its condition holds or not. */
function replaceSuffix(word: string, rules: Rules, minMeasure: number): string {
  let best: readonly [string, string] | undefined
  for (const rule of rules) if (word.endsWith(rule[0]) && rule[0].length > (best?.[0].length ?? 0)) best = rule
  if (!best) return word
  const stem = word.slice(0, word.length - best[0].length)
  return measure(stem) > minMeasure ? stem + best[1] : word
}

const step2 = (word: string): string => replaceSuffix(word, STEP_2, 0)
const step3 = (word: string): string => replaceSuffix(word, STEP_3, 0)

function step4(word: string): string {
  let suffix = ''
  for (const candidate of STEP_4) if (word.endsWith(candidate) && candidate.length > suffix.length) suffix = candidate
  // Of "sion" and "tion" only "ion" goes.
  const cut = suffix === 'sion' || suffix === 'tion' ? 3 : suffix.length
  if (cut === 0) return word
  const stem = word.slice(0, word.length - cut)
  return measure(stem) > 1 ? stem : word
}

function step5(word: string): string {
  let result = word
  if (result.endsWith('e')) {
    const stem = result.slice(0, -1)
    const m = measure(stem)
    if (m > 1 || (m === 1 && !endsCvc(stem))) result = stem
  }
  return result.endsWith('ll') && measure(result) > 1 ? result.slice(0, -1) : result
}
