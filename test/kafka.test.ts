import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PASSWORD, startElkhorn, type RunningElkhorn } from './support/start-elkhorn.ts'
import { findKafka, startKafka, type RunningKafka } from './support/start-kafka.ts'

const classpath = await findKafka()

describe.skipIf(classpath === undefined)('a real Kafka broker', () => {
  let folder: string
  let kafka: RunningKafka
  let elkhorn: RunningElkhorn | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'elkhorn-kafka-'))
    kafka = await startKafka(classpath ?? '', join(folder, 'kafka'))
    await mkdir(join(folder, 'pipelines'))
    await put(
      'in',
      `input { kafka { bootstrap_servers => "127.0.0.1:${kafka.port}" topics => ["readings"] codec => json auto_offset_reset => "earliest"
          group_id => "elkhorn" decorate_events => extended } }
       filter { mutate { add_field => { "place" => "%{[@metadata][kafka][partition]}-%{[@metadata][kafka][offset]}"
          "key" => "%{[@metadata][kafka][key]}" "kind" => "%{[@metadata][kafka][headers][kind]}" } } }
       output { elasticsearch { index => "readings" data_stream => false } }`,
    )
  })
  afterAll(async () => {
    await elkhorn?.stop()
    await kafka.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const put = (name: string, text: string) => writeFile(join(folder, 'pipelines', `${name}.conf`), text)
  const putOutput = (message: string) =>
    put(
      'out',
      `input { generator { count => 1 lines => ["${message} 1", "${message} 2", "${message} 3"] } }
       output { kafka { bootstrap_servers => "127.0.0.1:${kafka.port}" topic_id => "readings" codec => json message_key => "%{message}"
          message_headers => { "kind" => "test" } acks => "all" compression_type => "gzip" } }`,
    )
  const start = () =>
    startElkhorn(join(folder, 'data'), ['--no-sample', '--set', `pipelines.path=${join(folder, 'pipelines')}`], {
      ELASTIC_PASSWORD: PASSWORD,
    })
  const stored = async (): Promise<Record<string, unknown>[]> => {
    await elkhorn?.call('POST', '/readings/_refresh')
    const answer = await elkhorn?.call('GET', '/readings/_search?size=100&sort=message.keyword')
    const { hits } = (answer?.json ?? {}) as { hits?: { hits: { _source: Record<string, unknown> }[] } }
    return (hits?.hits ?? []).map(({ _source }) => _source)
  }

  const messages = async (): Promise<unknown[]> => [...new Set((await stored()).map(({ message }) => message))]

  test('events go there and come back, with key and headers', async () => {
    await putOutput('first')
    elkhorn = await start()
    await expect.poll(messages, { timeout: 60_000 }).toEqual(['first 1', 'first 2', 'first 3'])
    for (const document of await stored()) expect(document).toMatchObject({ key: document['message'], kind: 'test' })
  })

  test('a restart goes on behind what was stored, and a broker that was gone is found again', async () => {
    await elkhorn?.stop()
    await putOutput('second')
    await kafka.stop()
    elkhorn = await start()
    await kafka.start()
    await expect.poll(messages, { timeout: 60_000 }).toHaveLength(6)
    // Records may be sent twice when a broker goes; none is stored twice.
    const places = (await stored()).map(({ place }) => place)
    expect(new Set(places).size).toBe(places.length)
  })
})
