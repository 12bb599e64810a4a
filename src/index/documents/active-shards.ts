import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import type { IndexState } from '../index-state.ts'

/** `wait_for_active_shards`: how many copies of a shard have to be there before it is written. */
export interface ActiveShards {
  readonly count: number | 'all'
  /** How long Elasticsearch would wait for them, as the request says it. */
  readonly timeout: string
}

/** @throws ElkhornError `illegal_argument_exception` (400) */
export function parseActiveShards(text: string, timeout: string): ActiveShards {
  if (text === 'all') return { count: 'all', timeout }
  if (!/^-?\d+$/.test(text)) throw illegalArgument(`cannot parse ActiveShardCount[${text}]`)
  const count = Number(text)
  if (count < 0) throw illegalArgument('shard count cannot be a negative value')
  return { count, timeout }
}

/**
 * There is one copy, and another one never appears: so there is nothing to wait for.
 * @throws ElkhornError `unavailable_shards_exception` (503)
 */
export function requireActiveShards(index: IndexState, given: ActiveShards | undefined): void {
  const setting = index.settings['index.write.wait_for_active_shards']
  const wanted = given ?? (typeof setting === 'string' ? parseActiveShards(setting, '1m') : undefined)
  if (!wanted) return
  const needed = wanted.count === 'all' ? numberOfCopies(index) : wanted.count
  if (needed <= 1) return
  throw new ElkhornError(
    'unavailable_shards_exception',
    503,
    `[${index.name}][0] Not enough active copies to meet shard count of [${wanted.count === 'all' ? 'ALL' : wanted.count}] (have 1, needed ${needed}). Timeout: [${wanted.timeout}], request: [a write to shard [${index.name}][0]]`,
  )
}

const numberOfCopies = ({ settings }: IndexState): number => Number(settings['index.number_of_replicas'] ?? 0) + 1
