import type { MqttClient } from 'mqtt'
import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { compileTemplate } from '../../script/sprintf.ts'
import { brokerPort, connectMqtt, mqttClientOptions } from '../mqtt-client.ts'
import { choice, flag, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { orAbort } from '../wait.ts'

const config = z.strictObject({
  topic: text().describe('Topic, with references.'),
  qos: choice('0', '1', '2').default('1').describe('Quality of service: with 1 and 2 an event is done when the broker has it.'),
  retain: flag().default(false).describe('Whether the broker keeps the message for those who subscribe later.'),
  ...mqttClientOptions,
})

export const mqtt = defineOutput({
  name: 'mqtt',
  summary: 'Publishes events at the MQTT broker inside, or at any other.',
  config,
  examples: [{ title: 'Alarms', config: { topic: 'alarms/%{[device][id]}', codec: 'json' } }],
  defaultCodec: 'json',
  create(options, context) {
    const { codec, hosts, log, pipeline, platform, pluginId, signal } = context
    const topic = compileTemplate(options.topic)
    const qos = options.qos === '0' ? 0 : options.qos === '1' ? 1 : 2
    const { host } = options
    const elsewhere = host !== undefined && !hosts.isBroker(host, brokerPort(options))
    let client: MqttClient | undefined

    const publish = async (event: Event): Promise<void> => {
      const name = topic.print(event)
      if (name === '' || /[#+\0]/.test(name)) {
        await context.deadLetter(event, { type: 'invalid_topic', reason: `[${name}] is no topic to publish to` })
        return
      }
      const payload = Buffer.from(codec.encode(event))
      if (client === undefined) await platform.broker?.publishLocally({ topic: name, payload, qos, retain: options.retain })
      else await client.publishAsync(name, payload, { qos, retain: options.retain })
    }
    return {
      async start() {
        if (elsewhere) client = await connectMqtt(options, `${pipeline}-${pluginId}`, log)
        else if (platform.broker === undefined)
          throw new Error('the mqtt output needs the broker inside, which is switched off by mqtt.enabled')
      },
      async write(events) {
        await orAbort(Promise.all(events.map(publish)), signal)
      },
      async close() {
        await client?.endAsync(true)
      },
    }
  },
})
