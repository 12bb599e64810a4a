/** Upper case, character by character as Java does it: what would become two characters (`ß`) stays. */
export function upperCase(text: string): string {
  let result = ''
  for (const char of text) {
    const upper = char.toUpperCase()
    result += upper.length === char.length ? upper : char
  }
  return result
}

/** Characters that the platform lowers by context or to more than one: Java lowers each by itself. */
const SPECIAL = /[\u0130\u03a3]/

/** Lower case, character by character as Java does it: `İ` is `i`, a final `Σ` is `σ`. */
export function lowerCase(text: string): string {
  if (!SPECIAL.test(text)) return text.toLowerCase()
  let result = ''
  for (const char of text) result += char === '\u0130' ? 'i' : char.toLowerCase()
  return result
}
