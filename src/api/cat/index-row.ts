import type { IndexStats } from '../../engine/engine.ts'
import type { IndexState } from '../../index/index-state.ts'
import type { ApiContext } from '../api-context.ts'

/** An index with what the engine knows of it. */
export interface IndexRow {
  readonly index: IndexState
  readonly stats: IndexStats | undefined
}

export async function withStats(context: ApiContext, indices: readonly IndexState[]): Promise<readonly IndexRow[]> {
  const stats = await context.index.engine.stats(indices.map(({ uuid }) => uuid))
  return indices.map((index) => ({ index, stats: stats.get(index.uuid) }))
}
