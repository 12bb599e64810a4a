import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { IndexState } from '../../index/index-state.ts'
import { showMapping } from '../../index/mapping/print-mapping.ts'
import { metadataOptions, resolveIndices } from '../../index/names/resolve-names.ts'
import { changeClusterSettings, defaultClusterSettings, type Scope } from '../../index/settings/cluster-settings.ts'
import { flattenSettings, printSettings, type Settings } from '../../index/settings/settings-json.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { indicesOptions, nameContext, NAMES_PARAMS, namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'

export const clusterRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_cluster/settings'],
    action: 'cluster:monitor/state',
    params: ['flat_settings', 'include_defaults', ...TIMEOUT_PARAMS],
    handler: getSettings,
  },
  {
    methods: ['PUT'],
    paths: ['/_cluster/settings'],
    action: 'cluster:admin/settings/update',
    params: ['flat_settings', ...TIMEOUT_PARAMS],
    handler: putSettings,
  },
  {
    methods: ['GET'],
    paths: ['/_cluster/pending_tasks'],
    action: 'cluster:monitor/task',
    params: ['local', 'master_timeout', 'cluster_manager_timeout'],
    handler: () => ok({ tasks: [] }),
  },
  {
    methods: ['GET'],
    paths: ['/_cluster/state', '/_cluster/state/{metric}', '/_cluster/state/{metric}/{index}'],
    action: 'cluster:monitor/state',
    params: [
      ...NAMES_PARAMS,
      'local',
      'master_timeout',
      'cluster_manager_timeout',
      'flat_settings',
      'wait_for_metadata_version',
      'wait_for_timeout',
    ],
    handler: state,
  },
]

function getSettings(request: ApiRequest, context: ApiContext): Answer {
  const flat = request.query.boolean('flat_settings', false)
  const { clusterSettings } = context.index.catalog
  const own = { ...clusterSettings.get('persistent'), ...clusterSettings.get('transient') }
  const defaults = Object.fromEntries(Object.entries(defaultClusterSettings()).filter(([key]) => own[key] === undefined))
  return ok({
    persistent: printSettings(clusterSettings.get('persistent') ?? {}, { flat }),
    transient: printSettings(clusterSettings.get('transient') ?? {}, { flat }),
    ...(request.query.boolean('include_defaults', false)
      ? { defaults: printSettings({ ...defaults, ...nodeSettings(context) }, { flat }) }
      : {}),
  })
}

function nodeSettings({ node }: ApiContext): Settings {
  return {
    'cluster.name': node.clusterName,
    'node.name': node.name,
    ...Object.fromEntries(Object.entries(node.attributes).map(([key, value]) => [`node.attr.${key}`, value])),
  }
}

async function putSettings(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const json = request.json() ?? {}
  const unknown = Object.keys(json).find((key) => key !== 'persistent' && key !== 'transient')
  if (unknown !== undefined) {
    throw new ElkhornError('x_content_parse_exception', 400, `[1:2] [cluster_update_settings_request] unknown field [${unknown}]`)
  }
  const changes = { persistent: flattenSettings(json['persistent'] ?? {}), transient: flattenSettings(json['transient'] ?? {}) }
  if (Object.keys(changes.persistent).length + Object.keys(changes.transient).length === 0) {
    throw new ElkhornError('action_request_validation_exception', 400, 'Validation Failed: 1: no settings to update;')
  }
  await changeClusterSettings(context.index.catalog, changes)
  const flat = request.query.boolean('flat_settings', false)
  const applied = (scope: Scope): Settings =>
    Object.fromEntries(Object.entries(changes[scope]).flatMap(([key, value]) => (value === null ? [] : [[key, value]])))
  return ok({
    acknowledged: true,
    persistent: printSettings(applied('persistent'), { flat }),
    transient: printSettings(applied('transient'), { flat }),
  })
}

const METRICS = [
  'version',
  'master_node',
  'cluster_manager_node',
  'nodes',
  'routing_table',
  'routing_nodes',
  'metadata',
  'blocks',
  'customs',
]

