import { availableParallelism } from 'node:os'

/** A thread pool as Elasticsearch shows it. */
export interface ThreadPool {
  readonly name: string
  readonly type: 'fixed' | 'scaling' | 'resizable'
  /** Threads of a `fixed` pool. */
  readonly size: number | undefined
  /** Fewest and most threads of a `scaling` pool. */
  readonly core: number | undefined
  readonly max: number | undefined
  /** Most requests that wait; -1 for any number. */
  readonly queueSize: number
}

const fixed = (name: string, size: number, queueSize: number): ThreadPool => ({
  name,
  type: 'fixed',
  size,
  core: undefined,
  max: undefined,
  queueSize,
})
const scaling = (name: string, core: number, max: number): ThreadPool => ({
  name,
  type: 'scaling',
  size: undefined,
  core,
  max,
  queueSize: -1,
})

/**
 * The pools by whose names tools watch a node, with the sizes that Elasticsearch gives them on this machine. There are no
 * such threads here: requests run on the event loop and in the engine's lanes, and wait in the sockets they came in on. So
 * nothing ever is active, queued or rejected in them.
 */
export function threadPools(): readonly ThreadPool[] {
  const processors = availableParallelism()
  const half = Math.max(1, Math.min(5, Math.floor((processors + 1) / 2)))
  return [
    fixed('analyze', 1, 16),
    scaling('fetch_shard_started', 1, 2 * processors),
    scaling('fetch_shard_store', 1, 2 * processors),
    scaling('flush', 1, half),
    fixed('force_merge', 1, -1),
    scaling('generic', 4, Math.max(128, Math.min(512, 4 * processors))),
    fixed('get', processors, 1000),
    scaling('management', 1, half),
    scaling('refresh', 1, Math.max(1, Math.min(10, Math.floor((processors + 1) / 2)))),
    fixed('search', Math.floor((processors * 3) / 2) + 1, 1000),
    fixed('search_throttled', 1, 100),
    scaling('snapshot', 1, half),
    fixed('system_read', half, 2000),
    fixed('system_write', half, 1000),
    scaling('warmer', 1, half),
    fixed('write', processors, 10_000),
  ]
}
