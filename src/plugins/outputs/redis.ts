import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { RedisRefusal } from '../../protocols/redis/resp.ts'
import { compileTemplate, type Template } from '../../script/sprintf.ts'
import { findHostAndPort, type HostAndPort } from '../host-and-port.ts'
import { choice, ignored, integer, list, number, port, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { RedisClient, redisConnectionOptions } from '../redis-client.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const config = z.strictObject({
  host: list()
    .default(['127.0.0.1'])
    .describe('Hosts of Redis, with `:port` where it is another one. The first that answers is used.'),
  port: port().default(6379).describe('Port of hosts that name none.'),
  shuffle_hosts: ignored('hosts are tried in their order'),
  data_type: choice('list', 'channel').describe('Whether events are added to a list, or published on a channel.'),
  key: text().describe('The list or channel, with references to fields.'),
  reconnect_interval: number({ min: 0 }).default(1).describe('Seconds until a connection is tried again.'),
  congestion_threshold: integer({ min: 0 })
    .default(0)
    .describe('A list that holds more values than these is waited for. 0: none is.'),
  congestion_interval: number({ min: 0.001 }).default(1).describe('Seconds between looks at such a list.'),
  batch: ignored('events are sent in batches'),
  batch_events: ignored('the size of batches is a setting of the pipeline'),
  batch_timeout: ignored('the delay of batches is a setting of the pipeline'),
  ...redisConnectionOptions,
})

export const redis = defineOutput({
  name: 'redis',
  summary: 'Adds events to lists of Redis, or publishes them on channels.',
  config,
  examples: [
    { title: 'A buffer between two pipelines', config: { host: 'redis.example.org', data_type: 'list', key: 'logstash' } },
  ],
  defaultCodec: 'json',
  create(options, context) {
    const { codec, log, signal } = context
    const addresses = options.host.map((written) => parseRedisHost(written, options.port))
    const key = compileTemplate(options.key)
    const trouble = new Trouble(log)
    let connection: Promise<RedisClient> | undefined

    const connect = async (): Promise<RedisClient> => {
      for (let attempt = 0; ; attempt++) {
        const address = addresses[attempt % addresses.length] as (typeof addresses)[number]
        try {
          return await RedisClient.open(address, options)
        } catch (error) {
          signal.throwIfAborted()
          trouble.tell('no connection: it is tried again', error, { ...address })
          await waitOrAbort(options.reconnect_interval * 1000, signal)
        }
      }
    }
    const whenThereIsRoom = async (client: RedisClient, name: string): Promise<void> => {
      if (options.congestion_threshold === 0 || options.data_type !== 'list') return
      while (Number(await client.ask(['LLEN', name])) > options.congestion_threshold) {
        trouble.tell('the list is full: events wait', `it holds more than ${options.congestion_threshold} values`, { key: name })
        await waitOrAbort(options.congestion_interval * 1000, signal)
      }
    }
    /** @throws when the connection breaks; a list that Redis refuses makes dead letters */
    const send = async (client: RedisClient, name: string, events: readonly Event[]): Promise<void> => {
      await whenThereIsRoom(client, name)
      const values = events.map((event) => Buffer.from(codec.encode(event)))
      try {
        if (options.data_type === 'list') await client.ask(['RPUSH', name, ...values])
        else await Promise.all(values.map((value) => client.ask(['PUBLISH', name, value])))
      } catch (error) {
        // Out of memory, read-only, loading: it may become better. WRONGTYPE never does.
        if (!(error instanceof RedisRefusal) || !error.message.startsWith('WRONGTYPE')) throw error
        for (const event of events)
          await context.deadLetter(event, { type: 'redis_refused', reason: `[${name}]: ${error.message}` })
      }
    }
    return {
      async write(events) {
        let waiting = [...byKey(events, key)]
        while (waiting.length > 0) {
          const client = await (connection ??= connect())
          const outcomes = await Promise.allSettled(waiting.map(([name, some]) => send(client, name, some)))
          signal.throwIfAborted()
          const failed = outcomes.find((outcome) => outcome.status === 'rejected')
          waiting = waiting.filter((_, n) => outcomes[n]?.status === 'rejected')
          if (failed === undefined) {
            trouble.works('writes to Redis')
            return
          }
          trouble.tell('writing to Redis failed: events are sent again', failed.reason)
          client.close()
          connection = undefined
          await waitOrAbort(options.reconnect_interval * 1000, signal)
        }
      },
      async close() {
        ;(await connection?.catch(() => undefined))?.close()
      },
    }
  },
})

function byKey(events: readonly Event[], key: Template): ReadonlyMap<string, readonly Event[]> {
  const groups = new Map<string, Event[]>()
  for (const event of events) {
    const name = key.print(event)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [event])
    else group.push(event)
  }
  return groups
}

/** @throws Error naming what is no host */
function parseRedisHost(written: string, port: number): HostAndPort {
  const address = findHostAndPort(written, port)
  if (address === undefined) throw new Error(`[redis] host: [${written}] is no host: write redis.example.org:6379`)
  return address
}
