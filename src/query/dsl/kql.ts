import type { JsonValue } from '../../core/json.ts'
import { withBoost } from '../bind/combine.ts'
import type { Query } from '../ast.ts'
import type { BindContext } from '../bind/context.ts'
import type { KqlQuery as KqlTree } from '../kql/kql-ast.ts'
import { kqlToDsl } from '../kql/kql-to-dsl.ts'
import { KqlSyntaxError, parseKql } from '../kql/parse-kql.ts'
import type { ParseQuery } from './clause.ts'
import { parsingException } from './errors.ts'
import { common, objectAt, optionalText, readObject, text, type Member } from './reading.ts'
import type { BindQuery } from './unbound.ts'

/**
 * `{ "kql": { "query": "level: error and took > 100" } }`: Kibana's language, as the pages send it. It becomes other queries
 * only once the types of an index's fields are known.
 */
export interface KqlQuery {
  readonly kind: 'kql'
  readonly tree: KqlTree
  readonly timeZone: string | undefined
  readonly boost: number | undefined
  /** Reads what the tree becomes. */
  readonly parse: ParseQuery
  readonly at: Member
}

export function parseKqlQuery(json: JsonValue, at: Member, parse: ParseQuery): KqlQuery {
  const read = readObject(json, at, { ...common, query: text, time_zone: optionalText })
  const node = objectAt(json, at)
  if (read.query === undefined) throw parsingException('[kql] must be provided with a [query]', { node, part: 'end' })
  try {
    return { kind: 'kql', tree: parseKql(read.query), timeZone: read.time_zone, boost: read.boost, parse, at }
  } catch (error) {
    if (!(error instanceof KqlSyntaxError)) throw error
    throw parsingException(`[kql] ${error.message}\n${error.excerpt}`, { node, part: { value: 'query' } })
  }
}

export function bindKql({ tree, timeZone, boost, parse, at }: KqlQuery, context: BindContext, bind: BindQuery): Query {
  const dsl = kqlToDsl(tree, {
    typeOf: (path) => context.fields.find(path)?.type,
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  return withBoost(bind(parse(dsl, at), context), boost)
}
