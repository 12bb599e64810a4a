import { hostname } from 'node:os'
import { ElkhornError } from '../../core/errors.ts'
import type { Clock } from '../../core/time.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { findHotPlaces } from './hot-threads.ts'
import { printDeadLetters, printHead, printPipelineSettings, printPipelineStats, sumEvents } from './logstash-json.ts'
import { METRICS_TYPE, printMetrics } from './metrics.ts'
import type { NodeInfo, PipelineControl, PipelineStats } from './pipeline-stats.ts'
import { processStats } from './process-stats.ts'

export interface MonitoringContext {
  readonly node: NodeInfo
  readonly pipelines: PipelineControl
  readonly clock: Clock
}

const ACTION = 'cluster:monitor/elkhorn'
const HOT_SAMPLE_MS = 500
const STATS_TYPES = ['jvm', 'process', 'events', 'pipelines', 'reloads', 'os', 'queue'] as const

/** Logstash's monitoring API, as it stands on port 9600, and Prometheus' metrics. */
export const monitoringRoutes: readonly Route<MonitoringContext>[] = [
  route(['/'], (_request, context) => ok(head(context))),
  route(['/_node'], (_request, context) => ok({ ...head(context), ...nodeParts(context) })),
  route(['/_node/pipelines', '/_node/pipelines/{id}'], (request, context) =>
    ok({ ...head(context), pipelines: byId(chosen(request, context), printPipelineSettings) }),
  ),
  route(['/_node/plugins'], (_request, { pipelines, ...context }) => {
    const plugins = pipelines
      .plugins()
      .map((name) => ({ name: `logstash-${name.replace('/', '-')}`, version: context.node.version }))
    return ok({ ...head({ pipelines, ...context }), total: plugins.length, plugins })
  }),
  route(['/_node/logging'], (_request, context) => ok({ ...head(context), loggers: {} })),
  route(['/_node/stats', '/_node/stats/{type}'], stats, ['human', 'vertices']),
  // The singular is what many notes say.
  route(['/_node/stats/pipelines/{id}', '/_node/stats/pipeline/{id}'], onePipeline, ['vertices']),
  {
    methods: ['GET'],
    paths: ['/_node/hot_threads'],
    action: ACTION,
    params: ['threads', 'human', 'ignore_idle_threads', 'stacktrace_size'],
    handler: hotThreads,
  },
  route(['/_node/os', '/_node/jvm'], async (request, context) => {
    const all = await processStats(context.node.startedAt, context.clock.now())
    return ok({ ...head(context), ...(request.path.endsWith('os') ? { os: all.os } : { jvm: all.jvm }) })
  }),
  route(['/_health_report'], (_request, context) => ok(healthReport(context))),
  metricsRoute(({ pipelines, node }) => printMetrics(pipelines.list(), node.version)),
]

/** `GET /metrics`, for Prometheus. */
export function metricsRoute<Context>(print: (context: Context) => string): Route<Context> {
  return {
    methods: ['GET'],
    paths: ['/metrics'],
    action: ACTION,
    plain: true,
    handler: (_request, context) => ({ status: 200, text: print(context), headers: { 'content-type': METRICS_TYPE } }),
  }
}

function route(
  paths: readonly string[],
  handler: (request: ApiRequest, context: MonitoringContext) => Answer | Promise<Answer>,
  params: readonly string[] = [],
): Route<MonitoringContext> {
  return { methods: ['GET'], paths, action: ACTION, params, handler }
}

function head({ node, pipelines }: MonitoringContext): object {
  return printHead(node, hostname(), pipelines.list())
}

function nodeParts({ pipelines }: MonitoringContext): object {
  return {
    pipelines: byId(pipelines.list(), printPipelineSettings),
    os: { name: process.platform, arch: process.arch },
    jvm: { pid: process.pid, version: process.version, vm_name: 'Node.js' },
  }
}

function byId(pipelines: readonly PipelineStats[], print: (stats: PipelineStats) => unknown): object {
  return Object.fromEntries(pipelines.map((stats) => [stats.id, print(stats)]))
}

