/** An ending, how many vowels the word must have more than, and whether a palatal before it goes back to its origin. */
const AFFIXES: readonly (readonly [affix: string, vowels: number, palatal: boolean])[] = [
  ...plain(3, 'ajiem ajai'),
  ...plain(2, 'ajam ajām ajos ajās'),
  ['iem', 2, true],
  ...plain(2, 'ajā ais ai ei'),
  ...plain(1, 'ām am ēm īm im um'),
  ['us', 1, true],
  ...plain(1, 'as ās es'),
  ['os', 1, true],
  ...plain(1, 'ij īs ēs is ie'),
  ['u', 1, true],
  ['a', 1, true],
  ['i', 1, true],
  ...plain(1, 'e ā ē ī ū o'),
  ...plain(0, 's š'),
]

function plain(vowels: number, affixes: string): readonly (readonly [string, number, boolean])[] {
  return affixes.split(' ').map((affix) => [affix, vowels, false] as const)
}

/** Kreslins, *A stemming algorithm for Latvian* (1996), its nouns and adjectives only. */
export function stemLatvian(word: string): string {
  const vowels = word.match(/[aeiouāīēū]/g)?.length ?? 0
  const found = AFFIXES.find(([affix, least]) => vowels > least && word.length >= affix.length + 3 && word.endsWith(affix))
  if (!found) return word
  const stem = word.slice(0, -found[0].length)
  return found[2] ? unpalatalize(stem, found[0].startsWith('u')) : stem
}

const PALATALS: Readonly<Record<string, string>> = {
  pj: 'p',
  bj: 'b',
  mj: 'm',
  vj: 'v',
  šņ: 'sn',
  žņ: 'zn',
  šļ: 'sl',
  žļ: 'zl',
  ļņ: 'ln',
  ļļ: 'll',
}

function unpalatalize(stem: string, beforeU: boolean): string {
  const before = stem.slice(0, -2)
  const pair = stem.slice(-2)
  if (beforeU && pair === 'kš') return `${before}kst`
  if (beforeU && pair === 'ņņ') return `${before}nn`
  const origin = PALATALS[pair]
  if (origin !== undefined) return before + origin
  return stem.replace(/[čļņ]$/, (char) => ({ č: 'c', ļ: 'l', ņ: 'n' })[char] ?? char)
}
