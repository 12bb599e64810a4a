import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Catalog, DataStream } from '../../index/catalog.ts'
import { parseMapping } from '../../index/mapping/parse-mapping.ts'
import { printMapping } from '../../index/mapping/print-mapping.ts'
import type { IndexContext } from '../../index/index-context.ts'
import { putSettings } from '../../index/operations/change-index.ts'
import { checkTimestamp } from '../../index/operations/data-streams.ts'
import { checkNewSettings, isDynamicSetting, withIndexPrefix } from '../../index/settings/index-settings.ts'
import { flattenSettings, printSettings } from '../../index/settings/settings-json.ts'
import { composeStream } from '../../index/templates/stream-overrides.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { NAMES_PARAMS, TIMEOUT_PARAMS } from '../indices/names.ts'
import { requestStreams } from './data-streams.ts'

/** Mappings and settings that a data stream has of its own, over its template: its next backing indices get them. */
export const dataStreamOverrideRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_data_stream/{name}/_mappings'],
    action: 'indices:admin/data_stream/get',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: (request, context) => getOverrides(request, context, mappingOverride),
  },
  {
    methods: ['PUT'],
    paths: ['/_data_stream/{name}/_mappings'],
    action: 'indices:admin/data_stream/modify',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'dry_run'],
    handler: (request, context) => putOverrides(request, context, mappingOverride),
  },
  {
    methods: ['GET'],
    paths: ['/_data_stream/{name}/_settings'],
    action: 'indices:admin/data_stream/get',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: (request, context) => getOverrides(request, context, settingsOverride),
  },
  {
    methods: ['PUT'],
    paths: ['/_data_stream/{name}/_settings'],
    action: 'indices:admin/data_stream/modify',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'dry_run'],
    handler: (request, context) => putOverrides(request, context, settingsOverride),
  },
]

/** What a stream can say itself. */
interface Override {
  readonly print: (catalog: Catalog, stream: DataStream) => JsonObject
  /** @throws ElkhornError 400 */
  readonly change: (catalog: Catalog, stream: DataStream, body: JsonObject) => DataStream
  /** Does the same to the backing indices that are there, as far as they can change; resolves to what is told of it. */
  readonly spread?: (context: IndexContext, stream: DataStream, body: JsonObject) => Promise<JsonObject>
}

function getOverrides(request: ApiRequest, context: ApiContext, { print }: Override): Answer {
  const streams = requestStreams(request, context, 'indices:admin/data_stream/get')
  return ok({
    data_streams: streams.map((stream) => ({ name: stream.name, ...print(context.index.catalog, stream) })),
  })
}

/** Every stream by itself: what one refuses is told at its name. */
async function putOverrides(request: ApiRequest, context: ApiContext, { change, print, spread }: Override): Promise<Answer> {
  const { catalog } = context.index
  const body = request.json() ?? {}
  const isDry = request.query.boolean('dry_run', false)
  const results: JsonObject[] = []
  for (const stream of requestStreams(request, context, 'indices:admin/data_stream/modify')) {
    try {
      const changed = change(catalog, stream, body)
      // Printing composes it with its template: what does not go together is refused before it is kept.
      const printed = print(catalog, changed)
      if (!isDry) await catalog.putDataStream(changed)
      const told = isDry ? undefined : await spread?.(context.index, changed, body)
      results.push({ name: stream.name, applied_to_data_stream: true, ...printed, ...told })
    } catch (error) {
      if (!(error instanceof ElkhornError)) throw error
      results.push({ name: stream.name, applied_to_data_stream: false, error: error.reason })
    }
  }
  return ok({ data_streams: results })
}

const mappingOverride: Override = {
  print: (catalog, stream) => {
    const composed = composeStream(catalog, stream)
    return {
      mappings: stream.overrides?.mappings ?? {},
      effective_mappings: composed ? printMapping(composed.mapping) : {},
    }
  },
  change: (catalog, stream, mappings) => {
    parseMapping(mappings)
    const changed = { ...stream, overrides: { ...stream.overrides, mappings } }
    const composed = composeStream(catalog, changed)
    if (composed?.mapping.root.properties.has('@timestamp')) checkTimestamp(composed.mapping)
    return changed
  },
}

const settingsOverride: Override = {
  print: (catalog, stream) => {
    const own = stream.overrides?.settings ?? {}
    return {
      settings: printSettings(own, { flat: false }),
      effective_settings: printSettings(composeStream(catalog, stream)?.settings ?? own, { flat: false }),
    }
  },
  change: (_catalog, stream, body) => {
    const change = withIndexPrefix(flattenSettings(body))
    const kept = Object.entries(stream.overrides?.settings ?? {}).filter(([key]) => change[key] !== null)
    const settings = { ...Object.fromEntries(kept), ...checkNewSettings(change) }
    return { ...stream, overrides: { ...stream.overrides, settings } }
  },
  spread: async (context, stream, body) => {
    const change = withIndexPrefix(flattenSettings(body))
    const [dynamic, later] = [true, false].map((wanted) =>
      Object.entries(change).filter(([key]) => isDynamicSetting(key) === wanted),
    )
    const indices = stream.indices.flatMap((name) => context.catalog.findIndex(name) ?? [])
    await putSettings(context, indices, Object.fromEntries(dynamic ?? []), { preserveExisting: false })
    return {
      index_settings_results: {
        applied_to_data_stream_only: (later ?? []).map(([key]) => key),
        applied_to_data_stream_and_backing_indices: (dynamic ?? []).map(([key]) => key),
        errors: [],
      },
    }
  },
}
