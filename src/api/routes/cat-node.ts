import { printDuration } from '../../core/duration.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Task } from '../../index/tasks/task-registry.ts'
import type { ApiContext, NodeInfo } from '../api-context.ts'
import { bytesCell } from '../cat/format-cells.ts'
import type { Column } from '../cat/table.ts'
import type { ApiRequest, Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { loadDiskSpace, type DiskSpace } from '../nodes/disk-space.ts'
import { hostOf, includesThisNode } from '../nodes/node-filter.ts'
import { threadPools, type ThreadPool } from '../nodes/thread-pools.ts'
import { taskId } from '../tasks/print-task.ts'
import { catRoute } from '../cat/cat-route.ts'
import { countShards } from './cluster-health.ts'

/** Tables of what the node does and has. */
export const catNodeRoutes: readonly Route<ApiContext>[] = [
  catRoute(['/_cat/allocation', '/_cat/allocation/{node}'], 'cluster:monitor/nodes/stats', {
    columns: allocationColumns,
    rows: allocationRows,
  }),
  catRoute(['/_cat/thread_pool', '/_cat/thread_pool/{pools}'], 'cluster:monitor/nodes/stats', {
    columns: () => threadPoolColumns,
    rows: threadPoolRows,
  }),
  catRoute(['/_cat/tasks'], 'cluster:monitor/tasks/lists', { columns: taskColumns, rows: taskRows }, [
    'actions',
    'detailed',
    'nodes',
    'node_id',
    'parent_task_id',
    'timeout',
    'wait_for_completion',
  ]),
  // Memory is bounded request by request: there are no breakers that requests share.
  catRoute(['/_cat/circuit_breaker', '/_cat/circuit_breaker/{breakers}'], 'cluster:monitor/nodes/stats', {
    columns: () => breakerColumns,
    rows: () => [],
  }),
]

/** The shards that this node holds; without a node, those that nobody holds. */
interface AllocationRow {
  readonly shards: number
  readonly held?: { readonly node: NodeInfo; readonly indicesBytes: number; readonly disk: DiskSpace }
}

function allocationColumns({ query }: ApiRequest): readonly Column<AllocationRow>[] {
  const bytes = bytesCell(query)
  const size = (name: string, aliases: readonly string[], description: string, of: (disk: DiskSpace) => number) => ({
    name,
    aliases,
    description,
    shown: true,
    align: 'right' as const,
    value: ({ held }: AllocationRow) => held && bytes(of(held.disk)),
  })
  return [
    {
      name: 'shards',
      aliases: ['s'],
      description: 'number of shards on node',
      shown: true,
      align: 'right',
      value: ({ shards }) => shards,
    },
    {
      name: 'disk.indices',
      aliases: ['di', 'diskIndices'],
      description: 'disk used by ES indices',
      shown: true,
      align: 'right',
      value: ({ held }) => held && bytes(held.indicesBytes),
    },
    size(
      'disk.used',
      ['du', 'diskUsed'],
      'disk used (total, not just ES)',
      ({ totalBytes, freeBytes }) => totalBytes - freeBytes,
    ),
    size('disk.avail', ['da', 'diskAvail'], 'disk available', ({ availableBytes }) => availableBytes),
    size('disk.total', ['dt', 'diskTotal'], 'total capacity of all volumes', ({ totalBytes }) => totalBytes),
    {
      name: 'disk.percent',
      aliases: ['dp', 'diskPercent'],
      description: 'percent disk used',
      shown: true,
      align: 'right',
      value: ({ held }) => held && Math.floor((100 * (held.disk.totalBytes - held.disk.freeBytes)) / held.disk.totalBytes),
    },
    {
      name: 'host',
      aliases: ['h'],
      description: 'host of node',
      shown: true,
      value: ({ held }) => held && hostOf(held.node.publishAddress()),
    },
    { name: 'ip', description: 'ip of node', shown: true, value: ({ held }) => held && hostOf(held.node.publishAddress()) },
    {
      name: 'node',
      aliases: ['n'],
      description: 'name of node',
      shown: true,
      value: ({ held }) => (held ? held.node.name : 'UNASSIGNED'),
    },
    {
      name: 'node.role',
      aliases: ['r', 'role', 'nodeRole'],
      description: 'node roles',
      value: ({ held }) => held && 'cdfhilmrstw',
    },
  ]
}

async function allocationRows(request: ApiRequest, { index, node }: ApiContext): Promise<readonly AllocationRow[]> {
  const indices = [...index.catalog.indices.values()]
  const { primaries, unassigned } = countShards(indices)
  const stats = await index.engine.stats(indices.map(({ uuid }) => uuid))
  const indicesBytes = [...stats.values()].reduce((sum, { storedBytes }) => sum + storedBytes, 0)
  const own: AllocationRow[] = includesThisNode(namesOf(request, 'node'), node)
    ? [{ shards: primaries, held: { node, indicesBytes, disk: await loadDiskSpace(node.dataPath) } }]
    : []
  return unassigned > 0 ? [...own, { shards: unassigned }] : own
}

interface PoolRow {
  readonly pool: ThreadPool
  readonly node: NodeInfo
}

const pool = (
  name: string,
  aliases: readonly string[],
  description: string,
  value: Column<PoolRow>['value'],
  options: Partial<Column<PoolRow>> = {},
): Column<PoolRow> => ({ name, aliases, description, value, ...options })

const counted = { shown: true, align: 'right' } as const

const threadPoolColumns: readonly Column<PoolRow>[] = [
  pool('node_name', ['nn'], 'node name', ({ node }) => node.name, { shown: true }),
  pool('node_id', ['id'], 'persistent node id', ({ node }) => node.id),
  pool('ephemeral_node_id', ['eid'], 'ephemeral node id', ({ node }) => node.id),
  pool('pid', ['p'], 'process id', () => process.pid),
  pool('host', ['h'], 'host name', ({ node }) => hostOf(node.publishAddress())),
  pool('ip', ['i'], 'ip address', ({ node }) => hostOf(node.publishAddress())),
  pool('port', ['po'], 'bound transport port', ({ node }) => node.publishAddress().split(':').at(-1)),
  pool('name', ['n'], 'thread pool name', (row) => row.pool.name, { shown: true }),
  pool('type', ['t'], 'thread pool type', (row) => row.pool.type),
  pool('active', ['a'], 'number of active threads', () => 0, counted),
  pool('pool_size', ['psz'], 'number of threads', () => 0, { align: 'right' }),
  pool('queue', ['q'], 'number of tasks currently in queue', () => 0, counted),
  pool('queue_size', ['qs'], 'maximum number of tasks permitted in queue', (row) => row.pool.queueSize, { align: 'right' }),
  pool('rejected', ['r'], 'number of rejected tasks', () => 0, counted),
  pool('largest', ['l'], 'highest number of seen active threads', () => 0, { align: 'right' }),
  pool('completed', ['c'], 'number of completed tasks', () => 0, { align: 'right' }),
  pool('core', ['cr'], 'core number of threads in a scaling thread pool', (row) => row.pool.core, { align: 'right' }),
  pool('max', ['mx'], 'maximum number of threads in a scaling thread pool', (row) => row.pool.max, { align: 'right' }),
  pool('size', ['sz'], 'number of threads in a fixed thread pool', (row) => row.pool.size, { align: 'right' }),
  pool(
    'keep_alive',
    ['ka'],
    'thread keep alive time',
    (row) => (row.pool.type === 'scaling' ? (row.pool.name === 'generic' ? '30s' : '5m') : undefined),
    { align: 'right' },
  ),
]

function threadPoolRows(request: ApiRequest, { node }: ApiContext): readonly PoolRow[] {
  const patterns = namesOf(request, 'pools')
  return threadPools()
    .filter(({ name }) => patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, name)))
    .map((one) => ({ pool: one, node }))
}