function state(request: ApiRequest, context: ApiContext): Answer {
  const metrics = namesOf(request, 'metric')
  for (const metric of metrics) {
    if (metric !== '_all' && !METRICS.includes(metric)) {
      throw illegalArgument(`request [${request.path}] contains unrecognized metric: [${metric}]`)
    }
  }
  const wants = (metric: string): boolean => metrics.length === 0 || metrics.includes('_all') || metrics.includes(metric)
  const options = indicesOptions(request.query, { ...metadataOptions, expandHidden: true })
  const named = nameContext(request, context, 'indices:admin/get')
  const indices = resolveIndices(named, namesOf(request), options).map(({ index }) => index)
  const { node } = context
  return ok({
    cluster_name: node.clusterName,
    cluster_uuid: node.clusterUuid,
    ...(wants('version') ? { version: 1, state_uuid: node.clusterUuid } : {}),
    ...(wants('master_node') ? { master_node: node.id } : {}),
    ...(wants('cluster_manager_node') || wants('master_node') ? { cluster_manager_node: node.id } : {}),
    ...(wants('blocks') ? { blocks: printBlocks(indices) } : {}),
    ...(wants('nodes')
      ? {
          nodes: {
            [node.id]: {
              name: node.name,
              ephemeral_id: node.id,
              transport_address: node.publishAddress(),
              attributes: node.attributes,
            },
          },
        }
      : {}),
    ...(wants('metadata') ? { metadata: printMetadata(context, indices) } : {}),
    ...(wants('routing_table')
      ? {
          routing_table: {
            indices: Object.fromEntries(indices.map((index) => [index.name, { shards: printShards(index, node.id) }])),
          },
        }
      : {}),
    ...(wants('routing_nodes')
      ? {
          routing_nodes: {
            unassigned: [],
            nodes: { [node.id]: indices.flatMap((index) => Object.values(printShards(index, node.id)).flat()) },
          },
        }
      : {}),
  })
}

function printShards(index: IndexState, node: string): Readonly<Record<string, readonly JsonObject[]>> {
  return Object.fromEntries(
    Array.from({ length: index.shards }, (_, shard) => [
      String(shard),
      [{ state: 'STARTED', primary: true, node, relocating_node: null, shard, index: index.name }],
    ]),
  )
}

function printBlocks(indices: readonly IndexState[]): JsonObject {
  const blocked = indices.flatMap((index): [string, JsonObject][] => {
    const own: Record<string, JsonObject> = {}
    if (index.settings['index.blocks.read_only'] === 'true') {
      own['5'] = { description: 'index read-only (api)', retryable: false, levels: ['write', 'metadata_write'] }
    }
    if (index.closed) own['4'] = { description: 'index closed', retryable: false, levels: ['read', 'write'] }
    return Object.keys(own).length > 0 ? [[index.name, own]] : []
  })
  return blocked.length > 0 ? { indices: Object.fromEntries(blocked) } : {}
}

function printMetadata({ index: { catalog }, node }: ApiContext, indices: readonly IndexState[]): JsonObject {
  return {
    cluster_uuid: node.clusterUuid,
    cluster_uuid_committed: true,
    cluster_coordination: {
      term: 1,
      last_committed_config: [node.id],
      last_accepted_config: [node.id],
      voting_config_exclusions: [],
    },
    templates: Object.fromEntries(
      [...catalog.legacyTemplates.entries()].map(([name, { indexPatterns, order }]) => [
        name,
        { index_patterns: indexPatterns, order },
      ]),
    ),
    indices: Object.fromEntries(
      indices.map((index) => [
        index.name,
        {
          state: index.closed ? 'close' : 'open',
          settings: printSettings(index.settings, { flat: false }),
          mappings: { _doc: showMapping(index.mapping.mapping) },
          aliases: [...index.aliases.keys()],
          primary_terms: Object.fromEntries(Array.from({ length: index.shards }, (_, shard) => [String(shard), 1])),
          in_sync_allocations: Object.fromEntries(
            Array.from({ length: index.shards }, (_, shard) => [String(shard), [index.uuid]]),
          ),
          rollover_info: {},
          system: false,
        },
      ]),
    ),
    'index-graveyard': { tombstones: [] },
  }
}
