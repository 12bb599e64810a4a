import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { createEvent, type Event } from '../../../core/event.ts'
import { printFields } from '../../../core/event-json.ts'
import { loadOniguruma } from '../../../script/regexp/oniguruma.ts'
import { sharedPath } from '../../../../test/shared.ts'
import { testContext } from '../../test-context.ts'
import type { Filter } from '../../plugin.ts'
import { compileGrok } from './grok-expression.ts'
import { grok } from './grok.ts'
import { loadCorePatterns } from './pattern-library.ts'

beforeAll(loadOniguruma)

async function open(options: Record<string, unknown>, lenient = false): Promise<Filter> {
  const filter = grok.create(grok.config.parse(options), { ...testContext(), lenient })
  await filter.open?.()
  return filter
}

/** Fields with floats as plain numbers. */
const plainFields = (event: Event) => JSON.parse(printFields(event.fields)) as Record<string, unknown>

async function run(filter: Filter, ...events: Event[]): Promise<void> {
  if ('processBatch' in filter) await filter.processBatch(events, { add: () => undefined, addMatched: () => undefined })
}

test.each(['ecs-v1', 'legacy'] as const)('every core pattern of %s compiles', async (set) => {
  const library = await loadCorePatterns(set)
  const broken: string[] = []
  for (const name of library.keys()) {
    try {
      compileGrok(`%{${name}}`, library, { captureUnnamed: false })
    } catch (error) {
      broken.push(`${name}: ${String(error)}`)
    }
  }
  expect(broken).toEqual([])
  expect(library.size).toBeGreaterThan(300)
})

const facts = sharedPath('conformance/grok/patterns-core.json')
interface Fact {
  readonly id: string
  readonly set: 'ecs-v1' | 'legacy'
  readonly pattern: string
  readonly line: string
  readonly fields?: Record<string, unknown>
  readonly absent?: readonly string[]
  readonly matches: boolean
  readonly message_capture?: string
}

describe.skipIf(facts === undefined)('facts of the core patterns', () => {
  const cases: Fact[] = facts === undefined ? [] : (JSON.parse(readFileSync(facts, 'utf8')) as { cases: Fact[] }).cases
  /** Many facts are about one pattern, which is not quickly compiled. */
  const filters: Record<string, Promise<Filter>> = {}
  test.each(cases)('$id $pattern', async ({ set, pattern, line, fields, absent, matches, message_capture }) => {
    const filter = await (filters[`${set} ${pattern}`] ??= open({
      match: { message: pattern },
      ecs_compatibility: set === 'legacy' ? 'disabled' : 'v8',
    }))
    const event = createEvent({ message: line })
    await run(filter, event)
    expect(event.fields['tags']).toEqual(matches ? undefined : ['_grokparsefailure'])
    const found = plainFields(event)
    expect(message_capture === undefined || found['message']).toEqual(message_capture === undefined || [line, message_capture])
    expect(found).toMatchObject(fields ?? {})
    for (const path of absent ?? []) expect(event.fields).not.toHaveProperty(path)
  })
})