interface TaskRow {
  readonly task: Pick<Task, 'id' | 'action' | 'description' | 'startedAt' | 'opaqueId'>
  readonly context: ApiContext
}

function taskColumns({ query }: ApiRequest): readonly Column<TaskRow>[] {
  const column = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: Column<TaskRow>['value'],
    shown = true,
  ): Column<TaskRow> => ({ name, aliases, description, shown, value })
  const runningMs = ({ task, context }: TaskRow): number => context.index.clock.now() - task.startedAt
  const address = ({ context }: TaskRow): string => context.node.publishAddress()
  return [
    column('id', [], 'id of the task with the node', ({ task, context }) => taskId(context, task), false),
    column('action', ['ac'], 'task action', ({ task }) => task.action),
    column('task_id', ['ti'], 'unique task id', ({ task, context }) => taskId(context, task)),
    column('parent_task_id', ['pti'], 'parent task id', () => '-'),
    column('type', ['ty'], 'task type', () => 'transport'),
    column('start_time', ['start'], 'start time in ms', ({ task }) => task.startedAt),
    column('timestamp', ['ts', 'hms', 'hhmmss'], 'start time in HH:MM:SS', ({ task }) =>
      new Date(task.startedAt).toISOString().slice(11, 19),
    ),
    column('running_time_ns', ['time'], 'running time ns', (row) => runningMs(row) * 1_000_000, false),
    column('running_time', ['time'], 'running time', (row) => printDuration(runningMs(row))),
    column('node_id', ['ni'], 'unique node id', ({ context }) => context.node.id, false),
    column('ip', ['i'], 'ip address', (row) => hostOf(address(row))),
    column('port', ['po'], 'bound transport port', (row) => address(row).split(':').at(-1), false),
    column('node', ['n'], 'node name', ({ context }) => context.node.name),
    column('version', ['v'], 'es version', ({ context }) => context.node.version, false),
    column('x_opaque_id', ['x'], 'X-Opaque-ID header', ({ task }) => task.opaqueId ?? '-', false),
    column('description', ['desc'], 'task action', ({ task }) => task.description || '-', query.boolean('detailed', false)),
  ]
}

/** What is under way; asking for it is a task as well. */
function taskRows(request: ApiRequest, context: ApiContext): readonly TaskRow[] {
  const nodes = [...request.query.list('nodes'), ...request.query.list('node_id')]
  if (!includesThisNode(nodes, context.node)) return []
  const asking = {
    id: context.tasks.nextId(),
    action: 'cluster:monitor/tasks/lists',
    description: '',
    startedAt: context.index.clock.now(),
    opaqueId: request.header('x-opaque-id'),
  }
  const actions = request.query.list('actions')
  return [...context.tasks.running, asking]
    .filter(({ action }) => actions.length === 0 || actions.some((pattern) => matchesWildcard(pattern, action)))
    .map((task) => ({ task, context }))
}

const breakerColumns: readonly Column<never>[] = [
  ['node_id', 'id', 'persistent node id'],
  ['node_name', 'nn', 'node name'],
  ['breaker', 'br', 'breaker name'],
  ['limit', 'l', 'limit size'],
  ['estimated', 'e', 'estimated size'],
  ['tripped', 't', 'tripped count'],
  ['overhead', 'o', 'overhead'],
].map(([name = '', alias = '', description = '']) => ({
  name,
  aliases: [alias],
  description,
  shown: name !== 'node_name',
  value: () => undefined,
}))
