/** Ruby's `String#split` with a text: one space means any white space, and empty pieces at the end are left out. */
export function splitText(text: string, separator: string): string[] {
  if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/\s+/)
  const pieces = separator === '' ? Array.from(text) : text.split(separator)
  while (pieces.length > 0 && pieces.at(-1) === '') pieces.pop()
  return pieces
}
