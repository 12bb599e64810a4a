import { ElkhornError } from '../../core/errors.ts'
import type { IndexState } from '../index-state.ts'

/** One index could not be searched. */
export interface SearchFailure {
  readonly index: IndexState
  readonly error: ElkhornError
}

/**
 * Elasticsearch's error of a search that no index could answer, with what each of them says.
 * The status is that of the first: what is wrong with one request is usually wrong in the same way everywhere.
 */
export function allShardsFailed(failures: readonly SearchFailure[], node: string): ElkhornError {
  const [first] = failures
  if (!first) throw new Error('a search without failures did not fail')
  return new ElkhornError('search_phase_execution_exception', first.error.status, 'all shards failed', {
    details: {
      phase: 'query',
      grouped: true,
      failed_shards: groupFailures(failures).map((failure) => printFailure(failure, node)),
    },
    causedBy: first.error,
  })
}

/** Sums up what all indices found. @throws ElkhornError as Elasticsearch words it where a script of that fails */
export function reduced<T>(sumUp: () => T): T {
  try {
    return sumUp()
  } catch (error) {
    if (!(error instanceof ElkhornError) || error.type === 'too_many_buckets_exception') throw error
    const details = { phase: 'fetch', grouped: true, failed_shards: [] }
    throw new ElkhornError('search_phase_execution_exception', error.status, '', { details, causedBy: error })
  }
}

/** Failures that say the same of the same index are one. */
function groupFailures(failures: readonly SearchFailure[]): readonly SearchFailure[] {
  const seen = new Set<string>()
  return failures.filter(({ error }) => {
    const key = `${error.type}: ${error.reason}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** An entry of `failed_shards`, or of `_shards.failures`. */
export function printFailure({ index, error }: SearchFailure, node: string): Readonly<Record<string, unknown>> {
  return { shard: 0, index: index.name, node, reason: printCause(error) }
}

function printCause(error: ElkhornError): Readonly<Record<string, unknown>> {
  return {
    type: error.type,
    reason: error.reason,
    ...error.details,
    ...(error.causedBy ? { caused_by: printCause(error.causedBy) } : {}),
  }
}
