import { expect, test } from 'vitest'
import { decimalsOf } from './decimals-of.ts'

test.each([
  { step: 20, want: 0 },
  { step: 1, want: 0 },
  { step: 2.5, want: 1 },
  { step: 0.5, want: 1 },
  { step: 0.3 - 0.2, want: 1 },
  { step: 0.25, want: 2 },
  { step: 0.0025, want: 4 },
  { step: 1e-7, want: 4 },
])('figures $step apart need $want decimals', ({ step, want }) => expect(decimalsOf(step)).toBe(want))
