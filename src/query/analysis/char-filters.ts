import { illegalArgument } from '../../core/errors.ts'
import { javaRegex } from './java-regex.ts'
import { firstLine } from './log-tokenizers.ts'
import type { Parameters } from './parameters.ts'
import type { CharFilter, FilteredText } from './token.ts'

export type CharFilterFactory = (parameters: Parameters) => CharFilter

/** All character filters by the name that settings give as `type`. */
export const CHAR_FILTERS: Readonly<Record<string, CharFilterFactory>> = {
  html_strip: (parameters) => {
    const kept = new Set((parameters.list('escaped_tags') ?? []).map((tag) => tag.toLowerCase()))
    return (text) => stripHtml(text, kept)
  },
  // The name of old, still taken.
  htmlStrip: (parameters) => {
    const kept = new Set((parameters.list('escaped_tags') ?? []).map((tag) => tag.toLowerCase()))
    return (text) => stripHtml(text, kept)
  },
  persian: () => (text) => replaceAll(text, /\u200c/g, () => ' '),
  mapping: (parameters) => mapping(parameters),
  first_line_with_letters: () => firstLine(/\p{L}/u),
  first_non_blank_line: () => firstLine(/\S/),
  pattern_replace: (parameters) => {
    const expression = javaRegex(parameters.requiredText('pattern'), parameters.optionalText('flags'))
    const replacement = parameters.text('replacement', '')
    return (text) => replaceAll(text, expression, (match) => expandGroups(replacement, match))
  },
}

/** Collects the pieces of a changed text together with where they came from. */
class TextBuilder {
  private text = ''
  /** Pairs: from this offset of the new text on, add so much to get the old one. */
  private readonly from: number[] = []
  private readonly shift: number[] = []

  /** `text` stands for the original's `start` to `end`. */
  add(text: string, start: number, end: number): void {
    const at = this.text.length
    this.mark(at, start - at)
    this.text += text
    if (text.length !== end - start) this.mark(this.text.length, end - this.text.length)
  }

  build(): FilteredText {
    const { text, from, shift } = this
    return {
      text,
      original(offset) {
        let low = 0
        let high = from.length - 1
        while (low < high) {
          const middle = Math.ceil((low + high) / 2)
          if ((from[middle] ?? 0) <= offset) low = middle
          else high = middle - 1
        }
        return offset + (shift[low] ?? 0)
      },
    }
  }

  private mark(at: number, shift: number): void {
    const last = this.from.length - 1
    if (this.from[last] === at) this.shift[last] = shift
    else if (this.shift[last] !== shift) {
      this.from.push(at)
      this.shift.push(shift)
    }
  }
}

function replaceAll(text: string, expression: RegExp, replace: (match: RegExpExecArray) => string): FilteredText {
  const builder = new TextBuilder()
  let at = 0
  for (const match of text.matchAll(expression)) {
    if (match.index > at) builder.add(text.slice(at, match.index), at, match.index)
    builder.add(replace(match), match.index, match.index + match[0].length)
    at = match.index + match[0].length
  }
  if (at < text.length) builder.add(text.slice(at), at, text.length)
  return builder.build()
}

/** Java's replacement text: `$1`, `${name}`, a backslash takes the next character literally. */
export function expandGroups(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(
    /\\(.)|\$(\d)|\$\{(\w+)\}/gs,
    (_, escaped: string | undefined, number: string | undefined, name: string | undefined) => {
      if (escaped !== undefined) return escaped
      return (number !== undefined ? match[Number(number)] : match.groups?.[name ?? '']) ?? ''
    },
  )
}

