import { X509Certificate } from 'node:crypto'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, requestIndices, TIMEOUT_PARAMS } from '../indices/names.ts'
import { includesThisNode } from '../nodes/node-filter.ts'
import { required } from './documents.ts'

/** What administrators and upgrade assistants ask, and what one node that upgrades nothing has to say to it. */
export const administrationRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_migration/deprecations', '/{index}/_migration/deprecations'],
    action: 'cluster:admin/xpack/deprecation/info',
    handler: deprecations,
  },
  {
    methods: ['GET'],
    paths: ['/_migration/system_features'],
    action: 'cluster:admin/migration/get_system_feature',
    params: ['master_timeout'],
    handler: () => ok({ features: [], migration_status: 'NO_MIGRATION_NEEDED' }),
  },
  {
    methods: ['POST'],
    paths: ['/_migration/system_features'],
    action: 'cluster:admin/migration/post_system_feature',
    params: ['master_timeout'],
    handler: () => ok({ accepted: false, reason: 'No system indices require migration' }),
  },
  {
    methods: ['GET'],
    paths: ['/_features'],
    action: 'cluster:admin/features/get',
    params: ['master_timeout'],
    handler: () => ok({ features: FEATURES }),
  },
  {
    methods: ['GET'],
    paths: ['/_ssl/certificates'],
    action: 'cluster:monitor/xpack/ssl/certificates/get',
    handler: certificates,
  },
  {
    methods: ['POST'],
    paths: ['/_nodes/reload_secure_settings', '/_nodes/{node}/reload_secure_settings'],
    action: 'cluster:admin/nodes/reload_secure_settings',
    params: ['timeout'],
    handler: reloadSecureSettings,
  },
  {
    methods: ['GET'],
    paths: ['/_dangling'],
    action: 'cluster:admin/indices/dangling/list',
    handler: (_request, { node }) =>
      ok({ _nodes: { total: 1, successful: 1, failed: 0 }, cluster_name: node.clusterName, dangling_indices: [] }),
  },
  {
    methods: ['POST', 'DELETE'],
    paths: ['/_dangling/{uuid}'],
    action: 'cluster:admin/indices/dangling/import',
    params: [...TIMEOUT_PARAMS, 'accept_data_loss'],
    handler: changeDangling,
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/_license'],
    action: 'cluster:admin/xpack/license/put',
    params: [...TIMEOUT_PARAMS, 'acknowledge'],
    handler: () => {
      throw illegalArgument('a license cannot be changed: everything that is there is there without one')
    },
  },
  {
    methods: ['POST'],
    paths: ['/_license/start_basic'],
    action: 'cluster:admin/xpack/license/put',
    params: [...TIMEOUT_PARAMS, 'acknowledge'],
    handler: () => ({
      status: 403,
      json: {
        acknowledged: true,
        basic_was_started: false,
        error_message: 'Operation failed: Current license is basic.',
      },
    }),
  },
  {
    methods: ['POST'],
    paths: ['/_license/start_trial'],
    action: 'cluster:admin/xpack/license/put',
    params: [...TIMEOUT_PARAMS, 'acknowledge', 'type', 'type_query_string'],
    handler: () => ({
      status: 403,
      json: { acknowledged: true, trial_was_started: false, error_message: 'Operation failed: There is no trial to start.' },
    }),
  },
  {
    methods: ['POST', 'PUT'],
    paths: ['/_monitoring/bulk'],
    action: 'cluster:admin/xpack/monitoring/bulk',
    params: ['system_id', 'system_api_version', 'interval'],
    // As where the collection of monitoring data is switched off: this program tells of itself at `/metrics`.
    handler: () => ok({ took: 0, ignored: true, errors: false }),
  },
  {
    methods: ['GET'],
    paths: ['/_searchable_snapshots/stats', '/{index}/_searchable_snapshots/stats'],
    action: 'cluster:monitor/xpack/searchable_snapshots/stats',
    params: ['level'],
    handler: () => {
      throw new ElkhornError('resource_not_found_exception', 404, 'No searchable snapshots indices found')
    },
  },
  {
    methods: ['GET'],
    paths: ['/_ccr/auto_follow', '/_ccr/auto_follow/{name}'],
    action: 'cluster:monitor/ccr',
    params: ['master_timeout'],
    handler: (request) => {
      const name = request.part('name')
      if (name === undefined || name.includes('*')) return ok({ patterns: [] })
      throw new ElkhornError('resource_not_found_exception', 404, `auto-follow pattern [${name}] is missing`)
    },
  },
  {
    methods: ['PUT'],
    paths: ['/_ccr/auto_follow/{name}', '/{index}/_ccr/follow'],
    action: 'cluster:admin/ccr',
    params: [...TIMEOUT_PARAMS, 'wait_for_active_shards'],
    handler: follow,
  },
  {
    methods: ['GET'],
    paths: ['/_ccr/stats'],
    action: 'cluster:monitor/ccr',
    params: TIMEOUT_PARAMS,
    handler: () =>
      ok({
        auto_follow_stats: {
          number_of_failed_follow_indices: 0,
          number_of_failed_remote_cluster_state_requests: 0,
          number_of_successful_follow_indices: 0,
          recent_auto_follow_errors: [],
          auto_followed_clusters: [],
        },
        follow_stats: { indices: [] },
      }),
  },
]

