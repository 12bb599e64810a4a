import { matchesWildcard } from '../../core/wildcard.ts'
import type { NodeInfo } from '../api-context.ts'

/** The host of `host:port`. */
export const hostOf = (address: string): string => address.replace(/:\d+$/, '')

const EVERYBODY = ['_all', '_local', '_master', '_cluster_manager', '*', 'master:true', 'data:true', 'ingest:true']

/** Whether a node filter of the API (an id, a name, an address, a role, with wildcards) means this node. */
export function isThisNode(filter: string, node: NodeInfo): boolean {
  if (EVERYBODY.includes(filter)) return true
  return [node.id, node.name, hostOf(node.publishAddress())].some((own) => matchesWildcard(filter, own))
}

/** Whether this node is among those that are asked for: all of them without a filter. */
export function includesThisNode(filters: readonly string[], node: NodeInfo): boolean {
  return filters.length === 0 || filters.some((filter) => isThisNode(filter, node))
}
