import { expect, test } from 'vitest'
import { Float } from '../../core/float.ts'
import { PipelineConfigError, type LeniencyWarning, type Statement, type Value } from './ast.ts'
import { parseCondition, parsePipeline } from './parser.ts'
import { printPipeline } from './print.ts'

/** The shape of a value without positions. */
function plain(value: Value): unknown {
  switch (value.kind) {
    case 'string':
      return value.text
    case 'number':
      return value.value
    case 'array':
      return value.items.map(plain)
    case 'hash':
      return Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]))
    case 'plugin':
      return shape(value.plugin)
    default:
      return undefined
  }
}

function shape(statement: Statement): unknown {
  if (statement.kind === 'plugin')
    return [statement.name, Object.fromEntries(statement.options.map(({ name, value }) => [name, plain(value)]))]
  return {
    arms: statement.arms.map(({ condition, body }) => [condition, body.map(shape)]),
    otherwise: statement.otherwise?.map(shape),
  }
}

const field = (reference: string) => ({ kind: 'field', reference })
const value = (constant: string | number) => ({ kind: 'value', value: constant })
const truthy = (reference: string) => ({ kind: 'truthy', operand: field(reference) })

test.each([
  { name: 'nothing', text: '', want: [] },
  { name: 'only comments, the last without an end of line', text: '# a\n  # b', want: [] },
  { name: 'an empty section', text: 'filter { }', want: [] },
  { name: 'a plug-in without options', text: 'filter { drop{} }', want: [['drop', {}]] },
  {
    name: 'names with dashes, digits and quotes',
    text: 'filter { a-1 { "x y" => 1 b_2 => b } "q" {} }',
    want: [
      ['a-1', { 'x y': 1, b_2: 'b' }],
      ['q', {}],
    ],
  },
  {
    name: 'numbers',
    text: 'filter { a { i => 12 n => -3 f => 1.5 w => 2.0 p => 7. } }',
    want: [['a', { i: 12, n: -3, f: 1.5, w: new Float(2), p: new Float(7) }]],
  },
  {
    name: 'arrays',
    text: 'filter { a { b => [] c => [ "x", y1, 3, ["z"] ] } }',
    want: [['a', { b: [], c: ['x', 'y1', 3, ['z']] }]],
  },
  {
    name: 'hashes with any key',
    text: `filter { a { h => { "k" => 1 'l' => { m => "n" } 5 => "five" } e => {} } }`,
    want: [['a', { h: { k: 1, l: { m: 'n' }, 5: 'five' }, e: {} }]],
  },
  {
    name: 'a codec',
    text: 'input { tcp { codec => json { charset => "UTF-8" } port => 1 } }',
    want: [['tcp', { codec: ['json', { charset: 'UTF-8' }], port: 1 }]],
    section: 'inputs',
  },
  {
    name: 'escapes stay as they are',
    text: String.raw`filter { a { s => "x\"y\n" t => 'it\'s' } }`,
    want: [['a', { s: String.raw`x\"y\n`, t: String.raw`it\'s` }]],
  },
  { name: 'a string over several lines, with a # in it', text: 'filter { a { s => "x\n# y" } }', want: [['a', { s: 'x\n# y' }]] },
  {
    name: 'comments anywhere between words',
    text: 'filter # f\n{ # g\n a # h\n{ # i\n b # j\n => # k\n 1 # l\n c => [ # m\n 2 # n\n ] } }',
    want: [['a', { b: 1, c: [2] }]],
  },
  {
    name: 'sections of one kind are joined',
    text: 'filter { a{} } filter { b{} }',
    want: [
      ['a', {}],
      ['b', {}],
    ],
  },
  { name: 'a plug-in called if', text: 'filter { if { x => 1 } }', want: [['if', { x: 1 }]] },
  {
    name: 'else if and else',
    text: 'filter { if [a] { x{} } else if [b] { y{} } else { z{} w{} } }',
    want: [
      {
        arms: [
          [truthy('[a]'), [['x', {}]]],
          [truthy('[b]'), [['y', {}]]],
        ],
        otherwise: [
          ['z', {}],
          ['w', {}],
        ],
      },
    ],
  },
  {
    name: 'a nested branch',
    text: 'filter { if [a] { if [b] { x{} } } }',
    want: [{ arms: [[truthy('[a]'), [{ arms: [[truthy('[b]'), [['x', {}]]]], otherwise: undefined }]]], otherwise: undefined }],
  },
  { name: 'a byte order mark', text: '\ufefffilter { a{} }', want: [['a', {}]] },
  { name: 'end of line as of Windows', text: 'filter {\r\n a { b => 1\r\n c => 2 }\r\n}', want: [['a', { b: 1, c: 2 }]] },
] satisfies readonly { name: string; text: string; want: unknown; section?: 'inputs' }[])('$name', ({ text, want, section }) => {
  const pipeline = parsePipeline(text, { file: 't' })
  expect(pipeline[section ?? 'filters'].map(shape)).toEqual(want)
  const printed = printPipeline(pipeline)
  const again = parsePipeline(printed, { file: 't' })
  expect(again[section ?? 'filters'].map(shape)).toEqual(want)
})

