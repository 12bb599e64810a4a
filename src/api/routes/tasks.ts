import { ElkhornError } from '../../core/errors.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'

/** Long work that runs on its own: none yet, so lists hold the request that asks and nothing else. */
export const taskRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_tasks'],
    action: 'cluster:monitor/tasks/lists',
    params: ['actions', 'detailed', 'group_by', 'nodes', 'parent_task_id', 'timeout', 'wait_for_completion', 'master_timeout'],
    handler: list,
  },
  {
    methods: ['GET'],
    paths: ['/_tasks/{task_id}'],
    action: 'cluster:monitor/task/get',
    params: ['timeout', 'wait_for_completion'],
    handler: (request): Answer => {
      throw new ElkhornError(
        'resource_not_found_exception',
        404,
        `task [${request.part('task_id') ?? ''}] isn't running and hasn't stored its results`,
      )
    },
  },
  {
    methods: ['POST'],
    paths: ['/_tasks/_cancel', '/_tasks/{task_id}/_cancel'],
    action: 'cluster:admin/tasks/cancel',
    params: ['actions', 'nodes', 'parent_task_id', 'wait_for_completion'],
    handler: cancel,
  },
]

function list(request: ApiRequest, { index, node }: ApiContext): Answer {
  const groupBy = request.query.choice('group_by', ['nodes', 'parents', 'none'], 'nodes')
  const opaqueId = request.header('x-opaque-id')
  const task = {
    node: node.id,
    id: 1,
    type: 'transport',
    action: 'cluster:monitor/tasks/lists',
    start_time_in_millis: index.clock.now(),
    running_time_in_nanos: 0,
    cancellable: false,
    headers: opaqueId === undefined ? {} : { 'X-Opaque-Id': opaqueId },
  }
  const id = `${node.id}:1`
  if (groupBy === 'none') return ok({ tasks: [task] })
  if (groupBy === 'parents') return ok({ tasks: { [id]: task } })
  return ok({
    nodes: {
      [node.id]: {
        name: node.name,
        transport_address: node.publishAddress(),
        host: '127.0.0.1',
        ip: node.publishAddress(),
        roles: [],
        tasks: { [id]: task },
      },
    },
  })
}

function cancel(request: ApiRequest): Answer {
  const id = request.part('task_id')
  if (id === undefined) return ok({ nodes: {} })
  throw new ElkhornError('resource_not_found_exception', 404, `task [${id}] is not found`)
}
