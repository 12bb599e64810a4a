import type { MqttClient } from 'mqtt'
import { z } from 'zod'
import { brokerPort, connectMqtt, mqttClientOptions } from '../mqtt-client.ts'
import { choice, list } from '../options.ts'
import { defineInput, type Input, type InputContext } from '../plugin.ts'
import { subscribeRemotely } from './remote-mqtt.ts'

const config = z.strictObject({
  topics: list().describe('Topic filters: `+` stands for one level, `#` for all that follow; `$share/group/…` shares messages.'),
  topic: list().optional().meta({ aliasOf: 'topics' }).describe('Another name of `topics`.'),
  qos: choice('0', '1', '2')
    .default('0')
    .describe('Highest QoS asked of another broker. The broker inside always waits until a message is stored.'),
  ...mqttClientOptions,
})

type Options = z.output<typeof config>

export const mqtt = defineInput({
  name: 'mqtt',
  summary:
    'Subscribes to topics of the MQTT broker inside, or of any other. A message is acknowledged when it is stored. Its topic is in the field `topic`.',
  config,
  examples: [
    { title: 'Sensors at the broker inside', config: { topics: ['sensors/#'] } },
    {
      title: 'Another broker, over TLS, keeping what comes while we are away',
      config: {
        host: 'broker.plant.example.org',
        ssl: true,
        topics: ['$share/elkhorn/line/+/temperature'],
        qos: 1,
        client_id: 'elkhorn-1',
        clean_session: false,
        mqtt_version: '5',
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const { host } = options
    const elsewhere = host !== undefined && !context.hosts.isBroker(host, brokerPort(options))
    return elsewhere ? remoteInput(options, context) : localInput(options, context)
  },
})

function localInput({ topics }: Options, { codec, platform: { broker } }: InputContext): Input {
  if (broker === undefined) throw new Error('the mqtt input needs the broker inside, which is switched off by mqtt.enabled')
  let subscription: { close(): void } | undefined
  return {
    start(sink) {
      subscription = broker.subscribeLocally({
        filters: topics,
        receive({ topic, payload, qos, retain, clientId, username, remoteAddress }, settled) {
          const events = codec.decoder().decode(payload)
          for (const event of events) {
            event.fields['topic'] = topic
            event.metadata['mqtt'] = {
              topic,
              qos,
              retain,
              client_id: clientId,
              username: username ?? null,
              ip_address: remoteAddress,
            }
          }
          return sink.push(events, settled)
        },
        ready: (signal) => sink.ready(signal),
      })
      return Promise.resolve()
    },
    stop() {
      subscription?.close()
      return Promise.resolve()
    },
  }
}

function remoteInput(options: Options, { codec, log, pipeline, pluginId }: InputContext): Input {
  const stopped = new AbortController()
  let client: MqttClient | undefined
  return {
    async start(sink) {
      client = await connectMqtt(options, `${pipeline}-${pluginId}`, log)
      subscribeRemotely({
        client,
        topics: options.topics,
        qos: options.qos === '0' ? 0 : options.qos === '1' ? 1 : 2,
        sink,
        log,
        signal: stopped.signal,
        decode(topic, qos, packet) {
          const decoder = codec.decoder()
          const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
          const events = [...decoder.decode(payload), ...decoder.end()]
          for (const event of events) {
            event.fields['topic'] = topic
            event.metadata['mqtt'] = { topic, qos, retain: packet.retain }
          }
          return events
        },
      })
    },
    stop() {
      // What is not acknowledged yet still can be; nothing more is taken.
      stopped.abort()
      return Promise.resolve()
    },
    async close() {
      await client?.endAsync(true)
    },
  }
}