test.each([
  { text: '[a]', want: truthy('[a]') },
  { text: '![a]', want: { kind: 'not', condition: truthy('[a]') } },
  { text: '! ( [a] )', want: { kind: 'not', condition: truthy('[a]') } },
  { text: '[a][b] == "x"', want: { kind: 'compare', operator: '==', left: field('[a][b]'), right: value('x') } },
  { text: '"x" != [a]', want: { kind: 'compare', operator: '!=', left: value('x'), right: field('[a]') } },
  { text: '[a]<=5', want: { kind: 'compare', operator: '<=', left: field('[a]'), right: value(5) } },
  { text: '[a] >= -1.5', want: { kind: 'compare', operator: '>=', left: field('[a]'), right: value(-1.5) } },
  { text: String.raw`[m] =~ /^a\/b$/`, want: { kind: 'match', left: field('[m]'), pattern: String.raw`^a\/b$` } },
  { text: '[m] =~ "a b"', want: { kind: 'match', left: field('[m]'), pattern: 'a b' } },
  { text: '[m] !~ /x/', want: { kind: 'not', condition: { kind: 'match', left: field('[m]'), pattern: 'x' } } },
  { text: '"t" in [tags]', want: { kind: 'in', left: value('t'), right: field('[tags]') } },
  {
    text: '[s] not  in ["a", 2]',
    want: { kind: 'not', condition: { kind: 'in', left: field('[s]'), right: { kind: 'list', values: [value('a'), value(2)] } } },
  },
  {
    text: '[a] and [b] or [c]',
    want: { kind: 'or', left: { kind: 'and', left: truthy('[a]'), right: truthy('[b]') }, right: truthy('[c]') },
  },
  {
    text: '[a] or [b] and [c]',
    want: { kind: 'or', left: truthy('[a]'), right: { kind: 'and', left: truthy('[b]'), right: truthy('[c]') } },
  },
  {
    text: '[a] and [b] and [c] or [d]',
    want: {
      kind: 'or',
      left: { kind: 'and', left: { kind: 'and', left: truthy('[a]'), right: truthy('[b]') }, right: truthy('[c]') },
      right: truthy('[d]'),
    },
  },
  {
    text: '([a] or [b]) and [c]',
    want: { kind: 'and', left: { kind: 'or', left: truthy('[a]'), right: truthy('[b]') }, right: truthy('[c]') },
  },
  {
    text: '[a] xor [b] nand [c]',
    want: { kind: 'xor', left: truthy('[a]'), right: { kind: 'nand', left: truthy('[b]'), right: truthy('[c]') } },
  },
  { text: '[input] == "in"', want: { kind: 'compare', operator: '==', left: field('[input]'), right: value('in') } },
])('condition $text', ({ text, want }) => {
  expect(parseCondition(text, { file: 't' })).toEqual(want)
})

