import { printDuration } from '../../core/duration.ts'
import type { JsonObject } from '../../core/json.ts'
import type { DataStream } from '../../index/catalog.ts'
import { parseDataStreamLifecycle } from '../../index/data-stream-lifecycle.ts'
import { indexNotFound } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { NAMES_PARAMS, metadataOptions, namesOf, requestIndices, TIMEOUT_PARAMS } from '../indices/names.ts'
import { requestStreams } from './data-streams.ts'

/** How long data streams keep what they hold: kept and told; nothing carries it out yet. */
export const dataStreamLifecycleRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    action: 'indices:admin/data_stream/lifecycle/get',
    params: [...NAMES_PARAMS, 'include_defaults', 'master_timeout'],
    handler: get,
  },
  {
    methods: ['PUT', 'DELETE'],
    paths: ['/_data_stream/{name}/_lifecycle'],
    action: 'indices:admin/data_stream/lifecycle/put',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: change,
  },
  {
    methods: ['GET'],
    paths: ['/_lifecycle/stats'],
    action: 'cluster:monitor/data_stream/lifecycle/stats',
    handler: stats,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/{index}/_lifecycle/explain'],
    action: 'indices:admin/data_stream/lifecycle/explain',
    params: [...NAMES_PARAMS, 'include_defaults', 'master_timeout'],
    handler: explain,
  },
]

function get(request: ApiRequest, context: ApiContext): Answer {
  const streams = requestStreams(request, context, 'indices:admin/data_stream/lifecycle/get')
  return ok({ data_streams: streams.map(({ name, lifecycle }) => ({ name, ...(lifecycle ? { lifecycle } : {}) })) })
}

/** An index that is no data stream may be named: it has no lifecycle of this kind, and nothing changes. */
async function change(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { catalog } = context.index
  const lifecycle = request.method === 'DELETE' ? undefined : parseDataStreamLifecycle(request.json() ?? {})
  const plain = namesOf(request, 'name').every((name) => catalog.findIndex(name))
  const streams = plain ? [] : requestStreams(request, context, 'indices:admin/data_stream/lifecycle/put')
  for (const { lifecycle: _before, ...stream } of streams) {
    void catalog.putDataStream({ ...stream, ...(lifecycle ? { lifecycle } : {}) }).catch(() => undefined)
  }
  await catalog.durable()
  return acknowledged
}

function stats(_request: ApiRequest, { index: { catalog } }: ApiContext): Answer {
  const managed = [...catalog.dataStreams].map(([, stream]) => stream).filter(isManaged)
  return ok({
    data_stream_count: managed.length,
    data_streams: managed.map(({ name, indices }) => ({
      name,
      backing_indices_in_total: indices.length,
      backing_indices_in_error: 0,
    })),
  })
}

const isManaged = ({ lifecycle }: Pick<DataStream, 'lifecycle'>): boolean =>
  lifecycle !== undefined && lifecycle['enabled'] !== false

function explain(request: ApiRequest, context: ApiContext): Answer {
  const { catalog, clock } = context.index
  const names = namesOf(request)
  const missing = names.find((name) => !name.includes('*') && !catalog.has(name))
  if (missing !== undefined && !request.query.boolean('ignore_unavailable', false)) throw indexNotFound(missing)
  const indices = requestIndices(request, context, 'indices:admin/data_stream/lifecycle/explain', metadataOptions)
  return ok({
    indices: Object.fromEntries(
      indices.map((index): [string, JsonObject] => {
        const stream = index.dataStream === undefined ? undefined : catalog.findDataStream(index.dataStream)
        if (!stream || !isManaged(stream)) return [index.name, { index: index.name, managed_by_lifecycle: false }]
        const ageMs = clock.now() - index.createdAt
        return [
          index.name,
          {
            index: index.name,
            managed_by_lifecycle: true,
            index_creation_date_millis: index.createdAt,
            time_since_index_creation: printDuration(ageMs),
            lifecycle: stream.lifecycle ?? {},
          },
        ]
      }),
    ),
  })
}
