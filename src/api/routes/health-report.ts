import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ApiContext } from '../api-context.ts'
import { isRunning } from '../definitions/operation-mode.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { loadDiskSpace } from '../nodes/disk-space.ts'
import { countShards, type Health } from './cluster-health.ts'

/** `_health_report`: how the node is, part by part, in words. */
export const healthReportRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_health_report', '/_health_report/{feature}'],
    action: 'cluster:monitor/health_api',
    params: ['timeout', 'verbose', 'size'],
    handler: report,
  },
]

interface Indicator {
  readonly status: Health
  readonly symptom: string
  readonly details?: JsonObject
  readonly impacts?: readonly JsonObject[]
}

/** Below this share of free space writes will soon be refused; below the other they are about to be. */
const LOW_SHARE = 0.1
const FLOOD_SHARE = 0.05

const INDICATORS: Readonly<Record<string, (context: ApiContext) => Indicator | Promise<Indicator>>> = {
  master_is_stable: ({ node }) => ({
    status: 'green',
    symptom: 'The cluster has a stable master node',
    details: { current_master: { node_id: node.id, name: node.name }, recent_masters: [{ node_id: node.id, name: node.name }] },
  }),
  shards_availability: shardsAvailability,
  disk,
  repository_integrity: ({ repositories }) => {
    const count = repositories.entries().length
    return {
      status: 'green',
      symptom: count === 0 ? 'No snapshot repositories configured.' : 'All repositories are healthy.',
      details: { total_repositories: count },
    }
  },
  ilm: (context) => ({
    status: 'green',
    symptom: `Index Lifecycle Management is ${isRunning(context, 'ilm') ? 'running' : 'not running'}`,
    details: {
      ilm_status: isRunning(context, 'ilm') ? 'RUNNING' : 'STOPPED',
      policies: context.index.catalog.lifecyclePolicies.size,
    },
  }),
  slm: (context) => ({
    status: 'green',
    symptom: `Snapshot Lifecycle Management is ${isRunning(context, 'slm') ? 'running' : 'not running'}`,
    details: {
      slm_status: isRunning(context, 'slm') ? 'RUNNING' : 'STOPPED',
      policies: context.definitions.of('snapshot_policy').size,
    },
  }),
}

/** Every primary is here; replicas have no other node to be on. */
function shardsAvailability({ index: { catalog } }: ApiContext): Indicator {
  const { primaries, unassigned } = countShards([...catalog.indices.values()])
  const details = {
    started_primaries: primaries,
    unassigned_primaries: 0,
    started_replicas: 0,
    unassigned_replicas: unassigned,
  }
  if (unassigned === 0) return { status: 'green', symptom: 'This cluster has all shards available.', details }
  return {
    status: 'yellow',
    symptom: `This cluster has ${unassigned} unavailable replica ${unassigned === 1 ? 'shard' : 'shards'}.`,
    details,
    impacts: [
      {
        id: 'elasticsearch:health:shards_availability:impact:replica_unassigned',
        severity: 2,
        description: 'There is one node: the documents of these indices are stored once.',
        impact_areas: ['search'],
      },
    ],
  }
}

async function disk({ node }: ApiContext): Promise<Indicator> {
  const { availableBytes, totalBytes } = await loadDiskSpace(node.dataPath)
  const share = availableBytes / totalBytes
  const status: Health = share < FLOOD_SHARE ? 'red' : share < LOW_SHARE ? 'yellow' : 'green'
  return {
    status,
    symptom:
      status === 'green'
        ? 'The cluster has enough available disk space.'
        : `The disk of the data folder is ${Math.round(100 * (1 - share))} % full.`,
    details: { available_bytes: availableBytes, total_bytes: totalBytes },
    impacts:
      status === 'green'
        ? []
        : [
            {
              id: 'elasticsearch:health:disk:impact:ingest_capability_at_risk',
              severity: status === 'red' ? 1 : 2,
              description: 'Documents can no longer be written when the disk is full.',
              impact_areas: ['ingest'],
            },
          ],
  }
}

const WORST: readonly Health[] = ['green', 'yellow', 'red']

async function report(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const feature = request.part('feature')
  if (feature !== undefined && !Object.hasOwn(INDICATORS, feature)) {
    throw illegalArgument(`unknown health indicator [${feature}]: [${Object.keys(INDICATORS).join(', ')}] are known`)
  }
  const isVerbose = request.query.boolean('verbose', true)
  const wanted = Object.entries(INDICATORS).filter(([name]) => feature === undefined || name === feature)
  const found: (readonly [string, Indicator])[] = []
  for (const [name, indicate] of wanted) found.push([name, await indicate(context)])
  const indicators = Object.fromEntries(
    found.map(([name, { status, symptom, details, impacts }]) => [
      name,
      { status, symptom, ...(isVerbose ? { details: details ?? {}, impacts: impacts ?? [], diagnosis: [] } : {}) },
    ]),
  )
  const status = WORST[Math.max(...found.map(([, indicator]) => WORST.indexOf(indicator.status)))]
  return ok({ ...(feature === undefined ? { status } : {}), cluster_name: context.node.clusterName, indicators })
}
