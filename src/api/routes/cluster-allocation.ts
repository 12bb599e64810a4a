import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { IndexState } from '../../index/index-state.ts'
import { indexNotFound } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { TIMEOUT_PARAMS } from '../indices/names.ts'
import { isThisNode } from '../nodes/node-filter.ts'

/** Where shards are and why: on this node, which holds every primary; a replica has no other node to be on. */
export const clusterAllocationRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/_cluster/allocation/explain'],
    action: 'cluster:monitor/allocation/explain',
    params: ['include_disk_info', 'include_yes_decisions', 'index', 'shard', 'primary', 'current_node', 'master_timeout'],
    handler: explain,
  },
  {
    methods: ['POST'],
    paths: ['/_cluster/reroute'],
    action: 'cluster:admin/reroute',
    params: ['dry_run', 'explain', 'metric', 'retry_failed', ...TIMEOUT_PARAMS],
    handler: reroute,
  },
  {
    methods: ['POST'],
    paths: ['/_cluster/voting_config_exclusions'],
    action: 'cluster:admin/voting_config/add_exclusions',
    params: ['node_ids', 'node_names', ...TIMEOUT_PARAMS],
    handler: addVotingExclusions,
  },
  {
    methods: ['DELETE'],
    paths: ['/_cluster/voting_config_exclusions'],
    action: 'cluster:admin/voting_config/clear_exclusions',
    params: ['wait_for_removal', ...TIMEOUT_PARAMS],
    handler: () => ({ status: 200, json: {} }),
  },
]

interface Shard {
  readonly index: IndexState
  readonly number: number
  readonly primary: boolean
}

function explain(request: ApiRequest, context: ApiContext): Answer {
  const shard = shardToExplain(request, context)
  const { index, number, primary } = shard
  const common = { index: index.name, shard: number, primary }
  if (!primary) return ok({ ...common, ...explainUnassigned(shard, context) })
  const { node } = context
  return ok({
    ...common,
    current_state: 'started',
    current_node: {
      id: node.id,
      name: node.name,
      transport_address: node.publishAddress(),
      attributes: node.attributes,
      weight_ranking: 1,
    },
    can_remain_on_current_node: 'yes',
    can_rebalance_cluster: 'yes',
    can_rebalance_to_other_node: 'no',
    rebalance_explanation: 'Elasticsearch cannot rebalance this shard: there is no other node.',
  })
}

function explainUnassigned({ index }: Shard, { node }: ApiContext): JsonObject {
  return {
    current_state: 'unassigned',
    unassigned_info: {
      reason: 'INDEX_CREATED',
      at: new Date(index.createdAt).toISOString(),
      last_allocation_status: 'no_attempt',
    },
    can_allocate: 'no',
    allocate_explanation: 'cannot allocate because allocation is not permitted to any of the nodes',
    node_allocation_decisions: [
      {
        node_id: node.id,
        node_name: node.name,
        transport_address: node.publishAddress(),
        node_attributes: node.attributes,
        node_decision: 'no',
        weight_ranking: 1,
        deciders: [
          {
            decider: 'same_shard',
            decision: 'NO',
            explanation: 'a copy of this shard is already allocated to this node',
          },
        ],
      },
    ],
  }
}

const EXPLAINED = ['index', 'shard', 'primary', 'current_node']

