import type { IndexState } from './index-state.ts'

/**
 * Which shard of an index a document would be in, were it Elasticsearch's. There is one table per index here, but clients
 * can tell: a document that was written with a routing is found with that routing only, unless both lead to the same shard.
 */
export function shardOf(index: Pick<IndexState, 'shards'>, routing: string): number {
  const { shards } = index
  if (shards === 1) return 0
  const routingShards = defaultRoutingShards(shards)
  const hash = murmur3(routing)
  return Math.floor((((hash % routingShards) + routingShards) % routingShards) / (routingShards / shards))
}

/** As many as shards could be split into, in powers of two, up to 1,024. */
function defaultRoutingShards(shards: number): number {
  const splits = Math.max(1, 10 - Math.ceil(Math.log2(shards)))
  return shards * 2 ** splits
}

/** MurmurHash3 (x86, 32 bits, seed 0) over the UTF-16 units of a text, low byte first: Elasticsearch's routing hash. */
export function murmur3(text: string): number {
  const bytes = Buffer.from(text, 'utf16le')
  const blocks = bytes.length >>> 2
  let hash = 0
  for (let i = 0; i < blocks; i++) hash = Math.imul(rotate(hash ^ mix(bytes.readInt32LE(i * 4)), 13), 5) + 0xe6546b64
  let tail = 0
  for (let i = bytes.length - 1; i >= blocks * 4; i--) tail = (tail << 8) | (bytes[i] ?? 0)
  if (bytes.length % 4 !== 0) hash ^= mix(tail)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

const mix = (block: number): number => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593)
const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits))
