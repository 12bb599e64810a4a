import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** What `elasticsearch` outputs make sure of before they write: here, and in another cluster over REST. */

let folder: string
let other: RunningElkhorn
let own: RunningElkhorn

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-set-up-'))
  other = await startElkhorn(join(folder, 'other'))
  const pipelines = join(folder, 'pipelines')
  await mkdir(pipelines)
  const template = join(folder, 'plant.json')
  await writeFile(template, '{"index_patterns":["plant-*"],"mappings":{"properties":{"host":{"type":"ip"}}}}')
  const wrong = join(folder, 'wrong.json')
  await writeFile(wrong, '{"index_patterns":["wrong-*"],"template":{"mappings":{"properties":{"a":{"type":"none"}}}}}')
  const there = `hosts => "http://127.0.0.1:${other.ports['api']}" user => "elastic" password => "${PASSWORD}"`
  const outputs = ['', there].map(
    (where) => `
      elasticsearch { ${where} index => "logstash-%{+YYYY}" }
      elasticsearch { ${where} index => "plant-1" template => "${template}" template_name => "plant" }
      elasticsearch { ${where} ilm_rollover_alias => "line" }
      elasticsearch { ${where} index => "wrong-1" template => "${wrong}" template_name => "wrong" }`,
  )
  await writeFile(
    join(pipelines, 'one.conf'),
    `input { generator { count => 1 message => "x" ecs_compatibility => disabled } }
     filter { mutate { replace => { "host" => "10.0.0.1" } add_field => { "[geoip][location][lat]" => "47.1" "[geoip][location][lon]" => "9.5" } } }
     output { ${outputs.join('')} }`,
  )
  own = await startElkhorn(join(folder, 'own'), [
    '--no-sample',
    '--set',
    `pipelines.path=${pipelines}`,
    '--set',
    'pipeline.ecs_compatibility=disabled',
  ])
})

afterAll(async () => {
  await own.stop()
  await other.stop()
  await rm(folder, { recursive: true })
})

describe.each([{ where: 'in the local store' }, { where: 'in another cluster' }])('$where', ({ where }) => {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const { json } = await (where === 'in the local store' ? own : other).call(method, path, body)
    return json
  }

  test('the documents come', async () => {
    const stored = async (): Promise<number> => {
      await ask('POST', '/_refresh')
      const answer = await ask<{ count?: number }>('GET', '/logstash-*,plant-1,line,wrong-1/_count?ignore_unavailable=true')
      return answer.count ?? 0
    }
    await expect.poll(stored, { timeout: 60_000 }).toBe(4)
  })

  test('places lie on the map in the indices of Logstash', async () => {
    const box = { top_left: { lat: 48, lon: 9 }, bottom_right: { lat: 47, lon: 10 } }
    const query = { geo_bounding_box: { 'geoip.location': box } }
    expect(await ask('POST', '/logstash-*/_count', { query })).toMatchObject({ count: 1 })
  })

  test("the user's template is there before the first document", async () => {
    expect(await ask('POST', '/plant-1/_count', { query: { term: { host: '10.0.0.0/8' } } })).toMatchObject({ count: 1 })
  })

  test('an alias has its first index, which a rollover goes on from', async () => {
    expect(await ask('GET', '/_ilm/policy/logstash-policy')).toHaveProperty('logstash-policy.policy.phases.hot')
    const aliases = await ask<Record<string, object>>('GET', '/_alias/line')
    const [[first, about] = []] = Object.entries(aliases)
    expect(first).toMatch(/^line-\d{4}\.\d\d\.\d\d-000001$/)
    expect(about).toEqual({ aliases: { line: { is_write_index: true } } })
    const settings = await ask<Record<string, { settings: object }>>(
      'GET',
      `/${first}/_settings/index.lifecycle*?flat_settings=true`,
    )
    expect(settings[first ?? '']?.settings).toEqual({
      'index.lifecycle.name': 'logstash-policy',
      'index.lifecycle.rollover_alias': 'line',
    })
    expect(await ask('POST', '/line/_rollover')).toMatchObject({ new_index: expect.stringMatching(/-000002$/) as string })
  })

  test('a template that is refused keeps no document back', async () => {
    expect(await ask('GET', '/_index_template/wrong')).toHaveProperty('error')
    expect(own.output()).toContain('output writes without what it would set up')
  })
})
