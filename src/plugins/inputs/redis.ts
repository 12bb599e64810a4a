import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { handOver } from '../hand-over.ts'
import { choice, ignored, integer, path, port, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { RedisClient, redisConnectionOptions, type RedisAddress } from '../redis-client.ts'
import { Trouble } from '../trouble.ts'
import { waitUntilAbort } from '../wait.ts'

const RETRY_MS = 1_000
/** How often an empty list is looked at. */
const EMPTY_MS = 100
/** Takes the first values of a list, and keeps them in another until they are stored. */
const TAKE = `local taken = redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1)
if #taken > 0 then
  redis.call('RPUSH', KEYS[2], unpack(taken))
  redis.call('LTRIM', KEYS[1], #taken, -1)
end
return taken`

const config = z.strictObject({
  host: text().default('127.0.0.1').describe('Host of Redis.'),
  port: port().default(6379).describe('Its port.'),
  path: path().optional().describe('A Unix socket instead of host and port.'),
  data_type: choice('list', 'channel', 'pattern_channel').describe(
    'Whether values of a list are taken, or messages of a channel, or of all channels like a pattern.',
  ),
  key: text().describe('The list, the channel or the pattern.'),
  batch_count: integer({ min: 1, max: 5_000 }).default(125).describe('How many values of a list are taken at once.'),
  threads: ignored('one connection takes as much as the pipeline wants'),
  command_map: ignored('commands have their own names'),
  ...redisConnectionOptions,
})

type Options = z.output<typeof config>

export const redis = defineInput({
  name: 'redis',
  summary:
    'Takes values of a list of Redis, or messages of channels. What is taken from a list waits in a second one, `{KEY}:elkhorn:…`, until it is stored, and is taken again from there after a fall; messages of channels come once.',
  config,
  examples: [
    { title: 'A list that shippers fill', config: { host: 'redis.example.org', data_type: 'list', key: 'logstash' } },
    { title: 'Channels', config: { data_type: 'pattern_channel', key: 'sensors.*' } },
  ],
  defaultCodec: 'json',
  create(options, { codec, hostname, log, pipeline, pluginId }) {
    const stopped = new AbortController()
    const { signal } = stopped
    const { host, key } = options
    const address: RedisAddress = options.path === undefined ? { host, port: options.port } : { path: options.path }
    // Braces keep both lists on the same node of a cluster.
    const pending = `${key.includes('{') ? key : `{${key}}`}:elkhorn:${hostname}:${pipeline}:${pluginId}`
    const trouble = new Trouble(log, { ...address, key })
    const works = (): void => trouble.works('reads from Redis')
    const decode = (value: unknown, channel?: string): Event[] => {
      if (!Buffer.isBuffer(value)) return []
      const decoder = codec.decoder()
      const events = [...decoder.decode(value), ...decoder.end()]
      if (channel !== undefined) for (const event of events) event.metadata['redis_channel'] = channel
      return events
    }
    const read = (client: RedisClient, sink: EventSink): Promise<void> =>
      options.data_type === 'list'
        ? takeFromList(client, { key, pending, batch: options.batch_count, decode, works, sink, signal })
        : listen(client, { options, decode, works, sink, signal })

    let client: RedisClient | undefined
    let running: Promise<void> = Promise.resolve()
    return {
      start(sink) {
        running = (async () => {
          while (!signal.aborted) {
            try {
              client = await RedisClient.open(address, options)
              await read(client, sink)
            } catch (error) {
              if (!signal.aborted) trouble.tell('reading from Redis failed: it is tried again', error)
            }
            if (signal.aborted) return
            client?.close()
            await waitUntilAbort(RETRY_MS, signal)
          }
        })()
        return Promise.resolve()
      },
      stop() {
        stopped.abort()
        if (options.data_type !== 'list') client?.close()
        return Promise.resolve()
      },
      async close() {
        await running
        client?.close()
      },
    }
  },
})

interface ListReading {
  readonly key: string
  readonly pending: string
  readonly batch: number
  readonly decode: (value: unknown) => Event[]
  readonly works: () => void
  readonly sink: EventSink
  readonly signal: AbortSignal
}

/**
 * Takes values until the signal aborts, first those that were taken before and not stored. Batches are stored side by side
 * and removed in their order. @throws when the connection breaks or a batch cannot be stored
 */
async function takeFromList(
  client: RedisClient,
  { key, pending, batch, decode, works, sink, signal }: ListReading,
): Promise<void> {
  let removed: Promise<unknown> = Promise.resolve()
  const failed = new AbortController()
  const over = AbortSignal.any([signal, failed.signal])
  const hand = async (values: readonly unknown[]): Promise<void> => {
    const { welcome, stored } = handOver(sink, values.flatMap(decode))
    removed = Promise.all([stored, removed]).then(() => client.ask(['LTRIM', pending, values.length, -1]))
    removed.catch((error: unknown) => failed.abort(error))
    if (!welcome) await sink.ready(over)
  }
  const left = await client.ask(['LRANGE', pending, 0, -1])
  if (Array.isArray(left) && left.length > 0) await hand(left)
  while (!over.aborted) {
    const values = await client.ask(['EVAL', TAKE, 2, key, pending, batch])
    works()
    if (Array.isArray(values) && values.length > 0) await hand(values)
    else await waitUntilAbort(EMPTY_MS, over)
  }
  await removed
}

interface Listening {
  readonly options: Options
  readonly decode: (value: unknown, channel: string) => Event[]
  readonly works: () => void
  readonly sink: EventSink
  readonly signal: AbortSignal
}

/** Messages are `message, channel, value`, or `pmessage, pattern, channel, value`. @throws when the connection is over */
function listen(client: RedisClient, { options, decode, sink, signal }: Listening): Promise<never> {
  const command = options.data_type === 'channel' ? 'SUBSCRIBE' : 'PSUBSCRIBE'
  return client.listen([command, options.key], (message) => {
    const [channel, value] = message.slice(-2)
    if (sink.push(decode(value, String(channel)))) return
    client.pause()
    void sink.ready(signal).then(() => client.resume())
  })
}
