import { searchOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { requestIndices } from '../indices/names.ts'
import { hostOf } from '../nodes/node-filter.ts'
import { type IndexRow, withStats } from './index-row.ts'
import type { CatTable, Column } from './table.ts'

const segmentColumns: readonly Column<IndexRow & { readonly node: ApiContext['node'] }>[] = [
  { name: 'index', aliases: ['i', 'idx'], description: 'index name', shown: true, value: ({ index }) => index.name },
  { name: 'shard', aliases: ['s', 'sh'], description: 'shard name', shown: true, value: () => 0 },
  { name: 'prirep', aliases: ['p', 'pr', 'primaryOrReplica'], description: 'primary or replica', shown: true, value: () => 'p' },
  { name: 'ip', description: 'ip of node where it lives', shown: true, value: ({ node }) => hostOf(node.publishAddress()) },
  { name: 'id', description: 'unique id of node where it lives', value: ({ node }) => node.id },
  { name: 'segment', aliases: ['seg'], description: 'segment name', shown: true, value: () => '_0' },
  { name: 'generation', aliases: ['g', 'gen'], description: 'segment generation', shown: true, align: 'right', value: () => 0 },
  {
    name: 'docs.count',
    aliases: ['dc', 'docsCount'],
    description: 'number of docs in segment',
    shown: true,
    align: 'right',
    value: ({ stats }) => stats?.documents ?? 0,
  },
  {
    name: 'docs.deleted',
    aliases: ['dd', 'docsDeleted'],
    description: 'number of deleted docs in segment',
    shown: true,
    align: 'right',
    value: ({ stats }) => stats?.deletedDocuments ?? 0,
  },
  {
    name: 'size',
    aliases: ['si'],
    description: 'segment size in bytes',
    shown: true,
    align: 'right',
    value: ({ stats }) => `${stats?.storedBytes ?? 0}b`,
  },
  {
    name: 'size.memory',
    aliases: ['sm', 'sizeMemory'],
    description: 'segment memory in bytes',
    shown: true,
    align: 'right',
    value: () => 0,
  },
  { name: 'committed', aliases: ['ic', 'isCommitted'], description: 'is segment committed', shown: true, value: () => 'true' },
  { name: 'searchable', aliases: ['is', 'isSearchable'], description: 'is segment searched', shown: true, value: () => 'true' },
  { name: 'version', aliases: ['v', 'ver'], description: 'version', shown: true, value: () => '9.12.1' },
  { name: 'compound', aliases: ['ico', 'isCompound'], description: 'is segment compound', shown: true, value: () => 'false' },
]

async function segmentRows(
  request: ApiRequest,
  context: ApiContext,
): Promise<readonly (IndexRow & { readonly node: ApiContext['node'] })[]> {
  const indices = requestIndices(request, context, 'indices:monitor/segments', searchOptions)
  const rows = await withStats(context, indices)
  return rows.filter(({ stats }) => (stats?.documents ?? 0) > 0).map((row) => ({ ...row, node: context.node }))
}

/** `_cat/segments` */
export const segments: CatTable<IndexRow & { readonly node: ApiContext['node'] }> = {
  columns: () => segmentColumns,
  rows: segmentRows,
}
