/** Building blocks of the engine's regular expressions (RE2, Unicode code points, always anchored by whoever uses them). */

/** One code point, literally. */
export function re2Char(character: string, ignoreCase = false): string {
  if (ignoreCase && /[a-z]/i.test(character)) return `[${character.toLowerCase()}${character.toUpperCase()}]`
  return /[A-Za-z0-9]/.test(character) ? character : `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

export function re2Literal(text: string, ignoreCase = false): string {
  let pattern = ''
  for (const character of text) pattern += re2Char(character, ignoreCase)
  return pattern
}
