import { compileRubyRegexp, type RubyRegexp } from './ruby-regexp.ts'

/** Letters of Java's flags: `i` ignores case, `m` `^` and `$` at lines, `s` `.` is anything, `x` comments, `l` literal. */
export interface JavaRegexp {
  /** Its meaning in the dialect that runs here. */
  readonly regexp: RubyRegexp
  /** The same for a whole text: `matches()`. */
  readonly whole: RubyRegexp
  /** Number of each named group. */
  readonly names: ReadonlyMap<string, number>
  readonly groupCount: number
}

/**
 * A regular expression as `java.util.regex.Pattern` reads it, put into Ruby's dialect, which has nearly all of its features
 * and an estimate of what a search may cost. What differs is written anew: anchors, `.`, `\h`, `\v`, quoting, POSIX
 * classes, names of groups (which would turn the others off).
 * @throws RubyRegexpError
 */
export function compileJavaRegexp(pattern: string, flags = ''): JavaRegexp {
  const literal = flags.includes('l')
  const translated = literal
    ? { source: quote(pattern), names: new Map<string, number>(), groupCount: 0 }
    : new Translator(pattern, flags).translate()
  const options = { ignoreCase: flags.includes('i'), dotAll: true, extended: flags.includes('x') && !literal }
  return {
    regexp: compileRubyRegexp(translated.source, options),
    // A comment would swallow what closes the group.
    whole: compileRubyRegexp(`\\A(?:${translated.source}${options.extended ? '\n' : ''})\\z`, options),
    names: translated.names,
    groupCount: translated.groupCount,
  }
}

export function quote(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|#\s-]/g, (char) =>
    /\s/.test(char) ? `\\x{${char.charCodeAt(0).toString(16)}}` : `\\${char}`,
  )
}

/** Inside brackets; `\x{…}` because the pattern may have the flag that ignores white space. */
const CLASSES: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '!-\\/\\:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: '\\x20-~',
  Blank: '\\x20\\t',
  Cntrl: '\\x00-\\x1F\\x7F',
  XDigit: '0-9a-fA-F',
  Space: '\\x20\\t\\n\\x0B\\f\\r',
  IsAlphabetic: '\\p{Alphabetic}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
  IsUppercase: '\\p{Uppercase}',
  IsLowercase: '\\p{Lowercase}',
  IsPunctuation: '\\p{P}',
  IsWhite_Space: '\\p{White_Space}',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaLetter: '\\p{L}',
  javaDigit: '\\p{Nd}',
  javaLetterOrDigit: '\\p{L}\\p{Nd}',
  javaWhitespace: '\\s\\x1c-\\x1f',
}

const HORIZONTAL_SPACE = '\\t\\x20\\u00A0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000'
const VERTICAL_SPACE = '\\n\\x0B\\f\\r\\u0085\\u2028\\u2029'

interface Flags {
  readonly multiline: boolean
  readonly dotAll: boolean
}

class Translator {
  readonly #pattern: string
  readonly #names = new Map<string, number>()
  #flags: Flags
  /** Flags of the groups around. */
  readonly #stack: Flags[] = []
  #at = 0
  #groups = 0
  #result = ''

  constructor(pattern: string, flags: string) {
    this.#pattern = pattern
    this.#flags = { multiline: flags.includes('m'), dotAll: flags.includes('s') }
  }

  translate(): { source: string; names: ReadonlyMap<string, number>; groupCount: number } {
    while (this.#at < this.#pattern.length) this.#element()
    return { source: this.#result, names: this.#names, groupCount: this.#groups }
  }

  #rest(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#pattern)
  }

  #emit(text: string, length: number): void {
    this.#result += text
    this.#at += length
  }

