import type { Token, TokenSpans } from './token.ts'

/**
 * Words as Lucene's StandardTokenizer finds them: Unicode Standard Annex #29, word boundaries, where a token holds at
 * least one letter or digit; a Han or Hiragana character is a token by itself, South-East Asian scripts, which need a
 * dictionary, stay whole, and emoji are tokens.
 */
export function standardTokens(text: string, maxTokenLength: number = MAX_TOKEN_LENGTH): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const found = nextToken(text, at, maxTokenLength)
    if (!found) break
    const { start, end, type } = found
    tokens.push({ term: text.slice(start, end), position: tokens.length, positionLength: 1, start, end, type })
    at = end
  }
  return tokens
}

/** Longer tokens are cut into pieces of this many UTF-16 units. */
export const MAX_TOKEN_LENGTH = 255

/** Word-break classes; the names are the annex's. */
const OTHER = 0
const LETTER = 1
const HANGUL = 2
const HEBREW = 3
const NUMERIC = 4
const KATAKANA = 5
const EXTEND_NUM_LET = 6
const MID_LETTER = 7
const MID_NUM_LET = 8
const SINGLE_QUOTE = 9
const MID_NUM = 10
const DOUBLE_QUOTE = 11
/** Extend, Format and ZWJ: they belong to the character before them. */
const EXTEND = 12
const HAN = 13
const HIRAGANA = 14
const COMPLEX = 15

const isLetter = (kind: number): boolean => kind === LETTER || kind === HANGUL || kind === HEBREW

/**
 * Finds the tokens of a text of ASCII characters only; false (and `spans` of no use) for any other text.
 * The same rules as the general way: a test compares the two.
 */
export function standardAsciiSpans(text: string, spans: TokenSpans): boolean {
  spans.clear()
  const length = text.length
  let at = 0
  while (at < length) {
    let kind = asciiKind(text.charCodeAt(at))
    if (kind > EXTEND_NUM_LET) {
      if (kind === NOT_ASCII) return false
      at += 1
      continue
    }
    if (kind === OTHER) {
      at += 1
      continue
    }
    const start = at
    let isWord = kind !== EXTEND_NUM_LET
    let before = kind
    at += 1
    for (; at < length && at - start < MAX_TOKEN_LENGTH; at++) {
      kind = asciiKind(text.charCodeAt(at))
      if (kind === LETTER || kind === NUMERIC) isWord = true
      else if (kind === NOT_ASCII) return false
      else if (kind !== EXTEND_NUM_LET) {
        // A mark joins only letters with letters, or digits with digits.
        if (kind === OTHER || kind === DOUBLE_QUOTE || at + 1 >= length) break
        const after = asciiKind(text.charCodeAt(at + 1))
        if (after !== before) break
        if (before === LETTER ? kind === MID_NUM : before !== NUMERIC || kind === MID_LETTER) break
      }
      before = kind
    }
    if (isWord) spans.add(start, at)
  }
  return true
}

const NOT_ASCII = 255

function asciiKind(code: number): number {
  return code < 128 ? (ASCII[code] ?? OTHER) : NOT_ASCII
}

/** First token at or behind a position. */
function nextToken(text: string, from: number, maxLength: number): { start: number; end: number; type: string } | undefined {
  let at = from
  while (at < text.length) {
    const emoji = emojiAt(text, at)
    if (emoji > at) return { start: at, end: emoji, type: '<EMOJI>' }
    const kind = kindAt(text, at)
    switch (kind) {
      case HAN:
        return { start: at, end: skipExtend(text, step(text, at)), type: '<IDEOGRAPHIC>' }
      case HIRAGANA:
        return { start: at, end: skipExtend(text, step(text, at)), type: '<HIRAGANA>' }
      case COMPLEX: {
        let end = at
        while (kindAt(text, end) === COMPLEX) end = skipExtend(text, step(text, end))
        return { start: at, end: Math.min(end, at + maxLength), type: '<SOUTHEAST_ASIAN>' }
      }
      case LETTER:
      case HANGUL:
      case HEBREW:
      case NUMERIC:
      case KATAKANA:
      case EXTEND_NUM_LET: {
        const word = wordAt(text, at, maxLength)
        if (word.type !== undefined) return { start: at, end: word.end, type: word.type }
        at = word.end
        break
      }
      default:
        at = step(text, at)
    }
  }
  return undefined
}

