import { printDuration } from '../../core/duration.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { FinishedTask, Task } from '../../index/tasks/task-registry.ts'
import type { ApiContext } from '../api-context.ts'
import { errorObject, toElkhornError } from '../http/error-json.ts'

/** `<node>:<number>`, as clients know a task. */
export const taskId = ({ node }: ApiContext, { id }: { readonly id: number }): string => `${node.id}:${id}`

/**
 * The number of a task of this node; `undefined` for one of another.
 * @throws ElkhornError `illegal_argument_exception` (400) for what is no task id
 */
export function parseTaskId({ node }: ApiContext, text: string): number | undefined {
  const [, owner, number] = /^([^:]+):(\d+)$/.exec(text) ?? []
  if (owner === undefined || number === undefined) throw illegalArgument(`malformed task id ${text}`)
  return owner === node.id ? Number(number) : undefined
}

export function printTask(context: ApiContext, task: Task, runningMs?: number): JsonObject {
  const running = runningMs ?? context.index.clock.now() - task.startedAt
  return {
    node: context.node.id,
    id: task.id,
    type: 'transport',
    action: task.action,
    status: task.status(),
    description: task.description,
    start_time_in_millis: task.startedAt,
    running_time_in_nanos: running * 1_000_000,
    running_time: printDuration(running),
    cancellable: true,
    cancelled: task.cancelled,
    headers: task.opaqueId === undefined ? {} : { 'X-Opaque-Id': task.opaqueId },
  }
}

/** The answer of `GET /_tasks/{id}` for a task that has ended. */
export function printFinished(context: ApiContext, { task, runningMs, outcome }: FinishedTask): JsonObject {
  const ended =
    'error' in outcome ? { error: errorObject(toElkhornError(outcome.error)) as JsonObject } : { response: outcome.response }
  return { completed: true, task: printTask(context, task, runningMs), ...ended }
}

/** Tasks of this node, the way `GET /_tasks` groups them. */
export function printTasks(
  context: ApiContext,
  tasks: Readonly<Record<string, JsonObject>>,
  groupBy: 'nodes' | 'parents' | 'none',
): JsonObject {
  if (groupBy === 'none') return { tasks: Object.values(tasks) }
  if (groupBy === 'parents') return { tasks }
  if (Object.keys(tasks).length === 0) return { nodes: {} }
  const { node } = context
  const address = node.publishAddress()
  return {
    nodes: {
      [node.id]: {
        name: node.name,
        transport_address: address,
        host: address.slice(0, address.lastIndexOf(':')),
        ip: address,
        roles: ['data', 'ingest', 'master'],
        tasks,
      },
    },
  }
}

export function taskMissing(id: string): ElkhornError {
  return new ElkhornError('resource_not_found_exception', 404, `task [${id}] isn't running and hasn't stored its results`)
}
