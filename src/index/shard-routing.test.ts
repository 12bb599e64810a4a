import { expect, test } from 'vitest'
import { murmur3, shardOf } from './shard-routing.ts'

// Values of Elasticsearch's own test of its routing hash.
test.each([
  ['hell', 0x5a0cb7c3],
  ['hello', 0xd7c31989 | 0],
  ['hello w', 0x22ab2984],
  ['hello wo', 0xdf0ca123 | 0],
  ['hello wor', 0xe7744d61 | 0],
  ['The quick brown fox jumps over the lazy dog', 0xe07db09c | 0],
  ['The quick brown fox jumps over the lazy cog', 0x4e63d2ad],
])('%s', (text, hash) => {
  expect(murmur3(text)).toBe(hash)
})

test('one shard takes all', () => {
  expect(shardOf({ shards: 1 }, 'anything')).toBe(0)
})

test('shards are all used', () => {
  const used = new Set(Array.from({ length: 200 }, (_, i) => shardOf({ shards: 5 }, String(i))))
  expect([...used].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4])
})