  #element(): void {
    const char = this.#pattern[this.#at] ?? ''
    switch (char) {
      case '\\':
        this.#escape(false)
        break
      case '[':
        this.#class()
        break
      case '(':
        this.#group()
        break
      case ')':
        this.#flags = this.#stack.pop() ?? this.#flags
        this.#emit(char, 1)
        break
      case '^':
        this.#emit(this.#flags.multiline ? '^' : '\\A', 1)
        break
      case '$':
        this.#emit(this.#flags.multiline ? '$' : '\\Z', 1)
        break
      case '.':
        this.#emit(this.#flags.dotAll ? '.' : '[^\\n\\r\\u0085\\u2028\\u2029]', 1)
        break
      case '}': {
        // `{2,3}+` would be two quantifiers there; greedy instead of possessive finds less quickly that nothing fits.
        const possessive = this.#pattern[this.#at + 1] === '+' && /\{\d+(?:,\d*)?$/.test(this.#pattern.slice(0, this.#at))
        this.#emit(char, possessive ? 2 : 1)
        break
      }
      default:
        this.#emit(char, 1)
    }
  }

  #group(): void {
    const named = this.#rest(/\(\?<([A-Za-z][A-Za-z0-9]*)>/y)
    if (named) {
      this.#groups += 1
      this.#names.set(named[1] ?? '', this.#groups)
      this.#stack.push(this.#flags)
      this.#emit('(', named[0].length)
      return
    }
    const flags = this.#rest(/\(\?([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/y)
    if (flags) {
      const [whole, on = '', off = '', end = ':'] = flags
      if (end === ':') this.#stack.push(this.#flags)
      const set = (letter: string, now: boolean): boolean => (on.includes(letter) ? true : off.includes(letter) ? false : now)
      this.#flags = { multiline: set('m', this.#flags.multiline), dotAll: set('s', this.#flags.dotAll) }
      const kept = (letters: string): string => letters.replaceAll(/[^ix]/g, '')
      const written = `${kept(on)}${kept(off) === '' ? '' : `-${kept(off)}`}`
      this.#emit(end === ':' ? `(?${written}:` : written === '' ? '' : `(?${written})`, whole.length)
      return
    }
    const special = this.#rest(/\(\?(?:[=!>]|<[=!])/y)
    this.#stack.push(this.#flags)
    if (!special) this.#groups += 1
    this.#emit(special?.[0] ?? '(', special?.[0].length ?? 1)
  }

  #class(): void {
    let depth = 0
    do {
      const open = this.#rest(/\[\^?\]?/y)
      if (open) {
        depth += 1
        this.#emit(open[0].replace(']', '\\]'), open[0].length)
        // `[:` begins a POSIX class there.
        if (this.#pattern[this.#at] === ':') this.#emit('\\:', 1)
        continue
      }
      const char = this.#pattern[this.#at] ?? ''
      if (char === ']') {
        depth -= 1
        this.#emit(char, 1)
      } else if (char === '\\') this.#escape(true)
      else this.#emit(/\s|#/.test(char) ? `\\x{${char.charCodeAt(0).toString(16)}}` : char, 1)
    } while (depth > 0 && this.#at < this.#pattern.length)
  }

  #escape(inClass: boolean): void {
    const quoted = this.#rest(/\\Q([\s\S]*?)(?:\\E|$)/y)
    if (quoted) {
      this.#emit(quote(quoted[1] ?? ''), quoted[0].length)
      return
    }
    const property = this.#rest(/\\([pP])(?:\{\^?(\w+)(?:=(\w+))?\}|(\w))/y)
    if (property) {
      this.#emit(propertyClass(property, inClass), property[0].length)
      return
    }
    const reference = this.#rest(/\\k<(\w+)>/y)
    if (reference) {
      this.#emit(`(?:\\${this.#names.get(reference[1] ?? '') ?? 0})`, reference[0].length)
      return
    }
    const octal = this.#rest(/\\0([0-3]?[0-7]{1,2})/y)
    if (octal) {
      this.#emit(`\\x{${Number.parseInt(octal[1] ?? '0', 8).toString(16)}}`, octal[0].length)
      return
    }
    const next = this.#pattern[this.#at + 1] ?? ''
    const spaces = { h: HORIZONTAL_SPACE, v: VERTICAL_SPACE, H: HORIZONTAL_SPACE, V: VERTICAL_SPACE }[next]
    if (spaces !== undefined) {
      const negated = next === 'H' || next === 'V'
      this.#emit(inClass && !negated ? spaces : `[${negated ? '^' : ''}${spaces}]`, 2)
      return
    }
    const isWord = /[A-Za-z0-9]/.test(next)
    this.#emit(isWord ? `\\${next}` : quote(next), 2)
  }
}

function propertyClass([whole, letter, name, value, single]: RegExpExecArray, inClass: boolean): string {
  const negated = (letter === 'P') !== whole.includes('{^')
  const key = value ?? name ?? single ?? ''
  const known = CLASSES[key]
  const inside = known ?? `\\p{${key.replace(/^(?:Is|In)(?=[A-Z])/, '')}}`
  if (known === undefined) return negated ? inside.replace('\\p', '\\P') : inside
  return inClass && !negated ? inside : `[${negated ? '^' : ''}${inside}]`
}
