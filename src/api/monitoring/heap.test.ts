import { expect, test } from 'vitest'
import { heapStats } from './heap.ts'

const stats = () => heapStats() as { mem: Record<string, number> & { pools: Record<string, Record<string, number>> }; gc: never }

test('the pools hold what the heap holds', () => {
  const { mem } = stats()
  const { young, old } = mem.pools
  const inPools = (young?.['used_in_bytes'] ?? 0) + (old?.['used_in_bytes'] ?? 0)
  expect(inPools / (mem['heap_used_in_bytes'] ?? 0)).toBeCloseTo(1, 0)
  expect(mem['heap_max_in_bytes']).toBeGreaterThanOrEqual(mem['heap_committed_in_bytes'] ?? Number.NaN)
})

test('collections are counted', async () => {
  const count = (): number =>
    (stats().gc as { collectors: { young: { collection_count: number } } }).collectors.young.collection_count
  const before = count()
  await expect
    .poll(() => {
      Array.from({ length: 100_000 }, (_, n) => ({ n })) // garbage
      return count()
    })
    .toBeGreaterThan(before)
})
