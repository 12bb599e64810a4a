import { expect, test } from 'vitest'
import { parseYamlBody } from './yaml-body.ts'

const blocks = (levels: number): string => Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n')

test.each<{ name: string; text: string; want: unknown }>([
  { name: 'blocks', text: 'query:\n  terms:\n    a:\n    - 1\n    - 2\n', want: { query: { terms: { a: [1, 2] } } } },
  { name: 'JSON', text: '{"query":{"match_all":{}}}', want: { query: { match_all: {} } } },
  { name: 'brackets in texts that are closed', text: `a: "${'{}'.repeat(1000)}"`, want: { a: '{}'.repeat(1000) } },
])('$name', ({ text, want }) => {
  expect(parseYamlBody(text)).toEqual(want)
})

test.each<{ name: string; text: string }>([
  { name: 'lists within lists', text: '['.repeat(600) + ']'.repeat(600) },
  { name: 'objects within objects', text: '{a: '.repeat(600) + '}'.repeat(600) },
  { name: 'lists in one line', text: `${'- '.repeat(600)}x` },
  { name: 'keys in one line', text: `${'? '.repeat(600)}x` },
  { name: 'blocks within blocks', text: blocks(600) },
])('$name are refused where they nest too deep', ({ text }) => {
  expect(() => parseYamlBody(text)).toThrow('the body is no YAML: it nests deeper than [150] levels')
})

test('what is no YAML is told with its place', () => {
  expect(() => parseYamlBody('a: [1')).toThrow('the body is no YAML: ')
})