/** What is kept in Elasticsearch's system indices, and here in the metadata of the data folder. */
const FEATURES = [
  { name: 'security', description: 'Users, roles and API keys' },
  { name: 'tasks', description: 'Results of tasks' },
  { name: 'watcher', description: 'Watches' },
  { name: 'logstash_management', description: 'Pipelines that Logstash fetches' },
  { name: 'geoip', description: 'Databases of addresses' },
  { name: 'synonyms', description: 'Sets of synonyms' },
]

/** Nothing that indices or settings can have here would have to be changed for a newer version. */
function deprecations(request: ApiRequest, context: ApiContext): Answer {
  if (namesOf(request).length > 0) requestIndices(request, context, 'indices:monitor/settings/get', searchOptions)
  return ok({
    cluster_settings: [],
    node_settings: [],
    ml_settings: [],
    index_settings: {},
    data_streams: {},
    templates: {},
    ilm_policies: {},
  })
}

function certificates(_request: ApiRequest, { node: { certificate } }: ApiContext): Answer {
  if (certificate === undefined) return ok([])
  const { subject, issuer, serialNumber, validTo } = new X509Certificate(certificate.pem)
  return ok([
    {
      path: certificate.path,
      format: 'PEM',
      alias: null,
      subject_dn: oneLine(subject),
      serial_number: serialNumber.toLowerCase(),
      has_private_key: true,
      expiry: new Date(validTo).toISOString(),
      issuer: oneLine(issuer),
    },
  ])
}

/** A distinguished name from the most special part to the most general one. */
const oneLine = (name: string): string => name.split('\n').toReversed().join(', ')

/** Secure settings are read when the process starts: there is nothing that could be read anew while it runs. */
function reloadSecureSettings(request: ApiRequest, { node }: ApiContext): Answer {
  const matches = includesThisNode(namesOf(request, 'node'), node)
  const total = matches ? 1 : 0
  return ok({
    _nodes: { total, successful: total, failed: 0 },
    cluster_name: node.clusterName,
    nodes: matches ? { [node.id]: { name: node.name } } : {},
  })
}

/** Every index that lies in the data folder is known: none dangles. */
function changeDangling(request: ApiRequest): Answer {
  if (!request.query.boolean('accept_data_loss', false)) throw illegalArgument('accept_data_loss must be set to true')
  throw illegalArgument(`No dangling index found for UUID [${required(request, 'uuid')}]`)
}

/** @throws ElkhornError 404 always: no other cluster can be reached */
function follow(request: ApiRequest): Answer {
  const { remote_cluster: remote } = request.json() ?? {}
  if (typeof remote !== 'string') throw illegalArgument('Required [remote_cluster]')
  throw new ElkhornError('no_such_remote_cluster_exception', 404, `no such remote cluster: [${remote}]`)
}