function mapping(parameters: Parameters): CharFilter {
  const rules = parameters.list('mappings')
  if (!rules) throw illegalArgument('mapping requires either `mappings` or `mappings_path` to be configured')
  const map = new Map<string, string>()
  let longest = 0
  for (const rule of rules) {
    const parts = /^(.*?)\s*=>\s*(.*)$/s.exec(rule)
    if (!parts) throw illegalArgument(`Invalid Mapping Rule : [${rule}]`)
    const key = unescapeRule((parts[1] ?? '').trim())
    map.set(key, unescapeRule(parts[2] ?? ''))
    longest = Math.max(longest, key.length)
  }
  return (text) => {
    const builder = new TextBuilder()
    let at = 0
    let plain = 0
    while (at < text.length) {
      let size = Math.min(longest, text.length - at)
      while (size > 0 && !map.has(text.slice(at, at + size))) size -= 1
      if (size === 0) {
        at += 1
        continue
      }
      if (at > plain) builder.add(text.slice(plain, at), plain, at)
      builder.add(map.get(text.slice(at, at + size)) ?? '', at, at + size)
      at += size
      plain = at
    }
    if (plain < text.length) builder.add(text.slice(plain), plain, text.length)
    return builder.build()
  }
}

function unescapeRule(text: string): string {
  const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, char: string) =>
    code === undefined ? (CONTROL[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Tags within a line, which go without a trace; a newline stands for any other. */
const INLINE_TAGS = new Set(
  'a abbr acronym b basefont bdo big cite code dfn em font i img input kbd label q s samp select small span strike strong sub sup textarea tt u var'.split(
    ' ',
  ),
)

const MARKUP =
  /<!--[\s\S]*?-->|<(script|style)\b[^>]*>[\s\S]*?<\/\1\s*>|<!\[CDATA\[|\]\]>|<[!?][^>]*>|<(\/?)([A-Za-z][A-Za-z0-9:_-]*)(?:\s[^<>]*|\/)?>|&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]*));?/gu

function stripHtml(text: string, kept: ReadonlySet<string>): FilteredText {
  return replaceAll(text, MARKUP, (match) => {
    const [whole, , , tag, decimal, hex, entity] = match
    if (tag !== undefined) {
      if (kept.has(tag.toLowerCase())) return whole
      return INLINE_TAGS.has(tag.toLowerCase()) ? '' : '\n'
    }
    if (decimal !== undefined) return codePoint(Number(decimal), whole)
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16), whole)
    if (entity !== undefined) return ENTITIES[entity] ?? whole
    return whole.startsWith('<script') || whole.startsWith('<style') ? '\n' : ''
  })
}

function codePoint(code: number, otherwise: string): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : otherwise
}

/** Named characters of HTML 4 that texts really contain; others stay as they are written. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  deg: '°',
  plusmn: '±',
  times: '×',
  divide: '÷',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  para: '¶',
  micro: 'µ',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  szlig: 'ß',
  agrave: 'à',
  aacute: 'á',
  acirc: 'â',
  atilde: 'ã',
  aring: 'å',
  aelig: 'æ',
  ccedil: 'ç',
  egrave: 'è',
  eacute: 'é',
  ecirc: 'ê',
  euml: 'ë',
  igrave: 'ì',
  iacute: 'í',
  icirc: 'î',
  iuml: 'ï',
  ntilde: 'ñ',
  ograve: 'ò',
  oacute: 'ó',
  ocirc: 'ô',
  otilde: 'õ',
  oslash: 'ø',
  ugrave: 'ù',
  uacute: 'ú',
  ucirc: 'û',
  yacute: 'ý',
  yuml: 'ÿ',
  Agrave: 'À',
  Aacute: 'Á',
  Eacute: 'É',
  Egrave: 'È',
  Ntilde: 'Ñ',
  Oslash: 'Ø',
  Ccedil: 'Ç',
  Aring: 'Å',
  AElig: 'Æ',
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  lambda: 'λ',
  mu: 'μ',
  pi: 'π',
  sigma: 'σ',
  omega: 'ω',
  Omega: 'Ω',
  Delta: 'Δ',
  larr: '←',
  rarr: '→',
  uarr: '↑',
  darr: '↓',
  harr: '↔',
  infin: '∞',
  ne: '≠',
  le: '≤',
  ge: '≥',
  asymp: '≈',
  radic: '√',
  sum: '∑',
}
