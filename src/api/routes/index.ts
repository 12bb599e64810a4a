import type { ApiContext } from '../api-context.ts'
import type { Route } from '../http/route.ts'
import { administrationRoutes } from './administration.ts'
import { aliasRoutes } from './aliases.ts'
import { analyzeRoutes } from './analyze.ts'
import { asyncSearchRoutes } from './async-search.ts'
import { autoscalingRoutes } from './autoscaling.ts'
import { blockRoutes } from './blocks.ts'
import { bulkRoutes } from './bulk.ts'
import { byQueryRoutes } from './by-query.ts'
import { catRoutes } from './cat.ts'
import { catHelpRoute } from './cat-help.ts'
import { catMlRoutes } from './cat-ml.ts'
import { catNodeRoutes } from './cat-node.ts'
import { catSnapshotRoutes } from './cat-snapshots.ts'
import { clusterAllocationRoutes } from './cluster-allocation.ts'
import { clusterInfoRoutes } from './cluster-info.ts'
import { clusterRoutes } from './cluster.ts'
import { healthReportRoutes } from './health-report.ts'
import { healthRoutes } from './cluster-health.ts'
import { clusterStatsRoutes } from './cluster-stats.ts'
import { createFromRoutes } from './create-from.ts'
import { dataStreamLifecycleRoutes } from './data-stream-lifecycle.ts'
import { dataStreamOverrideRoutes } from './data-stream-overrides.ts'
import { dataStreamRoutes } from './data-streams.ts'
import { documentRoutes } from './documents.ts'
import { fieldCapsRoutes } from './field-caps.ts'
import { enrichRoutes } from './enrich.ts'
import { ingestRoutes } from './ingest.ts'
import { indexRoutes } from './indices.ts'
import { maintenanceRoutes } from './index-maintenance.ts'
import { indexUsageRoutes } from './index-usage.ts'
import { indexStatsRoutes } from './index-stats.ts'
import { infoRoutes } from './info.ts'
import { ipDatabaseRoutes } from './ip-databases.ts'
import { lifecyclePolicyRoutes } from './lifecycle-policies.ts'
import { logstashPipelineRoutes } from './logstash-pipelines.ts'
import { mappingRoutes } from './mappings.ts'
import { nodeShutdownRoutes } from './node-shutdowns.ts'
import { nodeRoutes } from './nodes.ts'
import { queryRuleRoutes } from './query-rules.ts'
import { reindexRoutes } from './reindex.ts'
import { resolveRoutes } from './resolve.ts'
import { pointInTimeRoutes } from './point-in-time.ts'
import { resizeRoutes } from './resize.ts'
import { rollupJobRoutes } from './rollup-jobs.ts'
import { rolloverRoutes } from './rollover.ts'
import { scrollRoutes } from './scroll.ts'
import { scriptRoutes } from './scripts.ts'
import { explainRoutes } from './explain.ts'
import { searchApplicationRoutes } from './search-applications.ts'
import { searchRoutes } from './search.ts'
import { searchTemplateRoutes } from './search-templates.ts'
import { settingsRoutes } from './settings.ts'
import { shardRoutes } from './shards.ts'
import { snapshotPolicyRoutes } from './snapshot-policies.ts'
import { snapshotRoutes } from './snapshots.ts'
import { synonymRoutes } from './synonyms.ts'
import { taskRoutes } from './tasks.ts'
import { templateRoutes } from './templates.ts'
import { transformRoutes } from './transforms.ts'
import { termsEnumRoutes } from './terms-enum.ts'
import { vectorTileRoutes } from './vector-tile.ts'
import { watchRoutes } from './watches.ts'

const catTables = [...catRoutes, ...catNodeRoutes, ...catMlRoutes, ...catSnapshotRoutes]

/** Every endpoint on 9200. A new group is one file and one line here. */
export const routes: readonly Route<ApiContext>[] = [
  ...infoRoutes,
  ...bulkRoutes,
  ...documentRoutes,
  ...searchRoutes,
  ...explainRoutes,
  ...asyncSearchRoutes,
  ...termsEnumRoutes,
  ...vectorTileRoutes,
  ...byQueryRoutes,
  ...reindexRoutes,
  ...scrollRoutes,
  ...pointInTimeRoutes,
  ...scriptRoutes,
  ...searchTemplateRoutes,
  ...enrichRoutes,
  ...ingestRoutes,
  ...indexRoutes,
  ...mappingRoutes,
  ...settingsRoutes,
  ...blockRoutes,
  ...lifecyclePolicyRoutes,
  ...aliasRoutes,
  ...templateRoutes,
  ...dataStreamRoutes,
  ...dataStreamLifecycleRoutes,
  ...dataStreamOverrideRoutes,
  ...maintenanceRoutes,
  ...analyzeRoutes,
  ...indexStatsRoutes,
  ...resizeRoutes,
  ...createFromRoutes,
  ...rolloverRoutes,
  ...resolveRoutes,
  ...fieldCapsRoutes,
  ...shardRoutes,
  ...clusterRoutes,
  ...clusterInfoRoutes,
  ...clusterAllocationRoutes,
  ...healthRoutes,
  ...healthReportRoutes,
  ...indexUsageRoutes,
  ...clusterStatsRoutes,
  ...nodeRoutes,
  ...taskRoutes,
  ...snapshotRoutes,
  ...snapshotPolicyRoutes,
  ...transformRoutes,
  ...rollupJobRoutes,
  ...watchRoutes,
  ...logstashPipelineRoutes,
  ...ipDatabaseRoutes,
  ...synonymRoutes,
  ...queryRuleRoutes,
  ...searchApplicationRoutes,
  ...autoscalingRoutes,
  ...nodeShutdownRoutes,
  ...administrationRoutes,
  ...catTables,
  catHelpRoute([...catTables, ...[...nodeRoutes, ...transformRoutes].filter(({ plain }) => plain === true)]),
]
