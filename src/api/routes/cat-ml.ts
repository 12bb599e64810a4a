import type { ApiContext } from '../api-context.ts'
import type { Column } from '../cat/table.ts'
import type { Route } from '../http/route.ts'
import { catRoute } from '../cat/cat-route.ts'

/** Tables of machine learning. There are no jobs here yet: they have their columns and no rows. */
export const catMlRoutes: readonly Route<ApiContext>[] = [
  emptyTable('anomaly_detectors', 'job_id', [
    ['id', '', 'the job_id'],
    ['state', 's', 'the job state'],
    ['data.processed_records', 'dpr', 'number of processed records'],
    ['model.bytes', 'mb', 'model size'],
    ['model.memory_status', 'mms', 'current memory status'],
    ['forecasts.total', 'ft', 'total number of forecasts'],
    ['buckets.count', 'bc', 'bucket count'],
  ]),
  emptyTable('datafeeds', 'datafeed_id', [
    ['id', '', 'the datafeed_id'],
    ['state', 's', 'the datafeed state'],
    ['buckets.count', 'bc', 'bucket count'],
    ['search.count', 'sc', 'number of searches ran by the datafeed'],
  ]),
  emptyTable('data_frame/analytics', 'id', [
    ['id', '', 'the id'],
    ['type', 't', 'analysis type'],
    ['create_time', 'ct', 'job creation time'],
    ['state', 's', 'job state'],
  ]),
  emptyTable('trained_models', 'model_id', [
    ['id', '', 'the trained model id'],
    ['heap_size', 'hs', 'the estimated heap size to keep the model in memory'],
    ['operations', 'o', 'the estimated number of operations to use the model'],
    ['create_time', 'ct', 'the time the model was created'],
    ['type', 't', 'the model type'],
    ['ingest.pipelines', 'ip', 'the number of pipelines referencing the model'],
    ['data_frame.id', 'dfid', 'the data frame analytics config id that created the model'],
  ]),
]

/** @param columns name, alias (empty for none) and description of each */
function emptyTable(name: string, id: string, columns: readonly (readonly [string, string, string])[]): Route<ApiContext> {
  const shown = columns.map(([column, alias, description]): Column<never> => ({
    name: column,
    aliases: alias === '' ? [] : [alias],
    description,
    shown: true,
    value: () => undefined,
  }))
  return catRoute(
    [`/_cat/ml/${name}`, `/_cat/ml/${name}/{${id}}`],
    'cluster:monitor/xpack/ml/job/get',
    { columns: () => shown, rows: () => [] },
    ['allow_no_match', 'from'],
  )
}
