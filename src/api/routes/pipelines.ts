import { metricsRoute } from '../monitoring/routes.ts'
import { printMetrics } from '../monitoring/metrics.ts'
import { printDeadLetters, printPipelineStats } from '../monitoring/logstash-json.ts'
import type { PipelineControl } from '../monitoring/pipeline-stats.ts'
import { ok, type Route } from '../http/route.ts'
import { partOf } from './security-request.ts'

/** Pipelines and their dead letters, for whoever may manage the node; and `/metrics`. */
export function pipelineRoutes(pipelines: PipelineControl, version: string): readonly Route<unknown>[] {
  return [
    {
      methods: ['GET'],
      paths: ['/_elkhorn/pipelines'],
      action: 'cluster:monitor/elkhorn',
      handler: () =>
        ok({ pipelines: Object.fromEntries(pipelines.list().map((stats) => [stats.id, printPipelineStats(stats)])) }),
    },
    {
      methods: ['POST'],
      paths: ['/_elkhorn/pipelines/_reload'],
      action: 'cluster:admin/settings/update',
      handler: async () => {
        await pipelines.reload()
        return ok({ acknowledged: true })
      },
    },
    {
      methods: ['GET'],
      paths: ['/_elkhorn/dead_letters'],
      action: 'cluster:monitor/elkhorn',
      handler: () =>
        ok({
          pipelines: Object.fromEntries(
            pipelines
              .list()
              .flatMap(({ id, deadLetters }) => (deadLetters === undefined ? [] : [[id, printDeadLetters(deadLetters)]])),
          ),
        }),
    },
    {
      methods: ['POST'],
      paths: ['/_elkhorn/dead_letters/{pipeline}/_replay'],
      action: 'cluster:admin/settings/update',
      handler: async (request) => ok(await pipelines.replayDeadLetters(partOf(request, 'pipeline'))),
    },
    metricsRoute(() => printMetrics(pipelines.list(), version)),
  ]
}
