/** Bounds of the broker. What happens beyond each is said with it. */
export interface BrokerLimits {
  /** Clients beyond this many are refused. */
  readonly maxConnections: number
  /** Clients at one address beyond this many are refused. */
  readonly maxConnectionsPerAddress: number
  /** Clients that connect from one address beyond so many a second are refused for a while. */
  readonly connectsPerSecond: number
  /** Messages of one client beyond so many a second are read later. */
  readonly messagesPerSecond: number
  /** A client that sends a larger packet is disconnected. */
  readonly maxPacketBytes: number
  /** Messages of QoS 1 and 2 that one client may have on their way to us. Before MQTT 5 reading stops, later it is told. */
  readonly receiveMaximum: number
  readonly topicAliasMaximum: number
  /** Messages of QoS 1 and 2 that are on their way to one client. */
  readonly sendMaximum: number
  /** What waits for one client; newer messages are dropped and counted. */
  readonly maxQueuedMessages: number
  readonly maxQueuedBytes: number
  /** What waits for all clients together. */
  readonly maxTotalQueuedBytes: number
  /** Bytes not yet taken by a client's socket beyond which messages of QoS 0 are dropped. */
  readonly maxOutboxBytes: number
  /** Sessions of clients that are away; the oldest go. */
  readonly maxSessions: number
  /** Longest time a session of a client that is away is kept. */
  readonly maxSessionExpirySeconds: number
  readonly maxSubscriptionsPerClient: number
  /** Of all clients; more are refused. */
  readonly maxSubscriptions: number
  readonly maxRetainedMessages: number
  readonly maxRetainedBytes: number
  readonly maxClientIdBytes: number
  /** Beginnings of packets, of all clients: beyond it, those that send more of theirs are disconnected. */
  readonly maxPartialBytes: number
  /** A connection that has not said CONNECT after this long is closed. */
  readonly connectTimeoutMs: number
}

export const defaultLimits: BrokerLimits = {
  maxConnections: 20_000,
  maxConnectionsPerAddress: Infinity,
  connectsPerSecond: Infinity,
  messagesPerSecond: Infinity,
  maxPacketBytes: 1024 * 1024,
  receiveMaximum: 100,
  topicAliasMaximum: 10,
  sendMaximum: 100,
  maxQueuedMessages: 10_000,
  maxQueuedBytes: 16 * 1024 * 1024,
  maxTotalQueuedBytes: 256 * 1024 * 1024,
  maxOutboxBytes: 1024 * 1024,
  maxSessions: 50_000,
  maxSessionExpirySeconds: 7 * 24 * 3600,
  maxSubscriptionsPerClient: 1_000,
  maxSubscriptions: 1_000_000,
  maxRetainedMessages: 100_000,
  maxRetainedBytes: 256 * 1024 * 1024,
  maxClientIdBytes: 512,
  maxPartialBytes: 256 * 1024 * 1024,
  connectTimeoutMs: 10_000,
}
