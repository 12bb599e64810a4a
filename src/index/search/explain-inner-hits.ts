import type { EngineHit } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import { bindQuery } from '../../query/dsl/bind-query.ts'
import { explain, explainHits, type Explanation } from './explain.ts'
import type { InnerHitsContext, InnerQuery } from './inner-hits.ts'
import { nestedHits, type NestedTarget } from './nested-hits.ts'
import type { SearchedIndex } from './targets.ts'

/** Objects of one document, by default: `index.mapping.nested_objects.limit`. */
const MAX_OBJECTS = 10_000

/** How the scores of what is shown within `hits` come about. */
export async function explainInnerHits(
  of: InnerQuery,
  objects: readonly EngineHit[],
  hits: readonly EngineHit[],
  searched: readonly SearchedIndex[],
  context: InnerHitsContext,
): Promise<ReadonlyMap<EngineHit, Explanation>> {
  const all = new Map<EngineHit, Explanation>()
  for (const [target, one] of searched.entries()) {
    const own = objects.filter((object) => object.target === target)
    if (own.length === 0) continue
    const query = bindQuery(of.query, one.bind)
    const found = await (of.kind === 'nested'
      ? explain(query, own, (part) => nestedScores(of.path, own, hits, { one, query: part }, context))
      : explainChildren(query, own, one, context))
    for (const [object, explanation] of found) all.set(object, explanation)
  }
  return all
}

/** What a query about nested objects gives to some of them. */
async function nestedScores(
  path: string,
  objects: readonly EngineHit[],
  hits: readonly EngineHit[],
  asked: NestedTarget,
  context: InnerHitsContext,
): Promise<ReadonlyMap<EngineHit, number | null>> {
  const [{ target } = { target: 0 }] = objects
  const targets = Array.from({ length: target + 1 }, (_, at) => (at === target ? asked : undefined))
  const pages = await nestedHits(path, hits, targets, { from: 0, size: MAX_OBJECTS, sort: [] }, context)
  const placeOf = ({ seqNo, object }: EngineHit): string => `${seqNo} ${object?.number ?? ''}`
  const scores = new Map([...pages.values()].flatMap((page) => page.hits.map((hit) => [placeOf(hit), hit.score] as const)))
  return new Map(
    objects.flatMap((object) => {
      const score = scores.get(placeOf(object))
      return score === undefined ? [] : [[object, score] as const]
    }),
  )
}

async function explainChildren(
  query: Query,
  children: readonly EngineHit[],
  { index, bind: { computed } }: SearchedIndex,
  { engine, base }: InnerHitsContext,
): Promise<ReadonlyMap<EngineHit, Explanation>> {
  const targets = [{ schema: index, query, ...(computed && { computed }) }]
  const explained = await explainHits(engine, { ...base, targets, hits: children.map((child) => ({ ...child, target: 0 })) })
  return new Map(children.flatMap((child, at) => (explained[at] ? [[child, explained[at]] as const] : [])))
}
