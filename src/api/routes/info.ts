import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'

/** What clients and shippers ask when they connect. */
export const infoRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET', 'HEAD'], paths: ['/'], action: 'cluster:monitor/main', handler: info },
  // The one route that asks for no password: whether the process lives, and nothing else.
  { methods: ['GET', 'HEAD'], paths: ['/_elkhorn/live'], action: 'public', handler: () => ok({ alive: true }) },
  {
    methods: ['GET'],
    paths: ['/_license'],
    action: 'cluster:monitor/xpack/license/get',
    params: ['local', 'accept_enterprise'],
    handler: license,
  },
  {
    methods: ['GET'],
    paths: ['/_license/basic_status'],
    action: 'cluster:monitor/xpack/license/get',
    handler: () => ok({ eligible_to_start_basic: false }),
  },
  {
    methods: ['GET'],
    paths: ['/_license/trial_status'],
    action: 'cluster:monitor/xpack/license/get',
    handler: () => ok({ eligible_to_start_trial: false }),
  },
  {
    methods: ['GET'],
    paths: ['/_xpack'],
    action: 'cluster:monitor/xpack/info',
    params: ['categories', 'accept_enterprise', 'master_timeout'],
    handler: xpack,
  },
  {
    methods: ['GET'],
    paths: ['/_xpack/usage'],
    action: 'cluster:monitor/xpack/info',
    params: ['master_timeout'],
    handler: xpackUsage,
  },
]

function info(_request: ApiRequest, { node }: ApiContext): Answer {
  return ok({
    name: node.name,
    cluster_name: node.clusterName,
    cluster_uuid: node.clusterUuid,
    version: {
      number: node.version,
      build_flavor: 'default',
      build_type: 'tar',
      build_hash: 'elkhorn',
      build_date: '2026-01-01T00:00:00.000000000Z',
      build_snapshot: false,
      lucene_version: '9.12.1',
      minimum_wire_compatibility_version: '7.17.0',
      minimum_index_compatibility_version: '7.0.0',
    },
    tagline: 'You Know, for Search',
  })
}

function license(_request: ApiRequest, { node }: ApiContext): Answer {
  const issued = '2020-01-01T00:00:00.000Z'
  return ok({
    license: {
      status: 'active',
      uid: node.clusterUuid,
      type: 'basic',
      issue_date: issued,
      issue_date_in_millis: Date.parse(issued),
      max_nodes: 1000,
      max_resource_units: null,
      issued_to: node.clusterName,
      issuer: 'elasticsearch',
      start_date_in_millis: -1,
    },
  })
}

/** Features by whether Elkhorn has them. */
const features: Readonly<Record<string, boolean>> = {
  analytics: true,
  ccr: false,
  data_streams: true,
  enrich: true,
  eql: false,
  esql: false,
  graph: false,
  ilm: false,
  logstash: true,
  ml: false,
  monitoring: false,
  rollup: false,
  searchable_snapshots: false,
  security: true,
  slm: false,
  sql: false,
  transform: false,
  watcher: false,
}

function xpack(request: ApiRequest, { node }: ApiContext): Answer {
  const categories = request.query.list('categories')
  const wants = (name: string): boolean => categories.length === 0 || categories.includes(name)
  return ok({
    ...(wants('build') ? { build: { hash: 'elkhorn', date: '2026-01-01T00:00:00.000Z' } } : {}),
    ...(wants('license') ? { license: { uid: node.clusterUuid, type: 'basic', mode: 'basic', status: 'active' } } : {}),
    ...(wants('features')
      ? { features: Object.fromEntries(Object.entries(features).map(([name, has]) => [name, { available: has, enabled: has }])) }
      : {}),
    tagline: 'You know, for X',
  })
}

function xpackUsage(): Answer {
  return ok(Object.fromEntries(Object.entries(features).map(([name, has]) => [name, { available: has, enabled: has }])))
}
