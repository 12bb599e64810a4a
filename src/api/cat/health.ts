import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { countShards, percent } from '../routes/cluster-health.ts'
import type { CatTable, Column } from './table.ts'

interface HealthRow {
  readonly now: number
  readonly cluster: string
  readonly counts: ReturnType<typeof countShards>
}

function healthColumns({ query }: ApiRequest): readonly Column<HealthRow>[] {
  const ts = query.boolean('ts', true)
  const number = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: (row: HealthRow) => number | string,
  ): Column<HealthRow> => ({
    name,
    aliases,
    description,
    shown: true,
    align: 'right',
    value,
  })
  return [
    {
      name: 'epoch',
      aliases: ['t', 'time'],
      description: 'seconds since 1970-01-01 00:00:00',
      shown: ts,
      value: ({ now }) => Math.floor(now / 1000),
    },
    {
      name: 'timestamp',
      aliases: ['ts', 'hms', 'hhmmss'],
      description: 'time in HH:MM:SS',
      shown: ts,
      value: ({ now }) => new Date(now).toISOString().slice(11, 19),
    },
    { name: 'cluster', aliases: ['cl'], description: 'cluster name', shown: true, value: ({ cluster }) => cluster },
    { name: 'status', aliases: ['st'], description: 'health status', shown: true, value: ({ counts }) => counts.status },
    number('node.total', ['nt', 'nodeTotal'], 'total number of nodes', () => 1),
    number('node.data', ['nd', 'nodeData'], 'number of nodes that can store data', () => 1),
    { name: 'discovered_master', aliases: ['dm'], description: 'discovered master', shown: true, value: () => 'true' },
    number('shards', ['t', 'sh', 'shards.total', 'shardsTotal'], 'total number of shards', ({ counts }) => counts.primaries),
    number('pri', ['p', 'shards.primary', 'shardsPrimary'], 'number of primary shards', ({ counts }) => counts.primaries),
    number('relo', ['r', 'shards.relocating', 'shardsRelocating'], 'number of relocating nodes', () => 0),
    number('init', ['i', 'shards.initializing', 'shardsInitializing'], 'number of initializing nodes', () => 0),
    number(
      'unassign',
      ['u', 'shards.unassigned', 'shardsUnassigned'],
      'number of unassigned shards',
      ({ counts }) => counts.unassigned,
    ),
    number('pending_tasks', ['pt', 'pendingTasks'], 'number of pending tasks', () => 0),
    number('max_task_wait_time', ['mtwt', 'maxTaskWaitTime'], 'wait time of longest task pending', () => '-'),
    number(
      'active_shards_percent',
      ['asp', 'activeShardsPercent'],
      'active number of shards in percent',
      ({ counts }) => `${percent(counts).toFixed(1)}%`,
    ),
  ]
}

function healthRows(_request: ApiRequest, { index, node }: ApiContext): readonly HealthRow[] {
  return [{ now: index.clock.now(), cluster: node.clusterName, counts: countShards([...index.catalog.indices.values()]) }]
}

/** `_cat/health` */
export const health: CatTable<HealthRow> = { columns: healthColumns, rows: healthRows }
