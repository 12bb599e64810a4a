import { expect, test } from 'vitest'
import { withOperators } from './lucene-regexp.ts'

test.each([
  { source: '~(a.*)', flags: 'NONE', want: '\\~(a.*)' },
  { source: '~(a.*)', flags: 'COMPLEMENT', want: '~(a.*)' },
  { source: 'a<1-3>@#', flags: 'interval', want: 'a<1-3>\\@\\#' },
  { source: 'a&b|~c', flags: 'INTERSECTION|COMPLEMENT', want: 'a&b|~c' },
  { source: '[~&]\\~"~"', flags: 'NONE', want: '[~&]\\~"~"' },
  { source: 'a~b', flags: 'ALL', want: 'a~b' },
])('$source with the flags $flags', ({ source, flags, want }) => expect(withOperators(source, flags)).toBe(want))

test('a flag that is none is refused', () => expect(() => withOperators('a', 'SOME')).toThrow('Unknown regexp flag [SOME]'))
