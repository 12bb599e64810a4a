import { illegalArgument } from '../../core/errors.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import type { Reader } from '../../index/search/open-readers.ts'
import { openReader, readKeepAlive } from '../../index/search/scroll.ts'
import { openTargets } from '../../index/search/targets.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { indicesOptions, NAMES_PARAMS, namesOf } from '../indices/names.ts'
import { shardCounts } from './index-maintenance.ts'
import { readBody } from './scroll.ts'

const OPEN_PARAMS = [
  ...NAMES_PARAMS,
  'keep_alive',
  'preference',
  'routing',
  'allow_partial_search_results',
  'allow_partial_pit_creation',
  'max_concurrent_shard_requests',
]

/** Moments that are kept for later searches, in the words of Elasticsearch (`_pit`) and of OpenSearch. */
export const pointInTimeRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST'],
    paths: ['/{index}/_pit'],
    action: 'indices:data/read/open_point_in_time',
    params: OPEN_PARAMS,
    handler: async (request, context) => {
      const { id, indices } = await open(request, context)
      return ok({ id, _shards: shardCounts(indices) })
    },
  },
  {
    methods: ['DELETE'],
    paths: ['/_pit'],
    action: 'indices:data/read/close_point_in_time',
    handler(request, context) {
      const { id } = readBody(request, ['id'])
      if (typeof id !== 'string') throw illegalArgument('[id] is required to close a point in time')
      const isClosed = context.index.readers.pits.close(id, request.access.principal.name)
      return { status: isClosed ? 200 : 404, json: { succeeded: true, num_freed: isClosed ? 1 : 0 } }
    },
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_search/point_in_time'],
    action: 'indices:data/read/open_point_in_time',
    params: OPEN_PARAMS,
    handler: async (request, context) => {
      const { id, indices, openedAt } = await open(request, context)
      return ok({ pit_id: id, _shards: { ...shardCounts(indices), skipped: 0 }, creation_time: openedAt })
    },
  },
  {
    methods: ['GET'],
    paths: ['/_search/point_in_time/_all'],
    action: 'indices:data/read/close_point_in_time',
    handler: ({ access }, { index }) =>
      ok({
        pits: index.readers.pits.list(access.principal.name).map(({ id, openedAt, keepAliveMs }) => ({
          pit_id: id,
          creation_time: openedAt,
          keep_alive: keepAliveMs,
        })),
      }),
  },
  {
    methods: ['DELETE'],
    paths: ['/_search/point_in_time', '/_search/point_in_time/_all'],
    action: 'indices:data/read/close_point_in_time',
    handler: closeSeveral,
  },
]

async function open(
  request: ApiRequest,
  { index }: ApiContext,
): Promise<{ readonly id: string; readonly openedAt: number; readonly indices: Reader['searched']['indices'] }> {
  const { query, access } = request
  const keepAlive = query.text('keep_alive')
  if (keepAlive === undefined) throw illegalArgument('[keep_alive] is required to open a point in time')
  const where = {
    names: namesOf(request),
    options: indicesOptions(query, searchOptions),
    action: 'indices:data/read/open_point_in_time',
  } as const
  const searched = await openTargets(index, access, where, index.clock.now())
  const { id, openedAt } = await openReader(index, access, searched, { keepAliveMs: readKeepAlive(keepAlive, 'keep_alive') })
  return { id, openedAt, indices: searched.indices }
}

function closeSeveral(request: ApiRequest, { index }: ApiContext): Answer {
  const owner = request.access.principal.name
  const { pits } = index.readers
  const isAll = request.path.endsWith('/_all')
  const ids = isAll ? pits.list(owner).map(({ id }) => id) : strings(readBody(request, ['pit_id'])['pit_id'])
  if (ids.length === 0 && !isAll) throw illegalArgument('no pit ids specified')
  const closed = ids.map((id) => ({ successful: pits.close(id, owner), pit_id: id }))
  return { status: isAll || closed.some(({ successful }) => successful) ? 200 : 404, json: { pits: closed } }
}
