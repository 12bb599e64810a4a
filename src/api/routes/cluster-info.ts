import { illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { nearestName } from '../../core/nearest.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { httpStats, ingestStats, scriptStats, threadPoolStats } from './nodes.ts'

/** `_info`: statistics of the cluster as a whole, which is this node. */
export const clusterInfoRoutes: readonly Route<ApiContext>[] = [
  { methods: ['GET'], paths: ['/_info/{target}'], action: 'cluster:monitor/nodes/stats', handler: info },
  // No cluster is reached from here: searches over several are refused where they name one.
  { methods: ['GET'], paths: ['/_remote/info'], action: 'cluster:monitor/remote/info', handler: () => ok({}) },
]

const TARGETS: Readonly<Record<string, (context: ApiContext) => JsonObject>> = {
  http: httpStats,
  ingest: ingestStats,
  thread_pool: threadPoolStats,
  script: scriptStats,
}

function info(request: ApiRequest, context: ApiContext): Answer {
  const targets = namesOf(request, 'target')
  if (targets.includes('_all') && targets.length > 1) {
    throw illegalArgument(`request [${request.path}] contains _all and individual target [${targets.join(',')}]`)
  }
  const unknown = targets.filter((name) => name !== '_all' && !Object.hasOwn(TARGETS, name))
  if (unknown.length > 0) {
    const described = unknown.map((name) => {
      const nearest = nearestName(name, Object.keys(TARGETS))
      return `[${name}]${nearest === undefined ? '' : ` -> did you mean [${nearest}]?`}`
    })
    throw illegalArgument(
      `request [${request.path}] contains unrecognized target${unknown.length > 1 ? 's' : ''}: ${described.join(', ')}`,
    )
  }
  const wanted = Object.entries(TARGETS).filter(([name]) => targets.includes('_all') || targets.includes(name))
  return ok({
    cluster_name: context.node.clusterName,
    ...Object.fromEntries(wanted.map(([name, stats]) => [name, stats(context)])),
  })
}
