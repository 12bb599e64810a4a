import type { BrokerStats } from './broker.ts'

/** Averages over so many minutes, as load of machines is told. */
const SPANS = [1, 5, 15] as const

const LOADS = {
  connections: 'connects',
  'messages/received': 'messagesReceived',
  'messages/sent': 'messagesSent',
  'messages/dropped': 'messagesDropped',
  'bytes/received': 'bytesReceived',
  'bytes/sent': 'bytesSent',
} as const satisfies Record<string, keyof BrokerStats>

/** What the broker tells about itself below `$SYS/broker`, by the names that Mosquitto gave. */
export class SysTopics {
  readonly #version: string
  readonly #said = new Map<string, string>()
  readonly #loads = new Map<string, number>()
  #before: BrokerStats | undefined
  #mostClients = 0

  constructor(version: string) {
    this.#version = version
  }

  /** Topics whose value has changed since the last call, which was so many milliseconds ago. */
  changed(stats: BrokerStats, uptimeMs: number, elapsedMs: number): readonly (readonly [topic: string, value: string])[] {
    return [...this.#all(stats, uptimeMs, elapsedMs)].flatMap(([name, value]) => {
      const topic = `$SYS/broker/${name}`
      const text = String(value)
      if (this.#said.get(topic) === text) return []
      this.#said.set(topic, text)
      return [[topic, text] as const]
    })
  }

  *#all(stats: BrokerStats, uptimeMs: number, elapsedMs: number): Generator<readonly [string, string | number]> {
    this.#mostClients = Math.max(this.#mostClients, stats.connections)
    yield ['version', `Elkhorn ${this.#version}`]
    yield ['uptime', `${Math.floor(uptimeMs / 1000)} seconds`]
    yield ['clients/connected', stats.connections]
    yield ['clients/disconnected', stats.sessions - stats.sessionsConnected]
    yield ['clients/total', stats.sessions]
    yield ['clients/maximum', this.#mostClients]
    yield ['clients/expired', stats.sessionsExpired]
    yield ['messages/received', stats.messagesReceived]
    yield ['messages/sent', stats.messagesSent]
    yield ['publish/messages/dropped', stats.messagesDropped]
    yield ['publish/messages/duplicates', stats.messagesRepeated]
    yield ['publish/messages/received', stats.messagesReceived]
    yield ['publish/messages/sent', stats.messagesSent]
    yield ['bytes/received', stats.bytesReceived]
    yield ['bytes/sent', stats.bytesSent]
    yield ['subscriptions/count', stats.subscriptions]
    yield ['retained messages/count', stats.retained]
    yield ['store/messages/count', stats.queuedMessages]
    yield ['store/messages/bytes', stats.queuedBytes]
    yield* this.#load(stats, elapsedMs)
  }

  /** Events a minute, as moving averages. */
  *#load(stats: BrokerStats, elapsedMs: number): Generator<readonly [string, string]> {
    const before = this.#before
    this.#before = stats
    if (before === undefined) return
    const minutes = elapsedMs / 60_000
    for (const [name, key] of Object.entries(LOADS)) {
      const rate = (stats[key] - before[key]) / minutes
      for (const span of SPANS) {
        const topic = `load/${name}/${span}min`
        const value = rate + Math.exp(-minutes / span) * ((this.#loads.get(topic) ?? 0) - rate)
        this.#loads.set(topic, value)
        yield [topic, value.toFixed(2)]
      }
    }
  }
}
