import { expect, test } from 'vitest'
import { frequentSets, type FrequentSet, type Transaction } from './frequent-sets.ts'

/** By trying all sets of items. */
function tried(transactions: readonly Transaction[], leastCount: number): readonly FrequentSet[] {
  const items = [...new Set(transactions.flatMap((one) => one.items))].toSorted((a, b) => a - b)
  const countOf = (set: readonly number[]): number =>
    transactions.reduce((sum, one) => sum + (set.every((item) => one.items.includes(item)) ? one.count : 0), 0)
  const sets = Array.from({ length: 2 ** items.length - 1 }, (_, bits) => items.filter((_item, i) => ((bits + 1) >> i) & 1))
  return sets
    .map((set) => ({ items: set, count: countOf(set) }))
    .filter(({ items: set, count }) => {
      const isClosed = items.every((item) => set.includes(item) || countOf([...set, item]) < count)
      return count >= leastCount && count > 0 && isClosed
    })
}

const key = (sets: readonly FrequentSet[]): readonly string[] =>
  sets.map(({ items, count }) => `${items.join(',')} ${count}`).toSorted()

test('all closed sets are found, each once', () => {
  let state = 7
  const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below
  for (let round = 0; round < 200; round++) {
    const transactions = Array.from({ length: 1 + random(40) }, () => ({
      items: Array.from({ length: 7 }, (_, item) => item).filter(() => random(3) > 0),
      count: 1 + random(3),
    }))
    const leastCount = 1 + random(6)
    expect(key(frequentSets(transactions, { size: 1000, leastItems: 1, leastCount }))).toEqual(
      key(tried(transactions, leastCount)),
    )
  }
})

test('the most frequent, of equal ones the larger', () => {
  const transactions = [
    { items: [1, 2, 3], count: 5 },
    { items: [1, 2], count: 2 },
    { items: [4], count: 7 },
  ]
  const options = { size: 2, leastItems: 1, leastCount: 2 }
  expect(frequentSets(transactions, options)).toEqual([
    { items: [1, 2], count: 7 },
    { items: [4], count: 7 },
  ])
  expect(frequentSets(transactions, { ...options, leastItems: 3 })).toEqual([{ items: [1, 2, 3], count: 5 }])
  expect(frequentSets([], options)).toEqual([])
})

test('chains of sets may be long, and what is too much is refused before it takes the memory or the time', () => {
  const chain = Array.from({ length: 200 }, (_, n) => ({ items: Array.from({ length: n + 1 }, (_item, i) => i), count: 1 }))
  expect(frequentSets(chain, { size: 1, leastItems: 1, leastCount: 1 })).toEqual([{ items: [0], count: 200 }])
  expect(frequentSets(chain, { size: 1000, leastItems: 1, leastCount: 1 })).toHaveLength(200)
  const refused = expect.objectContaining({ type: 'circuit_breaking_exception', status: 429 })
  const apart = Array.from({ length: 100_000 }, (_, n) => ({ items: [n], count: 1 }))
  expect(() => frequentSets(apart, { size: 10, leastItems: 1, leastCount: 1 })).toThrow(refused)
  const mixed = Array.from({ length: 300 }, (_, n) => ({
    items: Array.from({ length: 300 }, (_item, i) => i).filter((i) => i !== n),
    count: 1,
  }))
  expect(() => frequentSets(mixed, { size: 100_000_000, leastItems: 1, leastCount: 1 })).toThrow(refused)
})