test.each([
  {
    name: 'a capture into a field that exists makes a list',
    config: { match: { message: '%{WORD:a}' } },
    in: { message: 'x', a: 'y' },
    out: { a: ['y', 'x'] },
  },
  {
    name: 'unless it is overwritten',
    config: { match: { message: '%{WORD:a}' }, overwrite: 'a' },
    in: { message: 'x', a: 'y' },
    out: { a: 'x' },
  },
  {
    name: 'the same field twice',
    config: { match: { message: '%{WORD:a} %{WORD:a}' } },
    in: { message: 'x y' },
    out: { a: ['x', 'y'] },
  },
  {
    name: 'int and float',
    config: { match: { message: '%{NUMBER:i:int} %{NUMBER:f:float}' } },
    in: { message: '12.7 3.5' },
    out: { i: 12, f: 3.5 },
  },
  {
    name: 'an inline group',
    config: { match: { message: '(?<[a][b]>\\d+)-(?<c>\\w)\\k<c>' } },
    in: { message: '12-xx' },
    out: { a: { b: '12' }, c: 'x' },
  },
  {
    name: 'empty captures are left out',
    config: { match: { message: 'a%{DATA:e}b' } },
    in: { message: 'ab' },
    out: { message: 'ab' },
  },
  {
    name: 'or kept',
    config: { match: { message: 'a%{DATA:e}b' }, keep_empty_captures: true },
    in: { message: 'ab' },
    out: { e: '' },
  },
  {
    name: 'unnamed captures on demand',
    config: { match: { message: '%{WORD} %{INT:n}' }, named_captures_only: false },
    in: { message: 'a 1' },
    out: { WORD: 'a', n: '1' },
  },
  {
    name: 'a target',
    config: { match: { message: '%{WORD:a} %{INT:[b][c]}' }, target: 't' },
    in: { message: 'x 1' },
    out: { t: { a: 'x', b: { c: '1' } } },
  },
  { name: 'a list of lines', config: { match: { message: '%{INT:n}' } }, in: { message: ['a', 'b 2'] }, out: { n: '2' } },
  { name: 'numbers are matched as text', config: { match: { code: '^%{INT:n}$' } }, in: { code: 5 }, out: { n: '5' } },
  {
    name: 'several fields, the first that matches',
    config: { match: { a: '%{INT:n}', b: '%{INT:n}' } },
    in: { a: 'x', b: '2' },
    out: { n: '2' },
  },
  {
    name: 'several fields in their order, message first or not, and the older form of it',
    config: { match: { message: '%{INT:n}', b: '%{INT:n}' }, pattern: '%{WORD:n}' },
    in: { message: 'x', b: '2' },
    out: { n: 'x' },
  },
  {
    name: 'several fields in their order, of which message is the first',
    config: { match: { message: '%{INT:n}', b: '%{INT:n}' } },
    in: { message: '1', b: '2' },
    out: { n: '1' },
  },
  {
    name: 'all expressions',
    config: { match: { message: ['%{INT:n}', '%{WORD:w}'] }, break_on_match: false },
    in: { message: '1 x' },
    out: { n: '1', w: '1' },
  },
  {
    name: 'an absent field does not match',
    config: { match: { absent: '%{INT:n}' } },
    in: { message: 'x' },
    out: { tags: ['_grokparsefailure'] },
  },
  {
    name: 'generic patterns',
    config: { match: { message: '^%{IPV6:six} %{MAC:mac} %{UUID:uuid} %{PATH:path} %{URI:uri}$' } },
    in: {
      message: '2001:db8::1 00:1a:2b:3c:4d:5e 123e4567-e89b-12d3-a456-426614174000 /var/log/a.log https://u@h.example:8080/p?q=1',
    },
    out: {
      six: '2001:db8::1',
      mac: '00:1a:2b:3c:4d:5e',
      uuid: '123e4567-e89b-12d3-a456-426614174000',
      path: '/var/log/a.log',
      uri: 'https://u@h.example:8080/p?q=1',
    },
  },
  {
    name: 'a Maven version',
    config: { match: { message: '%{MAVEN_VERSION:v}' } },
    in: { message: 'jar 1.2.3-SNAPSHOT' },
    out: { v: '1.2.3-SNAPSHOT' },
  },
  {
    name: 'a quoted string and a number with a sign',
    config: { match: { message: '%{QS:q} %{NUMBER:n}' } },
    in: { message: '"a \\" b" -1.5' },
    out: { q: '"a \\" b"', n: '-1.5' },
  },
  {
    name: 'a point matches a newline',
    config: { match: { message: 'a%{GREEDYDATA:rest}' } },
    in: { message: 'a1\n2' },
    out: { rest: '1\n2' },
  },
])('$name', async ({ config, in: fields, out }) => {
  const event = createEvent(structuredClone(fields))
  await run(await open(config), event)
  expect(event.fields).toEqual({ ...fields, ...out })
})

test('a folder of patterns that is not there costs only the expressions that need it, when lenient', async () => {
  const config = {
    match: { message: ['%{NOSUCH:x}', '%{WORD:first}'] },
    patterns_dir: ['/nonexistent/patterns', '/nonexistent/*.grok'],
  }
  const event = createEvent({ message: 'one two' })
  await run(await open(config, true), event)
  expect(event.fields).toEqual({ message: 'one two', first: 'one' })
  await expect(open(config)).rejects.toThrow(
    '%{NOSUCH} is not defined, and there is no [/nonexistent/patterns], [/nonexistent/*.grok]',
  )
})

test('options of the first versions', async () => {
  const event = createEvent({ message: 'one two' })
  await run(await open({ pattern: '%{WORD:first}' }), event)
  expect(event.fields).toEqual({ message: 'one two', first: 'one' })
  const dropping = await open({ pattern: 'two', drop_if_match: true })
  const emitter = { add: () => undefined, addMatched: () => undefined }
  expect('processBatch' in dropping && (await dropping.processBatch([event, createEvent({ message: 'x' })], emitter))).toEqual([
    'cancelled',
    'unmatched',
  ])
})

test('a trailing DATA takes the rest up to the next slash, when lenient', async () => {
  const filter = await open({ match: { topic: 'sensors/%{DATA:device.type}/%{DATA:device.id}' } }, true)
  const event = createEvent({ topic: 'sensors/temp/dev1/x' })
  await run(filter, event)
  expect(event.fields).toEqual({ topic: 'sensors/temp/dev1/x', 'device.type': 'temp', 'device.id': 'dev1' })
})

test('what would run for minutes is stopped, and the rest of the batch is matched', async () => {
  const filter = await open({
    match: { message: '%{GREEDYDATA:a} %{GREEDYDATA:b} %{GREEDYDATA:c} %{GREEDYDATA:d} [xy]$' },
    timeout_millis: 50,
  })
  const events = [
    createEvent({ message: '1 2 3 4 y' }),
    createEvent({ message: 'a '.repeat(400) }),
    createEvent({ message: '5 6 7 8 x' }),
  ]
  const start = performance.now()
  await run(filter, ...events)
  expect(performance.now() - start).toBeLessThan(20_000)
  expect(events.map((event) => event.fields['tags'])).toEqual([undefined, ['_groktimeout'], undefined])
  expect(events[2]?.fields['d']).toBe('8')
})

test.each([
  { match: '%{NOSUCH:x}', message: 'the pattern %{NOSUCH} is not defined' },
  { match: '%{LOOP}', message: 'the pattern %{LOOP} uses itself' },
  { match: 'a(b', message: 'invalid regular expression [a(b]' },
])('$match is refused', async ({ match, message }) => {
  await expect(open({ match: { message: match }, pattern_definitions: { LOOP: 'x%{LOOP}' } })).rejects.toThrow(message)
})
