import { unreachable } from '../../core/errors.ts'
import type { LuceneClause, LuceneQuery } from './lucene-ast.ts'

/** Writes a query in Lucene's language; reading that gives the same query. */
export function printLucene(query: LuceneQuery): string {
  if (query.kind === 'clauses') return query.clauses.map(printClause).join(' ')
  const field = query.field === undefined ? '' : query.field === '*' ? '*:' : `${escapeLucene(query.field)}:`
  const boost = query.boost === undefined ? '' : `^${query.boost}`
  return field + printLeaf(query) + boost
}

function printClause({ conjunction, modifier, query }: LuceneClause): string {
  const before = conjunction === undefined ? '' : conjunction === 'and' ? 'AND ' : 'OR '
  const sign = modifier === undefined ? '' : modifier === 'must' ? '+' : '-'
  return before + sign + printLucene(query)
}

function printLeaf(query: Exclude<LuceneQuery, { kind: 'clauses' }>): string {
  switch (query.kind) {
    case 'words':
      return query.words.map(escapeLucene).join(' ')
    case 'phrase':
      return `"${query.text.replace(/["\\]/g, '\\$&')}"${query.slop === undefined ? '' : `~${query.slop}`}`
    case 'fuzzy':
      return `${escapeLucene(query.text)}~${query.similarity}`
    case 'wildcard':
      return query.pattern
    case 'regexp':
      return `/${query.regexp.replaceAll('/', '\\/')}/`
    case 'range': {
      const bound = (text: string | undefined): string => (text === undefined ? '*' : `"${text.replace(/["\\]/g, '\\$&')}"`)
      return `${query.includeFrom ? '[' : '{'}${bound(query.from)} TO ${bound(query.to)}${query.includeTo ? ']' : '}'}`
    }
    case 'group':
      return `(${printLucene(query.query)})`
    default:
      return unreachable(query)
  }
}

/** A text as one word of the language. */
export function escapeLucene(text: string): string {
  const escaped = text.replace(/[\\+\-!():^[\]"{}~*?/&|\s\u3000]/g, '\\$&')
  // These words mean something when they stand alone.
  return /^(?:AND|OR|NOT|TO)$/.test(escaped) ? `\\${escaped}` : escaped
}
