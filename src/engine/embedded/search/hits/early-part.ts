import type { Query } from '../../../../query/ast.ts'
import { SEQ_NO } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import { compileQuery } from '../query/compile.ts'
import { and, leaf, where } from '../query/condition.ts'
import type { Target } from '../target.ts'
import type { Expansion } from '../terms/expand.ts'

/** The part should hold so many times the documents that are wanted: they come in bursts. */
const MARGIN = 16
/** Of a larger part of the table reading the texts costs as much as looking up the terms. */
const MAX_SHARE = 1 / 8

/**
 * The first documents that arrived, as many as should hold the first `wanted` that match a pattern which stands for very many
 * terms: their texts are read instead of looking up each term. Of 2 M documents, 7,750 with a term of its own each, the first
 * ten cost 10 CPU-ms instead of 30. `undefined` where it cannot be told how many match.
 */
export function earlyPart(target: Target, wanted: number): Target | undefined {
  const { layout, scope, visible } = target
  const pattern = onlyPattern(target.query)
  const expansion = pattern && scope.expansions.get(pattern)
  if (target.from !== undefined || layout.nested !== undefined) return undefined
  if (pattern === undefined || expansion === undefined || expansion.kind === 'terms') return undefined
  const known = and([visible, compileQuery(pattern, scope)])
  // Something else may narrow it down, a least score.
  if (where(known).text !== where(target.matches).text) return undefined
  // Every term stands in a document, and hardly two of them in the same.
  const share = (wanted * MARGIN) / expansion.count
  if (share > MAX_SHARE) return undefined
  const early = leaf(sql`${identifier(SEQ_NO)} < ${Math.ceil((layout.visibleSeqNo + 1) * share)}`, { nullable: false })
  const expansions = new Map(scope.expansions).set(pattern, { kind: 'scan', count: expansion.count } satisfies Expansion)
  return { ...target, matches: and([visible, early, compileQuery(pattern, { ...scope, expansions })]) }
}

/** The pattern that a query is nothing but. */
function onlyPattern(query: Query): Extract<Query, { kind: 'pattern' }> | undefined {
  switch (query.kind) {
    case 'pattern':
      return query
    case 'constant_score':
      return onlyPattern(query.query)
    case 'bool': {
      const [only, ...more] = [...query.must, ...query.filter]
      return only === undefined || more.length + query.should.length + query.mustNot.length > 0 ? undefined : onlyPattern(only)
    }
    default:
      return undefined
  }
}
