import { checkDefinitionName, checkShape } from '../../index/definitions/body-shape.ts'
import type { ApiContext } from '../api-context.ts'
import { notDefined } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { loadDiskSpace } from '../nodes/disk-space.ts'
import { required } from './documents.ts'

const ONE = '/_autoscaling/policy/{name}'

/** Policies by which an orchestrator would ask how much is needed. Here it is always what is there: one node. */
export const autoscalingRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET'], paths: [ONE], action: 'cluster:admin/autoscaling/get', params: TIMEOUT_PARAMS, handler: get },
  { methods: ['PUT'], paths: [ONE], action: 'cluster:admin/autoscaling/put', params: TIMEOUT_PARAMS, handler: put },
  { methods: ['DELETE'], paths: [ONE], action: 'cluster:admin/autoscaling/put', params: TIMEOUT_PARAMS, handler: remove },
  {
    methods: ['GET'],
    paths: ['/_autoscaling/capacity'],
    action: 'cluster:admin/autoscaling/get',
    params: TIMEOUT_PARAMS,
    handler: capacity,
  },
]

const missing = (name: string): Error => notDefined(`autoscaling policy with name [${name}] does not exist`)

function get(request: ApiRequest, { definitions }: ApiContext): Answer {
  const name = required(request, 'name')
  const policy = definitions.of('autoscaling_policy').find(name)
  if (!policy) throw missing(name)
  return ok(policy.body)
}

async function put(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const name = required(request, 'name')
  checkDefinitionName('autoscaling policy name', name)
  const body = request.json() ?? {}
  checkShape(body, { parser: 'autoscaling_policy', members: { roles: 'texts', deciders: 'object' }, required: ['roles'] })
  await definitions.of('autoscaling_policy').put(name, { ...body, deciders: body['deciders'] ?? {} })
  return acknowledged
}

async function remove(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const policies = definitions.of('autoscaling_policy')
  const found = policies.select(namesOf(request, 'name'), (name) => {
    throw missing(name)
  })
  for (const [name] of found) await policies.delete(name)
  return acknowledged
}

async function capacity(_request: ApiRequest, { definitions, node }: ApiContext): Promise<Answer> {
  const { totalBytes } = await loadDiskSpace(node.dataPath)
  const own = { storage: totalBytes, memory: process.constrainedMemory() }
  const current = { node: own, total: own }
  const policies = definitions.of('autoscaling_policy').entries()
  return ok({
    policies: Object.fromEntries(
      policies.map(([name]) => [
        name,
        { required_capacity: current, current_capacity: current, current_nodes: [{ name: node.name }], deciders: {} },
      ]),
    ),
  })
}
