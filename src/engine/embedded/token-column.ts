import { sql, type Sql } from './sql.ts'

/**
 * How the tokens of a text field lie in a string column (`ColumnStorage` `tokens`), and what the text index over it finds.
 *
 * The value is empty where a document has no value for the field. Otherwise it begins with `\x01`, and every token ends
 * with one: `a b a` is `\x01a\x01b\x01a\x01`, so a phrase is a substring, and a value without any token is `\x01` alone.
 * The engine's tokenizer splits at `\x01` and skips what is empty.
 *
 * Pseudo-tokens begin with a `\x02`, which real tokens never hold:
 * - `\x02>n`: the next token stands n positions further than usual. Holes of stop words, and the gap between several
 *   values of a document; -1 for a token at the same position as the one before.
 * - `\x02token\x02n`, after all tokens: this token stands n times in the document, n from 2 on. With it the index alone
 *   knows frequencies, as disjoint sets: n times is `\x02token\x02n`, once is `token` and none of those.
 */

/** Elasticsearch's `position_increment_gap`: how far apart the values of one document stand. */
const VALUE_GAP = 100

const END = '\x01'
const MARK = '\x02'

export interface PlacedToken {
  readonly token: string
  /** From 0 within its value, never falling. */
  readonly position: number
}

export interface EncodedTokens {
  readonly text: string
  /** Lucene's field length: tokens that do not share the position of the one before. */
  readonly length: number
}

/** Encodes the analyzed values of one field of one document. `frequencies` is off where the field scores nothing. */
export function encodeTokens(values: readonly (readonly PlacedToken[])[], frequencies: boolean): EncodedTokens {
  let text = END
  let length = 0
  /** Tokens at the same position as the one before among them. */
  let written = 0
  /** Where the token before stood, counted over all values. */
  let last = -1
  let start = 0
  const counts = frequencies ? new Map<string, number>() : undefined
  for (const tokens of values) {
    for (const { token, position } of tokens) {
      const at = start + position
      if (at !== last + 1) text += `${MARK}>${at - last - 1}${END}`
      if (at !== last) length += 1
      written += 1
      last = at
      const safe = indexedToken(token)
      text += safe + END
      if (counts) counts.set(safe, (counts.get(safe) ?? 0) + 1)
    }
    start = last + 1 + VALUE_GAP
  }
  if (counts && counts.size < written) {
    for (const [token, count] of counts) if (count > 1) text += frequencyMarker(token, count) + END
  }
  return { text, length }
}

/** A token as the index holds it: the two bytes that mean something here become U+FFFD, in documents and in queries. */
export function indexedToken(token: string): string {
  // eslint-disable-next-line no-control-regex -- these two are the alphabet of this encoding
  return /[\x01\x02]/.test(token) ? token.replace(/[\x01\x02]/g, '\uFFFD') : token
}

/** The pseudo-token of documents in which `token` stands exactly `count` (2 or more) times. */
export function frequencyMarker(token: string, count: number): string {
  return frequencyMarkerPrefix(token) + count
}

/** What all frequency markers of a token begin with. */
export function frequencyMarkerPrefix(token: string): string {
  return MARK + token + MARK
}

/** The part of a column's value that a phrase of adjacent tokens is. */
export function adjacentTokens(tokens: readonly string[]): string {
  return END + tokens.map((token) => indexedToken(token) + END).join('')
}

/** Reads a column's value back. `undefined` where the document has no value for the field. */
export function decodeTokens(text: string): readonly PlacedToken[] | undefined {
  if (text === '') return undefined
  const tokens: PlacedToken[] = []
  let position = 0
  for (const part of text.split(END)) {
    if (part === '') continue
    if (!part.startsWith(MARK)) tokens.push({ token: part, position: position++ })
    else if (part.includes(MARK, 1)) break
    else position += Number(part.slice(2))
  }
  return tokens
}

/** The different tokens of a text column, without what only says where they stand. */
export function distinctTokens(column: Sql): Sql {
  return sql`arrayDistinct(arrayFilter(x -> notEmpty(x) AND NOT startsWith(x, ${MARK}), splitByChar(${END}, ${column})))`
}
