import { expect, test } from 'vitest'
import { analyzerFor, builtInAnalysis } from './analysis.ts'

test.each([
  { name: 'standard#2gram', text: 'Quick brown fox', want: ['quick brown', 'brown fox'] },
  { name: 'standard#3gram', text: 'Quick brown fox', want: ['quick brown fox'] },
  { name: 'standard#2gram', text: 'quick', want: [] },
  { name: 'standard#prefix', text: 'ab c', want: ['a', 'ab', 'ab ', 'ab c', 'c'] },
  { name: 'default#2gram', text: 'a b', want: ['a b'] },
])('$name of $text', ({ name, text, want }) => {
  expect(
    analyzerFor(name, builtInAnalysis)
      .analyze(text)
      .map(({ term }) => term),
  ).toEqual(want)
})

test('of nothing there is none', () => {
  expect(builtInAnalysis.findAnalyzer('nothing#2gram')).toBeUndefined()
})
