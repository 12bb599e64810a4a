import { splitMinutes } from '../split-minutes.ts'
import type { Target } from '../target.ts'
import { type CountContext, countMatches, countOf, type Total, upTo } from './total.ts'

/**
 * Counts the matches up to `limit` of what is searched for by time alone: full minutes first, which are read by the column of
 * minutes, and on one thread, since those that come first are enough. 2 instead of 5 CPU-ms.
 */
export async function countDuring(target: Target, limit: number, context: CountContext): Promise<Total> {
  const [minutes, ...edges] = splitMinutes(target, limit)
  if (minutes === undefined || edges.length === 0) return countMatches([target], limit, context)
  const counted = await countOf(minutes, limit, context, { max_threads: 1 })
  if (counted > limit) return upTo(counted, limit)
  const rest = await countMatches(edges, limit - counted, context)
  return { ...rest, value: counted + rest.value }
}
