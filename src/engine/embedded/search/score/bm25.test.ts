import { expect, test } from 'vitest'
import { inverseDocumentFrequency, lengthClass, lengthFactors, termScore, termWeight } from './bm25.ts'

// SmallFloat.intToByte4 of Lucene 9: exact up to 40, then four significant bits.
test.each([
  [0, 0],
  [1, 1],
  [23, 23],
  [24, 24],
  [39, 39],
  [40, 40],
  [41, 40],
  [42, 41],
  [56, 48],
  [1000, 87],
  [100_000, 140],
])('length %i is of class %i', (length, want) => {
  expect(lengthClass(length)).toBe(want)
})

test('a term scores as in the explanation of a real server', () => {
  // OpenSearch 2.19, `_explain`: n=1, N=3, freq=1, dl=4, avgdl=3 → 0.8713851 (idf 0.98082924, tf 0.40...)
  const idf = inverseDocumentFrequency(1, 3)
  expect(idf).toBeCloseTo(0.980_829_24, 7)
  const factors = lengthFactors({ documents: 3, tokens: 9 })
  expect(termScore(termWeight(idf, 1), 1, factors[4] ?? 0)).toBeCloseTo(
    2.2 * 0.980_829_24 * (1 / (1 + 1.2 * (0.25 + 0.75 * (4 / 3)))),
    6,
  )
})
