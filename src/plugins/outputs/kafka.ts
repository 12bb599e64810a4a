import type { Producer } from '@platformatic/kafka'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { kafkaConnection, kafkaOptions } from '../kafka-client.ts'
import { choice, ignored, integer, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 30_000

const config = z.strictObject({
  ...kafkaOptions,
  topic_id: text().describe('Topic, with references.'),
  message_key: text().optional().describe('Key of the record, with references: records of a key stay in order.'),
  message_headers: textHash().default({}).describe('Headers of the record, with references.'),
  acks: choice('0', '1', 'all', '-1')
    .default('1')
    .describe('How many brokers must have a record: none, its leader, or all in sync.'),
  compression_type: choice('none', 'gzip', 'snappy', 'lz4', 'zstd').default('none').describe('How records are compressed.'),
  retries: integer({ min: 0 }).optional().describe('How often a batch that failed is sent again. Without end when absent.'),
  batch_size: ignored('a batch of the pipeline is a batch here'),
  buffer_memory: ignored('the queue of the pipeline bounds what waits'),
  linger_ms: ignored('a batch of the pipeline is a batch here'),
  max_block_ms: ignored('the queue of the pipeline waits'),
  max_request_size: ignored('the broker says what is too large'),
  metadata_fetch_timeout_ms: ignored('see retries'),
  partitioner: ignored('records with a key go by it, others go around'),
  broker_list: text()
    .optional()
    .meta({ option: 'text', aliasOf: 'bootstrap_servers' })
    .describe('Older name of `bootstrap_servers`.'),
  compression_codec: text()
    .optional()
    .meta({ option: 'text', aliasOf: 'compression_type' })
    .describe('Older name of `compression_type`.'),
  request_required_acks: text().optional().meta({ option: 'text', aliasOf: 'acks' }).describe('Older name of `acks`.'),
  partition_key_format: text()
    .optional()
    .meta({ option: 'text', aliasOf: 'message_key' })
    .describe('Older name of `message_key`.'),
  message_send_max_retries: integer()
    .optional()
    .meta({ option: 'number', aliasOf: 'retries' })
    .describe('Older name of `retries`.'),
  batch_num_messages: ignored('a batch of the pipeline is a batch here'),
  block_on_buffer_full: ignored('the queue of the pipeline waits'),
  compressed_topics: ignored('all topics are compressed, or none'),
  key_serializer_class: ignored('keys are texts'),
  serializer_class: ignored('records are written by the codec'),
  partitioner_class: ignored('records with a key go by it, others go around'),
  producer_type: ignored('a batch of the pipeline is a batch here'),
  queue_buffering_max_messages: ignored('the queue of the pipeline bounds what waits'),
  queue_buffering_max_ms: ignored('the queue of the pipeline bounds what waits'),
  queue_enqueue_timeout_ms: ignored('the queue of the pipeline waits'),
  timeout_ms: ignored('see retries'),
  topic_metadata_refresh_interval_ms: ignored('brokers are asked when they say so'),
  key_serializer: ignored('keys are texts'),
  value_serializer: ignored('records are written by the codec'),
})

export const kafka = defineOutput({
  name: 'kafka',
  summary: 'Writes events to a topic of Kafka.',
  config,
  examples: [{ title: 'By kind', config: { bootstrap_servers: 'kafka:9092', topic_id: 'readings-%{kind}', codec: 'json' } }],
  defaultCodec: 'plain',
  create(options, { codec, log, signal }) {
    const topic = compileTemplate(options.topic_id)
    const key = options.message_key === undefined ? undefined : compileTemplate(options.message_key)
    const headers = Object.entries(options.message_headers).map(([name, value]) => ({ name, value: compileTemplate(value) }))
    const acks = options.acks === '0' ? 0 : options.acks === '1' ? 1 : -1
    let producer: Producer | undefined

    const recordOf = (event: Event) => ({
      topic: topic.print(event),
      value: Buffer.from(codec.encode(event)),
      ...(key !== undefined && { key: Buffer.from(key.print(event)) }),
      ...(headers.length > 0 && {
        headers: new Map(headers.map(({ name, value }) => [Buffer.from(name), Buffer.from(value.print(event))])),
      }),
    })
    const trouble = new Trouble(log, { brokers: options.bootstrap_servers })
    return {
      async start() {
        const { Producer } = await import('@platformatic/kafka')
        producer = new Producer({ ...(await kafkaConnection(options)), autocreateTopics: true })
        producer.on('error', (error: unknown) => log.debug({ error: String(error) }, 'the connection to Kafka failed'))
      },
      async write(events) {
        const messages = events.map(recordOf)
        for (let attempt = 0; ; attempt++) {
          try {
            await producer?.send({ messages, acks, compression: options.compression_type })
            trouble.works('writes to Kafka')
            return
          } catch (error) {
            signal.throwIfAborted()
            if (options.retries !== undefined && attempt >= options.retries) throw error
            trouble.tell('writing to Kafka failed: it is tried again', error)
            await waitOrAbort(Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS), signal)
          }
        }
      },
      async close() {
        await producer?.close()
      },
    }
  },
})
