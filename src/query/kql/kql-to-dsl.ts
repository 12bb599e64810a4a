import { unreachable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { FieldType } from '../field.ts'
import { escapeLucene } from '../lucene/print-lucene.ts'
import { hasWildcard, isAnything, plainText, type KqlQuery, type KqlText } from './kql-ast.ts'

export interface KqlContext {
  /** Type of a field, where it is known: keywords are asked for whole values, dates for what a text covers. */
  readonly typeOf?: (path: string) => FieldType | undefined
  /** Zone of dates that name none. */
  readonly timeZone?: string
}

/** A query in Kibana's language as query DSL: nothing of it scores but words without a field. */
export function kqlToDsl(query: KqlQuery, context: KqlContext = {}): JsonObject {
  return toDsl(query, context, '')
}

/** `prefix` is the path of the nested object that the query is about. */
function toDsl(query: KqlQuery, context: KqlContext, prefix: string): JsonObject {
  switch (query.kind) {
    case 'all':
      return { match_all: {} }
    case 'and':
      return { bool: { filter: query.clauses.map((clause) => toDsl(clause, context, prefix)) } }
    case 'or':
      return { bool: { should: query.clauses.map((clause) => toDsl(clause, context, prefix)), minimum_should_match: 1 } }
    case 'not':
      return { bool: { must_not: [toDsl(query.clause, context, prefix)] } }
    case 'is':
      return query.field ? fieldIs(query.field, query.value, context, prefix) : anyFieldIs(query.value)
    case 'range':
      return range(query.field, query.operator, plainText(query.value), context, prefix)
    case 'nested': {
      const path = prefix + plainText(query.path)
      return { nested: { path, query: toDsl(query.query, context, `${path}.`), score_mode: 'none', ignore_unmapped: true } }
    }
    default:
      return unreachable(query)
  }
}

function fieldIs(field: KqlText, value: KqlText, context: KqlContext, prefix: string): JsonObject {
  const path = prefix + plainText(field)
  if (isAnything(value)) return isAnything(field) && prefix === '' ? { match_all: {} } : { exists: { field: path } }
  const text = plainText(value)
  if (hasWildcard(value)) return { query_string: { fields: [path], query: patternText(value), lenient: true } }
  if (hasWildcard(field)) {
    return { multi_match: { query: text, fields: [path], type: value.quoted ? 'phrase' : 'best_fields', lenient: true } }
  }
  const type = context.typeOf?.(path)
  if (type === 'date' || type === 'date_nanos') {
    return {
      range: { [path]: { gte: text, lte: text, ...(context.timeZone === undefined ? {} : { time_zone: context.timeZone }) } },
    }
  }
  if (type === 'keyword' || type === 'wildcard' || type === 'constant_keyword') return { term: { [path]: { value: text } } }
  return value.quoted ? { match_phrase: { [path]: text } } : { match: { [path]: text } }
}

function anyFieldIs(value: KqlText): JsonObject {
  if (isAnything(value)) return { match_all: {} }
  if (hasWildcard(value)) return { query_string: { query: patternText(value), lenient: true } }
  return { multi_match: { type: value.quoted ? 'phrase' : 'best_fields', query: plainText(value), lenient: true } }
}

const BOUNDS = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' } as const

function range(field: KqlText, operator: keyof typeof BOUNDS, text: string, context: KqlContext, prefix: string): JsonObject {
  const path = prefix + plainText(field)
  if (hasWildcard(field)) {
    const escaped = path.split('*').map(escapeLucene).join('\\*')
    return { query_string: { query: `${escaped}:${operator}${escapeLucene(text)}`, lenient: true } }
  }
  const type = context.typeOf?.(path)
  const zoned = context.timeZone !== undefined && (type === undefined || type === 'date' || type === 'date_nanos')
  return { range: { [path]: { [BOUNDS[operator]]: text, ...(zoned ? { time_zone: context.timeZone } : {}) } } }
}

function patternText(value: KqlText): string {
  return value.pieces.map(escapeLucene).join('*')
}
