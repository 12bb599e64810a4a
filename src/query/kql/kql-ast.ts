/** A query in Kibana's language. Offsets are UTF-16 units into its text. */
export type KqlQuery =
  /** An empty text. */
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly clauses: readonly KqlQuery[] }
  | { readonly kind: 'not'; readonly clause: KqlQuery }
  /** `field: value`, or a value alone, which is asked of all fields. */
  | { readonly kind: 'is'; readonly field: KqlText | undefined; readonly value: KqlText }
  | { readonly kind: 'range'; readonly field: KqlText; readonly operator: '<' | '<=' | '>' | '>='; readonly value: KqlText }
  /** `field: { … }`: all within is about one object of the array. */
  | { readonly kind: 'nested'; readonly path: KqlText; readonly query: KqlQuery }

/** A field or a value. */
export interface KqlText {
  /** Literal pieces, with a wildcard between each two: `a*b` is `a`, `b`, and `*` two empty ones. */
  readonly pieces: readonly string[]
  readonly quoted: boolean
  readonly start: number
  readonly end: number
}

export function hasWildcard(text: KqlText): boolean {
  return text.pieces.length > 1
}

/** `*` and nothing else. */
export function isAnything(text: KqlText): boolean {
  return hasWildcard(text) && text.pieces.every((piece) => piece === '')
}

/** The text with its wildcards as they are written. */
export function plainText(text: KqlText): string {
  return text.pieces.join('*')
}
