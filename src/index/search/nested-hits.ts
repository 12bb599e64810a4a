import type { EngineHit, EngineInnerPage } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import type { SortKey } from '../../query/sort.ts'
import type { InnerHitsContext } from './inner-hits.ts'
import type { SearchedIndex } from './targets.ts'

/** An index as nested objects of a path see it, and what is asked of them. */
export interface NestedTarget {
  readonly one: SearchedIndex
  readonly query: Query
}

/** The objects of each hit that match; `targets` are those indices that have such objects. */
export async function nestedHits(
  path: string,
  hits: readonly EngineHit[],
  targets: readonly (NestedTarget | undefined)[],
  { from, size, sort }: { readonly from: number; readonly size: number; readonly sort: readonly SortKey[] },
  { engine, base }: Pick<InnerHitsContext, 'engine' | 'base'>,
): Promise<ReadonlyMap<EngineHit, EngineInnerPage>> {
  const pages = new Map<EngineHit, EngineInnerPage>()
  await Promise.all(
    targets.map(async (asked, target) => {
      const holders = hits.filter((hit) => hit.target === target)
      if (holders.length === 0 || !asked) return
      const { one, query } = asked
      const { computed } = one.bind
      const found = await engine.innerHits({
        ...base,
        schema: one.index,
        target,
        path,
        query,
        holders,
        from,
        size,
        sort,
        ...(computed && { computed }),
      })
      holders.forEach((holder, i) => found[i] && pages.set(holder, found[i]))
    }),
  )
  return pages
}
