import { expect, test } from 'vitest'
import { createLog, jsonLine, prettyLine, type LogLine } from './log.ts'

const at = Date.parse('2026-11-01T12:34:56.789Z')

function lines(level: 'debug' | 'info' | 'warn' | 'error'): { log: ReturnType<typeof createLog>; seen: LogLine[] } {
  const seen: LogLine[] = []
  return { log: createLog(level, [(line) => seen.push(line)], { now: () => at }), seen }
}

test('small levels are left out, fields of a child are bound', () => {
  const { log, seen } = lines('warn')
  const child = log.child({ service: 'mqtt', port: 1 })
  log.info({}, 'not seen')
  child.warn({ port: 2 }, 'seen')
  expect(seen).toEqual([{ at, level: 'warn', message: 'seen', fields: { service: 'mqtt', port: 2 } }])
})

test('JSON lines use the names of ECS and survive odd values', () => {
  const cause = new Error('inner')
  const line = jsonLine({
    at,
    level: 'error',
    message: 'm',
    fields: { big: 2n ** 60n, error: new Error('outer', { cause }), nested: { error: cause } },
  })
  const parsed = JSON.parse(line)
  expect(parsed).toMatchObject({
    '@timestamp': '2026-11-01T12:34:56.789Z',
    'log.level': 'error',
    message: 'm',
    big: '1152921504606846976',
  })
  expect(parsed.error).toMatch(/Error: outer[^]*caused by Error: inner/)
  expect(line.indexOf('\n')).toBe(line.length - 1)
})

test.each([
  {
    name: 'plain',
    line: { at, level: 'info', message: 'listens', fields: { service: 'api', port: 9200 } },
    color: false,
    want: '12:34:56 api: listens port=9200\n',
  },
  {
    name: 'quoted where needed',
    line: { at, level: 'warn', message: 'm', fields: { a: 'x y', b: ['z'], c: null } },
    color: false,
    want: '12:34:56 WARN m a="x y" b=["z"] c=null\n',
  },
  {
    name: 'in color',
    line: { at, level: 'error', message: 'm', fields: {} },
    color: true,
    want: '\u001B[31m12:34:56 ERROR m\u001B[0m\n',
  },
] as const)('for people: $name', ({ line, color, want }) => {
  expect(prettyLine(line, { color })).toBe(want)
})
