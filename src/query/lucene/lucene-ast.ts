/**
 * Lucene's query language as it was written, before fields are known. Texts are free of escapes, but for patterns, whose
 * escapes tell their wildcards from characters.
 */
export type LuceneQuery =
  | { readonly kind: 'clauses'; readonly clauses: readonly LuceneClause[] }
  /** One bare word, or several in a row, which are analyzed together. */
  | (Leaf & { readonly kind: 'words'; readonly words: readonly string[] })
  | (Leaf & { readonly kind: 'phrase'; readonly text: string; readonly slop: number | undefined })
  | (Leaf & {
      readonly kind: 'fuzzy'
      readonly text: string
      /** What stood behind `~`, empty for nothing. */ readonly similarity: string
    })
  | (Leaf & { readonly kind: 'wildcard'; readonly pattern: string })
  | (Leaf & { readonly kind: 'regexp'; readonly regexp: string })
  | (Leaf & {
      readonly kind: 'range'
      /** `undefined` for `*`. */
      readonly from: string | undefined
      readonly to: string | undefined
      readonly includeFrom: boolean
      readonly includeTo: boolean
    })
  | (Leaf & { readonly kind: 'group'; readonly query: LuceneQuery })

interface Leaf {
  readonly field: string | undefined
  readonly boost: number | undefined
}

export interface LuceneClause {
  /** What stands before the clause; the first one has nothing. */
  readonly conjunction: 'and' | 'or' | undefined
  readonly modifier: 'must' | 'must_not' | undefined
  readonly query: LuceneQuery
}
