import { z } from 'zod'
import { choice, flag, ignored, list, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { kafka } from './kafka.ts'

/** Where Event Hubs speak Kafka. */
const KAFKA_PORT = 9093

const config = z.strictObject({
  config_mode: choice('basic')
    .default('basic')
    .describe('How hubs are named: `advanced`, with settings for each hub, is not read. Use one input for each.'),
  event_hub_connections: list().describe(
    'Connection strings of hubs, each with its `EntityPath`: `Endpoint=sb://plant.servicebus.windows.net/;…;EntityPath=readings`.',
  ),
  consumer_group: text().default('$Default').describe('Consumer group: its members share the partitions.'),
  initial_position: choice('beginning', 'end')
    .default('beginning')
    .describe('Where a group begins that has read nothing yet. `look_back` is not known.'),
  decorate_events: flag().default(false).describe('Whether hub, partition and offset go along, in `[@metadata][kafka]`.'),
  max_batch_size: ignored('the queue of the pipeline bounds what is read'),
  initial_position_look_back: ignored('a group begins at the beginning or the end'),
  storage_connection: ignored('the hub keeps how far a group has read'),
  storage_container: ignored('the hub keeps how far a group has read'),
  checkpoint_interval: ignored('how far was read is kept each second'),
  threads: ignored('one consumer reads all partitions that it is given'),
})

export const azureEventHubs = defineInput({
  name: 'azure_event_hubs',
  summary: 'Reads Azure Event Hubs, by the Kafka protocol that these speak, too (not in the tier Basic).',
  config,
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
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const hubs = options.event_hub_connections.map(parseConnection)
    if (hubs.length === 0) throw new Error('[azure_event_hubs] event_hub_connections: no hub is named')
    // A connection string lets into its own hub alone.
    const inputs = hubs.map((hub) => kafka.create(kafka.config.parse(kafkaOptions(hub, options)), context))
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

interface Hub {
  readonly host: string
  readonly name: string
  /** The connection string. */
  readonly written: string
}

function kafkaOptions({ host, name, written }: Hub, options: z.output<typeof config>): object {
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

/** @throws Error saying what is missing; the string is a secret and stays out of it */
function parseConnection(written: string): Hub {
  const host = /Endpoint=sb:\/\/([^/;:]+)/i.exec(written)?.[1]
  const name = /EntityPath=([^;]+)/i.exec(written)?.[1]
  if (host === undefined || name === undefined)
    throw new Error('[azure_event_hubs] event_hub_connections: a connection string needs Endpoint=sb://… and EntityPath=…')
  return { host, name, written }
}