/** @throws ElkhornError 404 for a pipeline that there is not */
function chosen(request: ApiRequest, { pipelines }: MonitoringContext): readonly PipelineStats[] {
  const id = request.part('id')
  const found = pipelines.list().filter((stats) => id === undefined || stats.id === id)
  if (id !== undefined && found.length === 0)
    throw new ElkhornError('resource_not_found_exception', 404, `there is no pipeline [${id}]`)
  return found
}

async function stats(request: ApiRequest, context: MonitoringContext): Promise<Answer> {
  const given = request.part('type')
  const types = given === undefined ? STATS_TYPES : given.split(',').map((type) => (type === 'pipeline' ? 'pipelines' : type))
  const unknown = types.find((type) => !STATS_TYPES.some((known) => known === type))
  if (unknown !== undefined)
    throw new ElkhornError(
      'resource_not_found_exception',
      404,
      `there are no statistics [${unknown}]: ${STATS_TYPES.join(', ')} are known`,
    )
  const pipelines = context.pipelines.list()
  const all: Readonly<Record<string, unknown>> = {
    ...(await processStats(context.node.startedAt, context.clock.now())),
    events: sumEvents(pipelines),
    pipelines: byId(pipelines, printPipelineStats),
    reloads: {
      successes: pipelines.reduce((sum, { reloads }) => sum + reloads.successes, 0),
      failures: pipelines.reduce((sum, { reloads }) => sum + reloads.failures, 0),
    },
    queue: { events_count: pipelines.reduce((sum, { queue }) => sum + queue.events, 0) },
  }
  return ok({ ...head(context), ...Object.fromEntries(types.map((type) => [type, all[type]])) })
}

/** `/_node/stats/pipeline/dead_letter_queue`, which some notes ask for, tells of the letters of all pipelines. */
function onePipeline(request: ApiRequest, context: MonitoringContext): Answer {
  const everyone = context.pipelines.list()
  if (request.part('id') === 'dead_letter_queue' && !everyone.some(({ id }) => id === 'dead_letter_queue')) {
    return ok({
      ...head(context),
      pipelines: byId(everyone, ({ deadLetters }) => ({
        dead_letter_queue: deadLetters === undefined ? { enabled: false } : printDeadLetters(deadLetters),
      })),
    })
  }
  return ok({ ...head(context), pipelines: byId(chosen(request, context), printPipelineStats) })
}

async function hotThreads(request: ApiRequest, context: MonitoringContext): Promise<Answer> {
  const { idlePercent, places } = await findHotPlaces(HOT_SAMPLE_MS, request.query.integer('threads') ?? 10)
  const time = new Date(context.clock.now()).toISOString()
  if (request.query.has('human') && request.query.text('human') !== 'false') {
    const lines = places.map(({ percent, place }) => `${percent.toFixed(1).padStart(5)} %  ${place}`)
    return {
      status: 200,
      text: `::: {${context.node.name}}\nHot threads at ${time}, main thread, ${idlePercent.toFixed(1)} % idle:\n${lines.join('\n')}\n`,
    }
  }
  return ok({
    ...head(context),
    hot_threads: {
      time,
      busiest_threads: places.length,
      threads: [{ name: 'main', percent_of_cpu_time: 100 - idlePercent, state: 'runnable', traces: places }],
    },
  })
}

function healthReport(context: MonitoringContext): object {
  const pipelines = context.pipelines.list()
  const failed = pipelines.filter(({ running }) => !running)
  const status = failed.length === 0 ? 'green' : failed.length === pipelines.length ? 'red' : 'yellow'
  return {
    ...head(context),
    status,
    symptom: failed.length === 0 ? 'everything is well' : `${failed.length} of ${pipelines.length} pipelines do not run`,
    indicators: {
      pipelines: {
        status,
        indicators: byId(pipelines, ({ running, errors }) => ({ status: running ? 'green' : 'red', diagnosis: errors })),
      },
    },
  }
}
