import type { IndexAccess } from '../../core/access.ts'
import type { IndexAction } from '../../core/actions.ts'
import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { EpochMillis } from '../../core/time.ts'
import type { SearchTarget } from '../../engine/engine.ts'
import { matchAll, matchNone, type Query } from '../../query/ast.ts'
import { anyOf, withBoost } from '../../query/bind/combine.ts'
import type { BindContext } from '../../query/bind/context.ts'
import { rewriteQuery } from '../../query/bind/rewrite.ts'
import { bindQuery } from '../../query/dsl/bind-query.ts'
import { parseQuery } from '../../query/dsl/parse-query.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { resolveIndices, type IndicesOptions, type ResolvedIndex } from '../names/resolve-names.ts'
import { checkBlocks } from '../operations/change-index.ts'
import { allFields, bindContextOf } from './bind-context.ts'
import type { SearchFailure } from './search-failure.ts'

/** Names to search in, by whom and as what. */
export interface Where {
  readonly names: readonly string[]
  readonly options: IndicesOptions
  readonly action: IndexAction
}

/** An index to search, ready to bind to. */
export interface SearchedIndex {
  readonly index: IndexState
  readonly bind: BindContext
  /** Filters of the aliases on the way and of the principal's roles. */
  readonly filters: readonly Query[]
}

export interface Searched {
  /** All that the names stand for: `_shards.total` counts them. */
  readonly indices: readonly IndexState[]
  readonly searched: readonly SearchedIndex[]
  /** Of indices whose filters make no sense any more. */
  readonly failures: readonly SearchFailure[]
}

/** Resolves names and binds what limits their documents. @throws ElkhornError as `resolveIndices` does */
export async function openTargets(context: IndexContext, access: IndexAccess, where: Where, now: EpochMillis): Promise<Searched> {
  const resolved = resolveIndices({ catalog: context.catalog, access, action: where.action, now }, where.names, where.options)
  const searched: SearchedIndex[] = []
  const failures: SearchFailure[] = []
  for (const one of resolved) {
    const { index } = one
    checkBlocks(index, 'read')
    await index.ready
    const bind = bindContextOf(context, access, index, now)
    try {
      searched.push({ index, bind, filters: filtersOf(one, bind, access) })
    } catch (error) {
      if (!(error instanceof ElkhornError)) throw error
      failures.push({ index, error })
    }
  }
  return { indices: resolved.map(({ index }) => index), searched, failures }
}

function filtersOf({ index, aliases }: ResolvedIndex, bind: BindContext, access: IndexAccess): readonly Query[] {
  const filters: Query[] = []
  // Through several aliases one sees what any of them shows.
  if (aliases.length > 0 && aliases.every(({ record }) => record.filter)) {
    filters.push(anyOf(aliases.map(({ record }) => bindQuery(parseQuery(record.filter ?? {}), bind))))
  }
  return [...filters, ...roleFilters(index, bind, access)]
}

/** Document-level security. The rules of a role are bound to all fields, whatever its holder may see of them. */
export function roleFilters(index: IndexState, bind: BindContext, access: IndexAccess): readonly Query[] {
  const limit = access.documents(index.dataStream ?? index.name)
  if (limit === undefined) return []
  return [isJsonObject(limit) ? bindQuery(parseQuery(limit), { ...bind, ...allFields(index) }) : matchNone]
}

interface BindOptions {
  readonly postFilter?: UnboundQuery | undefined
  readonly boosts?: ReadonlyMap<string, number>
  /** Clauses stay as the request has them, however many: the query is shown and not searched for. */
  readonly asWritten?: boolean
}

/** Binds a query to every index. Those that it makes no sense in are failures; the others are searched. */
export function bindTargets(
  searched: readonly SearchedIndex[],
  query: UnboundQuery | undefined,
  { postFilter, boosts, asWritten = false }: BindOptions = {},
): {
  readonly targets: readonly SearchTarget[]
  readonly bound: readonly SearchedIndex[]
  readonly failures: readonly SearchFailure[]
} {
  const targets: SearchTarget[] = []
  const bound: SearchedIndex[] = []
  const failures: SearchFailure[] = []
  for (const one of searched) {
    try {
      const bind = (asked: UnboundQuery): Query => {
        const written = bindQuery(asked, one.bind)
        return asWritten ? written : rewriteQuery(written, one.bind)
      }
      const own = withBoost(query ? bind(query) : matchAll, boosts?.get(one.index.name))
      const filters = postFilter ? [...one.filters, bind(postFilter)] : one.filters
      const { computed } = one.bind
      targets.push({ schema: one.index, query: withFilters(own, filters), ...(computed ? { computed } : {}) })
      bound.push(one)
    } catch (error) {
      if (!(error instanceof ElkhornError)) throw error
      failures.push({ index: one.index, error })
    }
  }
  return { targets, bound, failures }
}

function withFilters(query: Query, filters: readonly Query[]): Query {
  if (filters.length === 0) return query
  return { kind: 'bool', must: [query], filter: filters, should: [], mustNot: [], minimumShouldMatch: 0 }
}
