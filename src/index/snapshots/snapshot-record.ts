import type { JsonObject } from '../../core/json.ts'
import type { EpochMillis } from '../../core/time.ts'
import type { DataStream } from '../catalog.ts'
import type { AliasRecord } from '../index-state.ts'
import type { Settings } from '../settings/settings-json.ts'
import { ElkhornError } from '../../core/errors.ts'
import { matchesWildcard } from '../../core/wildcard.ts'

/** One snapshot of a repository. */
export interface SnapshotRecord {
  readonly snapshot: string
  readonly uuid: string
  readonly state: 'SUCCESS' | 'FAILED'
  readonly indices: readonly IndexSnapshot[]
  readonly dataStreams: readonly DataStream[]
  readonly includeGlobalState: boolean
  readonly metadata?: JsonObject
  readonly startedAt: EpochMillis
  readonly endedAt: EpochMillis
  /** Version of the API that made it. */
  readonly version: string
}

/** An index as it was. */
export interface IndexSnapshot {
  readonly name: string
  readonly settings: Settings
  readonly mappings: JsonObject
  readonly aliases: Readonly<Record<string, AliasRecord>>
  /** Where its documents are; snapshots of an index that did not change share it. */
  readonly blob: string
  /** Length of the blob. */
  readonly bytes: number
  readonly documents: number
  /** What the documents were: the same index up to the same operation has the same documents. */
  readonly indexUuid: string
  readonly maxSeqNo: number
}

/**
 * The snapshots that names and wildcards stand for, in the order in which they were made.
 * @throws ElkhornError `snapshot_missing_exception` (404) for a name that is none
 */
export function findSnapshots(
  repository: string,
  all: readonly SnapshotRecord[],
  names: readonly string[],
  ignoreUnavailable = false,
): readonly SnapshotRecord[] {
  const found = new Set<SnapshotRecord>()
  for (const name of names) {
    if (name === '_current') continue // none is ever under way when the list is read
    const isPattern = name === '_all' || name.includes('*')
    const matching = all.filter(({ snapshot }) => name === '_all' || matchesWildcard(name, snapshot))
    if (matching.length === 0 && !isPattern && !ignoreUnavailable) throw snapshotMissing(repository, name)
    for (const one of matching) found.add(one)
  }
  return all.filter((one) => found.has(one))
}

export function snapshotMissing(repository: string, name: string): ElkhornError {
  return new ElkhornError('snapshot_missing_exception', 404, `[${repository}:${name}] is missing`)
}