/** A run of letters, digits and what joins them; `type` is absent when it is joiners alone. */
function wordAt(text: string, start: number, maxLength: number): { end: number; type: string | undefined } {
  let seen = 0
  let at = start
  let before = OTHER
  const limit = start + maxLength
  while (at < text.length && at < limit) {
    const kind = kindAt(text, at)
    if (before !== OTHER && !joins(text, before, kind, at)) break
    seen |= 1 << kind
    before = kind
    at = skipExtend(text, step(text, at))
  }
  return { end: Math.min(at, limit), type: wordType(seen) }
}

/** Whether no boundary stands between a character of one kind and the next at `at` (WB5 to WB13b). */
function joins(text: string, before: number, kind: number, at: number): boolean {
  switch (kind) {
    case LETTER:
    case HANGUL:
    case HEBREW:
    case NUMERIC:
      return before !== KATAKANA
    case KATAKANA:
      return before === KATAKANA || before === EXTEND_NUM_LET
    case EXTEND_NUM_LET:
      return isLetter(before) || before === NUMERIC || before === KATAKANA || before === EXTEND_NUM_LET
    case MID_LETTER:
      return isLetter(before) && isLetter(kindBehind(text, at))
    case MID_NUM:
      return before === NUMERIC && kindBehind(text, at) === NUMERIC
    case SINGLE_QUOTE:
      if (before === HEBREW) return true
      return joinsBoth(text, before, at)
    case MID_NUM_LET:
      return joinsBoth(text, before, at)
    case DOUBLE_QUOTE:
      return before === HEBREW && kindBehind(text, at) === HEBREW
    default:
      return false
  }
}

function joinsBoth(text: string, before: number, at: number): boolean {
  const after = kindBehind(text, at)
  return (isLetter(before) && isLetter(after)) || (before === NUMERIC && after === NUMERIC)
}

function kindBehind(text: string, at: number): number {
  return kindAt(text, skipExtend(text, step(text, at)))
}

const MARKS =
  (1 << EXTEND_NUM_LET) | (1 << MID_LETTER) | (1 << MID_NUM_LET) | (1 << SINGLE_QUOTE) | (1 << MID_NUM) | (1 << DOUBLE_QUOTE)

function wordType(seen: number): string | undefined {
  const kinds = seen & ~MARKS
  if (kinds === 0) return undefined
  if (kinds === 1 << NUMERIC) return '<NUM>'
  if (seen === 1 << HANGUL) return '<HANGUL>'
  return seen === 1 << KATAKANA ? '<KATAKANA>' : '<ALPHANUM>'
}

function step(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
}

function skipExtend(text: string, from: number): number {
  let at = from
  while (at < text.length && kindAt(text, at) === EXTEND) at = step(text, at)
  return at
}

function kindAt(text: string, at: number): number {
  const code = text.codePointAt(at)
  if (code === undefined) return OTHER
  if (code < 128) return ASCII[code] ?? OTHER
  if (code > 0xffff) return kindOf(String.fromCodePoint(code))
  const known = bmp[code]
  if (known !== undefined && known !== 0) return known - 1
  const kind = kindOf(String.fromCodePoint(code))
  bmp[code] = kind + 1
  return kind
}

/** Kinds of the characters up to U+FFFF that were met, plus 1; 0 for not known yet. */
const bmp = new Uint8Array(0x10000)