/** The shard that the request names; without a name, one that nobody holds. @throws ElkhornError 400, 404 */
function shardToExplain(request: ApiRequest, { index: { catalog } }: ApiContext): Shard {
  const body = request.json() ?? {}
  const unknown = Object.keys(body).find((key) => !EXPLAINED.includes(key))
  if (unknown !== undefined) {
    throw new ElkhornError('x_content_parse_exception', 400, `[1:2] [cluster/allocation/explain] unknown field [${unknown}]`)
  }
  const given = (key: string): JsonValue | undefined => body[key] ?? request.query.text(key)
  const name = given('index')
  const number = given('shard')
  const primary = given('primary')
  if (name === undefined && number === undefined && primary === undefined) {
    const index = [...catalog.indices.values()].find(({ replicas, closed }) => replicas > 0 && !closed)
    if (index) return { index, number: 0, primary: false }
    throw illegalArgument(
      'No shard was specified in the request which means the response should explain a randomly-chosen unassigned shard, ' +
        'but there are no unassigned shards in this cluster. To explain the allocation of an assigned shard you must specify ' +
        'the target shard in the request.',
    )
  }
  const missing = (['index', 'shard', 'primary'] as const).filter((key) => given(key) === undefined)
  if (missing.length > 0) {
    const problems = missing.map((key, at) => `${at + 1}: ${key} must be specified;`).join('')
    throw new ElkhornError('action_request_validation_exception', 400, `Validation Failed: ${problems}`)
  }
  const index = catalog.findIndex(String(name))
  if (!index) throw indexNotFound(String(name))
  const shard = Number(number)
  if (!Number.isInteger(shard) || shard < 0 || shard >= index.shards) {
    throw new ElkhornError('shard_not_found_exception', 404, 'no such shard', { details: { index: index.name, shard } })
  }
  const isPrimary = primary === true || primary === 'true'
  if (!isPrimary && index.replicas === 0) {
    throw illegalArgument(`unable to find a replica shard to explain the allocation of [${index.name}][${shard}]`)
  }
  return { index, number: shard, primary: isPrimary }
}

const COMMANDS = ['move', 'cancel', 'allocate_replica', 'allocate_stale_primary', 'allocate_empty_primary']

/** There is nowhere to move a shard to: commands are checked and refused, and without any nothing has to be done. */
function reroute(request: ApiRequest, context: ApiContext): Answer {
  const { commands } = request.json() ?? {}
  if (commands !== undefined && !Array.isArray(commands)) throw illegalArgument('[commands] must be an array')
  const explanations = ((commands ?? []) as readonly JsonValue[]).map((command) => refuseCommand(command, context))
  const wantsExplanations = request.query.boolean('explain', false)
  const [first] = explanations
  if (first !== undefined && !wantsExplanations) throw illegalArgument(`[${first.command}] ${first.reason}`)
  return ok({
    ...acknowledgedBody,
    ...(wantsExplanations
      ? {
          explanations: explanations.map(({ command, parameters, reason }) => ({
            command,
            parameters,
            decisions: [{ decider: `${command}_allocation_command`, decision: 'NO', explanation: reason }],
          })),
        }
      : {}),
  })
}

const acknowledgedBody = acknowledged.json as JsonObject

interface RefusedCommand {
  readonly command: string
  readonly parameters: JsonObject
  readonly reason: string
}

/** @throws ElkhornError 400 for what is no command, or names no shard */
function refuseCommand(json: JsonValue, { index: { catalog } }: ApiContext): RefusedCommand {
  const [command, parameters] = isJsonObject(json) ? (Object.entries(json)[0] ?? []) : []
  if (command === undefined || !isJsonObject(parameters) || !COMMANDS.includes(command)) {
    throw new ElkhornError('named_object_not_found_exception', 400, `unknown field [${command ?? ''}]`)
  }
  const { index: name, shard } = parameters
  if (typeof name !== 'string') throw illegalArgument(`[${command}] command missing the index parameter`)
  if (shard === undefined) throw illegalArgument(`[${command}] command missing the shard parameter`)
  const index = catalog.findIndex(name)
  if (!index) throw indexNotFound(name)
  return { command, parameters, reason: `cannot be done to [${name}][${String(shard)}]: there is no other node` }
}

/** @throws ElkhornError 400 when it is this node: nobody else could vote */
function addVotingExclusions(request: ApiRequest, { node }: ApiContext): Answer {
  const [ids, names] = [request.query.list('node_ids'), request.query.list('node_names')]
  if ((ids.length === 0) === (names.length === 0)) {
    throw illegalArgument('You must set [node_names] or [node_ids] but not both')
  }
  const own = [...ids, ...names].find((filter) => isThisNode(filter, node))
  if (own !== undefined) {
    throw illegalArgument(`[${own}] cannot be excluded from voting: it is the only master-eligible node of this cluster`)
  }
  return ok({})
}
