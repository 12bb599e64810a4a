import type { IPublishPacket, MqttClient, Packet } from 'mqtt'
import type { Log } from '../../core/log.ts'
import type { Event } from '../../core/event.ts'
import type { EventSink } from '../plugin.ts'

export interface RemoteSubscription {
  readonly client: MqttClient
  readonly topics: readonly string[]
  readonly qos: 0 | 1 | 2
  readonly sink: EventSink
  readonly log: Log
  readonly signal: AbortSignal
  /** Events out of a message. */
  readonly decode: (topic: string, qos: 0 | 1 | 2, packet: IPublishPacket) => readonly Event[]
}

/** A message that waits for its PUBACK, on the connection that it came over. */
interface Waiting {
  readonly messageId: number
  readonly stream: MqttClient['stream']
  settled: boolean
}

/**
 * Subscribes at a broker elsewhere. A message of QoS 1 is acknowledged when its events are stored, many at a time and in
 * the order in which they came (MQTT 3.1.1 §4.6); one of QoS 2 before the next is read. What could not be stored is not
 * acknowledged: the connection is made anew, and the broker sends it again.
 */
export function subscribeRemotely({ client, topics, qos, sink, log, signal, decode }: RemoteSubscription): void {
  const waiting: Waiting[] = []
  const held = new WeakMap<Packet, Waiting>()

  const acknowledge = (): void => {
    for (let first = waiting[0]; first?.settled === true; first = waiting[0]) {
      waiting.shift()
      if (first.stream === client.stream && !first.stream.destroyed) first.stream.write(puback(first.messageId))
    }
  }
  const refuse = (reason: string): void => {
    log.warn({ reason }, 'messages could not be stored: the broker is asked to send them again')
    waiting.length = 0
    client.stream.destroy()
  }
  client.on('connect', () => {
    // What came over the last connection is sent again by the broker.
    waiting.length = 0
    client.subscribe([...topics], { qos }, (error, granted) => {
      if (error !== null) log.error({ topics, error: error.message }, 'the broker refuses the subscription')
      else for (const one of granted ?? []) if (one.qos > 2) log.error({ topic: one.topic }, 'the broker refuses the topic')
    })
  })
  // The client acknowledges QoS 1 when its handler calls back, one message after the other: with that, a message would
  // wait for the storing of the one before. Taken for QoS 0 there, it is acknowledged here.
  client.on('packetreceive', (packet) => {
    if (packet.cmd !== 'publish' || packet.qos !== 1 || packet.messageId === undefined) return
    const one: Waiting = { messageId: packet.messageId, stream: client.stream, settled: false }
    waiting.push(one)
    held.set(packet, one)
    packet.qos = 0
  })
  const topicOf = new WeakMap<Packet, string>()
  client.on('message', (topic, _payload, packet) => topicOf.set(packet, topic))
  client.handleMessage = (packet, done) => {
    if (signal.aborted) return
    const one = held.get(packet)
    const events = decode(topicOf.get(packet) ?? packet.topic, one === undefined ? packet.qos : 1, packet)
    if (packet.qos === 2) {
      sink.push(events, (error) => (error === undefined ? done() : refuse(error.message)))
      return
    }
    const welcome = sink.push(
      events,
      one === undefined
        ? undefined
        : (error) => {
            if (error !== undefined) {
              if (one.stream === client.stream) refuse(error.message)
              return
            }
            one.settled = true
            acknowledge()
          },
    )
    if (welcome) done()
    else void resumeWhenReady(sink, signal, done)
  }
}

/** The same bytes in all versions: MQTT 5 leaves out a reason code of success. */
function puback(messageId: number): Buffer {
  return Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff])
}

async function resumeWhenReady(sink: EventSink, signal: AbortSignal, resume: () => void): Promise<void> {
  await sink.ready(signal)
  resume()
}
