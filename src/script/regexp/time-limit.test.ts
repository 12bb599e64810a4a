import { expect, test } from 'vitest'
import { compileRubyRegexp } from './ruby-regexp.ts'
import { needsTimeLimit, TimeLimit, TimeLimitError } from './time-limit.ts'

test('a regular expression that would run for minutes is stopped, and the next work runs', () => {
  const limit = new TimeLimit()
  const { analysis, search } = compileRubyRegexp('(.*) (.*) (.*) (.*) [xy]')
  const text = 'a '.repeat(1000)
  expect(needsTimeLimit(analysis, text)).toBe(true)
  const start = performance.now()
  expect(() => limit.run(50, () => search(text, 0))).toThrow(TimeLimitError)
  expect(performance.now() - start).toBeLessThan(20_000)
  expect(limit.run(1000, () => search('a b c d x', 0)?.end)).toBe(9)
})

test('errors of the work pass through', () => {
  expect(() =>
    new TimeLimit().run(1000, () => {
      throw new RangeError('mine')
    }),
  ).toThrow(RangeError)
})

test.each([
  { pattern: 'abc', text: 'a'.repeat(1e6), want: false },
  { pattern: '\\w+ \\w+', text: 'ab '.repeat(300), want: false },
  { pattern: '^(.*) (.*)$', text: 'ab '.repeat(100), want: false },
  { pattern: '"(.*?)" "(.*?)" (.*)', text: `"${'abc '.repeat(500)}" "x" y`, want: false },
  { pattern: '"(.*?)" "(.*?)" "(.*?)"', text: '" '.repeat(500), want: true },
  { pattern: '.*x.*y.*z', text: 'xyz'.repeat(100), want: true },
  { pattern: '(.*)(\\d+)(.*)(\\d+)', text: 'x'.repeat(500), want: true },
  { pattern: '(a+)+b', text: 'a'.repeat(100), want: true },
  { pattern: '(a+)+b', text: 'a'.repeat(10), want: false },
  { pattern: '(?<n>x)(a+)+b', text: 'a'.repeat(100), want: false },
  { pattern: '(?:a|ab)*c', text: 'a'.repeat(100), want: true },
  { pattern: '(?:/[a-z]*)+', text: '/a'.repeat(100), want: false },
  { pattern: '(?:\\.[0-9]+)*x', text: '.1'.repeat(100), want: false },
  { pattern: '(?>a+)+b', text: 'a'.repeat(100), want: false },
])('$pattern on $text is watched: $want', ({ pattern, text, want }) => {
  expect(needsTimeLimit(compileRubyRegexp(pattern).analysis, text)).toBe(want)
})
