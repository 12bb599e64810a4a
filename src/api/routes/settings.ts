import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { checkBlocks, putSettings } from '../../index/operations/change-index.ts'
import { defaultIndexSettings, withIndexPrefix } from '../../index/settings/index-settings.ts'
import { flattenSettings, printSettings, type Settings } from '../../index/settings/settings-json.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { changeOptions, metadataOptions, NAMES_PARAMS, namesOf, requestIndices, TIMEOUT_PARAMS } from '../indices/names.ts'

export const settingsRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT'],
    paths: ['/{index}/_settings', '/_settings'],
    action: 'indices:admin/settings/update',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'preserve_existing', 'flat_settings', 'reopen'],
    handler: put,
  },
  {
    methods: ['GET'],
    paths: ['/_settings', '/_settings/{name}', '/{index}/_settings', '/{index}/_settings/{name}', '/{index}/_setting/{name}'],
    action: 'indices:monitor/settings/get',
    params: [...NAMES_PARAMS, 'flat_settings', 'include_defaults', 'local', 'master_timeout', 'cluster_manager_timeout'],
    handler: get,
  },
]

async function put(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const json = request.json()
  if (!json || Object.keys(json).length === 0) {
    throw new ElkhornError('action_request_validation_exception', 400, 'Validation Failed: 1: no settings to update;')
  }
  const inner = json['settings']
  const change = withIndexPrefix(flattenSettings(isJsonObject(inner) && Object.keys(json).length === 1 ? inner : json))
  const indices = requestIndices(request, context, 'indices:admin/settings/update', changeOptions)
  const liftsBlock = Object.keys(change).every((key) => key.startsWith('index.blocks.'))
  if (!liftsBlock) for (const index of indices) checkBlocks(index, 'metadata')
  await putSettings(context.index, indices, change, { preserveExisting: request.query.boolean('preserve_existing', false) })
  return acknowledged
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const { query } = request
  const flat = query.boolean('flat_settings', false)
  const patterns = namesOf(request, 'name').map((name) => (name === '_all' ? '*' : name))
  const select = (settings: Settings): Settings =>
    patterns.length === 0
      ? settings
      : Object.fromEntries(Object.entries(settings).filter(([key]) => patterns.some((pattern) => matchesWildcard(pattern, key))))
  const human: (settings: Settings, createdAt: number) => Settings = query.boolean('human', false)
    ? (settings, createdAt) => ({
        ...settings,
        'index.creation_date_string': new Date(createdAt).toISOString(),
        'index.version.created_string': '8.19.0',
      })
    : (settings) => settings
  const indices = requestIndices(request, context, 'indices:monitor/settings/get', metadataOptions)
  const printed = indices.flatMap((index) => {
    const own = select(human(index.settings, index.createdAt))
    const defaults = query.boolean('include_defaults', false)
      ? select(Object.fromEntries(Object.entries(defaultIndexSettings()).filter(([key]) => index.settings[key] === undefined)))
      : {}
    if (Object.keys(own).length === 0 && Object.keys(defaults).length === 0) return []
    const entry = {
      settings: printSettings(own, { flat }),
      ...(Object.keys(defaults).length > 0 ? { defaults: printSettings(defaults, { flat }) } : {}),
    }
    return [[index.name, entry] as const]
  })
  return ok(Object.fromEntries(printed))
}
