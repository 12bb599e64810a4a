import type { Message } from '../message.ts'
import type { Session, SessionWill } from '../session.ts'
import type { JournalRecord, KeptWill, SessionHeader } from './record.ts'

/** Everything that is kept, as records: what a snapshot holds. A message that many sessions wait for comes once. */
export function* recordsOf(sessions: Iterable<Session>, retained: Iterable<Message>): Generator<JournalRecord> {
  for (const message of retained) {
    if (message.topic.startsWith('$')) continue
    yield { kind: 'message', order: 0, message, retained: true, deliveries: [], received: undefined }
  }
  const known = new Set<number>()
  for (const session of sessions) {
    if (session.journal === undefined) continue
    const { number } = session
    yield { kind: 'session', session: number, header: headerOf(session) }
    for (const [filter, options] of session.subscriptions) yield { kind: 'subscribed', session: number, filter, options }
    for (const packetId of session.receivedQos2) yield { kind: 'received', session: number, packetId }
    for (const { order, message, delivery, released } of session.deliveries()) {
      if (known.has(order)) yield { kind: 'delivery', order, delivery }
      else yield { kind: 'message', order, message, retained: false, deliveries: [delivery], received: undefined }
      known.add(order)
      if (released) yield { kind: 'released', session: number, packetId: delivery.packetId }
    }
  }
}

export function headerOf({ clientId, owner, expirySeconds, disconnectedAt, will, willAt }: Session): SessionHeader {
  return {
    clientId,
    realm: owner.realm,
    user: owner.user,
    expirySeconds: Math.min(expirySeconds, Number.MAX_SAFE_INTEGER),
    disconnectedAt,
    will: will === undefined ? undefined : printWill(will),
    willAt,
  }
}

function printWill({ parts, publisher, expiryMs, delayMs }: SessionWill): KeptWill {
  const { topic, payload, qos, retain, properties } = parts
  return {
    topic,
    payload: payload.toString('base64'),
    qos,
    retain,
    properties: properties?.toString('base64'),
    expiryMs,
    delayMs,
    username: publisher.username,
    remoteAddress: publisher.remoteAddress,
  }
}

/** The will that a session had when the program ended. */
export function willOf({ will, clientId }: SessionHeader): SessionWill | undefined {
  if (will === undefined) return undefined
  const { topic, payload, qos, retain, properties, expiryMs, delayMs, username, remoteAddress } = will
  return {
    parts: {
      topic,
      topicBytes: Buffer.from(topic),
      payload: Buffer.from(payload, 'base64'),
      qos,
      retain,
      properties: properties === undefined ? undefined : Buffer.from(properties, 'base64'),
    },
    publisher: { clientId, username, remoteAddress },
    expiryMs,
    delayMs,
  }
}
