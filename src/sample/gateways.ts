import { MqttPublisher, type BrokerAddress } from './mqtt-publisher.ts'
import type { Reading } from './factory.ts'

const FIRST_RETRY_MILLIS = 250
const MAX_RETRY_MILLIS = 15_000
/** Readings a gateway keeps while the broker is away; then the oldest go, as on a real one. */
const MAX_BUFFERED = 5000

/** The factory's gateways: each holds one connection, keeps what it cannot send, and tries again. */
export class Gateways {
  readonly #address: BrokerAddress
  readonly #secrets: Readonly<Record<string, string>>
  readonly #gateways = new Map<string, Gateway>()
  readonly #onTrouble: (text: string) => void

  constructor(address: BrokerAddress, secrets: Readonly<Record<string, string>>, onTrouble: (text: string) => void) {
    this.#address = address
    this.#secrets = secrets
    this.#onTrouble = onTrouble
  }

  /** Queues readings; never waits. */
  send(readings: readonly Reading[]): void {
    for (const reading of readings) this.#gateway(reading.gateway).enqueue(reading)
  }

  /** Sends readings and resolves when all of them are acknowledged. */
  async sendAll(readings: readonly Reading[]): Promise<void> {
    this.send(readings)
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.drained()))
  }

  async close(limitMs: number): Promise<void> {
    await Promise.all([...this.#gateways.values()].map((gateway) => gateway.close(limitMs)))
  }

  #gateway(name: string): Gateway {
    let gateway = this.#gateways.get(name)
    if (!gateway) {
      gateway = new Gateway(name, this.#address, this.#secrets[name] ?? '', this.#onTrouble)
      this.#gateways.set(name, gateway)
    }
    return gateway
  }
}

class Gateway {
  readonly #name: string
  readonly #address: BrokerAddress
  readonly #secret: string
  readonly #onTrouble: (text: string) => void
  readonly #queue: Reading[] = []
  #publisher: MqttPublisher | undefined
  #pumping: Promise<void> | undefined
  #closed = false

  constructor(name: string, address: BrokerAddress, secret: string, onTrouble: (text: string) => void) {
    this.#name = name
    this.#address = address
    this.#secret = secret
    this.#onTrouble = onTrouble
  }

  enqueue(reading: Reading): void {
    if (this.#queue.length >= MAX_BUFFERED) this.#queue.shift()
    this.#queue.push(reading)
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = undefined
    })
  }

  async drained(): Promise<void> {
    while (this.#pumping) await this.#pumping
  }

  async close(limitMs: number): Promise<void> {
    this.#closed = true
    this.#queue.length = 0
    await this.#publisher?.close(limitMs)
  }

  /** Sends what is queued, many at a time. What was not acknowledged is sent again: that is what QoS 1 promises. */
  async #pump(): Promise<void> {
    let retryMs = FIRST_RETRY_MILLIS
    while (this.#queue.length > 0 && !this.#closed) {
      const batch = this.#queue.splice(0, 256)
      try {
        this.#publisher ??= await MqttPublisher.connect(this.#address, this.#name, { user: this.#name, secret: this.#secret })
        const publisher = this.#publisher
        await Promise.all(batch.map((reading) => publisher.publish(reading.topic, reading.payload)))
        retryMs = FIRST_RETRY_MILLIS
      } catch (error) {
        this.#publisher = undefined
        if (this.#closed) return
        this.#queue.unshift(...batch)
        this.#onTrouble(`${this.#name}: ${(error as Error).message}`)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
        retryMs = Math.min(2 * retryMs, MAX_RETRY_MILLIS)
      }
    }
  }
}
