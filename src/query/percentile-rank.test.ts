import { expect, test } from 'vitest'
import { percentileRank } from './percentile-rank.ts'

// What OpenSearch 2.19 answers.
test.each([
  { name: 'of nothing', values: [], asked: 1, want: null },
  { name: 'below the only value', values: [3], asked: 2, want: 0 },
  { name: 'at the only value', values: [3], asked: 3, want: 100 },
  { name: 'far below the first value', values: [10, 40], asked: -10, want: 0 },
  { name: 'near the first value', values: [10, 40], asked: 4, want: 15 },
  { name: 'at the first value', values: [10, 20, 40, 80, 160], asked: 10, want: 10 },
  { name: 'at a value', values: [10, 20, 40, 80, 160], asked: 20, want: 26.666667 },
  { name: 'between values', values: [10, 20, 40, 80, 160], asked: 59, want: 59.333333 },
  { name: 'before the middle of the last two', values: [10, 20, 40, 80, 160], asked: 119, want: 79.666667 },
  { name: 'at the middle of the last two', values: [10, 20, 40, 80, 160], asked: 120, want: 100 },
  { name: 'before equal values', values: [10, 10, 10, 20, 20], asked: 9, want: 0 },
  { name: 'at equal values', values: [10, 10, 10, 20, 20], asked: 10, want: 40 },
  { name: 'after equal values', values: [10, 10, 20, 20, 30, 50], asked: 12, want: 23.333333 },
  { name: 'before a value behind equal ones', values: [10, 10, 20, 20, 30, 50], asked: 27, want: 68.888889 },
])('$name', ({ values, asked, want }) => {
  const [below, above] = [values.filter((one) => one <= asked), values.filter((one) => one > asked)]
  const found = percentileRank(asked, {
    count: values.length,
    upTo: below.length,
    below: below.toReversed().slice(0, 2),
    above: above.slice(0, 2),
  })
  expect(found === null ? null : Number(found.toFixed(6))).toBe(want)
})
