import { arch, cpus, freemem, totalmem } from 'node:os'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { countShards } from './cluster-health.ts'
import { printSections } from './index-stats.ts'

export const clusterStatsRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_cluster/stats', '/_cluster/stats/nodes/{node_id}'],
    action: 'cluster:monitor/stats',
    params: ['flat_settings', 'timeout', 'include_remotes'],
    handler: stats,
  },
]

async function stats(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const indices = [...context.index.catalog.indices.values()]
  const { node } = context
  const counts = countShards(indices)
  const memory = process.memoryUsage()
  const fieldTypes = new Map<string, { count: number; indices: Set<string> }>()
  for (const index of indices) {
    for (const { type } of index.fields.all()) {
      const entry = fieldTypes.get(type) ?? { count: 0, indices: new Set<string>() }
      entry.count += 1
      entry.indices.add(index.name)
      fieldTypes.set(type, entry)
    }
  }
  return ok({
    _nodes: { total: 1, successful: 1, failed: 0 },
    cluster_name: node.clusterName,
    cluster_uuid: node.clusterUuid,
    timestamp: context.index.clock.now(),
    status: counts.status,
    indices: {
      count: indices.length,
      shards: indices.length === 0 ? {} : { total: counts.primaries, primaries: counts.primaries, replication: 0 },
      ...(await printSections(request, context, indices, [
        'docs',
        'store',
        'fielddata',
        'query_cache',
        'completion',
        'segments',
      ])),
      mappings: {
        field_types: [...fieldTypes]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, entry]) => ({ name, count: entry.count, index_count: entry.indices.size })),
      },
      analysis: {
        char_filter_types: [],
        tokenizer_types: [],
        filter_types: [],
        analyzer_types: [],
        built_in_char_filters: [],
        built_in_tokenizers: [],
        built_in_filters: [],
        built_in_analyzers: [],
      },
    },
    nodes: {
      count: { total: 1, coordinating_only: 0, data: 1, ingest: 1, master: 1, cluster_manager: 1, remote_cluster_client: 1 },
      versions: [node.version],
      os: {
        available_processors: cpus().length,
        allocated_processors: cpus().length,
        names: [{ name: process.platform, count: 1 }],
        pretty_names: [{ pretty_name: process.platform, count: 1 }],
        architectures: [{ arch: arch(), count: 1 }],
        mem: { total_in_bytes: totalmem(), free_in_bytes: freemem(), used_in_bytes: totalmem() - freemem() },
      },
      process: { cpu: { percent: 0 }, open_file_descriptors: { min: -1, max: -1, avg: -1 } },
      jvm: {
        max_uptime_in_millis: Math.round(process.uptime() * 1000),
        versions: [
          { version: process.version, vm_name: 'node', vm_version: process.versions.v8, vm_vendor: 'Node.js', count: 1 },
        ],
        mem: { heap_used_in_bytes: memory.heapUsed, heap_max_in_bytes: memory.heapTotal },
        threads: 1,
      },
      fs: {},
      plugins: [],
      network_types: { transport_types: { local: 1 }, http_types: { fastify: 1 } },
      discovery_types: { 'single-node': 1 },
      packaging_types: [{ flavor: 'default', type: 'tar', count: 1 }],
      ingest: { number_of_pipelines: 0, processor_stats: {} },
    },
  })
}