const EXTENDING = /^(?!\u200b)[\p{Grapheme_Extend}\p{Mc}\p{Cf}\p{Emoji_Modifier}\u200c\u200d]$/u
/** Scripts whose words only a dictionary finds (line break class SA). */
const COMPLEX_SCRIPT =
  /^[\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Tai_Le}\p{sc=New_Tai_Lue}\p{sc=Tai_Tham}\p{sc=Tai_Viet}\p{sc=Ahom}]$/u
const KATAKANA_LIKE = /^[\p{sc=Katakana}\u3031-\u3035\u309b\u309c\u30a0\u30fc\uff70]$/u
const LETTER_LIKE =
  /^[\p{Alphabetic}\u02c2-\u02c5\u02d2-\u02d7\u02de\u02df\u02e5-\u02eb\u02ed\u02ef-\u02ff\u055a-\u055c\u055e\u058a\u05f3\ua708-\ua716\ua720\ua721\ua789\ua78a\uab5b]$/u

function kindOf(char: string): number {
  const mark = MARK_KINDS.get(char)
  if (mark !== undefined) return mark
  if (/^\p{Nd}$/u.test(char) || char === '\u066b') return NUMERIC
  if (COMPLEX_SCRIPT.test(char) && /^[\p{L}\p{M}]$/u.test(char)) return COMPLEX
  if (EXTENDING.test(char)) return EXTEND
  if (/^\p{Pc}$/u.test(char) || char === '\u202f') return EXTEND_NUM_LET
  if (/^\p{sc=Han}$/u.test(char)) return char === '\u3005' || char === '\u303b' ? LETTER : HAN_SYMBOL.test(char) ? OTHER : HAN
  if (/^\p{sc=Hiragana}$/u.test(char)) return HIRAGANA
  if (KATAKANA_LIKE.test(char)) return KATAKANA
  if (/^(?=\p{sc=Hebrew})\p{Lo}$/u.test(char)) return HEBREW
  if (/^(?=\p{sc=Hangul})\p{Alphabetic}$/u.test(char)) return HANGUL
  return LETTER_LIKE.test(char) ? LETTER : OTHER
}

/** Radicals and circled ideographs are of the script Han, but no ideographs. */
const HAN_SYMBOL = /^\p{S}$/u

const MARK_KINDS: ReadonlyMap<string, number> = new Map([
  ...[...':\u00b7\u0387\u055f\u05f4\u2027\ufe13\ufe55\uff1a'].map((char) => [char, MID_LETTER] as const),
  ...[...'.\u2018\u2019\u2024\ufe52\uff07\uff0e'].map((char) => [char, MID_NUM_LET] as const),
  ...[...',;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b'].map(
    (char) => [char, MID_NUM] as const,
  ),
  ["'", SINGLE_QUOTE],
  ['"', DOUBLE_QUOTE],
])

const ASCII = new Uint8Array(128)
for (let code = 0; code < 128; code++) ASCII[code] = asciiKindOf(code)

function asciiKindOf(code: number): number {
  if (code >= 48 && code <= 57) return NUMERIC
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return LETTER
  if (code === 95) return EXTEND_NUM_LET
  return MARK_KINDS.get(String.fromCharCode(code)) ?? OTHER
}

const EMOJI_SEQUENCE =
  /(?:\p{RI}\p{RI}|[#*0-9]\ufe0f?\u20e3|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f\u20e3?|[\u{e0020}-\u{e007e}]+\u{e007f})?(?:\u200d\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f\u20e3?)?)*|\p{Emoji_Modifier})/uy

/** End of the emoji that begins at a position, or the position itself. */
function emojiAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  // Keycaps begin with an ASCII character and go on with something else.
  if (code < 128 && text.charCodeAt(at + 1) < 128) return at
  if (code < 128 && !KEYCAP_BASE.has(code)) return at
  EMOJI_SEQUENCE.lastIndex = at
  return EMOJI_SEQUENCE.test(text) ? skipExtend(text, EMOJI_SEQUENCE.lastIndex) : at
}

const KEYCAP_BASE = new Set([...'#*0123456789'].map((char) => char.charCodeAt(0)))
