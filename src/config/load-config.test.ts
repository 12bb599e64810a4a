import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError } from './config-error.ts'
import { resolveConfig, type ConfigSources, type ResolvedConfig } from './load-config.ts'

const load = (text: string, sources: Partial<ConfigSources> = {}): ResolvedConfig =>
  resolveConfig({ file: { path: '/etc/elkhorn.yml', text }, overrides: [], lookUp: () => undefined, folder: '/work', ...sources })

function problems(text: string, sources: Partial<ConfigSources> = {}): readonly string[] {
  try {
    load(text, sources)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('an empty file is all defaults', () => {
  const { config, notes } = load('')
  expect(config.api).toEqual({ port: 9200, max_body: 104_857_600 })
  expect(config.network.host).toBe('127.0.0.1')
  expect(config.data.path).toBe('/work/data')
  expect(config.security.session_idle_timeout).toBe(8 * 3_600_000)
  expect(config.node).toEqual({ attr: {} })
  expect(notes).toEqual([])
})

test.each([
  { name: 'nested', text: 'api:\n  port: 9201' },
  { name: 'dotted', text: 'api.port: 9201' },
  { name: 'from the environment', text: 'api.port: ${PORT}' },
  { name: 'a default of the environment', text: 'api: {port: "${NO_PORT:9201}"}' },
  { name: "by Elasticsearch's name", text: 'http.port: 9201' },
])('the port is read: $name', ({ text }) => {
  expect(load(text, { lookUp: (name) => (name === 'PORT' ? '9201' : undefined) }).config.api.port).toBe(9201)
})

test('--set is stronger than the file, and the last one counts', () => {
  const { config } = load('api.port: 1\nsample.enabled: true', {
    overrides: ['api.port=2', 'api.port=0', 'sample.enabled=false', 'node.name=a=b'],
  })
  expect(config.api.port).toBe(0)
  expect(config.sample.enabled).toBe(false)
  expect(config.node.name).toBe('a=b')
})

test('relative paths start at the file, those of --set at the current folder', () => {
  expect(load('data.path: store\nrepositories.path: [a, /b]').config.data.path).toBe('/etc/store')
  expect(load('repositories.path: [a, /b]').config.repositories.path).toEqual(['/etc/a', '/b'])
  expect(load('path.repo: a, /b').config.repositories.path).toEqual(['/etc/a', '/b'])
  expect(load('data.path: store', { overrides: ['data.path=mine'] }).config.data.path).toBe('/work/mine')
})

test('attributes of the node have names of the user', () => {
  const { config } = load('node:\n  attr:\n    testattr: test\n    rack: 7\nnode.attr.zone: a')
  expect(config.node.attr).toEqual({ testattr: 'test', rack: '7', zone: 'a' })
})

test('units are read', () => {
  const { config } = load('sample: {interval: 2s, backfill: 2d}\napi.max_body: 1kb')
  expect([config.sample.interval, config.sample.backfill, config.api.max_body]).toEqual([2000, 172_800_000, 1024])
})

test.each([
  {
    name: 'an unknown key',
    text: 'data.path: x\napi:\n  prot: 9200',
    want: ['/etc/elkhorn.yml:3:3: unknown key [api.prot]; did you mean [api.port]?'],
  },
  {
    name: 'far from every name',
    text: 'colour: red',
    want: ['/etc/elkhorn.yml:1:1: unknown key [colour]; docs/reference/config.md lists all keys'],
  },
  {
    name: 'a port out of range',
    text: 'api.port: 70000',
    want: ['/etc/elkhorn.yml:1:1: [api.port: 70000]: expected a port: too big: expected number to be <=65535'],
  },
  {
    name: 'a word for a port',
    text: 'api.port: high',
    want: ['/etc/elkhorn.yml:1:1: [api.port: high]: expected a port: invalid input: expected number, received string'],
  },
  {
    name: 'no unit',
    text: 'sample.interval: 10',
    want: ['/etc/elkhorn.yml:1:1: [sample.interval: 10]: expected a duration: unit is missing or unrecognized'],
  },
  {
    name: 'too short',
    text: 'sample.interval: 1ms',
    want: ['/etc/elkhorn.yml:1:1: [sample.interval: 1ms]: expected a duration: must be at least 1s'],
  },
  {
    name: 'a word that is no choice',
    text: 'compat: loose',
    want: ['/etc/elkhorn.yml:1:1: [compat: loose]: expected one of [lenient], [strict]'],
  },
  {
    name: 'a variable that is not set',
    text: 'node.name: ${HOST_X}',
    want: ['/etc/elkhorn.yml:1:1: [node.name]: environment variable [HOST_X] is not set; ${HOST_X:default} gives a default'],
  },
  {
    name: 'half of a pair',
    text: 'tls.key: k.pem',
    want: ['[tls.certificate] and [tls.key] go together; [tls.certificate] is missing'],
  },
  { name: 'not keys and values', text: '- a', want: ['/etc/elkhorn.yml:1:1: expected keys and values such as [api.port: 9200]'] },
  { name: 'a key twice', text: 'a: 1\na: 2', want: ['/etc/elkhorn.yml:2:1: Map keys must be unique'] },
  {
    name: 'several at once',
    text: 'x.y: 1\nui.port: -1',
    want: [
      '/etc/elkhorn.yml:1:1: unknown key [x.y]; docs/reference/config.md lists all keys',
      '/etc/elkhorn.yml:2:1: [ui.port: -1]: expected a port: too small: expected number to be >=0',
    ],
  },
  {
    name: 'security off',
    text: 'xpack.security.enabled: false',
    want: [
      '/etc/elkhorn.yml:1:1: [xpack.security.enabled: false]: security cannot be switched off; remove the line and use the password that the first start prints, or set ELASTIC_PASSWORD',
    ],
  },
])('$name is refused with its place', ({ text, want }) => {
  expect(problems(text)).toEqual(want)
})

test('--set without a value or with an unknown key', () => {
  expect(problems('', { overrides: ['api.port', 'api.prt=1'] })).toEqual([
    '--set api.port: expected key=value such as [api.port=9201]',
    '--set: unknown key [api.prt]; did you mean [api.port]?',
  ])
})

test.each([
  {
    block: '0-24',
    dataPath: '/mnt/high_performance_disk/elasticsearch/data',
    nodeName: 'es-hot-01',
    noted: ['node.roles', 'bootstrap.memory_lock', 'thread_pool.write.queue_size', 'indices.memory.index_buffer_size'],
  },
  {
    block: '4-10',
    dataPath: '/work/data',
    nodeName: undefined,
    noted: ['indices.memory.index_buffer_size', 'thread_pool.write.size', 'thread_pool.search.size'],
  },
  {
    block: '4-13',
    dataPath: '/work/data',
    nodeName: undefined,
    noted: ['xpack.security.http.ssl.enabled', 'xpack.security.transport.ssl.enabled'],
  },
])('settings of elasticsearch.yml: $block', ({ block, dataPath, nodeName, noted }) => {
  const text = readFileSync(new URL(`../../test/fixtures/node-settings/${block}.yml`, import.meta.url), 'utf8')
  const { config, notes } = load(text)
  expect(config.data.path).toBe(dataPath)
  expect(config.node.name).toBe(nodeName)
  expect(notes.map((note) => /\[([^\]]+)\]/.exec(note)?.[1])).toEqual(noted)
})

test('settings of logstash.yml', () => {
  const text = readFileSync(new URL('../../test/fixtures/node-settings/4-11.yml', import.meta.url), 'utf8')
  const { config, notes } = load(text)
  expect(config.pipeline).toMatchObject({ workers: 4, batch: { size: 1000, delay: 5 } })
  expect(config.queue).toMatchObject({ type: 'persisted', max_events: 50_000 })
  expect(notes).toEqual([])
})
