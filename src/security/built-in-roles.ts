import type { Role } from './role.ts'

const role = (description: string, grants: Partial<Role>): Role => ({
  cluster: [],
  indices: [],
  applications: [],
  run_as: [],
  metadata: { _reserved: true },
  description,
  ...grants,
})

const on = (
  names: readonly string[],
  privileges: Role['indices'][number]['privileges'],
  options: { restricted?: boolean } = {},
): Role['indices'][number] => ({
  names,
  privileges,
  allow_restricted_indices: options.restricted ?? false,
})

const inKibana = (privilege: string): Role['applications'] => [
  { application: 'kibana-.kibana', privileges: [privilege], resources: ['*'] },
]

/** Names that begin with a dot are the stack's own: `viewer` and `editor` see only what was made for people. */
const VISIBLE = ['/(?![.]|ilm-history-).*/']
const OWN_RESULTS = [
  '.alerts*',
  '.preview.alerts*',
  '.ml-anomalies*',
  '.siem-signals*',
  '.lists-*',
  '.items-*',
  '.watcher-history-*',
]

/** Elasticsearch's reserved roles, as far as there is something here that they can be about. They cannot be changed. */
export const builtInRoles: ReadonlyMap<string, Role> = new Map<string, Role>([
  [
    'superuser',
    role('Grants full access to everything.', {
      cluster: ['all'],
      indices: [on(['*'], ['all'], { restricted: true })],
      applications: [{ application: '*', privileges: ['*'], resources: ['*'] }],
      run_as: ['*'],
    }),
  ],
  [
    'viewer',
    role('Grants read-only access to all data and to the pages.', {
      indices: [on(VISIBLE, ['read', 'view_index_metadata']), on(OWN_RESULTS, ['read', 'view_index_metadata'])],
      applications: inKibana('read'),
    }),
  ],
  [
    'editor',
    role('Grants full access to the pages, and read-only access to all data.', {
      indices: [
        on(VISIBLE, ['read', 'view_index_metadata']),
        on(OWN_RESULTS, ['read', 'view_index_metadata', 'write', 'maintenance']),
        on(['observability-annotations'], ['read', 'view_index_metadata', 'write']),
      ],
      applications: inKibana('all'),
    }),
  ],
  ['kibana_admin', role('Grants access to all features of the pages, but to no data.', { applications: inKibana('all') })],
  [
    'kibana_user',
    role('The old name of kibana_admin.', {
      applications: inKibana('all'),
      metadata: { _reserved: true, _deprecated: true, _deprecated_reason: 'Use the [kibana_admin] role instead' },
    }),
  ],
  [
    'kibana_system',
    role('Grants what a separate Kibana needs to do its own work.', {
      cluster: [
        'monitor',
        'manage_index_templates',
        'manage_ilm',
        'manage_ingest_pipelines',
        'manage_own_api_key',
        'grant_api_key',
        'manage_transform',
        'manage_ml',
        'manage_pipeline',
        'cancel_task',
      ],
      indices: [
        on(
          [
            '.kibana*',
            '.reporting-*',
            '.apm-agent-configuration',
            '.apm-custom-link',
            '.fleet*',
            '.alerts*',
            '.internal.alerts*',
            '.lists-*',
            '.items-*',
            '.siem-signals*',
          ],
          ['all'],
        ),
        on(['.ml-anomalies*', '.ml-stats-*', '.ml-notifications*', '.ml-annotations*'], ['read', 'write', 'view_index_metadata']),
        on(
          ['logs-*', 'metrics-*', 'traces-*', 'synthetics-*'],
          ['read', 'view_index_metadata', 'monitor', 'create_index', 'auto_configure', 'manage'],
        ),
      ],
    }),
  ],
  [
    'logstash_system',
    role('Grants what Logstash needs to report how it is doing.', {
      cluster: ['monitor'],
      indices: [on(['.monitoring-logstash-*'], ['create_index', 'create'])],
    }),
  ],
  [
    'logstash_admin',
    role('Grants access to centrally managed pipelines.', {
      cluster: ['manage_logstash_pipelines'],
      indices: [on(['.logstash*'], ['create', 'delete', 'index', 'manage', 'read'])],
    }),
  ],
  [
    'logstash_writer',
    role('Grants what the elasticsearch output of a pipeline needs: Elkhorn’s own, named as the guides name it.', {
      cluster: ['monitor', 'manage_index_templates', 'manage_ilm', 'read_pipeline'],
      indices: [
        on(
          ['logs-*', 'metrics-*', 'traces-*', 'logstash-*', 'ecs-logstash-*', 'iot-*'],
          ['write', 'create', 'create_index', 'auto_configure', 'view_index_metadata', 'manage_ilm'],
        ),
      ],
    }),
  ],
  [
    'beats_system',
    role('Grants what Beats need to report how they are doing.', {
      cluster: ['monitor'],
      indices: [on(['.monitoring-beats-*'], ['create_index', 'create'])],
    }),
  ],
  ['beats_admin', role('Grants access to the central management of Beats.', { indices: [on(['.management-beats'], ['all'])] })],
  [
    'beats_writer',
    role('Grants what a Beat needs to set up its indices and to write: Elkhorn’s own, named as the guides name it.', {
      cluster: ['monitor', 'manage_index_templates', 'manage_ilm', 'manage_ingest_pipelines', 'read_pipeline'],
      indices: [
        on(
          ['filebeat-*', 'metricbeat-*', 'heartbeat-*', 'packetbeat-*', 'auditbeat-*', 'winlogbeat-*', 'logs-*', 'metrics-*'],
          ['create_doc', 'create_index', 'auto_configure', 'view_index_metadata', 'manage_ilm'],
        ),
      ],
    }),
  ],
  [
    'apm_system',
    role('Grants what APM needs to report how it is doing.', {
      cluster: ['monitor'],
      indices: [on(['.monitoring-beats-*'], ['create_index', 'create'])],
    }),
  ],
  [
    'monitoring_user',
    role('Grants read access to how the stack is doing.', {
      cluster: ['monitor'],
      indices: [on(['.monitoring-*', 'metrics-*', '/metricbeat-.*/'], ['read', 'view_index_metadata'])],
    }),
  ],
  [
    'remote_monitoring_agent',
    role('Grants what a collector needs to write monitoring data.', {
      cluster: ['manage_index_templates', 'manage_ingest_pipelines', 'monitor'],
      indices: [on(['.monitoring-*', 'metricbeat-*'], ['index', 'create_index', 'view_index_metadata'])],
    }),
  ],
  [
    'remote_monitoring_collector',
    role('Grants what a collector needs to read.', {
      cluster: ['monitor'],
      indices: [on(['*'], ['monitor'], { restricted: true })],
    }),
  ],
  [
    'ingest_admin',
    role('Grants access to index templates and ingest pipelines.', { cluster: ['manage_index_templates', 'manage_pipeline'] }),
  ],
  [
    'snapshot_user',
    role('Grants what taking snapshots needs.', {
      cluster: ['create_snapshot'],
      indices: [on(['*'], ['view_index_metadata'], { restricted: true })],
    }),
  ],
  ['transport_client', role('Grants what the old Java client needed.', { cluster: ['transport_client'] })],
  [
    'machine_learning_user',
    role('Grants read access to anomaly detection.', {
      cluster: ['monitor_ml'],
      indices: [on(['.ml-anomalies*', '.ml-notifications*', '.ml-annotations*'], ['read', 'view_index_metadata'])],
    }),
  ],
  [
    'machine_learning_admin',
    role('Grants full access to anomaly detection.', {
      cluster: ['manage_ml'],
      indices: [
        on(['.ml-anomalies*', '.ml-notifications*', '.ml-state*', '.ml-annotations*'], ['read', 'view_index_metadata', 'write']),
      ],
    }),
  ],
  [
    'watcher_user',
    role('Grants read access to watches and their history.', {
      cluster: ['monitor_watcher'],
      indices: [on(['.watches', '.watcher-history-*'], ['read'])],
    }),
  ],
  [
    'watcher_admin',
    role('Grants full access to watches.', {
      cluster: ['manage_watcher'],
      indices: [on(['.watches', '.triggered_watches', '.watcher-history-*'], ['read'])],
    }),
  ],
  ['rollup_user', role('Grants read access to rollups.', { cluster: ['monitor_rollup'] })],
  ['rollup_admin', role('Grants full access to rollups.', { cluster: ['manage_rollup'] })],
  ['transform_user', role('Grants read access to transforms.', { cluster: ['monitor_transform'] })],
  ['transform_admin', role('Grants full access to transforms.', { cluster: ['manage_transform'] })],
  [
    'enrich_user',
    role('Grants full access to enrich policies.', {
      cluster: ['manage_enrich', 'manage_ingest_pipelines', 'monitor'],
      indices: [on(['.enrich-*'], ['manage', 'read', 'write'])],
    }),
  ],
  ['reporting_user', role('Grants what reports of the pages need: nothing of its own, each report is read as its user.', {})],
])
