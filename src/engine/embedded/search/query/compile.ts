import { unreachable } from '../../../../core/errors.ts'
import type { Query } from '../../../../query/ast.ts'
import type { FieldValue } from '../../../../query/field.ts'
import { ROUTING, type StoredColumn, type TableLayout } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import type { ScoredFields } from '../computed/scored-fields.ts'
import type { Expansions } from '../terms/expand.ts'
import { exists } from './column-test.ts'
import { ALWAYS, and, atLeast, type Condition, leaf, NEVER, not, or } from './condition.ts'
import { geoBoxCondition, geoDistanceCondition, geoPolygonCondition } from './geo.ts'
import { type DecodeId, idsCondition } from './ids.ts'
import { intervalsCondition } from './intervals.ts'
import { hasChildCondition, hasParentCondition, type JoinScope } from './join.ts'
import { inDocuments, inTable, nestedCondition } from './nested.ts'
import { patternCondition } from './pattern.ts'
import { phraseCondition } from './phrase.ts'
import { rangeCondition } from './range.ts'
import { rankFeatureCondition } from './rank-feature.ts'
import { rangeRelationCondition } from './range-relation.ts'
import { termsCondition, termsSetCondition } from './terms.ts'
import { tokensCondition } from './tokens.ts'

/** What a query is compiled against: one table, and what its dictionaries said about the patterns of the query. */
export interface QueryScope {
  readonly layout: TableLayout
  readonly expansions: Expansions
  readonly decodeId: DecodeId
  /** Fields whose scripts read the score of a part of the query. */
  readonly scored?: ScoredFields
  /** What documents score that a query with a minimum of its own may match; without them it is not looked at. */
  readonly minimums?: ReadonlyMap<Query, Condition>
  /** Of a query about nested objects: the table of their documents. */
  readonly documents?: TableLayout
  /** What queries from documents to others of the index need. */
  readonly join?: JoinScope
  /** Rows of the table that are joined to others. */
  readonly isJoined?: true
}

/** Whether a document matches: a fold over the query, one case for every kind. */
export function compileQuery(query: Query, scope: QueryScope): Condition {
  const { isJoined, ...ofTable } = scope
  if (isJoined) return inTable(compileQuery(query, ofTable), scope.layout)

  const on = (field: string, test: (column: StoredColumn) => Condition): Condition => {
    const column = scope.layout.column(field)
    return column === undefined ? NEVER : test(column)
  }
  const all = (queries: readonly Query[]): Condition[] => queries.map((inner) => compileQuery(inner, scope))

  switch (query.kind) {
    case 'all':
      return ALWAYS
    case 'none':
      return NEVER
    case 'terms':
      return on(query.field, (column) => termsCondition(column, query.values))
    case 'range':
      return on(query.field, (column) => rangeCondition(column, query.bounds, scope.layout))
    case 'range_relation':
      return on(query.field, (column) => rangeRelationCondition(column, query.range, query.relation))
    case 'exists':
      return on(query.field, exists)
    case 'pattern':
      return on(query.field, (column) => patternCondition(query, column, scope.expansions.get(query)))
    case 'tokens':
      return on(query.field, (column) => tokensCondition(column, query.tokens, query.minimum))
    case 'phrase':
      return on(query.field, (column) => phraseCondition(column, query.phrase, scope.expansions.get(query)))
    case 'intervals':
      return intervalsCondition(query.rule, (field) => scope.layout.column(field), scope.expansions)
    case 'ids':
      return ofDocument(idsCondition(query.ids, scope.decodeId), scope)
    case 'routing':
      return ofDocument(routingCondition(query.values), scope)
    case 'bool':
      return and([
        ...all([...query.must, ...query.filter]),
        atLeast(query.minimumShouldMatch, all(mergeTerms(query.should, query.minimumShouldMatch))),
        not(or(all(mergeTerms(query.mustNot, 1)))),
      ])
    case 'constant_score':
      return compileQuery(query.query, scope)
    case 'dis_max':
      return or(all(mergeTerms(query.queries, 1)))
    case 'boosting':
      return compileQuery(query.positive, scope)
    case 'function_score':
      return and([compileQuery(query.query, scope), scope.minimums?.get(query) ?? ALWAYS])
    case 'distance_feature':
      return on(query.field, exists)
    case 'rank_feature':
      return on(query.field, (column) => rankFeatureCondition(column, query))
    case 'terms_set':
      return on(query.field, (column) => termsSetCondition(column, query.values, scope.layout.column(query.minimumField)))
    case 'shape':
      return on(query.field, (column) => {
        const expansion = scope.expansions.get(query)
        return expansion?.kind === 'terms'
          ? termsCondition(
              column,
              expansion.terms.map(({ term }) => term),
            )
          : NEVER
      })
    case 'nested':
      return nestedCondition(query, scope, compileQuery)
    case 'has_child':
      return hasChildCondition(query, scope, compileQuery)
    case 'has_parent':
      return hasParentCondition(query, scope, compileQuery)
    case 'geo_polygon':
      return on(query.field, (column) => geoPolygonCondition(column, query.points))
    case 'geo_distance':
      return on(query.field, (column) => geoDistanceCondition(column, query.center, query.distanceMeters))
    case 'geo_box':
      return on(query.field, (column) => geoBoxCondition(column, query.topLeft, query.bottomRight))
    default:
      return unreachable(query)
  }
}

/** What documents have and their nested objects do not. */
function ofDocument(condition: Condition, { documents }: QueryScope): Condition {
  return documents === undefined ? condition : inDocuments(condition, documents)
}

function routingCondition(values: readonly string[] | undefined): Condition {
  const routing = identifier(ROUTING)
  return leaf(values === undefined ? sql`${routing} != ''` : sql`${routing} IN ${values}`, { nullable: false })
}

/** Alternatives on the same field become one list: a thousand comparisons take twice as long as one `IN`. */
function mergeTerms(alternatives: readonly Query[], minimum: number): readonly Query[] {
  if (minimum !== 1 || alternatives.length < 2) return alternatives
  const values = new Map<string, FieldValue[]>()
  const rest: Query[] = []
  for (const query of alternatives) {
    if (query.kind !== 'terms') {
      rest.push(query)
      continue
    }
    const list = values.get(query.field)
    if (list === undefined) values.set(query.field, [...query.values])
    else list.push(...query.values)
  }
  return [...rest, ...[...values].map(([field, list]): Query => ({ kind: 'terms', field, values: list }))]
}
