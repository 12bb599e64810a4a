import { KqlSyntaxError, parseKql } from './kql/parse-kql.ts'
import { LuceneSyntaxError, parseLucene } from './lucene/parse-lucene.ts'

export type QueryLanguage = 'kql' | 'lucene'

/** What only Lucene's language means something by, outside of quotes. */
const LUCENE_ONLY: readonly RegExp[] = [
  // [1 TO 5], {a TO b}
  /[[{]\s*\S+\s+TO\s+\S+\s*[\]}]/,
  // took:>100
  /[^\s:\\]:(?:>=?|<=?)\S/,
  /(?:^|[\s(])_exists_:/,
  // +level:error -host:web
  /(?:^|[\s(])[+-](?:[\w@.]+:|"|\()/,
  // path:/ab.*/
  /[^\s\\]:\/(?:[^/\\]|\\.)+\/(?:\s|\)|$)/,
  /\S~\d*(?:\.\d+)?(?:\s|\)|$)/,
  /\S\^\d/,
  /(?:^|\s)(?:&&|\|\|)(?:\s|$)/,
  /(?:^|[\s(])!(?=[\w"(])/,
]

/** `took > 100`: what Lucene's language takes for a word. Who mistypes it wants to be told, not to find nothing. */
const KQL_ONLY = /[\w@]\s+(?:>=?|<=?)(?:\s|$)/

/**
 * The language a text is written in: Lucene's where it holds what only Lucene's language has, or where Kibana's cannot read
 * it and Lucene's can; Kibana's otherwise, also for texts that are wrong in both, not finished, or compare as only it does.
 */
export function detectLanguage(text: string): QueryLanguage {
  const query = withoutComments(text)
  const outside = query.replace(/"(?:[^"\\]|\\.)*"/gs, '"x"')
  const isLucene = LUCENE_ONLY.some((sign) => sign.test(outside))
  if (!isLucene && (reads(() => parseKql(query)) || isUnfinishedKql(query) || KQL_ONLY.test(outside))) return 'kql'
  return reads(() => parseLucene(query)) ? 'lucene' : 'kql'
}

/** Lines that begin with `#` are notes, as in the query collections that people paste. */
export function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .trim()
}

/** Whether only the end is missing, as while somebody types: `level: error and`. */
function isUnfinishedKql(query: string): boolean {
  try {
    parseKql(query)
    return false
  } catch (error) {
    if (error instanceof KqlSyntaxError) return error.offset >= query.length
    throw error
  }
}

function reads(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (error) {
    if (error instanceof KqlSyntaxError || error instanceof LuceneSyntaxError) return false
    throw error
  }
}
