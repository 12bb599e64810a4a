import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticsearchConfig } from './config.ts'
import { logstashTemplate } from './logstash-template.ts'
import { setupOf } from './setup.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-template-'))
  await writeFile(
    join(folder, 'old.json'),
    '{"template":"plant-*","mappings":{"properties":{"a":{"type":"ip"}}},"settings":{"number_of_shards":2}}',
  )
  await writeFile(join(folder, 'new.json'), '{"index_patterns":["plant-*"],"template":{"settings":{"a":1}}}')
  await writeFile(join(folder, 'list.json'), '[]')
  await writeFile(join(folder, 'cut.json'), '{"template":')
})
afterAll(() => rm(folder, { recursive: true }))

const setup = (options: Record<string, unknown>, ecs: 'disabled' | 'v8' = 'disabled'): ReturnType<typeof setupOf> => {
  const file = options['template']
  return setupOf(
    elasticsearchConfig.parse({ ...options, ...(typeof file === 'string' && { template: join(folder, file) }) }),
    ecs,
  )
}

test.each([
  { name: 'an index of its own', options: { index: 'plant-%{+YYYY}' }, want: undefined },
  { name: "Logstash's own indices", options: {}, want: { kind: 'composable', name: 'logstash', overwrite: false } },
  { name: 'the same by name', options: { index: 'logstash-%{+YYYY.MM.dd}' }, want: { kind: 'composable', name: 'logstash' } },
  { name: 'none wanted', options: { manage_template: false }, want: undefined },
  { name: 'a data stream', options: { data_stream: 'true' }, want: undefined },
  { name: 'a file of the older kind', options: { index: 'a', template: 'old.json' }, want: { kind: 'legacy', name: 'logstash' } },
  {
    name: 'a file of the newer kind, named and overwriting',
    options: { index: 'a', template: 'new.json', template_name: 'plant', template_overwrite: true },
    want: { kind: 'composable', name: 'plant', overwrite: true },
  },
  { name: 'a kind that is asked for', options: { template: 'new.json', template_api: 'legacy' }, want: { kind: 'legacy' } },
])('the template of $name', async ({ options, want }) => {
  const { template, rollover } = await setup(options)
  expect({ template, rollover }).toMatchObject({ template: want, rollover: undefined })
})

test.each([
  {
    name: "Logstash's template",
    options: {},
    want: {
      kind: 'composable',
      body: { index_patterns: ['plant-*'], template: { settings: { 'index.lifecycle.name': 'logstash-policy' } } },
    },
  },
  {
    name: 'a file of the older kind',
    options: { template: 'old.json', ilm_policy: 'ours' },
    want: {
      kind: 'legacy',
      body: {
        index_patterns: ['plant-*'],
        mappings: { properties: { a: { type: 'ip' } } },
        settings: { number_of_shards: 2, 'index.lifecycle.name': 'ours', 'index.lifecycle.rollover_alias': 'plant' },
      },
    },
  },
  {
    name: 'a file of the newer kind',
    options: { template: 'new.json' },
    want: { body: { index_patterns: ['plant-*'], template: { settings: { a: 1, 'index.lifecycle.rollover_alias': 'plant' } } } },
  },
])('behind an alias $name is for its indices', async ({ options, want }) => {
  const { template, rollover } = await setup({ ilm_rollover_alias: 'plant', ...options })
  expect(template).toMatchObject({ name: 'plant', ...want })
  expect(template?.body['template']).not.toBe('plant-*')
  expect(rollover).toMatchObject({ alias: 'plant', firstIndex: '<plant-{now/d}-000001>' })
})

test('an alias is left alone where lifecycles are switched off, and with ECS there is no template of Logstash', async () => {
  expect(await setup({ ilm_rollover_alias: 'plant', ilm_enabled: 'false', manage_template: false })).toEqual({})
  expect((await setup({ index: 'logstash-a' }, 'v8')).template).toBeUndefined()
  expect((await setup({})).template?.body).toBe(logstashTemplate)
})

test.each([
  { file: 'none.json', reason: /the template .*none\.json cannot be read: ENOENT/ },
  { file: 'cut.json', reason: /the template .*cut\.json cannot be read: / },
  { file: 'list.json', reason: /the template .*list\.json is no JSON object/ },
])('the file $file is named when it is wrong', async ({ file, reason }) => {
  await expect(setup({ template: file })).rejects.toThrow(reason)
})
