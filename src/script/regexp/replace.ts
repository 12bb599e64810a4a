import type { RubyMatch, SearchFunction } from './ruby-regexp.ts'

/** Calls `found` for each match from left to right; an empty match moves on by one character. */
export function eachMatch(search: SearchFunction, text: string, found: (match: RubyMatch) => void): void {
  let at = 0
  while (at <= text.length) {
    const match = search(text, at)
    if (match === undefined) return
    found(match)
    at = match.end > match.index ? match.end : match.end + ((text.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1)
  }
}

/** Ruby's `gsub`: every match is replaced by what `print` makes of it. */
export function replaceMatches(search: SearchFunction, text: string, print: (match: RubyMatch) => string): string {
  let result = ''
  let copied = 0
  eachMatch(search, text, (match) => {
    result += text.slice(copied, match.index) + print(match)
    copied = match.end
  })
  return copied === 0 && result === '' ? text : result + text.slice(copied)
}

/** Ruby's replacement text: `\1`, `\0` and `\&` for groups, `\k<name>` by name, `\\` for a backslash. */
export function expandReplacement(replacement: string, match: RubyMatch, names: readonly (string | undefined)[] = []): string {
  if (!replacement.includes('\\')) return replacement
  return replacement.replaceAll(
    /\\(?:(\d)|k<([^>]+)>|(&)|(\\))/g,
    (whole, digit: string | undefined, name: string | undefined, and: string | undefined, slash: string | undefined) => {
      if (digit !== undefined) return match.groups[Number(digit)] ?? ''
      if (name !== undefined) return match.groups[names.indexOf(name)] ?? ''
      if (and !== undefined) return match.groups[0] ?? ''
      return slash === undefined ? whole : '\\'
    },
  )
}

export function compileReplacement(
  search: SearchFunction,
  replacement: string,
  names?: readonly (string | undefined)[],
): (text: string) => string {
  return (text) => replaceMatches(search, text, (match) => expandReplacement(replacement, match, names))
}
