import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Catalog } from '../catalog.ts'
import type { Settings, SettingsChange } from './settings-json.ts'

/** Settings of the node as a whole that change what it does, with their defaults. */
const defaults: Readonly<Record<string, string>> = {
  'action.auto_create_index': 'true',
  'action.destructive_requires_name': 'false',
  'search.max_buckets': '65536',
  'search.allow_expensive_queries': 'true',
  'search.default_search_timeout': '-1',
  'search.default_allow_partial_results': 'true',
  'search.max_open_scroll_context': '500',
  'search.default_keep_alive': '5m',
  'search.max_keep_alive': '24h',
  'indices.query.bool.max_clause_count': '1024',
  'indices.id_field_data.enabled': 'true',
  'script.max_compilations_rate': '75/5m',
  'cluster.max_shards_per_node': '1000',
  'cluster.blocks.read_only': 'false',
  'cluster.blocks.read_only_allow_delete': 'false',
  'cluster.indices.close.enable': 'true',
  'indices.recovery.max_bytes_per_sec': '40mb',
  'ingest.geoip.downloader.enabled': 'true',
  'stack.templates.enabled': 'true',
}

/** Groups of settings that are kept for clients that set them; they place shards and log on nodes that are not here. */
const groups = [
  'cluster.',
  'logger.',
  'indices.',
  'xpack.',
  'script.',
  'ingest.',
  'search.',
  'action.',
  'persistent_tasks.',
  'slm.',
  'gateway.',
  'plugins.',
  'snapshot.',
  'node.',
  'transport.',
  'repositories.',
  'logsdb.',
  'stack.',
  'index.',
  'discovery.',
  'metrics.',
  'reindex.',
  'threadpool.',
  'point_in_time.',
  'time_series_poll_interval',
  'archived.',
  'master_history.',
  'health.',
  'tracing.',
  'telemetry.',
  'data_streams.',
  'async_search.',
  'readiness.',
  'no.',
  'network.breaker.',
  'deprecation.',
  'http.',
  'job.',
  'tasks.',
]
const notDynamic = ['discovery.zen.minimum_master_nodes', 'node.name', 'cluster.name', 'path.data', 'http.port']

export type Scope = 'persistent' | 'transient'

/** The value in force: transient before persistent before the default. */
export function clusterSetting(catalog: Catalog, key: string): string {
  const value =
    catalog.clusterSettings.get('transient')?.[key] ?? catalog.clusterSettings.get('persistent')?.[key] ?? defaults[key] ?? ''
  return typeof value === 'string' ? value : value.join(',')
}

export function defaultClusterSettings(): Settings {
  return defaults
}

/** @throws ElkhornError `illegal_argument_exception` for settings that do not exist or cannot change */
export async function changeClusterSettings(catalog: Catalog, changes: Readonly<Record<Scope, SettingsChange>>): Promise<void> {
  const next = (['persistent', 'transient'] as const).map((scope) => {
    const settings: Record<string, string | readonly string[]> = { ...catalog.clusterSettings.get(scope) }
    for (const [key, value] of Object.entries(changes[scope])) {
      if (value === null) {
        for (const name of Object.keys(settings)) if (matchesWildcard(key, name)) delete settings[name]
        continue
      }
      checkClusterSetting(scope, key, value)
      settings[key] = value
    }
    return [scope, settings] as const
  })
  for (const [scope, settings] of next) await catalog.clusterSettings.put(scope, settings)
}

function checkClusterSetting(scope: Scope, key: string, value: string | readonly string[]): void {
  if (notDynamic.includes(key)) throw illegalArgument(`${scope} setting [${key}], not dynamically updateable`)
  if (!Object.hasOwn(defaults, key) && !groups.some((group) => key.startsWith(group))) {
    const nearest = nearestName(key, Object.keys(defaults))
    throw illegalArgument(`${scope} setting [${key}], not recognized${nearest ? `; did you mean [${nearest}]?` : ''}`)
  }
  const fallback = defaults[key]
  const text = typeof value === 'string' ? value : value.join(',')
  if (
    (fallback === 'true' || fallback === 'false') &&
    key !== 'action.auto_create_index' &&
    text !== 'true' &&
    text !== 'false'
  ) {
    throw illegalArgument(`Failed to parse value [${text}] as only [true] or [false] are allowed.`)
  }
  if (fallback !== undefined && /^\d+$/.test(fallback) && !/^-?\d+$/.test(text)) {
    throw illegalArgument(
      `Failed to parse value [${text}] for setting [${key}]`,
      new ElkhornError('number_format_exception', 400, `For input string: "${text}"`),
    )
  }
}
