import type { IndexAccess } from '../../core/access.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import type { IndexContext } from '../index-context.ts'
import { printShards } from './search.ts'
import { allShardsFailed } from './search-failure.ts'
import { bindTargets, openTargets, type Where } from './targets.ts'

/** Counts the documents that a query matches. @returns the answer of `_count`, as text */
export async function count(
  context: IndexContext,
  access: IndexAccess,
  where: Where,
  query: UnboundQuery | undefined,
  options: { readonly node: string; readonly terminateAfter: number; readonly signal: AbortSignal },
): Promise<string> {
  const opened = await openTargets(context, access, where, context.clock.now())
  const { targets, failures } = bindTargets(opened.searched, query)
  const all = [...opened.failures, ...failures]
  if (all.length > 0 && targets.length === 0) throw allShardsFailed(all, options.node)
  const counted = targets.length === 0 ? 0 : await context.engine.count(targets, options.signal)
  const { terminateAfter } = options
  const terminated = terminateAfter > 0 && counted >= terminateAfter ? ',"terminated_early":true' : ''
  const value = terminateAfter > 0 ? Math.min(counted, terminateAfter) : counted
  return `{"count":${value}${terminated},${printShards(opened.indices, all, options.node)}}`
}
