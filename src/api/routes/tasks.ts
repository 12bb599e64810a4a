import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { Task } from '../../index/tasks/task-registry.ts'
import { loadTaskResult } from '../../index/tasks/task-results.ts'
import type { ApiContext } from '../api-context.ts'
import { readRequestsPerSecond } from '../by-query/read-options.ts'
import type { QueryParams } from '../http/query-params.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { parseTaskId, printFinished, printTask, printTasks, taskId, taskMissing } from '../tasks/print-task.ts'
import { required } from './documents.ts'

const DEFAULT_WAIT_MS = 30_000

/** Long work that runs on its own: watched, throttled, stopped. */
export const taskRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_tasks'],
    action: 'cluster:monitor/tasks/lists',
    params: [
      'actions',
      'detailed',
      'group_by',
      'node_id',
      'nodes',
      'parent_task_id',
      'timeout',
      'wait_for_completion',
      'master_timeout',
    ],
    handler: list,
  },
  {
    methods: ['GET'],
    paths: ['/_tasks/{task_id}'],
    action: 'cluster:monitor/task/get',
    params: ['timeout', 'wait_for_completion'],
    handler: getOne,
  },
  {
    methods: ['POST'],
    paths: ['/_tasks/_cancel', '/_tasks/{task_id}/_cancel'],
    action: 'cluster:admin/tasks/cancel',
    params: ['actions', 'nodes', 'parent_task_id', 'wait_for_completion'],
    handler: cancel,
  },
  {
    methods: ['POST'],
    paths: [
      '/_reindex/{task_id}/_rethrottle',
      '/_update_by_query/{task_id}/_rethrottle',
      '/_delete_by_query/{task_id}/_rethrottle',
    ],
    action: 'cluster:admin/reindex/rethrottle',
    params: ['requests_per_second', 'group_by'],
    handler: rethrottle,
  },
]

async function list(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { query } = request
  const groupBy = query.choice('group_by', ['nodes', 'parents', 'none'], 'nodes')
  const wanted = wantedActions(query)
  const parent = query.text('parent_task_id')
  if (parent !== undefined) parseTaskId(context, parent)
  // Tasks have no parents here: slices are part of their request.
  const running = parent === undefined ? context.tasks.running.filter(({ action }) => wanted(action)) : []
  if (query.boolean('wait_for_completion', false)) {
    await settled(
      running.map(({ id }) => context.tasks.waitFor(id)),
      query,
    )
  }
  const own = listing(request, context)
  const shown = [
    ...running.map((task) => shownTask(context, task, query.boolean('detailed', false))),
    ...(parent === undefined && wanted('cluster:monitor/tasks/lists') ? [own] : []),
  ]
  return ok(printTasks(context, Object.fromEntries(shown), groupBy))
}

function wantedActions(query: QueryParams): (action: string) => boolean {
  const patterns = query.list('actions')
  return (action) => patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, action))
}

/** Descriptions and status are for those who ask for details. */
function shownTask(context: ApiContext, task: Task, isDetailed: boolean): [string, JsonObject] {
  const { description, status, ...rest } = printTask(context, task)
  return [taskId(context, task), { ...rest, ...(isDetailed ? { description, status } : {}) }]
}

/** The request that lists is a task too. */
function listing(request: ApiRequest, context: ApiContext): [string, JsonObject] {
  const id = context.tasks.nextId()
  const opaqueId = request.header('x-opaque-id')
  return [
    taskId(context, { id }),
    {
      node: context.node.id,
      id,
      type: 'transport',
      action: 'cluster:monitor/tasks/lists',
      start_time_in_millis: context.index.clock.now(),
      running_time_in_nanos: 0,
      cancellable: false,
      headers: opaqueId === undefined ? {} : { 'X-Opaque-Id': opaqueId },
    },
  ]
}

async function getOne(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const text = required(request, 'task_id')
  const id = parseTaskId(context, text)
  if (id === undefined) throw taskMissing(text)
  if (request.query.boolean('wait_for_completion', false)) await settled([context.tasks.waitFor(id)], request.query)
  const running = context.tasks.findRunning(id)
  if (running) return ok({ completed: false, task: printTask(context, running) })
  const finished = context.tasks.findFinished(id)
  if (finished) return ok(printFinished(context, finished))
  const stored = await loadTaskResult(context.index, text)
  if (stored === undefined) throw taskMissing(text)
  return { status: 200, text: stored }
}

/** @throws ElkhornError `timeout_exception` */
async function settled(waits: readonly Promise<unknown>[], query: QueryParams): Promise<void> {
  const limitMs = query.durationMs('timeout') ?? DEFAULT_WAIT_MS
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new ElkhornError('timeout_exception', 500, 'Timed out waiting for completion of tasks')),
      limitMs,
    )
  })
  try {
    await Promise.race([Promise.all(waits), late])
  } finally {
    clearTimeout(timer)
  }
}

async function cancel(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const text = request.part('task_id')
  const wanted = wantedActions(request.query)
  const ids =
    text === undefined
      ? context.tasks.running.filter(({ action }) => wanted(action)).map(({ id }) => id)
      : [namedTask(context, text)]
  const tasks = ids.map((id) => context.tasks.cancel(id, text ?? `${context.node.id}:${id}`))
  if (request.query.boolean('wait_for_completion', false)) await Promise.all(ids.map((id) => context.tasks.waitFor(id)))
  return ok(
    printTasks(context, Object.fromEntries(tasks.map((task) => [taskId(context, task), printTask(context, task)])), 'nodes'),
  )
}

function namedTask(context: ApiContext, text: string): number {
  const id = parseTaskId(context, text)
  if (id === undefined) throw new ElkhornError('resource_not_found_exception', 404, `task [${text}] is not found`)
  return id
}

function rethrottle(request: ApiRequest, context: ApiContext): Answer {
  const rate = readRequestsPerSecond(request.query.text('requests_per_second'))
  if (rate === undefined) throw illegalArgument('requests_per_second is a required parameter')
  const text = required(request, 'task_id')
  const groupBy = request.query.choice('group_by', ['nodes', 'parents', 'none'], 'nodes')
  const id = parseTaskId(context, text)
  // Nobody of that name is here: not the request fails, but what the node was to do.
  if (id === undefined) return ok({ node_failures: [noSuchNode(text)], ...printTasks(context, {}, groupBy) })
  const task = context.tasks.findRunning(id)
  task?.rethrottle?.(rate)
  const tasks = task ? { [taskId(context, task)]: printTask(context, task) } : {}
  return ok(printTasks(context, tasks, groupBy))
}

/** What became of a task whose id names another node. */
function noSuchNode(task: string): JsonObject {
  const node = task.slice(0, task.lastIndexOf(':'))
  return {
    type: 'failed_node_exception',
    reason: `Failed node [${node}]`,
    node_id: node,
    caused_by: { type: 'no_such_node_exception', reason: 'No such node [' + node + ']', node_id: node },
  }
}