test.each([
  { text: 'filter {', message: 'expected } to end the filter section, found the end of the file', line: 1, column: 9 },
  { text: 'filtre { }', message: 'expected input, filter or output, found [filtre]', line: 1, column: 1 },
  {
    text: 'filter {\n  grok {\n    match = "x"\n  }\n}',
    message: 'expected => after the option [match], found [=]',
    line: 3,
    column: 11,
  },
  { text: 'filter { grok { match => } }', message: 'expected a value for [match], found [}]', line: 1, column: 26 },
  { text: 'filter { a { b => "x } }', message: 'the string that begins here has no closing "', line: 1, column: 19 },
  { text: String.raw`filter { a { b => "C:\" } }`, message: 'the string that begins here has no closing "', line: 1, column: 19 },
  { text: 'filter { a { b => [1 2] } }', message: 'expected , or ] in an array, found [2]', line: 1, column: 22 },
  { text: 'filter { a { b => { c => 1, d => 2 } } }', message: 'expected a key or } in a hash, found [,]', line: 1, column: 27 },
  { text: 'filter { a { b => { c => 1 c => 2 } } }', message: 'the key [c] stands twice in one hash', line: 1, column: 28 },
  { text: 'filter { if [a] = 5 { } }', message: 'expected == to compare (one = is no operator), found [=]', line: 1, column: 17 },
  { text: 'filter { if [a] == { } }', message: 'expected a field or a value after ==, found [{]', line: 1, column: 20 },
  {
    text: 'filter { if [a] & [b] { } }',
    message: 'expected and, or, xor, nand or { after the condition, found [&]',
    line: 1,
    column: 17,
  },
  { text: 'filter { if ([a] { } }', message: 'expected ) to close the condition, found [{]', line: 1, column: 18 },
  { text: 'filter { else { } }', message: 'expected if before else, found [else]', line: 1, column: 10 },
  { text: 'filter { if "a" { } }', message: 'expected a comparison, in or =~ after a constant, found ["]', line: 1, column: 13 },
  { text: 'filter { if [a] =~ b { } }', message: 'expected a /pattern/ or a string after =~, found [b]', line: 1, column: 20 },
  {
    text: 'filter { a { h => 10.0.0.1 } }',
    message: 'expected a value for [h], found text that begins with a number: put it in quotes',
    line: 1,
    column: 19,
  },
  { text: `filter { if ${'('.repeat(300)}`, message: 'nested deeper than 200 levels', line: 1, column: 213 },
  { text: 'grok { }', message: 'expected input, filter or output, found [grok]', line: 1, column: 1 },
])('$text is refused', ({ text, message, line, column }) => {
  let error: unknown
  try {
    parsePipeline(text, { file: 'f.conf' })
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(PipelineConfigError)
  expect(error).toMatchObject({ message, position: { file: 'f.conf', line, column } })
  expect((error as PipelineConfigError).describe()).toBe(`f.conf:${line}:${column}: ${message}`)
})

test.each([
  { text: 'if [a] { x{} }', warning: 'W-FRAGMENT', section: 'filters' },
  { text: 'grok { }', warning: 'W-FRAGMENT', section: 'filters' },
  { text: 'filter { a { b => [1,] } }', warning: 'W-COMMA', section: 'filters' },
  { text: 'filter { a { b => { c => 1, d => 2 }, e => 3 } }', warning: 'W-COMMA', section: 'filters' },
  { text: 'filter { if [a] == true { } }', warning: 'W-BAREWORD', section: 'filters' },
  { text: 'filter { if not [a] { } }', warning: 'W-NOT', section: 'filters' },
  {
    text: 'filter { a { hosts => [10.0.0.1, http://x:9200], path => /var/log/*.log } }',
    warning: 'W-QUOTES',
    section: 'filters',
  },
  { text: 'filter { a { key => ${KEY} index => logs-%{type} } }', warning: 'W-QUOTES', section: 'filters' },
  { text: 'filter { if [a] =~ /b|c/i { } }', warning: 'W-REGEX-FLAGS', section: 'filters' },
  { text: 'filter { if [a] { } elsif [b] { } else { } }', warning: 'W-ELSE-IF', section: 'filters' },
  { text: 'filter { a { b = 1 c => { d: 2 } } }', warning: 'W-ARROW', section: 'filters' },
  { text: 'filter { a { } } }', warning: 'W-BRACE', section: 'filters' },
  { text: 'filter { filter { a { } } b { } }', warning: 'W-NESTED-SECTION', section: 'filters' },
  { text: 'filter { if [a] in ["x"] { } }', warning: 'W-ONE-ELEMENT-LIST', section: 'filters' },
] as const)('$text is accepted with $warning', ({ text, warning, section }) => {
  const warnings: LeniencyWarning[] = []
  const pipeline = parsePipeline(text, { file: 't', lenient: true, warn: (told) => warnings.push(told) })
  expect(pipeline[section].length).toBeGreaterThan(0)
  expect(warnings.map(({ name }) => name)).toContain(warning)
})

test('what is nearly right means what it says', () => {
  const text =
    'filter { filter { a { k => ${KEY:x} h => [10.0.0.1, /var/log/*.log] c => java-x { } n => 1.5 } } if [a] =~ /b/ix { } }'
  const pipeline = parsePipeline(text, { file: 't', lenient: true })
  expect(pipeline.filters.map(shape)).toEqual([
    ['a', { k: '${KEY:x}', h: ['10.0.0.1', '/var/log/*.log'], c: ['java-x', {}], n: 1.5 }],
    { arms: [[{ kind: 'match', left: field('[a]'), pattern: '(?ix)b' }, []]], otherwise: undefined },
  ])
})

test('support_escapes gives escapes their meaning', () => {
  const text = String.raw`filter { a { s => "a\tb\"c\qd\\" } }`
  const pipeline = parsePipeline(text.replace(String.raw`\\"`, String.raw`\\ "`), { file: 't', supportEscapes: true })
  expect(pipeline.filters.map(shape)).toEqual([['a', { s: 'a\tb"c\\qd\\ ' }]])
})
