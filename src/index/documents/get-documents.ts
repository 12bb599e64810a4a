import { allowsAction, unauthorizedOnIndices, type IndexAccess } from '../../core/access.ts'
import type { IndexAction } from '../../core/actions.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { StoredDocument } from '../../engine/engine.ts'
import type { Query } from '../../query/ast.ts'
import { allOf } from '../../query/bind/combine.ts'
import type { IndexContext } from '../index-context.ts'
import type { IndexState } from '../index-state.ts'
import { resolveDateMathName } from '../names/date-math-name.ts'
import { indexClosed, indexNotFound } from '../names/resolve-names.ts'
import { checkBlocks } from '../operations/change-index.ts'
import { bindContextOf } from '../search/bind-context.ts'
import { PLAIN_SEARCH } from '../search/plain-search.ts'
import { roleFilters } from '../search/targets.ts'
import { shardOf } from '../shard-routing.ts'
import { routingMissing } from './write-documents.ts'

/** A document of one index: what `GET /{index}/_doc/{id}` and `_mget` ask for. */
export interface GetRequest {
  readonly target: string
  readonly id: string
  readonly routing?: string
  /** False: only what searches can see. */
  readonly realtime: boolean
  /** Make everything searchable first. */
  readonly refresh: boolean
  readonly signal: AbortSignal
}

/**
 * The one index that a name stands for.
 * @throws ElkhornError `index_not_found_exception`; `illegal_argument_exception` where there are several
 */
export function requireSingleIndex(
  context: IndexContext,
  access: IndexAccess,
  target: string,
  action: IndexAction = 'indices:data/read/get',
): { readonly index: IndexState; readonly routing: string | undefined } {
  const { catalog } = context
  const name = resolveDateMathName(target, context.clock.now())
  if (!allowsAction(access, action, name)) throw unauthorizedOnIndices(access.principal, action, [name])
  let index = catalog.findIndex(name)
  let routing: string | undefined
  if (!index) {
    const aliases = catalog.findAlias(name)
    const stream = catalog.findDataStream(name)
    const names = aliases
      ? [
          ...aliases.indices.keys(),
          ...[...aliases.dataStreams.keys()].flatMap((key) => catalog.findDataStream(key)?.indices ?? []),
        ]
      : (stream?.indices ?? [])
    if (names.length > 1) {
      throw illegalArgument(
        `${aliases ? 'alias' : 'data stream'} [${name}] has more than one index associated with it [${[...names].sort().join(', ')}], can't execute a single index op`,
      )
    }
    const [only] = names
    index = only === undefined ? undefined : catalog.findIndex(only)
    routing = only === undefined ? undefined : aliases?.indices.get(only)?.search_routing
  }
  if (!index) throw indexNotFound(name)
  if (index.closed) throw indexClosed(index)
  checkBlocks(index, 'read')
  return { index, routing }
}

/** The document, or `undefined` where there is none. @throws ElkhornError for what is wrong with the request */
export async function getDocument(
  context: IndexContext,
  access: IndexAccess,
  request: GetRequest,
): Promise<{ readonly index: IndexState; readonly document: StoredDocument | undefined }> {
  const { index, routing: aliasRouting } = requireSingleIndex(context, access, request.target)
  const routing = request.routing ?? aliasRouting
  if (routing === undefined && index.mapping.mapping.options.routingRequired) throw routingMissing(index.name, request.id)
  await index.ready
  const filters = roleFilters(index, bindContextOf(context, access, index, context.clock.now()), access)
  // Only a search can tell whether a document is among those that a role shows, so it has to be searchable.
  const isDirect = request.realtime && filters.length === 0
  if (request.refresh || (request.realtime && !isDirect)) await context.engine.refresh([index.uuid])
  const document = isDirect ? await context.engine.get(index, request.id) : await getSearchable(context, index, request, filters)
  const found = reachable(index, document, routing) ? document : undefined
  if (found) index.counters.getsFound += 1
  else index.counters.getsMissing += 1
  return { index, document: found }
}

/** The document as searches see it. */
async function getSearchable(
  context: IndexContext,
  index: IndexState,
  request: GetRequest,
  filters: readonly Query[],
): Promise<StoredDocument | undefined> {
  const query = allOf([{ kind: 'ids', ids: [request.id] }, ...filters])
  const result = await context.engine.search({
    targets: [{ schema: index, query }],
    ...PLAIN_SEARCH,
    size: 1,
    timeoutMs: GET_TIMEOUT_MS,
    signal: request.signal,
  })
  const [hit] = result.hits
  if (!hit?.source) return undefined
  return { id: hit.id, seqNo: hit.seqNo, primaryTerm: 1, version: hit.version, routing: request.routing, source: hit.source }
}

const GET_TIMEOUT_MS = 30_000

/** With several shards a document is found only where its routing leads: see `shard-routing.ts`. */
function reachable(index: IndexState, document: StoredDocument | undefined, routing: string | undefined): boolean {
  if (!document) return false
  if (index.shards === 1) return true
  return shardOf(index, routing ?? document.id) === shardOf(index, document.routing ?? document.id)
}
