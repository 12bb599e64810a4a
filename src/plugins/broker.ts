/** A message as subscribers within the program get it. */
export interface LocalMessage {
  readonly topic: string
  /** Only valid during the call. */
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly clientId: string
  readonly username: string | undefined
  readonly remoteAddress: string
}

export interface LocalSubscription {
  /** Topic filters; `$share/group/filter` shares messages with the other members of a group. */
  readonly filters: readonly string[]
  /**
   * Takes a message, always. Answers whether more are welcome.
   * @param settled to be called once the message is kept, or was not; absent for QoS 0
   */
  receive(message: LocalMessage, settled: ((error: Error | undefined) => void) | undefined): boolean
  /** Resolves when more messages are welcome, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>
}

export interface LocalPublication {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos?: 0 | 1 | 2
  readonly retain?: boolean
}

/** The MQTT broker inside, as other parts of the program use it: no socket, no copy. */
export interface LocalBroker {
  /**
   * Messages that are retained already are not sent: they came by when they were published.
   * @throws Error for a filter that is none
   */
  subscribeLocally(subscription: LocalSubscription): { close(): void }
  /** Resolves when every subscriber within the program has kept the message. Rejects for a topic that is none. */
  publishLocally(publication: LocalPublication): Promise<void>
}
