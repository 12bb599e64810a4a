import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEvent } from '../../core/event.ts'
import { parseEventJson } from '../../core/event-json.ts'
import { compileCondition } from '../condition.ts'
import { loadOniguruma } from '../regexp/oniguruma.ts'
import { compileTemplate } from '../sprintf.ts'
import { parsePipeline } from '../../pipeline/language/parser.ts'
import { loadRubyParser } from './parser.ts'
import { RubyScript } from './script.ts'
import { inspect } from './semantics.ts'
import { REvent } from './value.ts'

/*
 * Code and expressions of a pipeline reach nothing of the host: no file, process, network, module or object of JavaScript.
 * The attempts would leave one of these traces if they worked.
 */

const SECRET = 'the-secret-of-the-host'
let folder: string
let server: Server
let connections = 0
beforeAll(async () => {
  await Promise.all([loadRubyParser(), loadOniguruma()])
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-host-'))
  await writeFile(join(folder, 'secret'), SECRET)
  server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const port = (): number => (server.address() as { port: number }).port

/** What an attempt left behind. */
function traces(answer: string): readonly string[] {
  const polluted = (value: object): boolean => (value as Record<string, unknown>)['polluted'] !== undefined
  const found = {
    'a file was read': answer.includes(SECRET),
    'something of JavaScript was seen': /\[native code\]|\[object |process\.|v20\./.test(answer),
    'a file was made': existsSync(join(folder, 'made')),
    'a connection was opened': connections > 0,
    'all objects were changed': Object.keys(Object.prototype).length > 0 || polluted({}),
    'a global variable was made': polluted(globalThis),
  }
  return Object.entries(found).flatMap(([trace, isThere]) => (isThere ? [trace] : []))
}

/** FOLDER and PORT stand for the traces. */
const fill = (code: string): string => code.replaceAll('FOLDER', folder).replaceAll('PORT', String(port()))

describe('Ruby', () => {
  test.each([
    'File.read("FOLDER/secret")',
    'File.write("FOLDER/made", "x")',
    'File.open("FOLDER/secret") { |f| f.read }',
    'IO.read("FOLDER/secret")',
    'IO.popen("cat FOLDER/secret").read',
    'Dir.glob("FOLDER/*").join + "secret".then { |s| "the-" + s + "-of-the-host" if Dir.exist?("FOLDER") }.to_s',
    'open("FOLDER/secret").read',
    'Kernel.open("FOLDER/secret").read',
    '`cat FOLDER/secret`',
    '%x(cat FOLDER/secret)',
    'system("touch FOLDER/made")',
    'exec("touch FOLDER/made")',
    'spawn("touch FOLDER/made")',
    'fork { File.write("FOLDER/made", "x") }',
    'Process.spawn("touch FOLDER/made")',
    'Process.pid',
    'exit!',
    'abort',
    'require "fs"; fs.readFileSync("FOLDER/secret")',
    'require "socket"; TCPSocket.new("127.0.0.1", PORT)',
    'require "net/http"; Net::HTTP.get(URI("http://127.0.0.1:PORT/"))',
    'require "open-uri"; URI.open("http://127.0.0.1:PORT/").read',
    'load "FOLDER/secret"',
    'require_relative "FOLDER/secret"',
    'eval("1 + 1")',
    'instance_eval("1")',
    'event.instance_eval { @event }',
    'binding.eval("1")',
    'Object.const_get(:File).read("FOLDER/secret")',
    'Object.const_get("Process").pid',
    'ObjectSpace.each_object.to_a',
    'ENV["PATH"]',
    'ENV.to_h.to_s',
    '$0 + __FILE__.to_s',
    'event.constructor',
    'event.send(:constructor)',
    'event.public_send("constructor")',
    'event.method(:get).owner.constructor',
    '"".constructor.constructor("return process")()',
    '[].send("constructor")',
    '{}.send("__proto__")',
    '{}["__proto__"]["polluted"] = 1',
    'h = {}; h["__proto__"] = { "polluted" => 1 }; h',
    'event.set("__proto__", { "polluted" => true })',
    'event.set("[__proto__][polluted]", true)',
    'event.set("[constructor][prototype][polluted]", true)',
    'event.set("[@metadata][__proto__][polluted]", true)',
    'event.get("[__proto__][constructor]")',
    'event.get("constructor")',
    'event.to_hash["constructor"]',
    'event.instance_variable_get("@event")',
    'event.instance_variables',
    'globalThis',
    'process.env',
    'global.polluted = 1',
    'import("fs")',
    'JSON.parse(\'{"__proto__":{"polluted":1}}\')',
    'JSON.parse(\'{"json_class":"File"}\', create_additions: true)',
    'Marshal.load("\\x04\\b0")',
    '"x".gsub(/x/, "constructor" => "y").send(:__defineGetter__, "a")',
    'Class.new { def polluted; end }.new.constructor',
    'define_method(:polluted) { 1 }',
    'Object.polluted = 1',
    '$stdout.class.constructor; $stderr.reopen("FOLDER/made")',
    'Thread.new { system("touch FOLDER/made") }.join',
    'at_exit { system("touch FOLDER/made") }',
    'trap("TERM") { }; Signal.list',
    'Fiddle.dlopen(nil)',
  ])('%s', (code) => {
    const event = createEvent({ a: 1 }, { m: 1 })
    const script = new RubyScript({ clock: { now: () => 0 }, log: () => undefined, random: () => 0.5 })
    let answer: string
    try {
      answer = inspect(script.compile(fill(code), ['event'])(new REvent(event)))
    } catch (error) {
      answer = error instanceof Error ? error.message.replace(/\[.*\]/s, '') : ''
    }
    expect(traces(answer.replaceAll(code, ''))).toEqual([])
  })
})

describe('references and conditions', () => {
  const references = [
    'constructor',
    '[constructor][name]',
    '__proto__',
    '[__proto__][polluted]',
    'toString',
    '[a][constructor]',
    '[a][length]',
  ]
  test.each(references)('%%{%s} stays in the text', (reference) => {
    const event = createEvent({ a: 'text' })
    expect(compileTemplate(`%{${reference}}`).print(event)).toBe(`%{${reference}}`)
    expect(traces(JSON.stringify(event.fields))).toEqual([])
  })

  test.each(references)('[%s] is absent in a condition', (reference) => {
    const field = reference.startsWith('[') ? reference : `[${reference}]`
    const { filters } = parsePipeline(`filter { if ${field} { drop {} } }`, {
      file: 'x.conf',
      lenient: true,
      supportEscapes: false,
      warn: () => undefined,
    })
    const [branch] = filters
    if (branch?.kind !== 'branch') throw new Error('expected a branch')
    const [arm] = branch.arms
    if (arm === undefined) throw new Error('expected an arm')
    const holds = compileCondition(arm.condition, { listsMatchAsText: true, regex: () => () => false })
    expect(holds(createEvent({ a: 'text' }))).toBe(false)
  })

  test('names that plain objects inherit are fields like others', () => {
    const event = createEvent(parseEventJson('{"__proto__":"p","constructor":"c"}') as Record<string, never>)
    expect(compileTemplate('%{__proto__} %{[constructor]}').print(event)).toBe('p c')
    expect(traces('')).toEqual([])
  })
})
