import type { RHash } from '../../../script/ruby/value.ts'
import { neverBack, type Clock } from '../../../core/time.ts'
import type { Platform, PluginContext } from '../../context.ts'

/** What is kept for a task between its events. */
export interface TaskMap {
  readonly task: string
  readonly map: RHash
  readonly meta: RHash
  /** Milliseconds since 1970, of the field that says the time, or of the clock of the maps. */
  readonly createdAt: number
  lastEventAt: number
  /** Seconds, as the event that made the map said; `undefined` for none. */
  readonly timeout: number | undefined
  readonly inactivityTimeout: number | undefined
}

/** The maps of one kind of task, which all aggregate filters of a pipeline with the same `task_id` share. */
export class TaskMaps {
  readonly maps = new Map<string, TaskMap>()
  /** Never goes back. */
  readonly clock: Clock
  users = 0

  constructor(clock: Clock) {
    this.clock = neverBack(clock)
  }
}

const shared = new WeakMap<Platform, Map<string, TaskMaps>>()

/** The maps of a pipeline and a `task_id`; give them back with `returnTaskMaps`. */
export function borrowTaskMaps({ platform, pipeline, clock }: PluginContext, taskId: string): TaskMaps {
  const all = shared.get(platform) ?? new Map<string, TaskMaps>()
  shared.set(platform, all)
  const key = `${pipeline}\0${taskId}`
  const maps = all.get(key) ?? new TaskMaps(clock)
  all.set(key, maps)
  maps.users += 1
  return maps
}

export function returnTaskMaps(platform: Platform, pipeline: string, taskId: string): void {
  const all = shared.get(platform)
  const key = `${pipeline}\0${taskId}`
  const maps = all?.get(key)
  if (maps === undefined) return
  maps.users -= 1
  if (maps.users === 0) all?.delete(key)
}
