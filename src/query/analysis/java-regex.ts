import { illegalArgument } from '../../core/errors.ts'

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Space: '\\s',
  XDigit: '0-9A-Fa-f',
  Blank: ' \\t',
  IsAlphabetic: '\\p{Alphabetic}',
  IsDigit: '\\p{Nd}',
  IsPunctuation: '\\p{P}',
  javaLowerCase: '\\p{Ll}',
  javaUpperCase: '\\p{Lu}',
}

/** Flags by the names that Elasticsearch's `flags` parameter takes, `|` between them. */
const FLAGS: Readonly<Record<string, string>> = {
  CASE_INSENSITIVE: 'i',
  MULTILINE: 'm',
  DOTALL: 's',
  UNICODE_CASE: '',
  UNICODE_CHARACTER_CLASS: '',
  CANON_EQ: '',
  COMMENTS: '',
  LITERAL: '',
  UNIX_LINES: '',
}

/**
 * A Java regular expression as the platform's: POSIX classes, inline flags in front, `\A` and `\z`, possessive quantifiers
 * (as greedy ones). Analysis settings hold such expressions; they come from who may create indices.
 * @throws ElkhornError `illegal_argument_exception` (400) for an expression that is none
 */
export function javaRegex(pattern: string, flagNames: string | undefined, extraFlags = 'g'): RegExp {
  let flags = `u${extraFlags}`
  for (const name of flagNames?.split('|') ?? []) {
    const flag = FLAGS[name.trim()]
    if (flag === undefined) throw illegalArgument(`Unknown regex flag [${name}]`)
    if (!flags.includes(flag)) flags += flag
  }
  let source = pattern
  const inline = /^\(\?([ims]+)\)/.exec(source)
  if (inline) {
    for (const flag of inline[1] ?? '') if (!flags.includes(flag)) flags += flag
    source = source.slice(inline[0].length)
  }
  try {
    return new RegExp(translate(source), flags)
  } catch (error) {
    throw illegalArgument(`invalid regular expression [${pattern}]: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function translate(source: string): string {
  let result = ''
  let inClass = 0
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? ''
    if (char === '\\') {
      const next = source[at + 1] ?? ''
      const property = /^\\[pP]\{(\w+)\}/.exec(source.slice(at))
      const posix = property?.[1] === undefined ? undefined : POSIX[property[1]]
      if (property && posix !== undefined) {
        const negated = next === 'P'
        result += inClass > 0 && !negated ? posix : `[${negated ? '^' : ''}${posix}]`
        at += property[0].length - 1
      } else if (property) {
        result += property[0]
        at += property[0].length - 1
      } else if (/^\\[pP][A-Z]/.test(source.slice(at))) {
        result += `\\${next}{${source[at + 2]}}`
        at += 2
      } else {
        result +=
          ESCAPES[next] ??
          (/[A-Za-z0-9^$\\.*+?()[\]{}|/-]/.test(next) ? (next === '-' && inClass === 0 ? '-' : `\\${next}`) : next)
        at += 1
      }
    } else if (char === '[') {
      inClass += 1
      result += inClass > 1 ? '' : '['
    } else if (char === ']' && inClass > 0) {
      inClass -= 1
      result += inClass > 0 ? '' : ']'
    } else if (inClass === 0 && char === '+' && /(?:^|[^\\])(?:[*+?]|[\d,]\})$/.test(source.slice(0, at))) {
      // Possessive: greedy finds the same here, only slower when it fails.
    } else if (
      inClass === 0 &&
      (char === '{' || char === '}') &&
      !/^\{\d+(,\d*)?\}/.test(source.slice(source.lastIndexOf('{', at)))
    ) {
      result += `\\${char}`
    } else result += char
  }
  return result
}

const ESCAPES: Readonly<Record<string, string>> = {
  A: '^',
  z: '$',
  Z: '$',
  h: '[ \\t]',
  R: '(?:\\r\\n|[\\n\\r])',
  e: '\\x1b',
  a: '\\x07',
  Q: '',
  E: '',
}
