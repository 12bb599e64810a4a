import { beforeAll, expect, test } from 'vitest'
import { loadOniguruma } from './oniguruma.ts'
import { compileRubyRegexp, RubyRegexpError, type RubyRegexpFlags } from './ruby-regexp.ts'

beforeAll(loadOniguruma)

test.each<{
  name: string
  pattern: string
  flags?: RubyRegexpFlags
  text: string
  from?: number
  want: readonly (string | undefined)[] | undefined
}>([
  { name: 'a search finds the first place', pattern: 'b+', text: 'abbb', want: ['bbb'] },
  { name: '^ and $ are at lines', pattern: '^b$', text: 'a\nb\nc', want: ['b'] },
  {
    name: 'a pattern that begins with ^ looks at every line',
    pattern: '^(\\w)=(\\w)',
    text: 'x\ny\na=b',
    want: ['a=b', 'a', 'b'],
  },
  { name: '\\A is the start of the text only', pattern: '\\Ab', text: 'a\nb', want: undefined },
  { name: '\\z and \\Z', pattern: 'a\\Z', text: 'b a\n', want: ['a'] },
  { name: 'a point is no newline', pattern: 'a.b', text: 'a\nb', want: undefined },
  { name: 'with m it is', pattern: 'a.b', flags: { dotAll: true }, text: 'a\nb', want: ['a\nb'] },
  { name: 'i', pattern: 'ÄB', flags: { ignoreCase: true }, text: 'äb', want: ['äb'] },
  { name: 'x', pattern: ' a b # c', flags: { extended: true }, text: 'ab', want: ['ab'] },
  { name: 'inline flags', pattern: '(?i)a(?-i:B)', text: 'AB', want: ['AB'] },
  { name: 'atomic groups do not give back', pattern: '(?>a+)ab', text: 'aaab', want: undefined },
  { name: 'atomic groups count no group', pattern: '(?>a|b)(c)', text: 'bc', want: ['bc', 'c'] },
  { name: 'possessive', pattern: 'a++b', text: 'aab', want: ['aab'] },
  { name: 'look-behind', pattern: '(?<![0-9])\\d', text: 'a1', want: ['1'] },
  { name: '\\h is a hexadecimal digit', pattern: '\\h+', text: 'xyzdead', want: ['dead'] },
  { name: '\\w is ASCII', pattern: '\\w+', text: 'éa', want: ['a'] },
  { name: 'POSIX classes know Unicode', pattern: '[[:alpha:]]+', text: '1éa', want: ['éa'] },
  { name: '\\p{L}', pattern: '\\p{L}+', text: '1éa', want: ['éa'] },
  { name: 'unnamed groups do not capture beside named ones', pattern: '(a)(?<x>b)', text: 'ab', want: ['ab', 'b'] },
  { name: 'a character beyond the basic plane is one', pattern: '^.$', text: '😀', want: ['😀'] },
  { name: 'a repeated capture keeps its last value', pattern: '(?:(?<a>x)|(?<b>y))+', text: 'xy', want: ['xy', 'x', 'y'] },
  { name: 'and is absent where it never matched', pattern: '(?:(?<a>x)|(?<b>y))+', text: 'éxx', want: ['xx', 'x', undefined] },
  { name: 'back-reference', pattern: '(?<q>[\'"])x\\k<q>', text: `'x" "x"`, want: ['"x"', '"'] },
  { name: 'from a place, with what is before it in sight', pattern: '(?<=a)b', text: 'abab', from: 2, want: ['b'] },
  { name: 'required literals are looked for first', pattern: 'id=(\\d+); end', text: 'id=12; end', want: ['id=12; end', '12'] },
])('$name', ({ pattern, flags, text, from, want }) => {
  const match = compileRubyRegexp(pattern, flags).search(text, from ?? 0)
  expect(match === undefined ? undefined : Array.from(match.groups)).toEqual(want)
  expect(match && text.slice(match.index, match.end)).toBe(want?.[0])
})

test('names by group', () => {
  expect(compileRubyRegexp('(?<a>.)(?:(?<b>.))?').names).toEqual([undefined, 'a', 'b'])
})

test('a broken pattern says what is wrong', () => {
  expect(() => compileRubyRegexp('a(b')).toThrow(RubyRegexpError)
  expect(() => compileRubyRegexp('a(b')).toThrow(/invalid regular expression \[a\(b\]: /)
})

test.each([
  { pattern: 'id=(\\d+); end', literals: ['; end', 'id='] },
  { pattern: 'a|b==', literals: [] },
  { pattern: '(?:ab)+--(?:cd)?', literals: ['ab', '--'] },
  { pattern: '(?i)abc', literals: [] },
  { pattern: '\\[x\\] "(?<q>.*?)" -', literals: ['[x] "', '" -'] },
])('every match of $pattern holds $literals', ({ pattern, literals }) => {
  expect(compileRubyRegexp(pattern).analysis.requiredLiterals).toEqual(literals)
})
