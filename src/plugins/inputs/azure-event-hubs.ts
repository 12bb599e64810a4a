import { z } from 'zod'
import { choice, flag, ignored, list, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { kafka } from './kafka.ts'

/** Where Event Hubs speak Kafka. */
const KAFKA_PORT = 9093

/** What may be said of each hub, and of all. */
const hubOptions = {
  consumer_group: text().default('$Default').describe('Consumer group: its members share the partitions.'),
  initial_position: choice('beginning', 'end')
    .default('beginning')
    .describe('Where a group begins that has read nothing yet. `look_back` is not known.'),
  decorate_events: flag().default(false).describe('Whether hub, partition and offset go along, in `[@metadata][kafka]`.'),
}

const notUsed = {
  max_batch_size: ignored('the queue of the pipeline bounds what is read'),
  initial_position_look_back: ignored('a group begins at the beginning or the end'),
  storage_connection: ignored('the hub keeps how far a group has read'),
  storage_container: ignored('the hub keeps how far a group has read'),
  checkpoint_interval: ignored('how far was read is kept each second'),
  threads: ignored('one consumer reads all partitions that it is given'),
}

const hubSchema = z.strictObject({
  event_hub_connection: text(),
  consumer_group: hubOptions.consumer_group.removeDefault().optional(),
  initial_position: hubOptions.initial_position.removeDefault().optional(),
  decorate_events: hubOptions.decorate_events.removeDefault().optional(),
  ...notUsed,
})

export const azureConfig = z.strictObject({
  config_mode: choice('basic', 'advanced')
    .default('basic')
    .describe('How hubs are named: by `event_hub_connections`, or with settings of each by `event_hubs`.'),
  event_hub_connections: list()
    .default([])
    .describe(
      'Connection strings of hubs, each with its `EntityPath`: `Endpoint=sb://plant.servicebus.windows.net/;…;EntityPath=readings`.',
    ),
  event_hubs: z
    .preprocess((raw) => (Array.isArray(raw) ? (raw as unknown[]) : [raw]), z.array(z.record(z.string(), hubSchema)))
    .default([])
    .meta({ option: 'list' })
    .describe('Names of hubs, each with its `event_hub_connection` and what differs from the options of all.'),
  ...hubOptions,
  ...notUsed,
})

type Options = z.output<typeof azureConfig>

export const azureEventHubs = defineInput({
  name: 'azure_event_hubs',
  summary: 'Reads Azure Event Hubs, by the Kafka protocol that these speak, too (not in the tier Basic).',
  config: azureConfig,
  examples: [
    {
      title: 'A hub',
      config: {
        event_hub_connections: [
          'Endpoint=sb://plant.servicebus.windows.net/;SharedAccessKeyName=read;SharedAccessKey=c2VjcmV0;EntityPath=readings',
        ],
        codec: 'json',
      },
    },
    {
      title: 'Two, each with its own settings',
      config: {
        config_mode: 'advanced',
        event_hubs: [
          {
            readings: {
              event_hub_connection: 'Endpoint=sb://plant.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=a',
            },
          },
          {
            alarms: {
              event_hub_connection: 'Endpoint=sb://office.servicebus.windows.net/;SharedAccessKeyName=r;SharedAccessKey=b',
              initial_position: 'end',
            },
          },
        ],
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const hubs = hubsOf(options)
    const named = options.config_mode === 'basic' ? 'event_hub_connections' : 'event_hubs'
    if (hubs.length === 0) throw new Error(`[azure_event_hubs] ${named}: no hub is named`)
    // A connection string lets into its own hub alone.
    const inputs = hubs.map((hub) => kafka.create(kafka.config.parse(kafkaOptions(hub)), context))
    return {
      async start(sink) {
        for (const input of inputs) await input.start(sink)
      },
      async stop() {
        for (const input of inputs) await input.stop()
      },
    }
  },
})

type HubOptions = Pick<Options, keyof typeof hubOptions>

interface Hub extends HubOptions {
  readonly host: string
  readonly name: string
  /** The connection string. */
  readonly written: string
}

/** @throws Error saying what a connection string lacks */
export function hubsOf({
  config_mode: mode,
  event_hub_connections: connections,
  event_hubs: hubs,
  ...rest
}: Options): readonly Hub[] {
  const { consumer_group, initial_position, decorate_events } = rest
  const common = { consumer_group, initial_position, decorate_events }
  if (mode === 'basic') return connections.map((written) => ({ ...common, ...parseConnection(written) }))
  return hubs
    .flatMap((byName) => Object.entries(byName))
    .map(([name, hub]) => ({
      ...parseConnection(hub.event_hub_connection, name),
      consumer_group: hub.consumer_group ?? consumer_group,
      initial_position: hub.initial_position ?? initial_position,
      decorate_events: hub.decorate_events ?? decorate_events,
    }))
}

function kafkaOptions({ host, name, written, ...options }: Hub): object {
  return {
    bootstrap_servers: `${host}:${KAFKA_PORT}`,
    topics: [name],
    group_id: options.consumer_group,
    auto_offset_reset: options.initial_position === 'beginning' ? 'earliest' : 'latest',
    decorate_events: options.decorate_events ? 'basic' : 'none',
    security_protocol: 'SASL_SSL',
    sasl_mechanism: 'PLAIN',
    sasl_jaas_config: `required username="$ConnectionString" password="${written}";`,
  }
}

/**
 * @param hub its name where the string does not say it
 * @throws Error saying what is missing; the string is a secret and stays out of it
 */
function parseConnection(written: string, hub?: string): Pick<Hub, 'host' | 'name' | 'written'> {
  const host = /Endpoint=sb:\/\/([^/;:]+)/i.exec(written)?.[1]
  const name = /EntityPath=([^;]+)/i.exec(written)?.[1] ?? hub
  if (host === undefined || name === undefined)
    throw new Error('[azure_event_hubs] a connection string needs Endpoint=sb://… and EntityPath=…')
  return { host, name, written }
}
