import { requireIndices } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { DataStream } from '../../index/catalog.ts'
import { indexNotFound, resolveAbstractions, searchOptions } from '../../index/names/resolve-names.ts'
import { printSettings } from '../../index/settings/settings-json.ts'
import { parseFailureStore } from '../../index/templates/parse-template.ts'
import { createDataStream, deleteDataStreams } from '../../index/operations/data-streams.ts'
import { migrateAlias, modifyDataStreams, parseStreamActions } from '../../index/operations/modify-data-streams.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { indicesOptions, nameContext, NAMES_PARAMS, namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'
import { healthOf } from './cluster-health.ts'

export const dataStreamRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT'],
    paths: ['/_data_stream/{name}'],
    action: 'indices:admin/data_stream/create',
    params: TIMEOUT_PARAMS,
    handler: create,
  },
  {
    methods: ['GET'],
    paths: ['/_data_stream', '/_data_stream/{name}'],
    action: 'indices:admin/data_stream/get',
    params: [...NAMES_PARAMS, 'include_defaults', 'master_timeout', 'verbose'],
    handler: get,
  },
  {
    methods: ['DELETE'],
    paths: ['/_data_stream/{name}'],
    action: 'indices:admin/data_stream/delete',
    params: [...NAMES_PARAMS, 'master_timeout'],
    handler: remove,
  },
  {
    methods: ['GET'],
    paths: ['/_data_stream/{name}/_options'],
    action: 'indices:admin/data_stream/get',
    params: [...NAMES_PARAMS, 'master_timeout'],
    handler: getOptions,
  },
  {
    methods: ['PUT', 'DELETE'],
    paths: ['/_data_stream/{name}/_options'],
    action: 'indices:admin/data_stream/modify',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: changeOptions,
  },
  {
    methods: ['POST'],
    paths: ['/_data_stream/_modify'],
    action: 'indices:admin/data_stream/modify',
    params: TIMEOUT_PARAMS,
    handler: async (request, context) => {
      const actions = parseStreamActions(request.json() ?? {})
      requireIndices(
        request.access,
        'indices:admin/data_stream/modify',
        actions.flatMap(({ dataStream, index }) => [dataStream, index]),
      )
      await modifyDataStreams(context.index, actions)
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: ['/_data_stream/_migrate/{name}'],
    action: 'indices:admin/data_stream/create',
    params: TIMEOUT_PARAMS,
    handler: async (request, context) => {
      const alias = required(request, 'name')
      requireIndices(request.access, 'indices:admin/data_stream/create', [alias])
      await migrateAlias(context.index, alias)
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: ['/_data_stream/_promote/{name}'],
    action: 'indices:admin/data_stream/promote',
    params: TIMEOUT_PARAMS,
    // No stream follows one of another cluster: each is what promoting would make it.
    handler: (request, context) => {
      requestStreams(request, context, 'indices:admin/data_stream/promote')
      return acknowledged
    },
  },
  {
    methods: ['GET'],
    paths: ['/_data_stream/_stats', '/_data_stream/{name}/_stats'],
    action: 'indices:monitor/data_stream/stats',
    params: NAMES_PARAMS,
    handler: stats,
  },
]

async function create(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const name = required(request, 'name')
  requireIndices(request.access, 'indices:admin/data_stream/create', [name])
  await createDataStream(context.index, name)
  return acknowledged
}

export type StreamIndexAction =
  | 'indices:admin/data_stream/get'
  | 'indices:admin/data_stream/modify'
  | 'indices:admin/data_stream/delete'
  | 'indices:monitor/data_stream/stats'
  | 'indices:admin/data_stream/promote'
  | 'indices:admin/data_stream/lifecycle/put'
  | 'indices:admin/data_stream/lifecycle/get'

/** The streams that the path names: wildcards pass over everything else, a name that is no stream is not found. */
export function requestStreams(request: ApiRequest, context: ApiContext, action: StreamIndexAction): readonly DataStream[] {
  const { catalog } = context.index
  const options = indicesOptions(request.query, searchOptions)
  const names = namesOf(request, 'name')
  return resolveAbstractions(nameContext(request, context, action), names, options).flatMap(({ name, fromWildcard }) => {
    const stream = catalog.findDataStream(name)
    if (stream) return [stream]
    if (fromWildcard || options.ignoreUnavailable) return []
    throw indexNotFound(name)
  })
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const streams = requestStreams(request, context, 'indices:admin/data_stream/get')
  return ok({ data_streams: streams.map((stream) => printStream(stream, context)) })
}

function printStream(stream: DataStream, context: ApiContext): JsonObject {
  const indices = stream.indices.flatMap((name) => context.index.catalog.findIndex(name) ?? [])
  return {
    name: stream.name,
    timestamp_field: { name: '@timestamp' },
    indices: indices.map(({ name, uuid }) => ({ index_name: name, index_uuid: uuid, prefer_ilm: true, managed_by: 'Unmanaged' })),
    generation: stream.generation,
    ...(stream.meta ? { _meta: stream.meta } : {}),
    status: healthOf(indices).toUpperCase(),
    template: stream.template,
    ...(stream.lifecycle ? { lifecycle: stream.lifecycle } : {}),
    mappings: stream.overrides?.mappings ?? {},
    settings: printSettings(stream.overrides?.settings ?? {}, { flat: false }),
    next_generation_managed_by: 'Unmanaged',
    prefer_ilm: true,
    hidden: stream.hidden,
    system: false,
    allow_custom_routing: false,
    replicated: false,
    rollover_on_write: false,
    failure_store: {
      enabled: stream.failureStore === true,
      rollover_on_write: false,
      indices: (stream.failureIndices ?? [])
        .flatMap((name) => context.index.catalog.findIndex(name) ?? [])
        .map(({ name, uuid }) => ({ index_name: name, index_uuid: uuid, prefer_ilm: true, managed_by: 'Unmanaged' })),
    },
  }
}

function getOptions(request: ApiRequest, context: ApiContext): Answer {
  const streams = requestStreams(request, context, 'indices:admin/data_stream/get')
  return ok({
    data_streams: streams.map(({ name, failureStore }) => ({
      name,
      ...(failureStore === undefined ? {} : { options: { failure_store: { enabled: failureStore } } }),
    })),
  })
}

/** Whether documents that a stream refuses are kept from now on; what was kept stays. */
async function changeOptions(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const enabled = request.method === 'DELETE' ? undefined : parseFailureStore(request.json() ?? {})
  const { catalog } = context.index
  for (const { failureStore: _before, ...stream } of requestStreams(request, context, 'indices:admin/data_stream/modify')) {
    void catalog.putDataStream({ ...stream, ...(enabled === undefined ? {} : { failureStore: enabled }) }).catch(() => undefined)
  }
  await catalog.durable()
  return acknowledged
}

async function remove(request: ApiRequest, context: ApiContext): Promise<Answer> {
  if (namesOf(request, 'name').length === 0) throw illegalArgument('[name] is required')
  await deleteDataStreams(context.index, requestStreams(request, context, 'indices:admin/data_stream/delete'))
  return acknowledged
}

async function stats(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { catalog, engine } = context.index
  const streams = requestStreams(request, context, 'indices:monitor/data_stream/stats')
  const indices = streams.flatMap((stream) => stream.indices.flatMap((name) => catalog.findIndex(name) ?? []))
  const byUuid = await engine.stats(indices.map(({ uuid }) => uuid))
  const printed = streams.map((stream) => {
    const own = indices.filter((index) => index.dataStream === stream.name).map(({ uuid }) => byUuid.get(uuid))
    return {
      data_stream: stream.name,
      backing_indices: stream.indices.length,
      store_size_bytes: own.reduce((sum, one) => sum + (one?.storedBytes ?? 0), 0),
      maximum_timestamp: own.reduce((max, one) => Math.max(max, one?.maxTime ?? 0), 0),
    }
  })
  const shards = indices.reduce((sum, { shards: own, replicas }) => sum + own * (1 + replicas), 0)
  const primaries = indices.reduce((sum, { shards: own }) => sum + own, 0)
  return ok({
    _shards: { total: shards, successful: primaries, failed: 0 },
    data_stream_count: streams.length,
    backing_indices: indices.length,
    total_store_size_bytes: printed.reduce((sum, one) => sum + one.store_size_bytes, 0),
    data_streams: printed,
  })
}
