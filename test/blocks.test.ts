import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedPath } from './shared.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** Pipeline files of the documents that asked for this system, as they stand there. */
describe.skipIf(sharedPath('seeds/blocks') === undefined)('pipelines of the seed documents', () => {
  const block = (name: string): string => sharedPath(`seeds/blocks/${name}`) ?? ''
  let folder: string
  let elkhorn: RunningElkhorn

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'elkhorn-blocks-'))
    await copyFile(block('0-02-mqtt.conf'), join(folder, 'mqtt.conf'))
    elkhorn = await startElkhorn(join(folder, 'data'), ['--no-sample', '--set', `pipelines.path=${folder}`], {
      ELASTIC_PASSWORD: PASSWORD,
      MQTT_USER: 'elastic',
      MQTT_PASSWORD: PASSWORD,
      ES_USER: 'elastic',
      ES_PASSWORD: PASSWORD,
    })
  })
  afterAll(async () => {
    await elkhorn.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('0-02: what a sensor publishes is a document by the time it has the acknowledgement', async () => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${elkhorn.ports['mqtt']}`, {
      clientId: 'dev1',
      username: 'elastic',
      password: PASSWORD,
    })
    const publish = (topic: string, body: object): Promise<unknown> =>
      client.publishAsync(topic, JSON.stringify(body), { qos: 1 })
    await publish('sensors/temp/dev1', { temperature: 22.5, timestamp: '2024-05-01T10:00:00Z' })
    await publish('sensors/temp/dev2', { temperature: 250, timestamp: 1714557601 })
    await client.endAsync()
    await elkhorn.call('POST', '/iot-data-2024.05.01/_refresh')
    const { json } = await elkhorn.call('GET', '/iot-data-2024.05.01/_search?sort=@timestamp')
    const { hits } = json as { hits: { total: { value: number }; hits: { _source: Record<string, unknown> }[] } }
    expect(hits.total.value).toBe(2)
    expect(hits.hits.map(({ _source }) => _source)).toMatchObject([
      { temperature: 22.5, temperature_valid: true, '@timestamp': '2024-05-01T10:00:00.000Z', topic: 'sensors/temp/dev1' },
      { temperature: 250, temperature_valid: false, '@timestamp': '2024-05-01T10:00:01.000Z' },
    ])
    for (const { _source } of hits.hits) expect(_source).not.toHaveProperty('timestamp')
    const found = await elkhorn.call('GET', '/iot-data-*/_count?q=device.id:dev1')
    expect((found.json as { count: number }).count).toBe(1)
  })
})
