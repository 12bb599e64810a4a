import { matchesWildcard } from '../../core/wildcard.ts'

/** Deeper objects are left to the general way. */
const MAX_DEPTH = 50

/**
 * The members of a document that patterns of paths name, cut out of its text: nothing is parsed that is not shown. `undefined`
 * for what takes more than cutting: spaces between the parts, escapes in names or in what is shown, patterns that reach into
 * arrays. The text must be JSON.
 */
export function pickMembers(text: string, includes: readonly string[]): string | undefined {
  const scanner = new Scanner(text)
  const picked = pickObject(scanner, '', includes.map(toInclude), 0)
  return scanner.at === text.length ? picked : undefined
}

interface Include {
  readonly pattern: string
  /** What everything begins with that it matches; the whole pattern where it has no `*`. */
  readonly prefix: string
}

function toInclude(pattern: string): Include {
  const star = pattern.indexOf('*')
  return { pattern, prefix: star < 0 ? pattern : pattern.slice(0, star) }
}

function pickObject(scanner: Scanner, path: string, includes: readonly Include[], depth: number): string | undefined {
  if (depth > MAX_DEPTH || !scanner.takes('{')) return undefined
  if (scanner.takes('}')) return '{}'
  let kept = ''
  do {
    const name = scanner.name()
    if (name === undefined) return undefined
    const full = path === '' ? name : `${path}.${name}`
    let value: string | undefined = ''
    if (includes.some(({ pattern }) => matchesWildcard(pattern, full))) value = scanner.value()
    else if (!includes.some((include) => mayMatchBelow(include, full))) scanner.skip()
    else if (scanner.isAt('{')) value = pickObject(scanner, full, includes, depth + 1)
    else if (scanner.isAt('[')) return undefined
    else scanner.skip()
    if (value === undefined) return undefined
    const isLeftOut = value === '' || (value === '{}' && !includes.some(({ pattern }) => matchesWildcard(pattern, full)))
    if (!isLeftOut) kept += `${kept === '' ? '' : ','}"${name}":${value}`
  } while (scanner.takes(','))
  return scanner.takes('}') ? `{${kept}}` : undefined
}

/** Whether a pattern that does not match a path may match what lies below it. */
function mayMatchBelow({ pattern, prefix }: Include, path: string): boolean {
  const below = `${path}.`
  return prefix.startsWith(below) || (prefix.length < pattern.length && below.startsWith(prefix))
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]
const SPACE = 0x20

/** A place in a JSON text. */
class Scanner {
  readonly #text: string
  at = 0
  /** Whether something was passed that would be printed in another way. */
  #differs = false

  constructor(text: string) {
    this.#text = text
  }

  isAt(character: string): boolean {
    return this.#text[this.at] === character
  }

  /** Passes a character, if it comes next. */
  takes(character: string): boolean {
    if (!this.isAt(character)) return false
    this.at += 1
    return true
  }

  /** The name of a member, up to its value. `undefined` when it has escapes or is none. */
  name(): string | undefined {
    const from = this.at + 1
    this.#differs = false
    if (!this.isAt('"')) return undefined
    this.#skipString()
    const to = this.at - 1
    return !this.#differs && this.takes(':') ? this.#text.slice(from, to) : undefined
  }

  /** A value as it is written; `undefined` when it would be printed in another way. */
  value(): string | undefined {
    const from = this.at
    this.#differs = false
    this.skip()
    return this.#differs ? undefined : this.#text.slice(from, this.at)
  }

  /** Passes a value. */
  skip(): void {
    let depth = 0
    for (; this.at < this.#text.length; this.at++) {
      const code = this.#text.charCodeAt(this.at)
      if (code === QUOTE) {
        this.#skipString()
        if (depth === 0) return
        this.at -= 1
      } else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        if (depth === 0) return
        depth -= 1
        if (depth === 0) {
          this.at += 1
          return
        }
      } else if (code === COMMA && depth === 0) return
      else if (code <= SPACE) this.#differs = true
    }
  }

  #skipString(): void {
    for (this.at += 1; this.at < this.#text.length; this.at++) {
      const code = this.#text.charCodeAt(this.at)
      if (code === BACKSLASH) {
        this.#differs = true
        this.at += 1
      } else if (code === QUOTE) {
        this.at += 1
        return
      }
    }
  }
}
