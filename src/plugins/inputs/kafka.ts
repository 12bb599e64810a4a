import type { Consumer, Message, MessagesStream } from '@platformatic/kafka'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { reasonOf } from '../../core/reason.ts'
import { kafkaConnection, kafkaOptions } from '../kafka-client.ts'
import { choice, flag, ignored, integer, list, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { waitUntilAbort } from '../wait.ts'
import { CommittableOffsets } from './kafka-offsets.ts'
import { Trouble } from '../trouble.ts'

const COMMIT_EVERY_MS = 1_000
const RETRY_MS = 5_000

const config = z.strictObject({
  ...kafkaOptions,
  topics: list().default(['logstash']).describe('Topics to read.'),
  topics_pattern: text().optional().describe('A regular expression of topics to read instead.'),
  group_id: text().default('logstash').describe('Consumer group: its members share the partitions.'),
  group_instance_id: text().optional().describe('Name of this member, so that a restart does not move partitions.'),
  group_protocol: choice('classic', 'consumer').default('classic').describe('Accepted: the classic protocol is spoken.'),
  auto_offset_reset: choice('earliest', 'latest', 'none')
    .default('latest')
    .describe('Where a group begins that has read nothing yet.'),
  consumer_threads: ignored('one consumer reads all partitions that it is given'),
  decorate_events: choice('none', 'basic', 'extended', 'true', 'false')
    .default('none')
    .describe('Whether topic, partition, offset, key, time and headers go along, in `[@metadata][kafka]`.'),
  session_timeout_ms: integer({ min: 1 })
    .default(60_000)
    .describe('After this long without a sign of life the group goes on without us.'),
  heartbeat_interval_ms: integer({ min: 1 }).default(3_000).describe('Time between signs of life.'),
  max_poll_interval_ms: ignored('signs of life are sent while events wait'),
  max_poll_records: ignored('the queue of the pipeline bounds what is read'),
  poll_timeout_ms: ignored('what is there is read'),
  fetch_max_bytes: integer({ min: 1 })
    .default(50 * 1024 * 1024)
    .describe('Most bytes of an answer.'),
  fetch_max_wait_ms: integer({ min: 0 }).default(500).describe('How long a broker waits for `fetch_min_bytes`.'),
  fetch_min_bytes: integer({ min: 1 }).default(1).describe('Fewest bytes of an answer.'),
  max_partition_fetch_bytes: integer({ min: 1 })
    .default(1024 * 1024)
    .describe('Most bytes of a partition in an answer.'),
  isolation_level: choice('read_uncommitted', 'read_committed')
    .default('read_uncommitted')
    .describe('Whether open transactions are read.'),
  enable_auto_commit: flag().default(true).describe('Accepted: what is stored is committed, and nothing else.'),
  auto_commit_interval_ms: ignored('what is stored is committed every second'),
  check_crcs: ignored('records are checked'),
  client_rack: ignored('leaders are read from'),
  exclude_internal_topics: ignored('only the topics that are named are read'),
  partition_assignment_strategy: ignored('partitions go around'),
  key_deserializer_class: ignored('keys are read as text'),
  value_deserializer_class: ignored('records are read by the codec'),
  auto_create_topics: ignored('a topic that is not there is waited for'),
  schema_registry_key: ignored('records are read by the codec'),
  schema_registry_secret: ignored('records are read by the codec'),
  schema_registry_proxy: ignored('records are read by the codec'),
  schema_registry_validation: ignored('records are read by the codec'),
  schema_registry_ssl_keystore_location: ignored('records are read by the codec'),
  schema_registry_ssl_keystore_password: ignored('records are read by the codec'),
  schema_registry_ssl_keystore_type: ignored('records are read by the codec'),
  schema_registry_ssl_truststore_location: ignored('records are read by the codec'),
  schema_registry_ssl_truststore_password: ignored('records are read by the codec'),
  schema_registry_ssl_truststore_type: ignored('records are read by the codec'),
  topic_id: list().optional().meta({ option: 'list', aliasOf: 'topics' }).describe('Older name of `topics`.'),
  white_list: text().optional().meta({ option: 'text', aliasOf: 'topics_pattern' }).describe('Older name of `topics_pattern`.'),
  black_list: ignored('write topics_pattern so that it does not find them'),
  consumer_id: ignored('members of a group name themselves'),
  consumer_restart_on_error: ignored('what failed is read again'),
  consumer_restart_sleep_ms: ignored('what failed is read again'),
  consumer_timeout_ms: ignored('records are waited for'),
  decoder_class: ignored('records are read by the codec'),
  key_decoder_class: ignored('keys are read as text'),
  fetch_message_max_bytes: ignored('see max_partition_fetch_bytes'),
  queue_size: ignored('the queue of the pipeline bounds what is read'),
  rebalance_backoff_ms: ignored('brokers share out partitions'),
  rebalance_max_retries: ignored('brokers share out partitions'),
  zk_connect: ignored('name the brokers in bootstrap_servers'),
  reset_beginning: ignored('see auto_offset_reset'),
})

type KafkaMessage = Message

export const kafka = defineInput({
  name: 'kafka',
  summary: 'Reads topics of Kafka as a member of a consumer group. Offsets are committed when the events are stored.',
  config,
  examples: [{ title: 'Two topics', config: { bootstrap_servers: 'kafka:9092', topics: ['orders', 'payments'], codec: 'json' } }],
  defaultCodec: 'plain',
  create(options, context) {
    const { codec, log } = context
    const decorate = options.decorate_events
    const topicPattern = options.topics_pattern === undefined ? undefined : new RegExp(options.topics_pattern)
    const stopped = new AbortController()
    const offsets = new CommittableOffsets()
    let consumer: Consumer | undefined
    let stream: MessagesStream<Buffer, Buffer, Buffer, Buffer> | undefined
    let running: Promise<void> = Promise.resolve()
    let timer: NodeJS.Timeout | undefined

    const commit = async (): Promise<void> => {
      const ready = offsets.take()
      if (ready.length === 0 || consumer === undefined) return
      await consumer
        .commit({ offsets: ready.map((one) => ({ ...one, leaderEpoch: 0 })) })
        .catch((error: unknown) => log.warn({ error: reasonOf(error) }, 'offsets could not be committed'))
    }
    const eventsOf = (message: KafkaMessage): readonly Event[] => {
      const decoder = codec.decoder()
      const events = message.value === undefined ? [] : [...decoder.decode(message.value), ...decoder.end()]
      if (decorate === 'basic' || decorate === 'extended' || decorate === 'true') {
        for (const event of events) event.metadata['kafka'] = describe(message, options.group_id, decorate === 'extended')
      }
      return events
    }
    const trouble = new Trouble(log, { brokers: options.bootstrap_servers, topics: options.topics, group: options.group_id })
    const read = async (sink: EventSink): Promise<void> => {
      const { Consumer } = await import('@platformatic/kafka')
      consumer = new Consumer({
        ...(await kafkaConnection(options)),
        groupId: options.group_id,
        ...(options.group_instance_id !== undefined && { groupInstanceId: options.group_instance_id }),
        sessionTimeout: options.session_timeout_ms,
        heartbeatInterval: options.heartbeat_interval_ms,
        autocommit: false,
      })
      // Without this an error between two reads would end the program.
      consumer.on('error', (error: unknown) => log.debug({ error: reasonOf(error) }, 'the connection to Kafka failed'))
      stream = await consumer.consume({
        topics: topicPattern === undefined ? options.topics : await topicsLike(topicPattern, options),
        mode: 'committed',
        fallbackMode: options.auto_offset_reset === 'none' ? 'fail' : options.auto_offset_reset,
        minBytes: options.fetch_min_bytes,
        maxBytes: options.fetch_max_bytes,
        maxBytesPerPartition: options.max_partition_fetch_bytes,
        maxWaitTime: options.fetch_max_wait_ms,
        isolationLevel: options.isolation_level === 'read_committed' ? 1 : 0,
      })
      trouble.works('reads from Kafka')
      const reading = stream
      for await (const message of reading as AsyncIterable<KafkaMessage>) {
        const done = offsets.begin(message.topic, message.partition, message.offset)
        const welcome = sink.push(eventsOf(message), (error) => {
          if (error === undefined) done()
          // What is not stored is read again, from the last committed offset.
          else reading.destroy(error)
        })
        if (!welcome) await sink.ready(stopped.signal)
        if (stopped.signal.aborted) return
      }
    }
    const leave = async (): Promise<void> => {
      stream?.destroy()
      await new Promise<void>((resolve) => {
        if (consumer === undefined) resolve()
        else consumer.close(true, () => resolve())
      })
      stream = undefined
      consumer = undefined
    }
    return {
      start(sink) {
        timer = setInterval(() => void commit(), COMMIT_EVERY_MS)
        running = (async () => {
          while (!stopped.signal.aborted) {
            try {
              await read(sink)
            } catch (error) {
              if (!stopped.signal.aborted) trouble.tell('reading from Kafka failed: it is tried again', error)
            }
            if (stopped.signal.aborted) return
            await leave()
            offsets.clear()
            await waitUntilAbort(RETRY_MS, stopped.signal)
          }
        })()
        return Promise.resolve()
      },
      async stop() {
        stopped.abort()
        stream?.pause()
        await Promise.resolve()
      },
      async close() {
        clearInterval(timer)
        await commit()
        await leave()
        await running
      },
    }
  },
})

async function topicsLike(pattern: RegExp, options: z.output<typeof config>): Promise<string[]> {
  const { Admin } = await import('@platformatic/kafka')
  const admin = new Admin(await kafkaConnection(options))
  try {
    const topics = (await admin.listTopics()).filter((topic) => pattern.test(topic))
    if (topics.length === 0) throw new Error(`no topic matches [${pattern.source}]`)
    return topics
  } finally {
    await admin.close()
  }
}

function describe({ topic, partition, offset, key, timestamp, headers }: KafkaMessage, group: string, extended: boolean) {
  return {
    topic,
    consumer_group: group,
    partition,
    offset: Number(offset),
    timestamp: Number(timestamp),
    ...(key !== undefined && key !== null && { key: key.toString() }),
    ...(extended && { headers: Object.fromEntries([...headers].map(([name, value]) => [name.toString(), value.toString()])) }),
  }
}
