import type { Engine, EngineHit, EngineInnerPage } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import { allOf } from '../../query/bind/combine.ts'
import { bindQuery } from '../../query/dsl/bind-query.ts'
import type { HasChildQuery, HasParentQuery } from '../../query/dsl/join.ts'
import { joinField, parentIdPath, relationOfChild, relationOfParent, type Relation } from '../../query/join.ts'
import type { SortKey } from '../../query/sort.ts'
import { PLAIN_SEARCH } from './plain-search.ts'
import type { SearchedIndex } from './targets.ts'

export interface JoinedHitsRequest {
  readonly from: number
  readonly size: number
  readonly sort: readonly SortKey[]
  readonly trackScores: boolean
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The children of each hit that match, or its parent; `undefined` in an index that has no such relation. */
export async function joinedHits(
  engine: Pick<Engine, 'search'>,
  query: HasChildQuery | HasParentQuery,
  hits: readonly EngineHit[],
  searched: readonly SearchedIndex[],
  request: JoinedHitsRequest,
): Promise<ReadonlyMap<EngineHit, EngineInnerPage>> {
  const pages = new Map<EngineHit, EngineInnerPage>()
  for (const hit of hits) {
    const one = searched[hit.target]
    const relation = one && relationOf(query, one)
    if (!one || !relation) continue
    const { computed } = one.bind
    const asked = allOf([bindQuery(query.query, one.bind), filterOf([...one.filters, ...relatives(query, relation, hit)])])
    const target = { schema: one.index, query: asked, ...(computed && { computed }) }
    // One after the other: a page of hits must not take all lanes.
    // oxlint-disable-next-line no-await-in-loop
    const found = await engine.search({ ...PLAIN_SEARCH, ...request, targets: [target], trackTotalHits: Infinity, source: true })
    const own = found.hits.map((inner) => ({ ...inner, target: hit.target }))
    pages.set(hit, { total: found.total?.value ?? 0, maxScore: found.maxScore, hits: own })
  }
  return pages
}

function relationOf({ kind, type }: HasChildQuery | HasParentQuery, { bind }: SearchedIndex): Relation | undefined {
  const join = joinField(bind.fields)
  return join && (kind === 'has_child' ? relationOfChild(join, type) : relationOfParent(join, type))
}

/** What children, or the parent, of a document have in common. */
function relatives({ kind, type }: HasChildQuery | HasParentQuery, { join, parent }: Relation, hit: EngineHit): readonly Query[] {
  const parentId = parentIdPath(join.path, parent)
  const named: Query = { kind: 'terms', field: join.path, values: [type] }
  if (kind === 'has_child') return [named, { kind: 'terms', field: parentId, values: [hit.id] }]
  const own: Query = { kind: 'ids', ids: [hit.id] }
  return [named, { kind: 'has_child', parentId, query: own, scoreMode: 'none', least: 1, most: Infinity }]
}

const filterOf = (filter: readonly Query[]): Query => ({
  kind: 'bool',
  must: [],
  filter,
  should: [],
  mustNot: [],
  minimumShouldMatch: 0,
})
