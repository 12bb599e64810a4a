import { once } from 'node:events'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { toFieldValue } from '../../core/event-json.ts'
import { handOver } from '../hand-over.ts'
import { choice, flag, ignored, integer, number, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import {
  connectRabbitmq,
  parseRabbitmqHost,
  rabbitmqOptions,
  type RabbitmqChannel,
  type RabbitmqConnection,
  type RabbitmqMessage,
} from '../rabbitmq-client.ts'
import { Trouble } from '../trouble.ts'
import { orAbort, waitUntilAbort } from '../wait.ts'

const config = z.strictObject({
  ...rabbitmqOptions,
  queue: text().default('').describe('Queue to read. RabbitMQ makes up a name when it is empty.'),
  exclusive: flag().default(false).describe('Whether nobody else may read it.'),
  exchange: text().optional().describe('Exchange that the queue is bound to.'),
  exchange_type: text().optional().describe('Its kind, to make it where it is not there: `direct`, `fanout`, `topic`.'),
  key: text().default('logstash').describe('Routing key of that binding.'),
  prefetch_count: integer({ min: 1, max: 65_535 }).default(256).describe('Messages that may be on their way to the store.'),
  ack: flag().default(true).describe('Whether RabbitMQ keeps messages until they are stored.'),
  threads: ignored('one connection reads as much as the pipeline wants'),
  subscription_retry_interval_seconds: number({ min: 0.001 })
    .default(5)
    .describe('Seconds until a queue that is not there is looked for again.'),
  metadata_enabled: choice('none', 'basic', 'extended', 'true', 'false')
    .default('none')
    .describe(
      'Whether headers and properties go along, in `[@metadata][rabbitmq_headers]` and `[@metadata][rabbitmq_properties]`; `extended` adds the payload.',
    ),
})

type Options = z.output<typeof config>

export const rabbitmq = defineInput({
  name: 'rabbitmq',
  summary: 'Reads a queue of RabbitMQ (AMQP 0-9-1). A message is acknowledged when its events are stored.',
  config,
  examples: [
    {
      title: 'A queue behind an exchange',
      config: { host: 'rabbit.example.org', queue: 'logs', durable: true, exchange: 'app', exchange_type: 'topic', key: 'log.#' },
    },
  ],
  defaultCodec: 'json',
  create(options, { codec, log }) {
    for (const written of options.host) parseRabbitmqHost(written, options.port)
    const stopped = new AbortController()
    const { signal } = stopped
    let connection: RabbitmqConnection | undefined
    let reading: Reading | undefined
    let running: Promise<void> = Promise.resolve()

    const decode = (message: RabbitmqMessage): readonly Event[] => {
      const decoder = codec.decoder()
      const events = [...decoder.decode(message.content), ...decoder.end()]
      if (!['none', 'false'].includes(options.metadata_enabled)) for (const event of events) describe(event, message, options)
      return events
    }
    const trouble = new Trouble(log, { host: options.host, queue: options.queue })
    const read = async (sink: EventSink): Promise<void> => {
      const opened = await connectRabbitmq('input', options)
      connection = opened
      const closed = once(opened as never, 'close')
      const channel = await opened.createChannel()
      channel.on('error', (error) => trouble.tell('RabbitMQ closed the channel', error))
      const channelClosed = once(channel as never, 'close')
      reading = await consume(channel, options, decode, sink, signal)
      trouble.works('reads from RabbitMQ')
      await orAbort(Promise.race([closed, channelClosed]), signal)
      throw new Error('the connection was closed')
    }
    return {
      start(sink) {
        running = (async () => {
          while (!signal.aborted) {
            try {
              await read(sink)
            } catch (error) {
              if (signal.aborted) return
              trouble.tell('reading from RabbitMQ failed: it is tried again', error)
            }
            await connection?.close().catch(() => undefined) // it may be closed already
            await waitUntilAbort(options.connect_retry_interval * 1000, signal)
          }
        })()
        return Promise.resolve()
      },
      async stop() {
        stopped.abort()
        // What was taken is still acknowledged; no further message comes.
        await reading?.cancel().catch(() => undefined)
      },
      async close() {
        await running
        await connection?.close().catch(() => undefined) // it may be closed already
      },
    }
  },
})

interface Reading {
  cancel(): Promise<unknown>
}

/** Declares what the options ask for and begins to read. What cannot be stored goes back into the queue. */
async function consume(
  channel: RabbitmqChannel,
  options: Options,
  decode: (message: RabbitmqMessage) => readonly Event[],
  sink: EventSink,
  signal: AbortSignal,
): Promise<Reading> {
  const { exchange, exchange_type: kind, durable = false, auto_delete: autoDelete } = options
  const { queue } = options.passive
    ? await channel.checkQueue(options.queue)
    : await channel.assertQueue(options.queue, {
        durable,
        autoDelete,
        exclusive: options.exclusive,
        arguments: options.arguments,
      })
  if (exchange !== undefined) {
    // As Logstash: an exchange that the queue is bound to is as durable as the queue.
    if (kind !== undefined) await channel.assertExchange(exchange, kind, { durable })
    await channel.bindQueue(queue, exchange, options.key)
  }
  await channel.prefetch(options.prefetch_count)
  let last: Promise<void> = Promise.resolve()
  const take = (message: RabbitmqMessage): void => {
    const { welcome, stored } = handOver(sink, decode(message))
    if (options.ack)
      void stored.then(
        () => settle(() => channel.ack(message)),
        () => settle(() => channel.nack(message)),
      )
    // Without acknowledgements nothing bounds what RabbitMQ sends, but that it is read no further.
    if (!welcome) last = sink.ready(signal)
  }
  const { consumerTag } = await channel.consume(
    queue,
    (message) => {
      if (message !== null) void last.then(() => take(message))
    },
    { noAck: !options.ack, exclusive: options.exclusive },
  )
  return { cancel: () => channel.cancel(consumerTag) }
}

/** The channel may be closed: then RabbitMQ has given the message to the next reader. */
function settle(acknowledge: () => void): void {
  try {
    acknowledge()
  } catch {
    // it is told by the end of the channel
  }
}

function describe(event: Event, { fields, properties, content }: RabbitmqMessage, { metadata_enabled: kind }: Options): void {
  const { headers, ...rest } = properties
  event.metadata['rabbitmq_headers'] = toFieldValue(headers ?? {})
  event.metadata['rabbitmq_properties'] = toFieldValue({ ...withoutAbsent(rest), ...withoutAbsent(fields) })
  if (kind === 'extended') event.metadata['rabbitmq_payload'] = content.toString()
}

function withoutAbsent(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && !Buffer.isBuffer(value))
      .map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), value]),
  )
}
