import { illegalArgument } from '../../core/errors.ts'
import { checkShape } from '../../index/definitions/body-shape.ts'
import type { ApiContext } from '../api-context.ts'
import { notDefined } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { includesThisNode, isThisNode } from '../nodes/node-filter.ts'
import { required } from './documents.ts'

const ONE = '/_nodes/{node}/shutdown'

/** Announcements that a node will go. A restart needs nothing; who would remove the only node hears that its shards have nowhere to go. */
export const nodeShutdownRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_nodes/shutdown', ONE],
    action: 'cluster:admin/shutdown/get',
    params: TIMEOUT_PARAMS,
    handler: get,
  },
  { methods: ['PUT'], paths: [ONE], action: 'cluster:admin/shutdown/create', params: TIMEOUT_PARAMS, handler: put },
  {
    methods: ['DELETE'],
    paths: [ONE],
    action: 'cluster:admin/shutdown/delete',
    params: TIMEOUT_PARAMS,
    handler: async (request, { definitions, node }) => {
      const id = idOf(required(request, 'node'), node)
      if (!(await definitions.of('node_shutdown').delete(id))) throw notDefined(`node [${id}] is not currently shutting down`)
      return acknowledged
    },
  },
]

const idOf = (filter: string, node: ApiContext['node']): string => (isThisNode(filter, node) ? node.id : filter)

async function put(request: ApiRequest, { definitions, node }: ApiContext): Promise<Answer> {
  const body = request.json() ?? {}
  checkShape(body, {
    parser: 'put-shutdown-node-request',
    members: { type: 'text', reason: 'text', allocation_delay: 'duration', target_node_name: 'text', grace_period: 'duration' },
    required: ['type', 'reason'],
  })
  const { type, target_node_name: target, allocation_delay: delay } = body
  if (!['restart', 'remove', 'replace', 'sigterm'].includes(String(type).toLowerCase())) {
    throw illegalArgument(`unknown type [${String(type)}], must be one of [restart, remove, replace, sigterm]`)
  }
  if ((type === 'replace') !== (target !== undefined)) {
    throw illegalArgument('target node name is only valid for REPLACE type shutdowns, and required for them')
  }
  if (delay !== undefined && type !== 'restart')
    throw illegalArgument('allocation_delay is only valid for RESTART type shutdowns')
  await definitions.of('node_shutdown').put(idOf(required(request, 'node'), node), body)
  return acknowledged
}

function get(request: ApiRequest, { definitions, index: { catalog }, node }: ApiContext): Answer {
  const filters = namesOf(request, 'node')
  const found = definitions
    .of('node_shutdown')
    .entries()
    .filter(([id]) => filters.length === 0 || filters.includes(id) || (id === node.id && includesThisNode(filters, node)))
  const shards = [...catalog.indices.values()].reduce((sum, index) => sum + index.shards, 0)
  return ok({
    nodes: found.map(([id, { createdAt, body }]) => {
      const isStuck = id === node.id && body['type'] !== 'restart' && shards > 0
      return {
        node_id: id,
        type: String(body['type']).toUpperCase(),
        reason: body['reason'],
        ...(body['allocation_delay'] === undefined ? {} : { allocation_delay: body['allocation_delay'] }),
        shutdown_startedmillis: createdAt,
        status: isStuck ? 'STALLED' : 'COMPLETE',
        shard_migration: {
          status: isStuck ? 'STALLED' : 'COMPLETE',
          shard_migrations_remaining: isStuck ? shards : 0,
          ...(isStuck ? { explanation: 'there is no other node that the shards could move to' } : {}),
        },
        persistent_tasks: { status: 'COMPLETE' },
        plugins: { status: 'COMPLETE' },
      }
    }),
  })
}
