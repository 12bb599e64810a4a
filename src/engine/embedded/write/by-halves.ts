import { ChildDied } from '../child/engine-process.ts'
import { StatementError } from '../lanes.ts'

/** Rows of a batch; `to` is excluded. */
export interface RowRange {
  readonly from: number
  readonly to: number
}

/** Ways to store some rows of a batch. Each resolves when they are durable, and may be called again for the same rows. */
export interface RowStore {
  whole(rows: RowRange): Promise<void>
  /** Without the columns of their fields. */
  bare(rows: RowRange): Promise<void>
  /** What is refused without its fields, too. `reason` is what the engine said to it. */
  setAside(row: number, reason: unknown): Promise<void>
  /** Told of each row that is stored without its fields, and why. */
  onBare(row: number, reason: unknown): void
}

/** Rows that were refused each for itself; so many in one batch are no exception, and the rest of it is stored bare. */
const MAX_ALONE = 100

/**
 * Stores rows that the engine refuses together: halves them until those stand alone that it does not take. All others are
 * stored as they are.
 * @throws what is not the rows' fault
 */
export async function storeByHalves(rows: RowRange, store: RowStore): Promise<void> {
  const parts = [rows]
  let alone = 0
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { from, to } = part
    const reason = await refusalOf(alone < MAX_ALONE ? store.whole(part) : store.bare(part))
    if (reason === undefined) continue
    if (to - from > 1) {
      const middle = (from + to) >> 1
      parts.push({ from: middle, to }, { from, to: middle })
      continue
    }
    const refusedBare = alone < MAX_ALONE ? await refusalOf(store.bare(part)) : reason
    alone += 1
    if (refusedBare === undefined) store.onBare(from, reason)
    else await store.setAside(from, refusedBare)
  }
}

async function refusalOf(storing: Promise<void>): Promise<unknown> {
  try {
    await storing
    return undefined
  } catch (error) {
    if (!isRefusal(error)) throw error
    return error
  }
}

/** NOT_ENOUGH_SPACE and MEMORY_LIMIT_EXCEEDED. */
const OUT_OF_SPACE: ReadonlySet<number> = new Set([243, 241])
/** TIMEOUT_EXCEEDED, ABORTED, TOO_MANY_PARTS, QUERY_WAS_CANCELLED. */
const PASSING: ReadonlySet<number> = new Set([159, 236, 252, 394])

/** The disk, or memory, is full: the same attempt can succeed later. */
export function isOutOfSpace(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (error instanceof StatementError && OUT_OF_SPACE.has(error.code)) || /No space left on device|ENOSPC/.test(error.message)
}

/** Whether the engine says no, or falls over, because of what it is given: the same attempt fails again. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof ChildDied) return !error.wasKilled
  return error instanceof StatementError && !isOutOfSpace(error) && !PASSING.has(error.code)
}
