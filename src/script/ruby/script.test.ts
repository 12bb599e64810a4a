import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { parseEventJson, printFields } from '../../core/event-json.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { loadOniguruma } from '../regexp/oniguruma.ts'
import { TimeLimitError } from '../regexp/time-limit.ts'
import { RubyError, RubyLimitError } from './errors.ts'
import { loadRubyParser, RubySyntaxError } from './parser.ts'
import { RubyScript } from './script.ts'
import { inspect } from './semantics.ts'
import { REvent } from './value.ts'

beforeAll(() => Promise.all([loadRubyParser(), loadOniguruma()]))

const NOW = Date.UTC(2024, 4, 1, 10)
const newScript = () => new RubyScript({ clock: { now: () => NOW }, log: () => undefined, random: () => 0.5 })

function run(code: string): string {
  try {
    return inspect(newScript().compile(code, [])())
  } catch (error) {
    if (error instanceof RubyError) return `${error.exception.klass.name}: ${error.message}`
    throw error
  }
}

describe('what Ruby answers', () => {
  const facts = readFileSync(new URL('facts.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.includes('  #=> '))
    .map((line) => ({ code: line.slice(0, line.lastIndexOf('  #=> ')), want: line.slice(line.lastIndexOf('  #=> ') + 6) }))
  test.each(facts)('$code', ({ code, want }) => {
    expect(run(code)).toBe(want)
  })
})

/** Runs code with an event and answers the event afterwards. */
function onEvent(fields: string, code: string): string {
  const event = createEvent(parseEventJson(fields) as Record<string, never>, { m: 'meta' })
  event.fields['@timestamp'] ??= new Timestamp(NOW)
  newScript().compile(code, ['event'])(new REvent(event))
  const { '@timestamp': timestamp, ...rest } = event.fields
  return `${printFields(rest)}${timestamp instanceof Timestamp && timestamp.epochMillis === NOW ? '' : ` at ${timestamp instanceof Timestamp ? timestamp.toString() : 'nothing'}`}${event.cancelled ? ' cancelled' : ''}`
}

test.each([
  { fields: '{"a":1}', code: 'event.set("b", event.get("a") + 1)', want: '{"a":1,"b":2}' },
  { fields: '{"a":20.0}', code: 'event.set("b", event.get("a") * 2)', want: '{"a":20.0,"b":40.0}' },
  { fields: '{"a":7}', code: 'event.set("a", event.get("a") / 2)', want: '{"a":3}' },
  {
    fields: '{"a":{"b":[1,{"c":"x"}]}}',
    code: 'event.set("[d][e]", event.get("[a][b][1][c]").upcase)',
    want: '{"a":{"b":[1,{"c":"x"}]},"d":{"e":"X"}}',
  },
  { fields: '{}', code: 'event.set("x", event.get("nothing"))', want: '{"x":null}' },
  { fields: '{"a":1,"b":2}', code: 'event.remove("a")', want: '{"b":2}' },
  { fields: '{"a":"x"}', code: 'event.get("a") << "y"', want: '{"a":"x"}' },
  { fields: '{"a":[1]}', code: 'l = event.get("a"); l << 2; event.set("a", l); l << 3', want: '{"a":[1,2]}' },
  { fields: '{}', code: 'event.tag("t"); event.tag("t"); event.tag("u")', want: '{"tags":["t","u"]}' },
  { fields: '{"a":1}', code: 'event.cancel if event.get("a") == 1', want: '{"a":1} cancelled' },
  { fields: '{"a":1}', code: 'return if event.get("a") == 1; event.set("b", 1)', want: '{"a":1}' },
  {
    fields: '{}',
    code: 'event.set("s", :sym); event.set("h", {k: [nil, true, 1.0]}); event.set("t", Time.at(0))',
    want: '{"s":"sym","h":{"k":[null,true,1.0]},"t":"1970-01-01T00:00:00.000Z"}',
  },
  {
    fields: '{}',
    code: 'event.timestamp = LogStash::Timestamp.new("2024-01-02T03:04:05Z")',
    want: '{} at 2024-01-02T03:04:05.000Z',
  },
  { fields: '{}', code: 'event.set("@timestamp", Time.at(0))', want: '{} at 1970-01-01T00:00:00.000Z' },
  { fields: '{}', code: 'event.set("age", event.get("@timestamp").time - Time.at(1714557590))', want: '{"age":10.0}' },
  { fields: '{}', code: 'event.set("s", event.sprintf("%{+YYYY} %{x}"))', want: '{"s":"2024 %{x}"}' },
  { fields: '{"a":1}', code: 'event.set("keys", event.to_hash.keys.sort)', want: '{"a":1,"keys":["@timestamp","a"]}' },
  {
    fields: '{"a":1}',
    code: 'event.set("i", [event.include?("a"), event.include?("[b][c]")])',
    want: '{"a":1,"i":[true,false]}',
  },
  { fields: '{}', code: 'event.set("m", event.get("[@metadata][m]")); event.set("[@metadata][n]", 1)', want: '{"m":"meta"}' },
  { fields: '{"host.name":"h"}', code: 'event.set("x", event.get("host.name")); event.remove("host.name")', want: '{"x":"h"}' },
  { fields: '{"n":12345678901234567890}', code: 'event.set("n", event.get("n") + 1)', want: '{"n":12345678901234567891}' },
  {
    fields: '{"m":"k=v a=b"}',
    code: 'event.get("m").split.each { |p| k, v = p.split("="); event.set("[kv][#{k}]", v) }',
    want: '{"m":"k=v a=b","kv":{"k":"v","a":"b"}}',
  },
  {
    fields: '{"a":"{\\"x\\":[1,2.0]}"}',
    code: 'event.set("j", JSON.parse(event.get("a")))',
    want: '{"a":"{\\"x\\":[1,2.0]}","j":{"x":[1,2.0]}}',
  },
  { fields: '{"a":{"b":1}}', code: 'event.get("a").each { |k, v| event.set("a_#{k}", v) }', want: '{"a":{"b":1},"a_b":1}' },
  {
    fields: '{"__proto__":"x"}',
    code: 'event.set("constructor", event.get("__proto__")); event.set("y", event.get("toString"))',
    want: '{"__proto__":"x","constructor":"x","y":null}',
  },
])('$code on $fields', ({ fields, code, want }) => {
  expect(onEvent(fields, code)).toBe(want)
})

test('instance variables, methods and constants last from run to run; local variables do not', () => {
  const script = newScript()
  script.compile('@n = 0; LIMIT = 2; def twice(x); x * LIMIT; end', [])()
  const step = script.compile('@n += 1; seen = defined?(last) ? 1 : 0; last = 1; twice(@n)', [])
  expect([step(), step(), step()]).toEqual([2, 4, 6])
})

test('methods of a script file are called by name', () => {
  const script = newScript()
  script.compile(
    'def register(params); @by = params["by"]; end\ndef filter(event); event.set("n", event.get("n") * @by); [event]; end',
    [],
  )()
  const event = createEvent({ n: 3 })
  script.call('register', [script.compile('{"by" => 5}', [])()])
  expect(script.call('filter', [new REvent(event)])).toHaveLength(1)
  expect(event.fields).toEqual({ n: 15 })
})

describe('limits', () => {
  test.each([
    { name: 'an endless loop', code: 'loop { }' },
    { name: 'an endless while', code: 'while true do end' },
    { name: 'an endless until that rescues everything', code: 'begin; while true do end; rescue Exception; end' },
    { name: 'endless recursion', code: 'def f(x); f(x + 1); end; f(0)' },
    { name: 'a text that doubles', code: 's = "x"; 100.times { s = s + s }' },
    { name: 'a text that is repeated', code: '"x" * 10_000_000_000' },
    { name: 'a list that grows', code: 'a = []; loop { a.concat([1] * 1000) }' },
    { name: 'a list of a size', code: 'Array.new(10_000_000_000)' },
    { name: 'a hash that grows', code: 'h = {}; i = 0; loop { h[i += 1] = "x" * 1000 }' },
    { name: 'a range', code: '(1..10**12).to_a' },
    { name: 'a number', code: 'x = 10; loop { x = x * x }' },
    { name: 'a width', code: '"x".ljust(10**10)' },
    { name: 'blocks within blocks', code: 'f = ->(g) { g.call(g) }; f.call(f)' },
    { name: 'sorting with a block that never ends', code: '(1..100000).to_a.sort { |a, b| (1..100000).to_a.size; a <=> b }' },
    { name: 'permutations', code: '(1..50).to_a.permutation.to_a' },
  ])('$name is stopped', ({ code }) => {
    const start = performance.now()
    expect(() => newScript().compile(code, [])()).toThrow(RubyLimitError)
    expect(performance.now() - start).toBeLessThan(30_000)
  })

  test('a regular expression that would run for minutes is stopped', () => {
    expect(() => newScript().compile('("a" * 60 + "!") =~ /^(a|aa)+$/', [])()).toThrow(TimeLimitError)
  })

  test('each run has its own steps', () => {
    const step = newScript().compile('300_000.times { }', [])
    for (let i = 0; i < 10; i++) expect(step()).toBe(300_000)
  })
})

describe('nothing of the host can be reached', () => {
  test.each([
    'process',
    'global',
    'globalThis',
    'constructor',
    'require("fs")',
    'require("socket")',
    'import("fs")',
    'eval("1")',
    'instance_eval("1")',
    'binding',
    'self.class.class_eval("1")',
    'self.constructor',
    'self.__proto__',
    '"x".constructor',
    '[].constructor',
    '{}.constructor.constructor("return process")',
    '"x".__proto__',
    '"x".send(:constructor)',
    '[].send("__proto__")',
    '5.send(:__lookupGetter__, "x")',
    '"x".method(:constructor).call',
    'method(:constructor).call',
    'File.read("/etc/passwd")',
    'File.open("/etc/passwd")',
    'IO.read("/etc/passwd")',
    'Dir.glob("*")',
    'open("/etc/passwd")',
    'ENV["HOME"]',
    'Process.pid',
    'Kernel.system("id")',
    'system("id")',
    'exec("id")',
    'spawn("id")',
    'fork',
    'exit!',
    'exit',
    'Socket.new',
    'TCPSocket.new("localhost", 80)',
    'Net::HTTP.get("localhost", "/")',
    'ObjectSpace.each_object { }',
    'Object.const_get(:File)',
    'Object.const_get("Process")',
    'Marshal.load("x")',
    'Java::JavaLang::System.exit(0)',
    'java.lang.System.exit(0)',
    'java_import "java.io.File"',
    '$stdin.read',
    'STDIN.read',
    'ARGV[0]',
    'gets',
    'sleep(10)',
    'Thread.new { }',
    'trap("INT") { }',
    'at_exit { }',
    'define_method(:x) { }',
    'instance_variable_get(:@options)["clock"].now',
    '@machine.options',
    'self.instance_variables.map { |v| instance_variable_get(v) }.first.options',
  ])('%s', (code) => {
    expect(() => newScript().compile(code, [])()).toThrow(RubyError)
  })

  test.each([
    '`id`',
    '%x(id)',
    'class String; def upcase; end; end',
    'module Kernel; end',
    'alias x y',
    'BEGIN { }',
    'END { }',
    'class << self; end',
  ])('%s is refused', (code) => {
    expect(() => newScript().compile(code, [])).toThrow(RubySyntaxError)
  })

  test('names of JavaScript are only names', () => {
    expect(run('{"__proto__" => 1, "constructor" => 2}')).toBe('{"__proto__"=>1, "constructor"=>2}')
    expect(run('h = {}; h["__proto__"] = {"x" => 1}; {}["x"]')).toBe('nil')
    expect(run('JSON.parse(%q({"__proto__": {"polluted": true}})); {}["polluted"]')).toBe('nil')
    expect(run('"%{constructor}" % {constructor: 1}')).toBe('"1"')
    expect(run('instance_variable_get("@__proto__")')).toBe('nil')
  })
})

test.each([
  { code: 'x = = 1', message: /syntax error/, line: 1 },
  { code: 'if true\n  foo(\nend', message: /syntax error/, line: 3 },
  { code: 'a = 1\ncase a\nin Integer then 1\nend', message: /case … in is not available/, line: 2 },
  { code: 'é = 1\n  `id`', message: /running a command is not available/, line: 2, column: 3 },
])('$code says where it is wrong', ({ code, message, line, column }) => {
  let error: unknown
  try {
    newScript().compile(code, [])
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(RubySyntaxError)
  expect(error).toMatchObject({
    line,
    message: expect.stringMatching(message) as string,
    ...(column === undefined ? {} : { column }),
  })
})

test('puts and the logger write to the log', () => {
  const lines: string[] = []
  const script = new RubyScript({ clock: { now: () => NOW }, log: (level, text) => void lines.push(`${level} ${text}`) })
  script.compile('puts "a", 1; logger.warn("b"); @logger.info("c") { "d" }; p :x', [])()
  expect(lines).toEqual(['info a 1', 'warn b', 'info c d', 'info :x'])
})
