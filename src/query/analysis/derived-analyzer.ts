import type { Analyzer, Named, Token, TokenFilter } from './token.ts'

/**
 * Analyzers that the fields under a `search_as_you_type` field have: another one's tokens in groups of two or three, or
 * the beginnings of such groups. Their names end in `#2gram`, `#3gram` and `#prefix`.
 */
export function derivedAnalyzer(name: string, find: (name: string) => Analyzer | undefined): Analyzer | undefined {
  const [, baseName, kind] = /^(.*)#(2gram|3gram|prefix)$/s.exec(name) ?? []
  const base = baseName === undefined ? undefined : find(baseName)
  if (base === undefined) return undefined
  const part: TokenFilter =
    kind === 'prefix'
      ? beginnings
      : (tokens) =>
          groups(tokens, kind === '2gram' ? 2 : 3)
            .filter(({ whole }) => whole)
            .map(({ token }) => token)
  const filter: Named<TokenFilter> = { name: `search_as_you_type_${kind}`, part }
  return {
    name,
    analyze: (text) => part(base.analyze(text)),
    asciiSpans: undefined,
    normalize: (term) => base.normalize(term),
    parts: { ...base.parts, filters: [...base.parts.filters, filter] },
  }
}

/** Each token with the ones behind it, joined by blanks; `whole` where there are enough of them. */
function groups(tokens: readonly Token[], size: number): { readonly token: Token; readonly whole: boolean }[] {
  return tokens.map((first, at) => {
    const members = tokens.slice(at, at + size)
    const last = members.at(-1) ?? first
    const term = members.map((token) => token.term).join(' ')
    return { token: { ...first, term, end: last.end, type: 'shingle' }, whole: members.length === size }
  })
}

const LONGEST_BEGINNING = 20

/** Beginnings of groups of three, and of the shorter ones at the end of a text. */
function beginnings(tokens: readonly Token[]): Token[] {
  return groups(tokens, 3).flatMap(({ token }) => {
    const letters = [...token.term].slice(0, LONGEST_BEGINNING)
    return letters.map((_, i) => ({ ...token, term: letters.slice(0, i + 1).join('') }))
  })
}
