import { expect, test } from 'vitest'
import { minimumShouldMatch } from './minimum-should-match.ts'

test.each([
  { spec: '2', optional: 3, want: 2 },
  { spec: '-1', optional: 3, want: 2 },
  { spec: '75%', optional: 3, want: 2 },
  { spec: '-50%', optional: 3, want: 2 },
  { spec: '-25%', optional: 3, want: 3 },
  { spec: '-25%', optional: 4, want: 3 },
  { spec: '2<75%', optional: 2, want: 2 },
  { spec: '2<75%', optional: 4, want: 3 },
  { spec: '-9', optional: 3, want: 0 },
])('$spec of $optional', ({ spec, optional, want }) => {
  expect(minimumShouldMatch(spec, optional)).toBe(want)
})
