import type { JsonObject } from '../../core/json.ts'
import { resolveAbstractions, searchOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { indicesOptions, nameContext, NAMES_PARAMS, namesOf } from '../indices/names.ts'

export const resolveRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_resolve/index/{name}'],
    action: 'indices:admin/resolve/index',
    params: [...NAMES_PARAMS, 'mode'],
    handler: resolve,
  },
  {
    methods: ['GET'],
    paths: ['/_resolve/cluster', '/_resolve/cluster/{name}'],
    action: 'indices:admin/resolve/index',
    params: [...NAMES_PARAMS, 'timeout'],
    handler: resolveCluster,
  },
]

/** Whether the names mean anything on this cluster, which is the only one. */
function resolveCluster(request: ApiRequest, context: ApiContext): Answer {
  const names = namesOf(request, 'name')
  const { node } = context
  const version = {
    number: node.version,
    build_flavor: 'default',
    minimum_wire_compatibility_version: '7.17.0',
    minimum_index_compatibility_version: '7.0.0',
  }
  // Without names it is only asked which clusters there are beside this one.
  if (names.length === 0) return ok({})
  const options = { ...indicesOptions(request.query, searchOptions), ignoreUnavailable: true }
  const found = resolveAbstractions(nameContext(request, context, 'indices:admin/resolve/index'), names, options)
  return ok({ '(local)': { connected: true, skip_unavailable: false, matching_indices: found.length > 0, version } })
}

function resolve(request: ApiRequest, context: ApiContext): Answer {
  const { catalog } = context.index
  const options = indicesOptions(request.query, searchOptions)
  const found = resolveAbstractions(
    nameContext(request, context, 'indices:admin/resolve/index'),
    namesOf(request, 'name'),
    options,
  )
  const indices: JsonObject[] = []
  const aliases: JsonObject[] = []
  const streams: JsonObject[] = []
  for (const { name } of [...found].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const index = catalog.findIndex(name)
    const stream = catalog.findDataStream(name)
    const targets = catalog.findAlias(name)
    if (index) {
      const attributes = [index.closed ? 'closed' : 'open', ...(index.hidden ? ['hidden'] : [])].sort()
      indices.push({
        name,
        ...(index.aliases.size > 0 ? { aliases: [...index.aliases.keys()].sort() } : {}),
        attributes,
        ...(index.dataStream === undefined ? {} : { data_stream: index.dataStream }),
      })
    } else if (stream) streams.push({ name, backing_indices: stream.indices, timestamp_field: '@timestamp' })
    else if (targets) aliases.push({ name, indices: [...targets.indices.keys(), ...targets.dataStreams.keys()].sort() })
  }
  return ok({ indices, aliases, data_streams: streams })
}
