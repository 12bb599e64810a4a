import type { IndexAccess } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { SearchTarget } from '../../engine/engine.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import { bindSort, type UnboundSortKey } from '../../query/sort.ts'
import { mappedSelection } from '../documents/source-filter.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { allShardsFailed } from '../search/search-failure.ts'
import { bindTargets, openTargets, type Where } from '../search/targets.ts'
import type { DocumentSource, OpenOptions } from './document-source.ts'
import { frozen, scan } from './scan.ts'

export interface LocalQuery {
  readonly where: Where
  readonly query: UnboundQuery | undefined
  readonly sort: readonly UnboundSortKey[]
  readonly searchTimeoutMs: number
  /** Whether documents are written anew: then indices that do not keep them are refused. */
  readonly needsSource: boolean
}

/** What a query finds in indices of this program. */
export function localDocuments(query: LocalQuery): DocumentSource {
  return async (context, access, options) => {
    const { targets, indices, sort } = await open(query, context, access, options)
    return {
      shards: indices.map(({ shards }) => shards),
      count: async () => (targets.length === 0 ? 0 : await context.engine.count(targets, options.signal)),
      batches: () => scan(context, targets, indices, { ...options, sort, timeoutMs: query.searchTimeoutMs }),
    }
  }
}

async function open(asked: LocalQuery, context: IndexContext, access: IndexAccess, { signal }: OpenOptions) {
  const opened = await openTargets(context, access, asked.where, context.clock.now())
  const { targets: bound, bound: searched, failures } = bindTargets(opened.searched, asked.query)
  const all = [...opened.failures, ...failures]
  if (all.length > 0) throw allShardsFailed(all, '')
  const indices = searched.map(({ index }) => index)
  const targets = await frozen(context, bound)
  if (asked.needsSource) await refuseWithoutSource(asked, context, targets, indices, signal)
  return {
    targets,
    indices,
    sort: bindSort(
      asked.sort,
      searched.map(({ bind }) => bind),
    ),
  }
}

/** Documents whose source is not kept cannot be written again. */
async function refuseWithoutSource(
  { searchTimeoutMs }: LocalQuery,
  context: IndexContext,
  targets: readonly SearchTarget[],
  indices: readonly IndexState[],
  signal: AbortSignal,
): Promise<void> {
  for (const [at, index] of indices.entries()) {
    const target = targets[at]
    if (!target || mappedSelection(index.mapping.mapping.options.source) !== false) continue
    const one = scan(context, [target], [index], { size: 1, sort: [], timeoutMs: searchTimeoutMs, signal })
    for await (const [first] of one) {
      if (first) throw illegalArgument(`[${index.name}][${first.id}] didn't store _source`)
    }
  }
}
