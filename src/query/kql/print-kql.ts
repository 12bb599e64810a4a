import { unreachable } from '../../core/errors.ts'
import type { KqlQuery, KqlText } from './kql-ast.ts'

/** Writes a query in Kibana's language; reading that gives the same query. */
export function printKql(query: KqlQuery): string {
  switch (query.kind) {
    case 'all':
      return ''
    case 'and':
      // `or` binds weaker; an `and` in an `and` is kept apart as it was.
      return query.clauses.map((clause) => within(clause, clause.kind === 'or' || clause.kind === 'and')).join(' and ')
    case 'or':
      return query.clauses.map((clause) => within(clause, clause.kind === 'or')).join(' or ')
    case 'not':
      return `not ${within(query.clause, query.clause.kind === 'and' || query.clause.kind === 'or')}`
    case 'is':
      return query.field ? `${printText(query.field)}: ${printText(query.value)}` : printText(query.value)
    case 'range':
      return `${printText(query.field)} ${query.operator} ${printText(query.value)}`
    case 'nested':
      return `${printText(query.path)}: { ${printKql(query.query)} }`
    default:
      return unreachable(query)
  }
}

function within(query: KqlQuery, parentheses: boolean): string {
  return parentheses ? `(${printKql(query)})` : printKql(query)
}

function printText({ pieces, quoted }: KqlText): string {
  if (quoted) return quoteKql(pieces.join('*'))
  return pieces.map(escapeKql).join('*')
}

/** A text in quotes. */
export function quoteKql(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`
}

/** A text without quotes, with a backslash before all that would mean something. */
export function escapeKql(text: string): string {
  return text
    .replace(/[\\():<>"*{}]/g, '\\$&')
    .replace(/(^|\s)(and|or|not)(?=\s|$)/gi, '$1\\$2')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
}
