import type { JsonObject, JsonValue } from '../../core/json.ts'
import { ElkhornError } from '../../core/errors.ts'
import type { Clock, EpochMillis } from '../../core/time.ts'

/** Finished tasks that are remembered; the oldest are forgotten first. */
const MAX_FINISHED = 1000

/** Work that runs on its own and can be watched and stopped. */
export interface Task {
  /** The number behind the colon of a task's id. */
  readonly id: number
  /** Action name, as privileges know it. */
  readonly action: string
  readonly description: string
  readonly startedAt: EpochMillis
  /** `X-Opaque-Id` of the request that began it. */
  readonly opaqueId: string | undefined
  /** Aborted when somebody cancels the task. */
  readonly signal: AbortSignal
  readonly cancelled: boolean
  readonly status: () => JsonObject
  /** Documents a second from now on; `undefined` where the task has no throttle. */
  readonly rethrottle: ((requestsPerSecond: number) => void) | undefined
}

/** How a task ended: what its request would have answered. */
export type TaskOutcome = { readonly response: JsonValue } | { readonly error: Error }

export interface FinishedTask {
  readonly task: Task
  readonly runningMs: number
  readonly outcome: TaskOutcome
}

export interface NewTask {
  readonly action: string
  readonly description: string
  readonly opaqueId?: string | undefined
  readonly status: () => JsonObject
  readonly rethrottle?: (requestsPerSecond: number) => void
  /** Keeps the result somewhere, before those who wait for the task hear of its end. */
  readonly keep?: (finished: FinishedTask) => Promise<void>
}

interface Entry {
  readonly task: Task
  readonly controller: AbortController
  readonly done: Promise<FinishedTask>
}

/** The long work of this process. Results that are to outlive it are documents: see `task-results.ts`. */
export class TaskRegistry {
  readonly #clock: Clock
  readonly #running = new Map<number, Entry>()
  readonly #finished = new Map<number, FinishedTask>()
  #last = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Numbers for what is no long work, such as the request that lists tasks. */
  nextId(): number {
    return ++this.#last
  }

  /** Begins work. `done` never rejects: an error is an outcome too. */
  start(made: NewTask, work: (task: Task) => Promise<JsonValue>): { readonly task: Task; readonly done: Promise<FinishedTask> } {
    const controller = new AbortController()
    const { signal } = controller
    const task: Task = {
      id: this.nextId(),
      action: made.action,
      description: made.description,
      startedAt: this.#clock.now(),
      opaqueId: made.opaqueId,
      signal,
      get cancelled() {
        return signal.aborted
      },
      status: made.status,
      rethrottle: made.rethrottle,
    }
    const done = this.#run(task, work, made.keep)
    this.#running.set(task.id, { task, controller, done })
    return { task, done }
  }

  async #run(task: Task, work: (task: Task) => Promise<JsonValue>, keep: NewTask['keep']): Promise<FinishedTask> {
    const outcome = await outcomeOf(() => work(task))
    const finished: FinishedTask = { task, runningMs: this.#clock.now() - task.startedAt, outcome }
    // Kept or not: the result is told to those who wait for it.
    await outcomeOf(async () => (await keep?.(finished), null))
    this.#running.delete(task.id)
    this.#finished.set(task.id, finished)
    const [oldest] = this.#finished.keys()
    if (this.#finished.size > MAX_FINISHED && oldest !== undefined) this.#finished.delete(oldest)
    return finished
  }

  get running(): readonly Task[] {
    return [...this.#running.values()].map(({ task }) => task)
  }

  findRunning(id: number): Task | undefined {
    return this.#running.get(id)?.task
  }

  findFinished(id: number): FinishedTask | undefined {
    return this.#finished.get(id)
  }

  /** Resolves when the task has ended; at once with `undefined` where none such runs. */
  async waitFor(id: number): Promise<FinishedTask | undefined> {
    return await this.#running.get(id)?.done
  }

  /** @throws ElkhornError `resource_not_found_exception` (404) */
  cancel(id: number, shownId: string): Task {
    const entry = this.#running.get(id)
    if (!entry) throw new ElkhornError('resource_not_found_exception', 404, `task [${shownId}] is not found`)
    entry.controller.abort(new ElkhornError('task_cancelled_exception', 400, 'task cancelled [by user request]'))
    return entry.task
  }
}

async function outcomeOf(work: () => Promise<JsonValue>): Promise<TaskOutcome> {
  try {
    return { response: await work() }
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }
}
