import { ElkhornError, illegalArgument } from '../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { parseDurationMs } from '../core/duration.ts'
import type { EpochMillis } from '../core/time.ts'

/** How indices are to age, as its author wrote it; each change counts its version up. */
export interface LifecyclePolicy {
  readonly version: number
  readonly modifiedAt: EpochMillis
  /** `phases` and `_meta`. */
  readonly policy: JsonObject
}

/** What may be done in which phase. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  hot: ['set_priority', 'unfollow', 'rollover', 'readonly', 'downsample', 'shrink', 'forcemerge', 'searchable_snapshot'],
  warm: ['set_priority', 'unfollow', 'readonly', 'downsample', 'allocate', 'migrate', 'shrink', 'forcemerge'],
  cold: ['set_priority', 'unfollow', 'readonly', 'downsample', 'searchable_snapshot', 'allocate', 'migrate', 'freeze'],
  frozen: ['unfollow', 'searchable_snapshot'],
  delete: ['wait_for_snapshot', 'delete'],
}

/** @throws ElkhornError 400 naming the phase, the action or the age that makes no sense */
export function parseLifecyclePolicy(json: JsonValue | undefined): JsonObject {
  if (!isJsonObject(json)) throw new ElkhornError('x_content_parse_exception', 400, '[put_lifecycle_request] required [policy]')
  const { phases } = json
  if (!isJsonObject(phases)) throw new ElkhornError('x_content_parse_exception', 400, '[lifecycle_policy] required [phases]')
  const printed: Record<string, JsonObject> = {}
  for (const [name, phase] of Object.entries(phases)) printed[name] = parsePhase(name, phase)
  return { ...json, phases: printed }
}

function parsePhase(name: string, json: JsonValue | undefined): JsonObject {
  const allowed = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (!allowed) throw illegalArgument(`lifecycle type [timeseries] does not support phase [${name}]`)
  if (!isJsonObject(json)) throw illegalArgument(`[${name}] must be an object`)
  const { min_age: minAge, actions } = json
  if (minAge !== undefined) parseDurationMs(String(minAge), 'min_age')
  if (!isJsonObject(actions)) throw new ElkhornError('x_content_parse_exception', 400, `[phase] required [actions] in [${name}]`)
  for (const action of Object.keys(actions)) {
    if (!allowed.includes(action)) throw illegalArgument(`invalid action [${action}] defined in phase [${name}]`)
  }
  return { min_age: minAge ?? '0ms', actions }
}

export function policyMissing(name: string): ElkhornError {
  return new ElkhornError('resource_not_found_exception', 404, `Lifecycle policy not found: ${name}`)
}
