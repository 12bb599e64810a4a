import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sharedPath } from './shared.ts'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'

/** Pipelines of whole programs, over real sockets: two Elkhorns that speak to each other, and the documents' own files. */

let folder: string
const running: RunningElkhorn[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'elkhorn-pipelines-'))
})
afterAll(async () => {
  for (const elkhorn of running.toReversed()) await elkhorn.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(
  name: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningElkhorn> {
  const elkhorn = await startElkhorn(join(folder, name), ['--no-sample', ...args], { ELASTIC_PASSWORD: PASSWORD, ...env })
  running.push(elkhorn)
  return elkhorn
}

/** Documents of an index once there are so many, in the order of a field. */
async function documents(
  elkhorn: RunningElkhorn,
  index: string,
  count: number,
  sort = '@timestamp',
): Promise<Record<string, unknown>[]> {
  let found: Record<string, unknown>[] = []
  await expect
    .poll(
      async () => {
        await elkhorn.call('POST', `/${index}/_refresh`)
        const { status, json } = await elkhorn.call('GET', `/${index}/_search?size=1000&sort=${sort}`)
        if (status !== 200) return 0
        const { hits } = json as { hits: { hits: { _source: Record<string, unknown> }[] } }
        found = hits.hits.map(({ _source }) => _source)
        return found.length
      },
      { timeout: 60_000 },
    )
    .toBe(count)
  return found
}

/** Asks the monitoring API, without credentials as a neighbour may. */
const monitoring = async (elkhorn: RunningElkhorn, path: string) => {
  const answer = await fetch(`http://127.0.0.1:${elkhorn.ports['monitoring']}${path}`)
  const text = await answer.text()
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    text,
    json: text.startsWith('{') ? JSON.parse(text) : undefined,
  }
}

describe('two Elkhorns', () => {
  let plant: RunningElkhorn
  let office: RunningElkhorn
  beforeAll(async () => {
    plant = await start('plant')
    const pipelines = join(folder, 'office-pipelines')
    await mkdir(pipelines)
    await writeFile(
      join(pipelines, 'from-plant.conf'),
      `input {
        mqtt { id => "sub" host => "127.0.0.1" port => ${plant.ports['mqtt']} topics => ["$share/office/line/#"] qos => 1 client_id => "office"
          clean_session => false mqtt_version => "5" username => "elastic" password => "${PASSWORD}" codec => json }
      }
      output {
        elasticsearch { index => "readings" data_stream => false }
        elasticsearch { hosts => "http://127.0.0.1:${plant.ports['api']}" user => "elastic" password => "${PASSWORD}" index => "copies"
          document_id => "%{n}" http_compression => true data_stream => false }
        mqtt { host => "127.0.0.1" port => ${plant.ports['mqtt']} topic => "done/%{n}" username => "elastic" password => "${PASSWORD}" }
      }`,
    )
    await writeFile(
      join(pipelines, 'from-copies.conf'),
      `input { elasticsearch { hosts => "http://127.0.0.1:${plant.ports['api']}" user => "elastic" password => "${PASSWORD}" index => "copies"
          query => '{"query":{"match_all":{}},"sort":["n"]}' size => 3 docinfo => true schedule => { every => "1s" } } }
       output { elasticsearch { index => "back" document_id => "%{[@metadata][input][elasticsearch][_id]}" data_stream => false } }`,
    )
    office = await start('office', ['--set', `pipelines.path=${pipelines}`])
  })

  test('messages of a broker elsewhere are stored here and in the cluster there, published, and read back by a query', async () => {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${plant.ports['mqtt']}`, {
      clientId: 'press',
      username: 'elastic',
      password: PASSWORD,
      protocolVersion: 5,
    })
    const done: string[] = []
    client.on('message', (topic) => done.push(topic))
    await client.subscribeAsync('done/#', { qos: 1 })
    // Until the other one has subscribed, messages go nowhere.
    await expect
      .poll(
        async () => {
          await client.publishAsync('line/1', JSON.stringify({ n: 0 }), { qos: 1 })
          return done.length
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBeGreaterThan(0)
    for (let n = 1; n <= 7; n++) await client.publishAsync('line/1', JSON.stringify({ n }), { qos: 1 })
    await expect.poll(() => new Set(done).size, { timeout: 60_000 }).toBe(8)
    await client.endAsync()
    const copies = await documents(plant, 'copies', 8, 'n')
    expect(copies.map(({ n, topic }) => [n, topic])).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n, 'line/1']))
    const back = await documents(office, 'back', 8, 'n')
    expect(back.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('the monitoring API tells what each plug-in did', async () => {
    const { json, status } = await monitoring(office, '/_node/stats/pipelines/from-plant')
    expect(status).toBe(200)
    const { pipelines } = json as { pipelines: Record<string, { plugins: { inputs: unknown[]; outputs: unknown[] } }> }
    expect(pipelines['from-plant']).toMatchObject({
      events: { in: expect.any(Number) as number },
      plugins: {
        inputs: [{ id: 'sub', name: 'mqtt' }],
        outputs: [{ name: 'elasticsearch', failures: 0 }, { name: 'elasticsearch' }, { name: 'mqtt' }],
      },
      queue: { type: 'memory', events_count: 0 },
      reloads: { successes: 0, failures: 0, last_error: null },
      dead_letter_queue: { dropped_events: 0 },
    })
    for (const path of ['/', '/_node', '/_node/stats', '/_node/stats/pipeline', '/_node/stats/pipeline/dead_letter_queue'])
      expect(await monitoring(office, path)).toMatchObject({ status: 200, json: { status: 'green', version: '8.19.0' } })
    expect((await monitoring(office, '/_node/stats/pipelines/none')).status).toBe(404)
    expect((await monitoring(office, '/_node/plugins')).text).toContain('logstash-filter-grok')
    const hot = await monitoring(office, '/_node/hot_threads?human=true')
    expect(hot.text).toMatch(/main thread, [\d.]+ % idle/)
  })

  test('metrics are there for Prometheus on both ports, on 9200 with credentials', async () => {
    const metrics = await monitoring(office, '/metrics')
    expect(metrics.type).toContain('version=0.0.4')
    expect(metrics.text).toMatch(/elkhorn_pipeline_events_out_total\{pipeline="from-plant"\} [1-9]/)
    const there = await office.call('GET', '/metrics')
    expect(there.headers.get('content-type')).toContain('version=0.0.4')
    expect(there.text).toContain('elkhorn_plugin_events_in_total{pipeline="from-plant",kind="input",plugin="mqtt",id="sub"}')
    expect((await office.call('GET', '/metrics', undefined, '')).status).toBe(401)
  })
})

describe.skipIf(sharedPath('seeds/blocks') === undefined)('pipelines of the seed documents', () => {
  const block = (name: string): string => sharedPath(`seeds/blocks/${name}`) ?? ''

  test('0-03: headers of a device over HTTP, stored when the answer comes', async () => {
    const text = await readFile(block('0-03-http.conf'), 'utf8')
    const path = join(folder, 'seed-http.conf')
    await writeFile(path, text.replace(/port => \d+/, 'port => 23080'))
    const elkhorn = await start('seed-http', ['--set', `pipelines.path=${path}`], { ES_USER: 'elastic', ES_PASSWORD: PASSWORD })
    const answer = await fetch('http://127.0.0.1:23080/', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-device-id': 'dev-7',
        'x-device-type': 'thermometer',
        'x-firmware-version': '1.2.3',
      },
      body: '{"temperature": 21.5}',
    })
    expect(answer.status).toBe(200)
    await elkhorn.call('POST', '/_refresh')
    const { json } = await elkhorn.call('GET', '/_all/_search?q=device.id:dev-7')
    const { hits } = json as { hits: { hits: { _source: Record<string, unknown> }[] } }
    expect(hits.hits).toHaveLength(1)
    expect(hits.hits[0]?._source).not.toHaveProperty('headers')
    expect(hits.hits[0]?._source).toMatchObject({ temperature: 21.5 })
  })

  test('0-22: a device that was let in before and comes from another address is told', async () => {
    const conf = join(folder, 'seed-auth')
    await mkdir(conf)
    await copyFile(block('0-22-auth-monitoring.conf'), join(conf, '2-filter.conf'))
    await writeFile(join(conf, '1-input.conf'), 'input { http { port => 23081 codec => json } }')
    await writeFile(join(conf, '3-output.conf'), 'output { elasticsearch { index => "events" data_stream => false } }')
    await writeFile(join(conf, 'pipelines.yml'), '- pipeline.id: auth\n  path.config: "*.conf"\n')
    const elkhorn = await start('seed-auth-data', ['--set', `pipelines.path=${conf}`], { ES_PASSWORD: PASSWORD })
    await elkhorn.call('PUT', '/iot-auth-2024?refresh', {
      mappings: { properties: { source: { properties: { ip: { type: 'ip' } } } } },
    })
    const before = {
      '@timestamp': '2024-05-01T09:00:00.000Z',
      source: { ip: '2001:db8::7' },
      device: { id: 'd7' },
      event: { outcome: 'success' },
    }
    expect((await elkhorn.call('PUT', '/iot-auth-2024/_doc/1?refresh=true', before)).status).toBe(201)
    const answer = await fetch('http://127.0.0.1:23081/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        topic: 'devices/auth',
        'source.ip': '2001:db8::7',
        'device.id': 'd7',
        'device.ip': '10.0.0.9',
        n: 1,
      }),
    })
    expect(answer.status).toBe(200)
    const [event] = await documents(elkhorn, 'events', 1)
    expect(event).toMatchObject({
      'event.category': 'authentication',
      last_auth_time: '2024-05-01T09:00:00.000Z',
      'security.threat.detected': 'true',
      'security.threat.description': 'Potential device spoofing - IP changed',
    })
  })

  test('3-06 to 3-12, with the settings of 4-11: what Filebeat sends is acknowledged, parsed and in its data stream', async () => {
    const conf = join(folder, 'seed-django')
    await mkdir(conf)
    for (const name of [
      '3-06-input',
      '3-07-safety-check',
      '3-08-group-filter',
      '3-09-grok',
      '3-10-data-stream-metadata',
      '3-11-timestamp',
    ])
      await copyFile(block(`${name}.conf`), join(conf, `${name}.conf`))
    // The output as it stands, but for the user, whose name in the document is that of a role.
    const output = await readFile(block('3-12-output.conf'), 'utf8')
    await writeFile(join(conf, '3-12-output.conf'), output.replaceAll(/user *=> *"[^"]*"/g, 'user => "elastic"'))
    const pipelines = join(folder, 'seed-pipelines.yml')
    await writeFile(pipelines, `- pipeline.id: django\n  path.config: "seed-django/*.conf"\n`)
    const settings = await readFile(block('4-11-logstash.yml'), 'utf8')
    await writeFile(join(folder, 'seed.yml'), `${settings}\npipelines.path: ${pipelines}\nbeats.port: 23044\n`)
    const elkhorn = await start('seed-django-data', ['--config', join(folder, 'seed.yml'), '--set', 'beats.port=23044'], {
      ELASTICSEARCH_PASSWORD: PASSWORD,
      LOGSTASH_PASSWORD: PASSWORD,
      LOGSTASH_WRITER_PASSWORD: PASSWORD,
      ELASTIC_PASSWORD: PASSWORD,
    })
    const stats = await monitoring(elkhorn, '/_node/pipelines/django')
    expect(stats.json).toMatchObject({ pipelines: { django: { workers: 4, batch_size: 1000 } } })
    const port = Number(/(?<=port => )\d+/.exec(await readFile(block('3-06-input.conf'), 'utf8'))?.[0])
    const ack = await sendBeats(port, [
      {
        message: 'ERROR|apps.parcels.views|2024-05-01T10:00:00.123|boom',
        service: 'parcels',
        group: 'pt',
        '@metadata': { beat: 'filebeat' },
      },
    ])
    expect(ack).toEqual(Buffer.from('324100000001', 'hex'))
    const found = await documents(elkhorn, 'logs-*', 1)
    expect(found[0]).toMatchObject({ log_level: 'ERROR', logger_name: 'apps.parcels.views', log_message: 'boom' })
    expect(await monitoring(elkhorn, '/_node/stats/pipelines/django')).toMatchObject({
      json: { pipelines: { django: { queue: { type: 'persisted' }, events: { in: 1, out: 1 } } } },
    })
  })

  test('4-29: what curl posts to a TCP input is a document, and so is a raw line', async () => {
    const path = join(folder, 'seed-tcp.conf')
    await writeFile(
      path,
      'input { tcp { port => 23050 codec => json_lines } } output { elasticsearch { index => "lines" data_stream => false } }',
    )
    const elkhorn = await start('seed-tcp', ['--set', `pipelines.path=${path}`])
    const answer = await fetch('http://127.0.0.1:23050', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message": "test", "@timestamp": "2024-01-01T00:00:00Z"}',
    })
    expect(answer.status).toBe(200)
    const socket = createConnection(23050, '127.0.0.1')
    socket.end('{"message": "raw", "@timestamp": "2024-01-02T00:00:00Z"}\n')
    const found = await documents(elkhorn, 'lines', 2)
    expect(found.map(({ message }) => message)).toEqual(['test', 'raw'])
  })
})

/** One batch of Lumberjack, version 2, compressed; answers what came back. */
function sendBeats(port: number, events: readonly object[]): Promise<Buffer> {
  const frames = events.map((event, at) => {
    const body = Buffer.from(JSON.stringify(event))
    const head = Buffer.alloc(10)
    head.write('2J', 'latin1')
    head.writeUInt32BE(at + 1, 2)
    head.writeUInt32BE(body.length, 6)
    return Buffer.concat([head, body])
  })
  const packed = deflateSync(Buffer.concat(frames))
  const head = Buffer.alloc(12)
  head.write('2W', 'latin1')
  head.writeUInt32BE(events.length, 2)
  head.write('2C', 6, 'latin1')
  head.writeUInt32BE(packed.length, 8)
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      // A zero is a sign of life: the batch is still being written.
      if (chunk.equals(Buffer.from('324100000000', 'hex'))) return
      socket.destroy()
      resolve(chunk)
    })
    socket.write(Buffer.concat([head, packed]))
  })
}
