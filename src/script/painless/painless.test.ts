import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Float } from '../../core/float.ts'
import { lookupWith } from './classes/index.ts'
import { compileProgram } from './compile/program.ts'
import { errorType, JavaError } from './java-error.ts'
import { CompileError } from './syntax/compile-error.ts'
import { textOf } from './values/text.ts'

const lookup = lookupWith([])

function answer(source: string): string {
  const params = {
    i: 7,
    l: 3_000_000_000,
    d: 2.5,
    w: new Float(20),
    s: 'abc',
    n: null,
    b: true,
    list: [3, 1, 2],
    m: { a: 1, b: { c: 2 } },
    strs: ['x', 'y'],
  }
  const signature = {
    lookup,
    returns: 'def',
    variables: { params: 'java.util.Map' },
    functions: [],
    clock: { now: () => 1_700_000_000_000 },
  }
  try {
    return textOf(compileProgram(source, signature).run({ params }))
  } catch (error) {
    if (error instanceof JavaError) return `${errorType(error.className)}: ${error.text} @${error.offsets[0]}`
    if (error instanceof CompileError) return `${error.type}: ${error.message} @${error.offset}`
    throw error
  }
}

const SEPARATOR = '  #=> '
const facts = readFileSync(new URL('facts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.includes(SEPARATOR))
  .map((line) => {
    const at = line.lastIndexOf(SEPARATOR)
    return { source: line.slice(0, at).replaceAll(String.raw`\n`, '\n'), want: line.slice(at + SEPARATOR.length) }
  })

test.each(facts)('$source', ({ source, want }) => {
  expect(answer(source)).toBe(want)
})

// What a script must not reach: JavaScript's own objects, classes of Java that nobody listed, files, processes, networks.
test.each([
  `params.constructor`,
  `params['constructor']`,
  `params.__proto__`,
  `params['__proto__']`,
  `params.m.prototype`,
  `params.m.toString`,
  `params.list.getByPath('constructor', null)`,
  `params.hasOwnProperty`,
])('%s is null: there is no such key', (source) => {
  expect(answer(source)).toBe('null')
})

test.each([
  `''.constructor`,
  `[].constructor`,
  `params.list.constructor`,
  `params.list.__proto__`,
  `params.s.constructor`,
  `params.s.__proto__`,
  `params.getClass()`,
  `''.getClass()`,
  `this.getClass()`,
  `this.constructor`,
  `[].__proto__.constructor('return process')()`,
  `params.list.stream().constructor`,
  `((Function)(x -> x)).constructor`,
  `process.exit(1)`,
  `globalThis.process`,
  `require('fs')`,
  `import('fs')`,
  `import java.io.File; 1`,
  `new File('/etc/passwd')`,
  `new java.io.File('/etc/passwd')`,
  `new FileReader('/etc/passwd')`,
  `new URL('http://localhost')`,
  `new Socket('localhost', 80)`,
  `Runtime.getRuntime().exec('id')`,
  `java.lang.Runtime.getRuntime()`,
  `System.exit(0)`,
  `System.getenv('HOME')`,
  `System.getProperty('user.home')`,
  `Class.forName('java.lang.Runtime')`,
  `Thread.sleep(1000)`,
  `eval('1')`,
  `Function.constructor('return process')`,
  `new Function('return process')`,
  `ProcessBuilder.start()`,
])('%s is refused', (source) => {
  expect(answer(source)).toMatch(/^(?:illegal_argument_exception|class_cast_exception): /)
})

// Elasticsearch's class; OpenSearch has none.
test.each([
  { source: `new CIDR('10.0.0.0/8').contains('10.255.0.1')`, want: 'true' },
  { source: `new CIDR('10.0.0.0/8').contains('11.0.0.0')`, want: 'false' },
  { source: `CIDR c = new CIDR('2001:db8::/32'); c.contains('2001:db8::1') && !c.contains('10.0.0.1')`, want: 'true' },
  { source: `new CIDR('10.0.0.1').contains('10.0.0.1')`, want: 'true' },
  { source: `new CIDR('10.0.0.1').contains(null)`, want: 'false' },
  {
    source: `try { new CIDR('10.0.0.0/8').contains('a') } catch (IllegalArgumentException e) { e.getMessage() }`,
    want: "'a' is not an IP string literal.",
  },
])('$source', ({ source, want }) => {
  expect(answer(source)).toBe(want)
})

test('a key that is called __proto__ is a key', () => {
  expect(
    answer(`def m = [:]; m['__proto__'] = 1; params.m['__proto__'] = ['x': 1]; params.m.x == null && m['__proto__'] == 1`),
  ).toBe('true')
})

// Every way to work without end or to take memory without end is stopped.
test.each([
  { source: 'int i = 0; while (i >= 0) { i = 1 } return i', want: 'painless_error' },
  { source: 'int f(int n) { return f(n + 1) } f(0)', want: 'stack_overflow_error' },
  { source: `def s = 'x'; for (int i = 0; i < 100; i++) { s += s } s`, want: 'circuit_breaking_exception' },
  { source: 'def l = []; for (int i = 0; i < 100; i++) { l.add(0); l.addAll(l) } l', want: 'painless_error' },
  { source: 'LongStream.range(0L, 9000000000L).sum()', want: 'painless_error' },
  { source: 'LongStream.range(0L, 9000000000L).boxed().collect(Collectors.toList())', want: 'painless_error' },
  { source: 'new int[2000000000]', want: 'circuit_breaking_exception' },
  { source: 'new int[1000][1000][1000]', want: 'circuit_breaking_exception' },
  { source: `def m = [:]; m.self = m; m.hashCode()`, want: 'stack_overflow_error' },
  {
    source: `def f(def l) { l.stream().map(x -> f(l)).collect(Collectors.toList()) } f([1])`,
    want: 'stack_overflow_error',
  },
  { source: `try { def f = 0; while (true) { f++ } } catch (Exception e) { return 1 }`, want: 'painless_error' },
  { source: `/(a+)+b/.matcher('${'a'.repeat(40)}').find()`, want: 'circuit_breaking_exception' },
])('$source is stopped', ({ source, want }) => {
  expect(answer(source).split(':')[0]).toBe(want)
})

test.each<{ name: string; source: string; want: RegExp }>([
  { name: 'a thousand terms are added up', source: `0${' + 1'.repeat(1000)}`, want: /^1000$/ },
  {
    name: 'more of them are refused',
    source: `0${' + 1'.repeat(30_000)}`,
    want: /more than \[1000\] operations one after the other/,
  },
  { name: 'so are members of members', source: `params${'.m'.repeat(30_000)}`, want: /more than \[1000\] operations one after/ },
])('$name', ({ source, want }) => {
  expect(answer(source)).toMatch(want)
})
