/** What was cut from the front, as it decides which endings may go. */
type Prefix = 'ke' | 'meng' | 'peng' | 'pe' | 'di' | 'ter' | 'ber' | undefined

interface State {
  readonly word: string
  readonly syllables: number
  readonly prefixes: readonly Prefix[]
}

const FIRST: readonly (readonly [RegExp, string, Prefix])[] = [
  [/^meng/, '', 'meng'],
  [/^meny(?=[aeiou])/, 's', 'meng'],
  [/^men/, '', 'meng'],
  [/^mem/, '', 'meng'],
  [/^me/, '', 'meng'],
  [/^peng/, '', 'peng'],
  [/^peny(?=[aeiou])/, 's', 'peng'],
  [/^peny/, '', 'peng'],
  [/^pen(?=[aeiou])/, 't', 'peng'],
  [/^pen/, '', 'peng'],
  [/^pem/, '', 'peng'],
  [/^di/, '', 'di'],
  [/^ter/, '', 'ter'],
  [/^ke/, '', 'ke'],
]
const SECOND: readonly (readonly [RegExp, string, Prefix])[] = [
  [/^ber/, '', 'ber'],
  [/^bel(?=ajar$)/, '', 'ber'],
  [/^be(?=[^aeiou]er)/, '', 'ber'],
  [/^per/, '', undefined],
  [/^pel(?=ajar$)/, '', undefined],
  [/^pe/, '', 'pe'],
]

/** Tala, *A study of stemming effects on information retrieval in Bahasa Indonesia* (2003). */
export function stemIndonesian(word: string): string {
  const syllables = word.match(/[aeiou]/g)?.length ?? 0
  let state: State = { word, syllables, prefixes: [] }
  state = cut(state, /(?:kah|lah|pun)$/)
  state = cut(state, /(?:ku|mu|nya)$/)
  const first = prefix(state, FIRST)
  if (first === state) return suffix(prefix(state, SECOND)).word
  const shorter = suffix(first)
  return (shorter === first ? first : prefix(shorter, SECOND)).word
}

function cut(state: State, ending: RegExp): State {
  if (state.syllables <= 2 || !ending.test(state.word)) return state
  return { ...state, word: state.word.replace(ending, ''), syllables: state.syllables - 1 }
}

function prefix(state: State, rules: typeof FIRST): State {
  if (state.syllables <= 2) return state
  const rule = rules.find(([start]) => start.test(state.word))
  if (!rule) return state
  return {
    word: state.word.replace(rule[0], rule[1]),
    syllables: state.syllables - 1,
    prefixes: [...state.prefixes, rule[2]],
  }
}

function suffix(state: State): State {
  const none = (...prefixes: Prefix[]): boolean => !prefixes.some((one) => state.prefixes.includes(one))
  if (state.word.endsWith('kan') && none('ke', 'peng', 'pe')) return cut(state, /kan$/)
  if (state.word.endsWith('an') && none('di', 'meng', 'ter')) return cut(state, /an$/)
  if (/(?<!s)i$/.test(state.word) && none('ber', 'ke', 'peng')) return cut(state, /i$/)
  return state
}
