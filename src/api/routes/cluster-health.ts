import { setTimeout as sleep } from 'node:timers/promises'
import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { IndexState } from '../../index/index-state.ts'
import { metadataOptions, resolveIndices } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { indicesOptions, nameContext, NAMES_PARAMS, namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'

export type Health = 'green' | 'yellow' | 'red'

export const healthRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_cluster/health', '/_cluster/health/{index}'],
    action: 'cluster:monitor/health',
    params: [
      ...NAMES_PARAMS,
      ...TIMEOUT_PARAMS,
      'level',
      'local',
      'wait_for_status',
      'wait_for_nodes',
      'wait_for_events',
      'wait_for_active_shards',
      'wait_for_no_initializing_shards',
      'wait_for_no_relocating_shards',
      'awareness_attribute',
    ],
    handler: health,
  },
]

/** Replicas have no second node to be on: an index that asks for them is yellow, as it is on one node of Elasticsearch. */
export function healthOf(indices: readonly IndexState[]): Health {
  return indices.some(({ replicas }) => replicas > 0) ? 'yellow' : 'green'
}

interface Counts {
  readonly status: Health
  readonly primaries: number
  readonly unassigned: number
}

export function countShards(indices: readonly IndexState[]): Counts {
  const primaries = indices.reduce((sum, { shards }) => sum + shards, 0)
  const unassigned = indices.reduce((sum, { shards, replicas }) => sum + shards * replicas, 0)
  return { status: healthOf(indices), primaries, unassigned }
}

const DEFAULT_TIMEOUT_MS = 30_000
const POLL_MS = 50

const order: readonly Health[] = ['green', 'yellow', 'red']

/** What the request sees at one moment. */
interface Seen {
  readonly indices: readonly IndexState[]
  readonly counts: Counts
  readonly status: Health
  readonly reached: boolean
}

/** Names that do not exist yet are waited for; their health is red until then. */
function look(request: ApiRequest, context: ApiContext): Seen {
  const { query } = request
  const names = namesOf(request)
  const named = nameContext(request, context, 'indices:monitor/stats')
  const options = indicesOptions(query, { ...metadataOptions, ignoreUnavailable: true, expandHidden: true })
  // The health of the node is granted by a privilege on the node: indices are not hidden from it.
  const all = { ...named, access: { ...request.access, allows: () => true } }
  const indices = resolveIndices(all, names, options).map(({ index }) => index)
  const missing = names.some((name) => !name.includes('*') && name !== '_all' && !context.index.catalog.has(name))
  const counts = countShards(indices)
  const status: Health = missing ? 'red' : counts.status
  const waitFor = query.has('wait_for_status') ? query.choice('wait_for_status', order, 'green') : 'red'
  const reached =
    !missing &&
    order.indexOf(status) <= order.indexOf(waitFor) &&
    nodesReached(query.text('wait_for_nodes')) &&
    activeReached(query.text('wait_for_active_shards'), counts)
  return { indices, counts, status, reached }
}

async function health(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { query } = request
  const level = query.choice('level', ['cluster', 'indices', 'shards'], 'cluster')
  const deadline = performance.now() + (query.durationMs('timeout') ?? DEFAULT_TIMEOUT_MS)
  let seen = look(request, context)
  while (!seen.reached && performance.now() < deadline) {
    await sleep(Math.min(POLL_MS, Math.max(1, deadline - performance.now())), undefined, { signal: request.signal })
    seen = look(request, context)
  }
  const { indices, counts, status } = seen
  const timedOut = !seen.reached
  const body: JsonObject = {
    cluster_name: context.node.clusterName,
    status,
    timed_out: timedOut,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    discovered_master: true,
    discovered_cluster_manager: true,
    ...printCounts(counts),
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: percent(counts),
    ...(query.boolean('human', false)
      ? { task_max_waiting_in_queue: '0s', active_shards_percent: `${percent(counts).toFixed(1)}%` }
      : {}),
    ...(level === 'cluster'
      ? {}
      : { indices: Object.fromEntries(indices.map((index) => [index.name, printIndexHealth(index, level)])) }),
  }
  return { status: timedOut ? 408 : 200, json: body }
}

function printCounts({ primaries, unassigned }: Counts): JsonObject {
  return {
    active_primary_shards: primaries,
    active_shards: primaries,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: unassigned,
  }
}

export function percent({ primaries, unassigned }: Counts): number {
  return primaries + unassigned === 0 ? 100 : (primaries / (primaries + unassigned)) * 100
}

function printIndexHealth(index: IndexState, level: 'indices' | 'shards'): JsonObject {
  const counts = countShards([index])
  const shards = Array.from({ length: index.shards }, (_, shard) => [
    String(shard),
    {
      status: counts.status,
      primary_active: true,
      active_shards: 1,
      relocating_shards: 0,
      initializing_shards: 0,
      unassigned_shards: index.replicas,
    },
  ])
  return {
    status: counts.status,
    number_of_shards: index.shards,
    number_of_replicas: index.replicas,
    ...printCounts(counts),
    ...(level === 'shards' ? { shards: Object.fromEntries(shards) as JsonObject } : {}),
  }
}

function nodesReached(text: string | undefined): boolean {
  if (text === undefined) return true
  const match = /^(?:(>=|<=|>|<|ge\(|le\(|gt\(|lt\()?\s*(\d+)\)?)$/.exec(text)
  if (!match) throw illegalArgument(`invalid wait_for_nodes [${text}]`)
  const wanted = Number(match[2])
  switch (match[1]) {
    case '>=':
    case 'ge(':
      return 1 >= wanted
    case '<=':
    case 'le(':
      return 1 <= wanted
    case '>':
    case 'gt(':
      return 1 > wanted
    case '<':
    case 'lt(':
      return 1 < wanted
    default:
      return wanted === 1
  }
}

function activeReached(text: string | undefined, { primaries, unassigned }: Counts): boolean {
  if (text === undefined || text === '') return true
  if (text === 'all') return unassigned === 0
  if (!/^\d+$/.test(text)) throw illegalArgument(`cannot parse ActiveShardCount[${text}]`)
  return primaries >= Number(text)
}
