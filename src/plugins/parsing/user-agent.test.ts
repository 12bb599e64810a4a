import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { readPlainRules } from './user-agent.ts'

test('the rules that come along are read as YAML reads them', () => {
  const text = readFileSync(createRequire(import.meta.url).resolve('uap-core/regexes.yaml'), 'utf8')
  expect(readPlainRules(text)).toEqual(parseYaml(text))
})

test.each([
  { name: 'a value in double quotes', text: 'os_parsers:\n  - regex: "a"\n' },
  { name: 'a value over two lines', text: "os_parsers:\n  - regex: 'a\n    b'\n" },
  { name: 'another indentation', text: "os_parsers:\n- regex: 'a'\n" },
  { name: 'a comment behind a value', text: "os_parsers:\n  - regex: 'a' # b\n" },
])('$name is left to YAML', ({ text }) => {
  expect(readPlainRules(text)).toBeUndefined()
})
