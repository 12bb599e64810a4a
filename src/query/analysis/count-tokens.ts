import type { Analyzer } from './token.ts'

/** Tokens of a text; with `holes` also those that were removed between others. */
export function countTokens(text: string, analyzer: Analyzer, holes: boolean): number {
  const tokens = analyzer.analyze(text)
  return holes ? (tokens.at(-1)?.position ?? -1) + 1 : tokens.length
}
