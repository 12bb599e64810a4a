import { expect, test } from 'vitest'
import { matchesWildcard } from './wildcard.ts'

test.each([
  ['logs-*', 'logs-a', true],
  ['logs-*', 'log', false],
  ['*', '', true],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'acb', false],
  ['a*a', 'a', false],
  ['*.ip', 'source.ip', true],
  ['x', 'x', true],
  ['x', 'xy', false],
  ['a**b', 'ab', true],
  ['*ab*ab*', 'abab', true],
  ['*ab*ab*', 'aba', false],
  ['a.b', 'axb', false],
])('%s on %s: %s', (pattern, text, want) => {
  expect(matchesWildcard(pattern, text)).toBe(want)
})
