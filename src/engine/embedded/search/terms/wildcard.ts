import { re2Char } from './re2.ts'

/** `*` and `?` of a wildcard pattern, and the text between them with escapes resolved. */
export type WildcardPart = { readonly kind: 'any' } | { readonly kind: 'one' } | { readonly kind: 'text'; readonly text: string }

/** A backslash takes the next character literally; one at the end stands for itself, as in Lucene. */
export function parseWildcard(pattern: string): readonly WildcardPart[] {
  const parts: WildcardPart[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text })
    text = ''
  }
  const characters = Array.from(pattern)
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? ''
    if (character === '\\' && i + 1 < characters.length) text += characters[++i] ?? ''
    else if (character === '*') {
      flush()
      if (parts.at(-1)?.kind !== 'any') parts.push({ kind: 'any' })
    } else if (character === '?') {
      flush()
      parts.push({ kind: 'one' })
    } else text += character
  }
  flush()
  return parts
}

/** `one` is what `?` stands for. */
export function wildcardToRe2(parts: readonly WildcardPart[], ignoreCase: boolean, one = '.'): string {
  let pattern = ''
  for (const part of parts) {
    if (part.kind === 'any') pattern += `${one}*`
    else if (part.kind === 'one') pattern += one
    else for (const character of part.text) pattern += re2Char(character, ignoreCase)
  }
  return pattern
}
