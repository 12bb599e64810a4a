import { metadataOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { namesOf, requestIndices } from '../indices/names.ts'
import { countShards } from '../routes/cluster-health.ts'
import { cacheColumns } from './cache-columns.ts'
import { bytesCell } from './format-cells.ts'
import { type IndexRow, withStats } from './index-row.ts'
import type { CatTable, Column } from './table.ts'

function indexColumns({ query }: ApiRequest): readonly Column<IndexRow>[] {
  const bytes = bytesCell(query)
  const open = <T>(row: IndexRow, value: T): T | undefined => (row.index.closed ? undefined : value)
  const stored = (row: IndexRow): string | undefined => open(row, bytes(row.stats?.storedBytes ?? 0))
  return [
    {
      name: 'health',
      aliases: ['h'],
      description: 'current health status',
      shown: true,
      value: ({ index }) => countShards([index]).status,
    },
    {
      name: 'status',
      aliases: ['s'],
      description: 'open/close status',
      shown: true,
      value: ({ index }) => (index.closed ? 'close' : 'open'),
    },
    { name: 'index', aliases: ['i', 'idx'], description: 'index name', shown: true, value: ({ index }) => index.name },
    { name: 'uuid', aliases: ['id'], description: 'index uuid', shown: true, value: ({ index }) => index.uuid },
    {
      name: 'pri',
      aliases: ['p', 'shards.primary', 'shardsPrimary'],
      description: 'number of primary shards',
      shown: true,
      align: 'right',
      value: ({ index }) => index.shards,
    },
    {
      name: 'rep',
      aliases: ['r', 'shards.replica', 'shardsReplica'],
      description: 'number of replica shards',
      shown: true,
      align: 'right',
      value: ({ index }) => index.replicas,
    },
    {
      name: 'docs.count',
      aliases: ['dc', 'docsCount'],
      description: 'available docs',
      shown: true,
      align: 'right',
      value: (row) => open(row, row.stats?.documents ?? 0),
    },
    {
      name: 'docs.deleted',
      aliases: ['dd', 'docsDeleted'],
      description: 'deleted docs',
      shown: true,
      align: 'right',
      value: (row) => open(row, row.stats?.deletedDocuments ?? 0),
    },
    {
      name: 'creation.date',
      aliases: ['cd'],
      description: 'index creation date (millisecond value)',
      value: ({ index }) => index.createdAt,
    },
    {
      name: 'creation.date.string',
      aliases: ['cds'],
      description: 'index creation date (as string)',
      value: ({ index }) => new Date(index.createdAt).toISOString(),
    },
    {
      name: 'store.size',
      aliases: ['ss', 'storeSize'],
      description: 'store size of primaries & replicas',
      shown: true,
      align: 'right',
      value: stored,
    },
    { name: 'pri.store.size', description: 'store size of primaries', shown: true, align: 'right', value: stored },
    {
      name: 'dataset.size',
      description: 'total size of dataset (including the cache for partially mounted indices)',
      align: 'right',
      value: stored,
    },
    {
      name: 'segments.count',
      aliases: ['sc', 'segmentsCount'],
      description: 'number of segments',
      align: 'right',
      value: ({ stats }) => stats?.parts,
    },
    {
      name: 'indexing.index_total',
      aliases: ['iito', 'indexingIndexTotal'],
      description: 'number of indexing ops',
      align: 'right',
      value: ({ index }) => index.counters.indexed,
    },
    {
      name: 'search.query_total',
      aliases: ['sqto', 'searchQueryTotal'],
      description: 'total query phase ops',
      align: 'right',
      value: ({ index }) => index.counters.searches,
    },
    {
      name: 'get.total',
      aliases: ['gto', 'getTotal'],
      description: 'number of get ops',
      align: 'right',
      value: ({ index }) => index.counters.getsFound + index.counters.getsMissing,
    },
    ...cacheColumns(bytes),
    {
      name: 'search.throttled',
      aliases: ['sth'],
      description: 'indicates if the index is search throttled',
      value: () => 'false',
    },
  ]
}

async function indexRows(request: ApiRequest, context: ApiContext): Promise<readonly IndexRow[]> {
  const names = namesOf(request)
  const indices = requestIndices(request, context, 'indices:monitor/stats', metadataOptions)
  const health = request.query.has('health') ? request.query.choice('health', ['green', 'yellow', 'red'], 'green') : undefined
  const wanted = indices.filter((index) => health === undefined || countShards([index]).status === health)
  return await withStats(context, names.length > 0 ? wanted : [...wanted].sort((a, b) => (a.name < b.name ? -1 : 1)))
}

/** `_cat/indices` */
export const indices: CatTable<IndexRow> = { columns: indexColumns, rows: indexRows }
