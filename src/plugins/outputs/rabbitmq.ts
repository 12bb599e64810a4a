import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { choice, flag, text, textHash } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import {
  connectRabbitmq,
  parseRabbitmqHost,
  rabbitmqOptions,
  type RabbitmqChannel,
  type RabbitmqConnection,
} from '../rabbitmq-client.ts'
import { Trouble } from '../trouble.ts'
import { orAbort, waitOrAbort } from '../wait.ts'

const config = z.strictObject({
  ...rabbitmqOptions,
  exchange: text().describe('Exchange to publish to. Empty: the key names a queue.'),
  exchange_type: choice('fanout', 'direct', 'topic', 'headers', 'x-consistent-hash', 'x-modulus-hash').describe('Its kind.'),
  key: text().default('logstash').describe('Routing key, with references to fields.'),
  persistent: flag().default(true).describe('Whether messages survive a restart of RabbitMQ.'),
  message_properties: textHash()
    .default({})
    .describe('Properties of messages, with references: `content_type`, `priority`, `app_id`.'),
})

export const rabbitmq = defineOutput({
  name: 'rabbitmq',
  summary: 'Publishes events at an exchange of RabbitMQ (AMQP 0-9-1). An event is done when RabbitMQ has confirmed it.',
  config,
  examples: [
    {
      title: 'A topic for each device',
      config: { host: 'rabbit.example.org', exchange: 'plant', exchange_type: 'topic', key: 'device.%{[device][id]}' },
    },
  ],
  defaultCodec: 'json',
  create(options, { codec, log, signal }) {
    for (const written of options.host) parseRabbitmqHost(written, options.port)
    const key = compileTemplate(options.key)
    const properties = Object.entries(options.message_properties).map(
      ([name, value]) =>
        [name.replaceAll(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase()), compileTemplate(value)] as const,
    )
    const trouble = new Trouble(log, { host: options.host })
    let opening: Promise<{ readonly connection: RabbitmqConnection; readonly channel: RabbitmqChannel }> | undefined

    const open = async () => {
      for (;;) {
        let connection: RabbitmqConnection | undefined
        try {
          connection = await connectRabbitmq('output', options)
          const channel = await connection.createConfirmChannel()
          channel.on('error', () => undefined) // what waits for its confirmation is rejected
          channel.on('close', () => (opening = undefined))
          if (options.exchange !== '') {
            if (options.passive) await channel.checkExchange(options.exchange)
            else
              await channel.assertExchange(options.exchange, options.exchange_type, {
                durable: options.durable ?? true,
                arguments: options.arguments,
              })
          }
          return { connection, channel }
        } catch (error) {
          await connection?.close().catch(() => undefined) // it may be closed already
          signal.throwIfAborted()
          trouble.tell('no connection: it is tried again', error)
          await waitOrAbort(options.connect_retry_interval * 1000, signal)
        }
      }
    }
    const publish = (channel: RabbitmqChannel, event: Event): Promise<void> =>
      new Promise((resolve, reject) => {
        const settings = Object.fromEntries(properties.map(([name, value]) => [name, value.print(event)]))
        const content = Buffer.from(codec.encode(event))
        channel.publish(options.exchange, key.print(event), content, { persistent: options.persistent, ...settings }, (error) =>
          error === null ? resolve() : reject(error),
        )
      })
    return {
      async write(events) {
        let waiting = events
        for (;;) {
          opening ??= open()
          const { connection, channel } = await opening
          const outcomes = await orAbort(Promise.allSettled(waiting.map((event) => publish(channel, event))), signal)
          const failed = outcomes.find((outcome) => outcome.status === 'rejected')
          if (failed === undefined) {
            trouble.works('writes to RabbitMQ')
            return
          }
          waiting = waiting.filter((_, i) => outcomes[i]?.status === 'rejected')
          trouble.tell('publishing failed: events are sent again', failed.reason)
          await connection.close().catch(() => undefined) // it may be closed already
          opening = undefined
          await waitOrAbort(options.connect_retry_interval * 1000, signal)
        }
      },
      async close() {
        const opened = await opening?.catch(() => undefined)
        await opened?.connection.close().catch(() => undefined) // it may be closed already
      },
    }
  },
})
