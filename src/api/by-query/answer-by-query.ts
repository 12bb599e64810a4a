import type { JsonObject, JsonValue } from '../../core/json.ts'
import { ByQueryRun, type ByQuery, type ByQueryResult } from '../../index/by-query/run-by-query.ts'
import { Throttle } from '../../index/by-query/throttle.ts'
import type { FinishedTask } from '../../index/tasks/task-registry.ts'
import { storeTaskResult } from '../../index/tasks/task-results.ts'
import type { ApiContext } from '../api-context.ts'
import { errorObject } from '../http/error-json.ts'
import { ok, type Answer, type ApiRequest } from '../http/route.ts'
import { printFinished, taskId } from '../tasks/print-task.ts'
import type { ByQueryOptions } from './read-options.ts'

/** How a request by query shows in the list of tasks. */
export interface TaskLabel {
  readonly action: string
  readonly description: string
}

/** Runs the request as a task; waits for its end unless told not to. */
export async function answerByQuery(
  request: ApiRequest,
  context: ApiContext,
  byQuery: ByQuery,
  options: Pick<ByQueryOptions, 'requestsPerSecond' | 'waitForCompletion'>,
  label: TaskLabel,
): Promise<Answer> {
  const throttle = new Throttle(options.requestsPerSecond)
  const run = new ByQueryRun(byQuery, throttle)
  let result: ByQueryResult | undefined
  const { task, done } = context.tasks.start(
    {
      ...label,
      opaqueId: request.header('x-opaque-id'),
      status: () => run.status(),
      rethrottle: (requestsPerSecond) => throttle.change(requestsPerSecond),
      ...(options.waitForCompletion ? {} : { keep: (finished) => keepResult(context, finished) }),
    },
    async ({ signal }) => {
      result = await run.run(context.index, request.access, signal)
      return printResult(result)
    },
  )
  if (!options.waitForCompletion) return ok({ task: taskId(context, task) })
  const { outcome } = await done
  if ('error' in outcome) throw outcome.error
  return { status: statusOf(result), json: outcome.response }
}

const keepResult = (context: ApiContext, finished: FinishedTask): Promise<void> =>
  storeTaskResult(context.index, taskId(context, finished.task), JSON.stringify(printFinished(context, finished)))

function printResult({ tookMs, progress, failures }: ByQueryResult): JsonObject {
  return {
    took: tookMs,
    timed_out: false,
    ...progress,
    failures: failures.map(({ index, id, error }) => ({
      index,
      ...(id === undefined ? {} : { id }),
      cause: errorObject(error) as Record<string, JsonValue>,
      status: error.status,
    })),
  }
}

/** That of the worst failure. */
function statusOf(result: ByQueryResult | undefined): number {
  return (result?.failures ?? []).reduce((status, { error }) => Math.max(status, error.status), 200)
}
