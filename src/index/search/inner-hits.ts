import type { IndexAccess } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { Engine, EngineHit, EngineInnerPage, EngineSearch } from '../../engine/engine.ts'
import { withinNested } from '../../query/bind/context.ts'
import { bindQuery } from '../../query/dsl/bind-query.ts'
import type { NestedQuery } from '../../query/dsl/nested.ts'
import { visitParts } from '../../query/dsl/parts.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import { parseHighlight } from '../../query/highlight/highlight-request.ts'
import { parseSearch } from '../../query/parse-search.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import { bindSort, type SortKey } from '../../query/sort.ts'
import { HitPrinter, printScore } from './print-hit.ts'
import { parseScriptFields } from './script-fields.ts'
import type { SearchedIndex } from './targets.ts'

/** `inner_hits` of a nested query: the objects that matched are shown within each hit, and within them those of their own. */
export interface InnerHits {
  readonly name: string
  readonly nested: NestedQuery
  readonly request: SearchRequest
  readonly within: readonly InnerHits[]
}

const INNER_SIZE = 3
const BY_SCORE: SortKey = { field: '_score', order: 'desc', missing: 'last', mode: 'max' }

/** All that a query asks for. @throws ElkhornError (400) where two have the same name */
export function innerHitsOf(query: UnboundQuery | undefined): readonly InnerHits[] {
  const found = new Map<string, InnerHits>()
  visitParts(query, (part) => {
    if (part.kind !== 'nested' || !part.innerHits) return
    const name = part.innerHits.name ?? part.path
    if (found.has(name)) throw illegalArgument(`[inner_hits] already contains an entry for key [${name}]`)
    const request = parseSearch({ size: INNER_SIZE, ...part.innerHits.search })
    found.set(name, { name, nested: part, request, within: innerHitsOf(part.query) })
  })
  return [...found.values()]
}

export interface InnerHitsContext {
  readonly searched: readonly SearchedIndex[]
  readonly access: IndexAccess
  readonly engine: Pick<Engine, 'innerHits'>
  /** Limits and signal of the request. */
  readonly base: Pick<EngineSearch, 'timeoutMs' | 'signal'>
  readonly totalAsInt: boolean
}

/** `inner_hits` of each hit as JSON text; `undefined` where nothing is asked for. */
export async function printInnerHits(
  asked: readonly InnerHits[],
  hits: readonly EngineHit[],
  context: InnerHitsContext,
): Promise<readonly (string | undefined)[]> {
  if (asked.length === 0) return hits.map(() => undefined)
  const members = await Promise.all(asked.map((one) => printOne(one, hits, context)))
  return hits.map((_, i) => `{${members.flatMap((texts) => texts[i] ?? []).join(',')}}`)
}

/** `"name":{…}` for each hit; `undefined` in an index that has no such objects. */
async function printOne(
  { name, nested, request, within }: InnerHits,
  hits: readonly EngineHit[],
  context: InnerHitsContext,
): Promise<readonly (string | undefined)[]> {
  const { searched, access, engine, base, totalAsInt } = context
  const { path, query } = nested
  const isMapped = ({ index }: SearchedIndex): boolean => index.nested.some((one) => one.path === path)
  const inside = searched.map((one) => ({ ...one, bind: withinNested(one.bind, path) }))
  const sort = bindSort(
    request.sort,
    inside.filter(isMapped).map(({ bind }) => bind),
  )
  const { highlight, script_fields: scripts } = request.raw
  const printer = new HitPrinter(
    searched,
    {
      ...request,
      sort,
      ...(highlight !== undefined && { highlight: { request: parseHighlight(highlight), query, scope: path } }),
      ...(scripts !== undefined && { scriptFields: parseScriptFields(scripts) }),
    },
    access,
  )
  // Beside a sort, objects have scores only where they are asked for by themselves.
  const isScored = sort.length === 0 || request.trackScores
  const engineSort = isScored && sort.length > 0 ? [...sort, BY_SCORE] : sort
  const pages = new Map<EngineHit, EngineInnerPage>()
  await Promise.all(
    inside.map(async (one, target) => {
      const holders = hits.filter((hit) => hit.target === target)
      if (holders.length === 0 || !isMapped(one)) return
      const { from, size } = request
      const found = await engine.innerHits({
        ...base,
        schema: one.index,
        target,
        path,
        query: bindQuery(query, one.bind),
        holders,
        from,
        size,
        sort: engineSort,
      })
      holders.forEach((holder, i) => found[i] && pages.set(holder, found[i]))
    }),
  )
  const objects = hits.flatMap((hit) => pages.get(hit)?.hits ?? [])
  const deeper = await printInnerHits(within, objects, context)
  let next = 0
  return hits.map((hit) => {
    const page = pages.get(hit)
    if (!page) return undefined
    const printed = page.hits.map((object) =>
      printer.print(isScored ? object : { ...object, score: null }, { innerHits: deeper[next++] }),
    )
    const total = totalAsInt ? page.total : JSON.stringify({ value: page.total, relation: 'eq' })
    return `${JSON.stringify(name)}:{"hits":{"total":${total},"max_score":${printScore(isScored ? page.maxScore : null)},"hits":[${printed.join(',')}]}}`
  })
}
