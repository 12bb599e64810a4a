import type { IndexAccess } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { Engine, EngineHit, EngineSearch } from '../../engine/engine.ts'
import { withinNested } from '../../query/bind/context.ts'
import { bindQuery } from '../../query/dsl/bind-query.ts'
import type { HasChildQuery, HasParentQuery } from '../../query/dsl/join.ts'
import type { NestedQuery } from '../../query/dsl/nested.ts'
import { visitParts } from '../../query/dsl/parts.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import { parseHighlight } from '../../query/highlight/highlight-request.ts'
import { parseSearch } from '../../query/parse-search.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import { bindSort, type SortKey } from '../../query/sort.ts'
import { explainInnerHits } from './explain-inner-hits.ts'
import { joinedHits } from './joined-hits.ts'
import { nestedHits } from './nested-hits.ts'
import { HitPrinter, printScore } from './print-hit.ts'
import { parseScriptFields } from './script-fields.ts'
import type { SearchedIndex } from './targets.ts'

/** `inner_hits` of a query about nested objects, children or parents: what matched is shown within each hit, and within it what it has itself. */
export type InnerQuery = NestedQuery | HasChildQuery | HasParentQuery

export interface InnerHits {
  readonly name: string
  readonly of: InnerQuery
  readonly request: SearchRequest
  readonly within: readonly InnerHits[]
}

const INNER_SIZE = 3
const BY_SCORE: SortKey = { field: '_score', order: 'desc', missing: 'last', mode: 'max' }

/** All that a query asks for. @throws ElkhornError (400) where two have the same name */
export function innerHitsOf(query: UnboundQuery | undefined): readonly InnerHits[] {
  const found = new Map<string, InnerHits>()
  visitParts(query, (part) => {
    if (part.kind !== 'nested' && part.kind !== 'has_child' && part.kind !== 'has_parent') return
    if (!part.innerHits) return
    const name = part.innerHits.name ?? (part.kind === 'nested' ? part.path : part.type)
    if (found.has(name)) throw illegalArgument(`[inner_hits] already contains an entry for key [${name}]`)
    const request = parseSearch({ size: INNER_SIZE, ...part.innerHits.search })
    found.set(name, { name, of: part, request, within: innerHitsOf(part.query) })
  })
  return [...found.values()]
}

export interface InnerHitsContext {
  readonly searched: readonly SearchedIndex[]
  readonly access: IndexAccess
  readonly engine: Pick<Engine, 'innerHits' | 'search'>
  /** Limits and signal of the request. */
  readonly base: Pick<EngineSearch, 'timeoutMs' | 'signal'>
  readonly totalAsInt: boolean
  /** Its id, for explanations. */
  readonly node: string
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

/** `"name":{…}` for each hit; `undefined` in an index that has none of what is asked for. */
async function printOne(
  { name, of, request, within }: InnerHits,
  hits: readonly EngineHit[],
  context: InnerHitsContext,
): Promise<readonly (string | undefined)[]> {
  const { searched, access, totalAsInt } = context
  const { query } = of
  const scope = of.kind === 'nested' ? of.path : undefined
  const isMapped = ({ index }: SearchedIndex): boolean => scope === undefined || index.nested.some(({ path }) => path === scope)
  const inside = scope === undefined ? searched : searched.map((one) => ({ ...one, bind: withinNested(one.bind, scope) }))
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
      ...(highlight !== undefined && {
        highlight: { request: parseHighlight(highlight), query, ...(scope !== undefined && { scope }) },
      }),
      ...(scripts !== undefined && { scriptFields: parseScriptFields(scripts) }),
    },
    access,
  )
  // Beside a sort, objects have scores only where they are asked for by themselves.
  const isScored = sort.length === 0 || request.trackScores
  const asked = { ...request, sort: isScored && sort.length > 0 ? [...sort, BY_SCORE] : sort }
  const pages =
    of.kind === 'nested'
      ? await nestedHits(
          of.path,
          hits,
          inside.map((one) => (isMapped(one) ? { one, query: bindQuery(query, one.bind) } : undefined)),
          asked,
          context,
        )
      : await joinedHits(context.engine, of, hits, searched, {
          ...context.base,
          from: request.from,
          size: request.size,
          sort: asked.sort,
          trackScores: isScored,
        })
  const objects = hits.flatMap((hit) => pages.get(hit)?.hits ?? [])
  const explained = request.explain ? await explainInnerHits(of, objects, hits, inside, context) : undefined
  const deeper = await printInnerHits(within, objects, context)
  let next = 0
  return hits.map((hit) => {
    const page = pages.get(hit)
    if (!page) return undefined
    const printed = page.hits.map((object) => {
      const explanation = explained?.get(object)
      return printer.print(
        isScored ? object : { ...object, score: null },
        { innerHits: deeper[next++] },
        explanation && { node: context.node, explanation },
      )
    })
    const total = totalAsInt ? page.total : JSON.stringify({ value: page.total, relation: 'eq' })
    return `${JSON.stringify(name)}:{"hits":{"total":${total},"max_score":${printScore(isScored ? page.maxScore : null)},"hits":[${printed.join(',')}]}}`
  })
}
