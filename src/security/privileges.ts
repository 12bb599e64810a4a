import type { ClusterPrivilege, IndexPrivilege } from '../core/actions.ts'

/**
 * What a privilege brings along besides itself, as Elasticsearch's own action patterns work out. `all` brings everything
 * and `none` nothing; neither is listed.
 */
const indexImplications: Partial<Record<IndexPrivilege, readonly IndexPrivilege[]>> = {
  create: ['create_doc'],
  index: ['create', 'create_doc'],
  write: ['create', 'create_doc', 'delete', 'index'],
  manage: [
    'auto_configure',
    'create_index',
    'delete_index',
    'maintenance',
    'manage_data_stream_lifecycle',
    'manage_follow_index',
    'manage_ilm',
    'manage_leader_index',
    'monitor',
    'view_index_metadata',
  ],
}

const everyMonitor: readonly ClusterPrivilege[] = [
  'monitor_data_frame_transforms',
  'monitor_enrich',
  'monitor_ml',
  'monitor_rollup',
  'monitor_stats',
  'monitor_text_structure',
  'monitor_transform',
  'monitor_watcher',
]

/** `manage` is everything but who may do what. */
const everyManage: readonly ClusterPrivilege[] = [
  'monitor',
  ...everyMonitor,
  'monitor_snapshot',
  'cancel_task',
  'create_snapshot',
  'manage_autoscaling',
  'manage_behavioral_analytics',
  'manage_ccr',
  'manage_connector',
  'manage_data_frame_transforms',
  'manage_enrich',
  'manage_ilm',
  'manage_index_templates',
  'manage_inference',
  'manage_ingest_pipelines',
  'manage_logstash_pipelines',
  'manage_ml',
  'manage_pipeline',
  'manage_rollup',
  'manage_slm',
  'manage_transform',
  'manage_watcher',
  'read_ccr',
  'read_ilm',
  'read_pipeline',
  'read_slm',
  'transport_client',
]

const clusterImplications: Partial<Record<ClusterPrivilege, readonly ClusterPrivilege[]>> = {
  monitor: everyMonitor,
  manage: everyManage,
  manage_security: [
    'delegate_pki',
    'grant_api_key',
    'manage_api_key',
    'manage_oidc',
    'manage_own_api_key',
    'manage_saml',
    'manage_service_account',
    'manage_token',
    'manage_user_profile',
    'read_security',
  ],
  manage_api_key: ['manage_own_api_key'],
  manage_ccr: ['read_ccr'],
  manage_data_frame_transforms: ['monitor_data_frame_transforms'],
  manage_enrich: ['monitor_enrich'],
  manage_ilm: ['read_ilm'],
  manage_ml: ['monitor_ml'],
  manage_pipeline: ['manage_ingest_pipelines', 'read_pipeline'],
  manage_ingest_pipelines: ['read_pipeline'],
  manage_rollup: ['monitor_rollup'],
  manage_slm: ['read_slm'],
  manage_transform: ['monitor_transform'],
  manage_watcher: ['monitor_watcher'],
  create_snapshot: ['monitor_snapshot'],
}

/** Having `held`, does one have `asked`? */
export const impliesIndexPrivilege = (held: IndexPrivilege, asked: IndexPrivilege): boolean =>
  held === asked || held === 'all' || asked === 'none' || indexImplications[held]?.includes(asked) === true

/** Having `held`, does one have `asked`? */
export const impliesClusterPrivilege = (held: ClusterPrivilege, asked: ClusterPrivilege): boolean =>
  held === asked || held === 'all' || asked === 'none' || clusterImplications[held]?.includes(asked) === true
