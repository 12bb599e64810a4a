/*
 * Parts of JSON text as the text they are: what is passed on byte for byte must not be read and printed again. The text is
 * our own and known to be right; nothing is checked here.
 */

/** The members of the object that `text` is, each value as its text. */
export function rawMembers(text: string): Map<string, string> {
  const members = new Map<string, string>()
  let at = skipSpace(text, text.indexOf('{') + 1)
  while (at < text.length && text[at] !== '}') {
    const keyEnd = skipString(text, at)
    const name = JSON.parse(text.slice(at, keyEnd)) as string
    const from = skipSpace(text, skipSpace(text, keyEnd) + 1)
    const to = skipValue(text, from)
    members.set(name, text.slice(from, to))
    at = nextItem(text, to)
  }
  return members
}

/** The elements of the array that `text` is, each as its text. */
export function rawElements(text: string): string[] {
  const elements: string[] = []
  let at = skipSpace(text, text.indexOf('[') + 1)
  while (at < text.length && text[at] !== ']') {
    const to = skipValue(text, at)
    elements.push(text.slice(at, to))
    at = nextItem(text, to)
  }
  return elements
}

function nextItem(text: string, from: number): number {
  const at = skipSpace(text, from)
  return text[at] === ',' ? skipSpace(text, at + 1) : at
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++
  return at
}

/** From the opening quote to behind the closing one. */
function skipString(text: string, from: number): number {
  for (let at = from + 1; ;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function skipValue(text: string, from: number): number {
  const first = text[from]
  if (first === '"') return skipString(text, from)
  if (first !== '{' && first !== '[') return skipScalar(text, from)
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = skipString(text, at) - 1
    else if (character === '{' || character === '[') depth++
    else if ((character === '}' || character === ']') && --depth === 0) return at + 1
  }
  return text.length
}

function skipScalar(text: string, from: number): number {
  const rest = /[,}\]\s]/g
  rest.lastIndex = from
  return rest.exec(text)?.index ?? text.length
}
