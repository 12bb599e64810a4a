import { KqlSyntaxError, parseKql } from '../../../src/query/kql/parse-kql.ts'
import { LuceneSyntaxError, parseLucene } from '../../../src/query/lucene/parse-lucene.ts'
import type { QueryLanguage } from '../../../src/query/query-language.ts'

export { detectLanguage } from '../../../src/query/query-language.ts'
export type { QueryLanguage } from '../../../src/query/query-language.ts'

/** What is wrong with a query, and where: `text.slice(from, to)`, or behind the end. */
export interface QueryProblem {
  readonly message: string
  readonly from: number
  readonly to: number
}

/** What is wrong with a query in its language; the parsers are the server's own. */
export function findProblem(text: string, language: QueryLanguage): QueryProblem | undefined {
  try {
    if (language === 'kql') parseKql(text)
    else parseLucene(text)
    return undefined
  } catch (error) {
    if (error instanceof KqlSyntaxError) return problemAt(text, error.offset, error.message)
    if (error instanceof LuceneSyntaxError) return problemAt(text, error.offset, error.message)
    throw error
  }
}

/** Marks the word at a place, so that the line below it can be seen. */
function problemAt(text: string, offset: number, message: string): QueryProblem {
  const from = Math.min(offset, text.length)
  const word = /^(?:[^\s()]+|\S)/.exec(text.slice(from))?.[0] ?? ''
  return { message, from, to: from + word.length }
}
