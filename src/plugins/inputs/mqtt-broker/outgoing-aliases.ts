/** Shorter topics are as long as their alias. */
const MIN_TOPIC_BYTES = 4
/** More than a client needs that shows some devices; one that takes 65,535 would have us remember as many topics. */
const MAX_ALIASES = 100

/** A topic as a number in a PUBLISH of MQTT 5. */
export interface TopicAlias {
  readonly number: number
  /** The client has heard what it stands for. */
  readonly isKnown: boolean
}

/**
 * The topics that a client of MQTT 5 knows by number (§3.3.2.3.4): the first ones of its connection, as many as it takes.
 * They hold as long as the connection.
 */
export class OutgoingAliases {
  readonly #maximum: number
  readonly #numbers = new Map<string, number>()

  /** @param maximum the client's Topic Alias Maximum */
  constructor(maximum: number) {
    this.#maximum = Math.min(maximum, MAX_ALIASES)
  }

  /** `undefined` where the topic goes as it is. */
  of(topic: string): TopicAlias | undefined {
    const number = this.#numbers.get(topic)
    if (number !== undefined) return { number, isKnown: true }
    if (this.#numbers.size >= this.#maximum || topic.length < MIN_TOPIC_BYTES) return undefined
    return { number: this.#numbers.size + 1, isKnown: false }
  }

  /** The client was sent the topic with its number. */
  told(topic: string, { number }: TopicAlias): void {
    this.#numbers.set(topic, number)
  }
}
