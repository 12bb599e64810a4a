import type { RepositoryRecord } from '../../index/snapshots/repository.ts'
import { findSnapshots, type SnapshotRecord } from '../../index/snapshots/snapshot-record.ts'
import { printDuration } from '../../core/duration.ts'
import type { ApiContext } from '../api-context.ts'
import type { Column } from '../cat/table.ts'
import type { ApiRequest, Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { catRoute } from '../cat/cat-route.ts'

/** Tables of repositories and of the snapshots in them. */
export const catSnapshotRoutes: readonly Route<ApiContext>[] = [
  catRoute(['/_cat/repositories'], 'cluster:admin/repository/get', {
    columns: () => repositoryColumns,
    rows: (_request, { repositories }) => repositories.entries(),
  }),
  catRoute(
    ['/_cat/snapshots', '/_cat/snapshots/{repository}'],
    'cluster:admin/snapshot/get',
    { columns: () => snapshotColumns, rows: snapshotRows },
    ['ignore_unavailable'],
  ),
]

const repositoryColumns: readonly Column<readonly [string, RepositoryRecord]>[] = [
  { name: 'id', aliases: ['id', 'repoId'], description: 'unique repository id', shown: true, value: ([name]) => name },
  { name: 'type', aliases: ['t', 'type'], description: 'repository type', shown: true, value: ([, { type }]) => type },
]

interface SnapshotRow {
  readonly repository: string
  readonly record: SnapshotRecord
}

async function snapshotRows(request: ApiRequest, { repositories }: ApiContext): Promise<readonly SnapshotRow[]> {
  const rows: SnapshotRow[] = []
  for (const [repository] of repositories.find(namesOf(request, 'repository'))) {
    const records = findSnapshots(repository, await repositories.snapshots(repository), ['_all'])
    rows.push(...records.map((record) => ({ repository, record })))
  }
  return rows
}

const seconds = (millis: number): number => Math.floor(millis / 1000)
const clockTime = (millis: number): string => new Date(millis).toISOString().slice(11, 19)

function column(
  name: string,
  aliases: readonly string[],
  description: string,
  value: Column<SnapshotRow>['value'],
  align: 'left' | 'right' = 'left',
): Column<SnapshotRow> {
  return { name, aliases, description, shown: true, align, value }
}

const snapshotColumns: readonly Column<SnapshotRow>[] = [
  column('id', ['id', 'snapshot'], 'unique snapshot', ({ record }) => record.snapshot),
  column('repository', ['re', 'repo'], 'repository name', ({ repository }) => repository),
  column('status', ['s', 'status'], 'snapshot name', ({ record }) => record.state),
  column('start_epoch', ['ste', 'startEpoch'], 'start time in seconds since 1970-01-01 00:00:00', ({ record }) =>
    seconds(record.startedAt),
  ),
  column('start_time', ['sti', 'startTime'], 'start time in HH:MM:SS', ({ record }) => clockTime(record.startedAt)),
  column('end_epoch', ['ete', 'endEpoch'], 'end time in seconds since 1970-01-01 00:00:00', ({ record }) =>
    seconds(record.endedAt),
  ),
  column('end_time', ['eti', 'endTime'], 'end time in HH:MM:SS', ({ record }) => clockTime(record.endedAt)),
  column('duration', ['dur', 'duration'], 'duration', ({ record }) => printDuration(record.endedAt - record.startedAt), 'right'),
  column('indices', ['i', 'indices'], 'number of indices', ({ record }) => record.indices.length, 'right'),
  column(
    'successful_shards',
    ['ss', 'successful_shards'],
    'number of successful shards',
    ({ record }) => record.indices.length,
    'right',
  ),
  column('failed_shards', ['fs', 'failed_shards'], 'number of failed shards', () => 0, 'right'),
  column('total_shards', ['ts', 'total_shards'], 'number of total shards', ({ record }) => record.indices.length, 'right'),
]
