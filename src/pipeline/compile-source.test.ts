import { beforeAll, expect, test } from 'vitest'
import { pluginTables } from '../plugins/tables.ts'
import { loadOniguruma } from '../script/regexp/oniguruma.ts'
import { compileSource, type CompiledSource } from './compile-source.ts'
import { UnsetVariableError } from './language/ast.ts'

beforeAll(loadOniguruma)

const lookUp = (name: string): string | undefined => (name === 'SET' ? '5000' : undefined)

function compile(text: string, { lenient = true } = {}): CompiledSource {
  const source = { id: 'p', files: [{ name: 'p.conf', text }] }
  return compileSource(source, { tables: pluginTables, lenient, supportEscapes: false, lookUp })
}

function errorsOf(text: string): readonly string[] {
  return compile(text).errors.map((error) => `${error instanceof UnsetVariableError ? 'unset: ' : ''}${error.describe()}`)
}

test.each([
  { name: 'a variable that is set', text: 'input { tcp { port => "${SET}" } }', want: [] },
  {
    name: 'an option that needs one that is not',
    text: 'input { tcp { port => "${PORT}" } }',
    want: ['unset: p.conf:1:9: [tcp] needs the option [port], in whose value variables stand that are not set'],
  },
  {
    name: 'an option whose rest makes no sense',
    text: 'input { jdbc { jdbc_connection_string => "jdbc:${DB}://db" statement => "SELECT 1" } }',
    want: [
      'unset: p.conf:1:9: [jdbc] needs the option [jdbc_connection_string], in whose value variables stand that are not set',
    ],
  },
  {
    name: 'what is wrong besides is wrong',
    text: 'output { rabbitmq { host => "${RABBIT}" exchange_type => "cubic" exchange => "e" } }',
    want: [
      'unset: p.conf:1:10: [rabbitmq] needs the option [host], in whose value variables stand that are not set',
      expect.stringContaining('p.conf:1:58: [rabbitmq] option [exchange_type]:'),
    ],
  },
  {
    name: 'a database without a driver',
    text: 'input {\n jdbc { jdbc_connection_string => "jdbc:oracle:thin:@db:1521:xe" statement => "SELECT 1" } }',
    want: [
      expect.stringMatching(
        /^p\.conf:2:\d+: \[jdbc\] option \[jdbc_connection_string\]: there is no driver for \[jdbc:oracle:\]/,
      ),
    ],
  },
  { name: 'a default', text: 'input { tcp { port => "${PORT:5000}" } }', want: [] },
])('$name', ({ text, want }) => {
  expect(errorsOf(text)).toEqual(want)
})

test('options of old filters and outputs are conditions', () => {
  const text = 'filter { grok { type => "a" tags => ["x", "y"] exclude_tags => "z" pattern => "%{WORD:w}" } }'
  const { graph, errors, warnings } = compile(text)
  expect(errors).toEqual([])
  expect(warnings.map(({ name }) => name)).toEqual(['W-TYPE-OPTION'])
  const [branch] = graph?.filters ?? []
  const tag = (value: string) => ({ kind: 'in', left: { kind: 'value', value }, right: { kind: 'field', reference: '[tags]' } })
  const type = {
    kind: 'compare',
    operator: '==',
    left: { kind: 'field', reference: '[type]' },
    right: { kind: 'value', value: 'a' },
  }
  expect(branch).toMatchObject({
    kind: 'branch',
    arms: [
      {
        condition: {
          kind: 'and',
          left: { kind: 'and', left: { kind: 'and', left: type, right: tag('x') }, right: tag('y') },
          right: { kind: 'not', condition: tag('z') },
        },
        body: [{ kind: 'plugin', config: { pattern: ['%{WORD:w}'] } }],
      },
    ],
  })
})

test('a list of no tags is no condition, and with compat: strict there are no such options', () => {
  const none = compile('filter { mutate { tags => [] } }')
  expect(none.graph?.filters).toMatchObject([{ kind: 'plugin', plugin: { name: 'mutate' } }])
  const strict = compile('filter { mutate { type => "a" } }', { lenient: false })
  expect(strict.errors.map(({ message }) => message)).toEqual([expect.stringContaining('[mutate] has no option [type]')])
})

test('the environment filter gets values of variables', () => {
  const text =
    'filter { environment { add_field_from_env => { "port" => "SET" "none" => "UNSET" } add_field => { "a" => "b" } } }'
  const { graph, warnings } = compile(text)
  expect(graph?.filters).toMatchObject([
    { config: { add_field_from_env: { port: '5000' } }, common: { add_field: { a: ['b'] } } },
  ])
  expect(warnings.map(({ name }) => name)).toEqual(['W-ENV'])
})

test('other names of plug-ins are known, and options without effect are told', () => {
  const text = 'output { elasticsearch_http { host => "es" flush_size => 5 } java_stdout { } }'
  const { errors, warnings } = compile(text)
  expect(errors).toEqual([])
  expect(warnings.map(({ name, message, position }) => `${position.column} ${name} ${message}`)).toEqual([
    '44 W-IGNORED [elasticsearch_http] option [flush_size] is not used: the size of batches is a setting of the pipeline',
  ])
})
