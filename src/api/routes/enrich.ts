import { illegalArgument } from '../../core/errors.ts'
import { parseEnrichPolicy, printEnrichPolicy } from '../../index/enrich/enrich-policy.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { partOf } from './security-request.ts'

const PATH = '/_enrich/policy/{name}'

/** Enrich policies: which documents the `enrich` processor looks others up in. */
export const enrichRoutes: readonly Route<ApiContext>[] = [
  { methods: ['PUT'], paths: [PATH], action: 'cluster:admin/xpack/enrich/put', params: ['master_timeout'], handler: put },
  {
    methods: ['GET'],
    paths: ['/_enrich/policy', PATH],
    action: 'cluster:admin/xpack/enrich/get',
    params: ['master_timeout'],
    handler: get,
  },
  {
    methods: ['DELETE'],
    paths: [PATH],
    action: 'cluster:admin/xpack/enrich/delete',
    params: ['master_timeout'],
    handler: remove,
  },
  {
    methods: ['PUT', 'POST'],
    paths: [`${PATH}/_execute`],
    action: 'cluster:admin/xpack/enrich/execute',
    params: ['master_timeout', 'wait_for_completion'],
    handler: execute,
  },
  {
    methods: ['GET'],
    paths: ['/_enrich/_stats'],
    action: 'cluster:monitor/xpack/enrich/stats',
    params: ['master_timeout'],
    handler: stats,
  },
]

async function put(request: ApiRequest, { index }: ApiContext): Promise<Answer> {
  await index.enrich.put(index, request.access, partOf(request, 'name'), parseEnrichPolicy(request.json() ?? {}))
  return acknowledged
}

/** Names that are not there are left out, as Elasticsearch does. */
function get(request: ApiRequest, { index }: ApiContext): Answer {
  const names = request.part('name')?.split(',')
  const found = index.enrich.entries().filter(([name]) => names === undefined || names.includes(name) || names.includes('*'))
  return ok({ policies: found.map(([name, { policy }]) => printEnrichPolicy(name, policy)) })
}

async function remove(request: ApiRequest, { index }: ApiContext): Promise<Answer> {
  await index.enrich.delete(index, partOf(request, 'name'))
  return acknowledged
}

/** Documents are looked up in memory: there is no queue of searches, and nothing that would be evicted. */
function stats(_request: ApiRequest, { index: { enrich }, node: { id } }: ApiContext): Answer {
  const coordinator = { queue_size: 0, remote_requests_current: 0, remote_requests_total: 0, executed_searches_total: 0 }
  return ok({
    executing_policies: enrich.executing.map((name) => ({ name })),
    coordinator_stats: [{ node_id: id, ...coordinator }],
    cache_stats: [{ node_id: id, count: enrich.documents, hits: 0, misses: 0, evictions: 0 }],
  })
}

async function execute(request: ApiRequest, { index }: ApiContext): Promise<Answer> {
  if (!request.query.boolean('wait_for_completion', true))
    throw illegalArgument('[wait_for_completion] must be true: the answer comes when the policy is executed')
  await index.enrich.execute(index, request.access, partOf(request, 'name'), request.signal)
  return ok({ status: { phase: 'COMPLETE' } })
}
