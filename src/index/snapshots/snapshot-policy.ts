import { randomBytes } from 'node:crypto'
import { nextQuartzTime } from '../../core/dates/quartz.ts'
import { parseDurationMs } from '../../core/duration.ts'
import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { EpochMillis } from '../../core/time.ts'
import { checkShape } from '../definitions/body-shape.ts'
import { parseInteger } from '../mapping/parameters.ts'
import { resolveDateMathName } from '../names/date-math-name.ts'
import { checkName } from './create-snapshot.ts'
import type { SnapshotRecord } from './snapshot-record.ts'

/** When snapshots are made, of what, how they are called and how long they are kept. */
export interface SnapshotPolicy {
  /** A cron expression, or how far apart they are. */
  readonly schedule: string
  /** May have date math: every snapshot's name is made of it. */
  readonly name: string
  readonly repository: string
  /** As in the body of a snapshot's own request. */
  readonly config: JsonObject
  readonly retention: Retention
}

interface Retention {
  readonly expireAfterMs?: number
  readonly minCount?: number
  readonly maxCount?: number
}

/** @throws ElkhornError 400 naming the member that makes no sense */
export function parseSnapshotPolicy(json: JsonObject, now: EpochMillis): SnapshotPolicy {
  checkShape(json, {
    parser: 'snapshot_lifecycle',
    members: {
      schedule: 'text',
      name: 'text',
      repository: 'text',
      config: 'object',
      retention: 'object',
      unhealthy_if_no_snapshot_within: 'duration',
    },
    required: ['schedule', 'name', 'repository'],
  })
  const { schedule, name, repository, config, retention } = json
  const policy = {
    schedule: String(schedule),
    name: String(name),
    repository: String(repository),
    config: isJsonObject(config) ? config : {},
    retention: parseRetention(isJsonObject(retention) ? retention : {}),
  }
  nextSnapshotTime(policy, now, now)
  checkName(policy.repository, resolveDateMathName(policy.name, now).toLowerCase())
  return policy
}

function parseRetention(json: JsonObject): Retention {
  checkShape(json, {
    parser: 'snapshot_retention',
    members: { expire_after: 'duration', min_count: 'number', max_count: 'number' },
  })
  const { expire_after: expireAfter, min_count: min, max_count: max } = json
  const minCount = typeof min === 'number' ? parseInteger(min) : undefined
  const maxCount = typeof max === 'number' ? parseInteger(max) : undefined
  if (minCount !== undefined && maxCount !== undefined && minCount > maxCount) {
    throw illegalArgument(`minimum snapshot count ${minCount} cannot be larger than maximum snapshot count ${maxCount}`)
  }
  return {
    ...(typeof expireAfter === 'string' ? { expireAfterMs: parseDurationMs(expireAfter, 'expire_after') } : {}),
    ...(minCount === undefined ? {} : { minCount }),
    ...(maxCount === undefined ? {} : { maxCount }),
  }
}

/** When the next snapshot is due, of a policy that was last changed at `changedAt`. @throws ElkhornError 400 for no schedule */
export function nextSnapshotTime(
  { schedule }: Pick<SnapshotPolicy, 'schedule'>,
  changedAt: EpochMillis,
  now: EpochMillis,
): EpochMillis | undefined {
  if (schedule.includes(' ')) return nextQuartzTime(schedule, now)
  const everyMs = parseDurationMs(schedule, 'schedule')
  if (everyMs <= 0) throw illegalArgument(`invalid schedule [${schedule}]: must be a cron expression or a time value`)
  return changedAt + (Math.floor((now - changedAt) / everyMs) + 1) * everyMs
}

/** A name that no snapshot of the policy had before. */
export function nameSnapshot({ name }: SnapshotPolicy, now: EpochMillis): string {
  return `${resolveDateMathName(name, now)}-${randomBytes(11).toString('hex')}`.toLowerCase()
}

/** The snapshots of a policy that need not be kept any longer, `own` being all of them that are whole. */
export function expiredSnapshots(
  { retention }: SnapshotPolicy,
  own: readonly SnapshotRecord[],
  now: EpochMillis,
): readonly SnapshotRecord[] {
  const { expireAfterMs, minCount = 0, maxCount = Number.MAX_SAFE_INTEGER } = retention
  const newestFirst = own.toSorted((a, b) => b.startedAt - a.startedAt)
  return newestFirst.filter(
    ({ startedAt }, place) =>
      place >= maxCount || (place >= minCount && expireAfterMs !== undefined && startedAt + expireAfterMs < now),
  )
}
