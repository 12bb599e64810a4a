import type { IndexState } from '../../index/index-state.ts'
import { metadataOptions } from '../../index/names/resolve-names.ts'
import type { ApiContext } from '../api-context.ts'
import type { ApiRequest } from '../http/route.ts'
import { requestIndices } from '../indices/names.ts'
import { hostOf } from '../nodes/node-filter.ts'
import { timeCell } from './format-cells.ts'
import type { CatTable, Column } from './table.ts'

interface RecoveryRow {
  readonly index: IndexState
  readonly shard: number
  readonly node: ApiContext['node']
}

function recoveryColumns({ query }: ApiRequest): readonly Column<RecoveryRow>[] {
  const time = timeCell(query)
  const column = (
    name: string,
    aliases: readonly string[],
    description: string,
    value: Column<RecoveryRow>['value'],
    shown = true,
  ): Column<RecoveryRow> => ({
    name,
    aliases,
    description,
    shown,
    value,
  })
  return [
    column('index', ['i', 'idx'], 'index name', ({ index }) => index.name),
    column('shard', ['s', 'sh'], 'shard name', ({ shard }) => shard),
    column('start_time', ['start'], 'recovery start time', ({ index }) => new Date(index.createdAt).toISOString(), false),
    column(
      'start_time_millis',
      ['start_millis'],
      'recovery start time in epoch milliseconds',
      ({ index }) => index.createdAt,
      false,
    ),
    column('stop_time', ['stop'], 'recovery stop time', ({ index }) => new Date(index.createdAt).toISOString(), false),
    column(
      'stop_time_millis',
      ['stop_millis'],
      'recovery stop time in epoch milliseconds',
      ({ index }) => index.createdAt,
      false,
    ),
    column('time', ['t', 'ti'], 'recovery time', () => time(0)),
    column('type', ['ty'], 'recovery type', ({ index }) => (index.closed ? 'existing_store' : 'empty_store')),
    column('stage', ['st'], 'recovery stage', () => 'done'),
    column('source_host', ['shost'], 'source host', () => 'n/a'),
    column('source_node', ['snode'], 'source node name', () => 'n/a'),
    column('target_host', ['thost'], 'target host', ({ node }) => hostOf(node.publishAddress())),
    column('target_node', ['tnode'], 'target node name', ({ node }) => node.name),
    column('repository', ['rep'], 'repository', () => 'n/a'),
    column('snapshot', ['snap'], 'snapshot', () => 'n/a'),
    column('files', ['f'], 'number of files to recover', () => 0),
    column('files_recovered', ['fr'], 'files recovered', () => 0),
    column('files_percent', ['fp'], 'percent of files recovered', () => '0.0%'),
    column('files_total', ['tf'], 'total number of files', () => 0),
    column('bytes', ['b'], 'number of bytes to recover', () => 0),
    column('bytes_recovered', ['br'], 'bytes recovered', () => 0),
    column('bytes_percent', ['bp'], 'percent of bytes recovered', () => '0.0%'),
    column('bytes_total', ['tb'], 'total number of bytes', () => 0),
    column('translog_ops', ['to'], 'number of translog ops to recover', () => 0),
    column('translog_ops_recovered', ['tor'], 'translog ops recovered', () => 0),
    column('translog_ops_percent', ['top'], 'percent of translog ops recovered', () => '100.0%'),
  ]
}

function recoveryRows(request: ApiRequest, context: ApiContext): readonly RecoveryRow[] {
  if (request.query.boolean('active_only', false)) return []
  const indices = requestIndices(request, context, 'indices:monitor/recovery', { ...metadataOptions, expandHidden: true })
  return indices.flatMap((index) => Array.from({ length: index.shards }, (_, shard) => ({ index, shard, node: context.node })))
}

/** `_cat/recovery` */
export const recovery: CatTable<RecoveryRow> = { columns: recoveryColumns, rows: recoveryRows }
