import { z } from 'zod'
import { choice, flag, ignored, integer, list, password, path, port, text } from '../options.ts'
import { defineInput } from '../plugin.ts'

const config = z.strictObject({
  host: text().optional().describe('The broker. The one inside when absent, `localhost`, or one of `pipelines.broker_hosts`.'),
  port: port().optional().describe('Port of the broker: 1883, and 8883 with `ssl`.'),
  topics: list().describe('Topic filters: `+` stands for one level, `#` for all that follow.'),
  topic: list().optional().meta({ aliasOf: 'topics' }).describe('Another name of `topics`.'),
  qos: choice('0', '1', '2')
    .default('0')
    .describe('Highest QoS asked of another broker. The broker inside always waits until a message is stored.'),
  client_id: text().optional().describe('Client id at another broker. Made up when absent.'),
  username: text().optional().describe('User name at another broker.'),
  password: password().optional().describe('Password at another broker.'),
  clean_session: flag()
    .default(true)
    .describe('Whether another broker forgets what it keeps for this client when the connection ends.'),
  ssl: flag().default(false).describe('Whether another broker is spoken to over TLS.'),
  cacert: path().optional().describe('Certificate authority (PEM) of the other broker.'),
  keep_alive: integer({ min: 0, max: 65_535 }).default(60).describe('Seconds between signs of life.'),
  ssl_certificate_verification: flag().default(true).describe('Whether the certificate of the other broker is checked.'),
  mqtt_version: ignored('the highest version that the broker speaks is used'),
})

export const mqtt = defineInput({
  name: 'mqtt',
  summary: 'Subscribes to topics of the MQTT broker inside. The topic of a message is in the field `topic`.',
  config,
  examples: [{ title: 'Sensors', config: { topics: ['sensors/#'] } }],
  defaultCodec: 'plain',
  create(options, { codec, hosts, platform }) {
    const { host } = options
    const { broker } = platform
    if (host !== undefined && !hosts.isBroker(host, options.port ?? (options.ssl ? 8883 : 1883))) {
      throw new Error(
        `the mqtt input cannot connect to [${host}]: only the broker inside is there; leave out [host], or name [${host}] in pipelines.broker_hosts`,
      )
    }
    if (broker === undefined) throw new Error('the mqtt input needs the broker inside, which is switched off by mqtt.enabled')
    let subscription: { close(): void } | undefined
    return {
      start(sink) {
        subscription = broker.subscribeLocally({
          filters: options.topics,
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
  },
})
