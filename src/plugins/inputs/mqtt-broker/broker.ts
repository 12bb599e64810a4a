import type { Principal } from '../../../core/access.ts'
import type { Log } from '../../../core/log.ts'
import type { Clock, EpochMillis } from '../../../core/time.ts'
import type { ConnectPacket, PublishView, SubscribePacket, SubscriptionRequest, Will } from '../../../protocols/mqtt/decode.ts'
import { PUBACK, Reason, type Qos } from '../../../protocols/mqtt/packet.ts'
import { isTopicFilter, isTopicName, parseSharedFilter } from '../../../protocols/mqtt/topics.ts'
import type { LocalBroker, LocalPublication, LocalSubscription } from '../../broker.ts'
import type { Authentication, DeviceCredentials } from '../../context.ts'
import { AddressLimits } from './address-limits.ts'
import { AwaySessions } from './away-sessions.ts'
import type { BrokerEvent } from './broker-event.ts'
import { Connection, PendingAck, type CloseCause, type ConnectionHost, type TopicUse, type Traffic } from './connection.ts'
import { headerOf, recordsOf, willOf } from './journal/records-of.ts'
import type { Delivery } from './journal/record.ts'
import type { Kept, SessionJournal } from './journal/session-journal.ts'
import type { BrokerLimits } from './limits.ts'
import { LocalSubscriber } from './local-subscriber.ts'
import { isExpired } from './message.ts'
import { OutgoingAliases } from './outgoing-aliases.ts'
import { Publication, type Publisher } from './publication.ts'
import { RetainedMessages } from './retained-messages.ts'
import { Session, type Outgoing, type QueueBudget, type SessionOwner, type SessionWill } from './session.ts'
import { SubscriptionTree, type Route, type SharedGroup, type Target } from './subscription-tree.ts'
import { SysTopics } from './sys-topics.ts'
import type { TopicRights } from './topic-acl.ts'
import type { Transport } from './transport.ts'

type Subscriber = Session | LocalSubscriber

export interface BrokerOptions {
  readonly clock: Clock
  readonly log: Log
  readonly limits: BrokerLimits
  /** 128 random bits as text, for clients that bring no id. */
  readonly newClientId: () => string
  authenticate(credentials: DeviceCredentials): Promise<Authentication>
  /** What a client may do with topics. Absent, or answering nothing: everything but topics that begin with `$`. */
  readonly rightsOf?: ((owner: SessionOwner, clientId: string) => TopicRights | undefined) | undefined
  /** Publishes how things are below `$SYS/broker`. */
  readonly sys?: { readonly version: string; readonly intervalMs: number } | undefined
  readonly onEvent?: ((event: BrokerEvent) => void) | undefined
  /** Where sessions and retained messages outlive the process. Absent: they do not. */
  readonly journal?: SessionJournal | undefined
}

/** Counters since the start, and how things are. */
export interface BrokerStats {
  readonly connections: number
  /** How often a client has connected. */
  readonly connects: number
  readonly sessions: number
  readonly sessionsConnected: number
  readonly sessionsExpired: number
  readonly subscriptions: number
  readonly retained: number
  readonly messagesReceived: number
  /** Of those: with the mark of a repetition. Of QoS 2, one that came already is none. */
  readonly messagesRepeated: number
  readonly messagesSent: number
  readonly messagesDropped: number
  readonly queuedMessages: number
  readonly queuedBytes: number
  readonly bytesReceived: number
  readonly bytesSent: number
}

/** A client that is connected. */
export interface Presence {
  readonly principal: Principal
  readonly clientId: string
  readonly remoteAddress: string
  readonly connectedAt: EpochMillis
  readonly lastPacketAt: EpochMillis
}

/** Clients that were connected when the program ended without a word have this long to come back before their wills are told. */
const RETURN_GRACE_MS = 30_000
/** Clients over the limit that may wait for their refusal. */
const MAX_REFUSED_AT_ONCE = 1_000
/** Refused topics of one connection that are told between two looks at deadlines. */
const MAX_REFUSALS_TOLD = 20
/** Deadlines are looked at this often. */
const SWEEP_MS = 1_000
/** Retained messages that are looked at then. */
const RETAINED_A_SWEEP = 1_000
const SHUTDOWN_LIMIT_MS = 5_000

const ourselves: Publisher = { clientId: '', username: undefined, remoteAddress: '' }

/**
 * An MQTT broker for 3.1, 3.1.1 and 5: who is connected, what is kept for whom, and who gets a message. It knows no
 * sockets: a listener hands over connections. A message of QoS 1 or 2 is acknowledged when every subscriber within the
 * program has kept it.
 */
export class Broker implements ConnectionHost<Subscriber>, LocalBroker {
  readonly limits: BrokerLimits
  readonly traffic: Traffic = { bytesReceived: 0, bytesSent: 0, partialBytes: 0 }
  readonly #options: BrokerOptions
  readonly #connections = new Set<Connection<Subscriber>>()
  readonly #sessions = new Map<string, Session>()
  /** Sessions of clients that are not there. */
  readonly #away = new AwaySessions()
  readonly #addresses: AddressLimits
  readonly #sys: SysTopics | undefined
  readonly #tree = new SubscriptionTree<Subscriber>()
  readonly #retained: RetainedMessages
  readonly #budget: QueueBudget
  #toFlush: Connection<Subscriber>[] = []
  #sweeper: NodeJS.Timeout | undefined
  #received = 0
  #repeated = 0
  #sent = 0
  #lastSession = 0
  #connects = 0
  #expired = 0
  #startedAt = 0
  #sysAt = 0
  #stopping = false

  constructor(options: BrokerOptions) {
    const { limits } = options
    this.#options = options
    this.limits = limits
    this.#addresses = new AddressLimits(limits)
    this.#sys = options.sys === undefined ? undefined : new SysTopics(options.sys.version)
    this.#retained = new RetainedMessages({ maxMessages: limits.maxRetainedMessages, maxBytes: limits.maxRetainedBytes })
    this.#budget = { bytes: 0, messages: 0, maxBytes: limits.maxTotalQueuedBytes, dropped: 0 }
  }

  get stats(): BrokerStats {
    return {
      connections: this.#connections.size,
      connects: this.#connects,
      sessions: this.#sessions.size,
      sessionsConnected: this.#sessions.size - this.#away.size,
      sessionsExpired: this.#expired,
      subscriptions: this.#tree.size,
      retained: this.#retained.size,
      messagesReceived: this.#received,
      messagesRepeated: this.#repeated,
      messagesSent: this.#sent,
      messagesDropped: this.#budget.dropped,
      queuedMessages: this.#budget.messages,
      queuedBytes: this.#budget.bytes,
      bytesReceived: this.traffic.bytesReceived,
      bytesSent: this.traffic.bytesSent,
    }
  }

  /** The rights of clients are others now. Who is connected stays so, and has them from the next message on. */
  refreshRights(): void {
    for (const session of this.#sessions.values()) {
      session.rights = this.#options.rightsOf?.(session.owner, session.clientId)
      session.checkFilters()
    }
    this.#tree.forgetRoutes()
  }

  /** Takes over what the journal has kept. Comes before everything else. */
  async restore(): Promise<void> {
    const { journal } = this.#options
    if (journal === undefined) return
    const kept = await journal.open(() => recordsOf(this.#sessions.values(), this.#retained.all()))
    for (const message of kept.retained.values()) if (!isExpired(message, this.now())) this.#retained.set(message)
    this.#lastSession = kept.lastSession
    const now = this.now()
    for (const one of kept.sessions.values()) {
      const { number, header, subscriptions, deliveries, receivedQos2 } = one
      if (header.expirySeconds === 0) continue
      const owner = { realm: header.realm, user: header.user }
      const session = new Session(header.clientId, number, owner, this.limits, this.#budget)
      session.journal = journal
      session.expirySeconds = header.expirySeconds
      session.disconnectedAt = header.disconnectedAt ?? now
      session.will = willOf(header)
      session.willAt =
        header.willAt ?? (session.will === undefined ? undefined : now + Math.max(session.will.delayMs, RETURN_GRACE_MS))
      session.restore(deliveries.values())
      for (const id of receivedQos2) session.receivedQos2.add(id)
      for (const [filter, options] of subscriptions) {
        session.subscriptions.set(filter, options)
        this.#tree.add(filter, session, options)
      }
      session.rights = this.#options.rightsOf?.(owner, header.clientId)
      session.checkFilters()
      this.#sessions.set(session.clientId, session)
      this.#away.add(session)
    }
  }

  start(): void {
    this.#startedAt = this.now()
    this.#sysAt = this.#startedAt
    this.#tellSys(SWEEP_MS)
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  /** Reads nothing more, waits for acknowledgements that are on their way, and closes every connection. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#sweeper)
    for (const connection of this.#connections) connection.pauseReading()
    const until = performance.now() + SHUTDOWN_LIMIT_MS
    while (performance.now() < until && [...this.#connections].some((connection) => connection.pendingAcks > 0)) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    for (const connection of this.#connections) connection.closeWith(Reason.serverShuttingDown, 'shutdown', 'the broker stops')
    await this.#options.journal?.close()
  }

  // --- connections ---

  /** Beyond it, who connects is not even told why not. */
  get takesConnections(): boolean {
    return this.#connections.size < this.limits.maxConnections + MAX_REFUSED_AT_ONCE
  }

  /** Takes a client that has connected; the listener feeds the connection with what it reads. */
  connect(transport: Transport): Connection<Subscriber> {
    const connection = new Connection<Subscriber>(transport, this)
    this.#connections.add(connection)
    this.#addresses.opened(transport.remoteAddress)
    if (this.#stopping) connection.close('shutdown', 'the broker stops')
    return connection
  }

  /** A client came no further than TLS. */
  handshakeFailed(remoteAddress: string, reason: string): void {
    const nobody = { clientId: '', username: undefined, principal: undefined, version: undefined, code: undefined }
    this.#options.onEvent?.({ ...nobody, kind: 'dropped connection', at: this.now(), remoteAddress, reason: `TLS: ${reason}` })
  }

  /** Who is connected. */
  *presences(): Generator<Presence> {
    for (const { state, principal, clientId, remoteAddress, connectedAt, lastPacketAt } of this.#connections) {
      if (state === 'connected' && principal !== undefined)
        yield { principal, clientId, remoteAddress, connectedAt, lastPacketAt }
    }
  }

  /** Ends the connections of somebody who may not come in any more, and what was kept for them. */
  expel(isMeant: (principal: Pick<Principal, 'realm' | 'name'>) => boolean, why: string): void {
    for (const connection of this.#connections) {
      if (connection.principal === undefined || !isMeant(connection.principal)) continue
      const { session } = connection
      connection.closeWith(Reason.administrativeAction, 'lost', why)
      if (session !== undefined && this.#sessions.get(session.clientId) === session) this.#end(session)
    }
    for (const session of this.#away.all()) {
      if (isMeant({ realm: session.owner.realm, name: session.owner.user })) this.#end(session)
    }
  }

  now(): EpochMillis {
    return this.#options.clock.now()
  }

  writesSoon(connection: Connection<Subscriber>): void {
    if (this.#toFlush.length === 0) setImmediate(() => this.#flush())
    this.#toFlush.push(connection)
  }

  #flush(): void {
    const connections = this.#toFlush
    this.#toFlush = []
    for (const connection of connections) connection.flush()
  }

  authenticate(connection: Connection<Subscriber>, packet: ConnectPacket): void {
    this.#admit(connection, packet).catch((error: unknown) => {
      this.#options.log.error({ error }, 'a client could not be let in')
      connection.refuse(Reason.serverUnavailable, 'an error inside')
    })
  }

  async #admit(connection: Connection<Subscriber>, packet: ConnectPacket): Promise<void> {
    if (this.#connections.size > this.limits.maxConnections) {
      connection.refuse(Reason.quotaExceeded, `there are ${this.limits.maxConnections} connections already`)
      return
    }
    const { remoteAddress, certificate, certificateError } = connection.transport
    const tooMany = this.#addresses.refuses(remoteAddress, this.now())
    if (tooMany !== undefined) {
      connection.refuse(tooMany.reason, tooMany.why)
      return
    }
    if (certificateError !== undefined) {
      connection.refuse(Reason.notAuthorized, `its certificate is not valid: ${certificateError}`)
      return
    }
    const { username, password, clientId } = packet
    const result = await this.#options.authenticate({ username, password, clientId, certificate, address: remoteAddress })
    if (connection.state !== 'authenticating') return
    if (!result.allowed) {
      connection.refuse(Reason.badUserNameOrPassword, result.reason)
      return
    }
    connection.principal = result.principal
    this.#attach(connection, packet)
  }

  /** One step, so that nobody sees two connections of a client, or none [MQTT-3.1.4-3]. */
  #attach(connection: Connection<Subscriber>, packet: ConnectPacket): void {
    const clientId = packet.clientId === '' ? this.#options.newClientId() : packet.clientId
    const owner = { realm: connection.principal?.realm ?? '', user: connection.principal?.name ?? '' }
    connection.clientId = clientId
    const before = this.#sessions.get(clientId)
    if (before?.peer instanceof Connection) {
      this.#tell('taken over', connection, `a client at ${before.peer.transport.remoteAddress} had this id`)
      before.peer.closeWith(Reason.sessionTakenOver, 'taken over', `taken over from ${connection.transport.remoteAddress}`)
    }
    const kept = this.#sessions.get(clientId)
    // What waits for one user is not for another who knows the client id.
    if (kept !== undefined && (packet.cleanStart || kept.owner.realm !== owner.realm || kept.owner.user !== owner.user)) {
      this.#end(kept)
    }
    const sessionPresent = this.#sessions.has(clientId)
    const session = this.#sessions.get(clientId) ?? this.#newSession(clientId, owner)
    connection.session = session
    const { properties, version } = packet
    const asked = version === 5 ? (properties.sessionExpiryInterval ?? 0) : packet.cleanStart ? 0 : Infinity
    session.expirySeconds = Math.min(asked, this.limits.maxSessionExpirySeconds)
    session.disconnectedAt = undefined
    this.#away.delete(session)
    this.#connects += 1
    session.rights = this.#options.rightsOf?.(owner, clientId)
    session.checkFilters()
    session.willAt = undefined
    session.will = packet.will === undefined ? undefined : this.#willOf(connection, packet.will)
    session.peer = connection
    if (session.expirySeconds > 0) session.journal = this.#options.journal
    this.#keep(session)
    connection.sendMaximum = Math.min(properties.receiveMaximum ?? 65_535, this.limits.sendMaximum)
    connection.maxPacketBytes = properties.maximumPacketSize ?? Infinity
    const { topicAliasMaximum = 0 } = properties
    if (topicAliasMaximum > 0) connection.aliases = new OutgoingAliases(topicAliasMaximum)
    connection.keepAliveMs = packet.keepAliveSeconds * 1500
    connection.accept(sessionPresent, {
      receiveMaximum: this.limits.receiveMaximum,
      topicAliasMaximum: this.limits.topicAliasMaximum,
      maximumPacketSize: this.limits.maxPacketBytes,
      ...(packet.clientId === '' ? { assignedClientIdentifier: clientId } : {}),
      ...(asked > session.expirySeconds ? { sessionExpiryInterval: session.expirySeconds } : {}),
    })
    this.#tell('connected', connection, sessionPresent ? 'with the session it had' : 'with a new session')
    session.resume(this.now())
    connection.startReading()
  }

  closed(connection: Connection<Subscriber>, cause: CloseCause, reason: string): void {
    this.#connections.delete(connection)
    this.#addresses.closed(connection.transport.remoteAddress)
    const { session } = connection
    const kind = cause === 'refused' ? 'refused' : connection.packet === undefined ? 'dropped connection' : 'disconnected'
    this.#tell(kind, connection, reason)
    if (session?.peer !== connection) return
    session.detach()
    session.disconnectedAt = this.now()
    this.#away.add(session)
    if (cause === 'client' || cause === 'shutdown') session.will = undefined
    if (session.expirySeconds === 0) {
      this.#end(session)
      return
    }
    if (session.will?.delayMs === 0) this.#publishWill(session)
    else if (session.will !== undefined) session.willAt = this.now() + session.will.delayMs
    this.#keep(session)
  }

  // --- sessions ---

  /** Tells the journal how things are with a session. */
  #keep(session: Session): void {
    session.journal?.append({ kind: 'session', session: session.number, header: headerOf(session) })
  }

  #newSession(clientId: string, owner: SessionOwner): Session {
    const session = new Session(clientId, ++this.#lastSession, owner, this.limits, this.#budget)
    this.#sessions.set(clientId, session)
    if (this.#sessions.size > this.limits.maxSessions) {
      const oldest = this.#away.oldestFor(owner)
      if (oldest !== undefined) this.#end(oldest)
    }
    return session
  }

  #end(session: Session): void {
    this.#sessions.delete(session.clientId)
    this.#away.delete(session)
    for (const filter of session.subscriptions.keys()) this.#tree.remove(filter, session)
    session.subscriptions.clear()
    session.clear()
    session.journal?.append({ kind: 'session ended', session: session.number })
    this.#publishWill(session)
  }

  /** `undefined` when the client may not publish to the topic of its will. */
  #willOf(connection: Connection<Subscriber>, will: Will): SessionWill | undefined {
    const { topic, payload, qos, retain, properties, passedOn } = will
    if (!this.#mayPublish(connection, topic)) return undefined
    const { clientId, username, remoteAddress } = connection
    const expiry = properties.messageExpiryInterval
    return {
      parts: { topic, topicBytes: Buffer.from(topic), payload, qos, retain, properties: passedOn },
      publisher: { clientId, username, remoteAddress },
      expiryMs: expiry === undefined ? undefined : expiry * 1000,
      delayMs: (properties.willDelayInterval ?? 0) * 1000,
    }
  }

  #publishWill(session: Session): void {
    const { will } = session
    session.will = undefined
    session.willAt = undefined
    if (will === undefined) return
    const now = this.now()
    const expiresAt = will.expiryMs === undefined ? undefined : now + will.expiryMs
    this.#distribute(new Publication({ ...will.parts, expiresAt }, will.publisher, now), undefined, undefined)
  }

  // --- messages ---

  topicUse(connection: Connection<Subscriber>, topic: string, bytes: Buffer): TopicUse<Subscriber> {
    const allowed = this.#mayPublish(connection, topic)
    return { topic, bytes, route: this.#tree.route(topic), epoch: this.#tree.epoch, allowed }
  }

  isCurrent(use: TopicUse<Subscriber>): boolean {
    return use.epoch === this.#tree.epoch
  }

  publish(
    connection: Connection<Subscriber>,
    use: TopicUse<Subscriber>,
    view: PublishView,
    payload: Buffer,
    pending: PendingAck | undefined,
  ): void {
    this.#received += 1
    if (view.duplicate) this.#repeated += 1
    if (!use.allowed) {
      if (pending !== undefined) pending.reason = Reason.notAuthorized
      return
    }
    const { route } = use
    if (!view.retain && route.targets.length === 0 && route.groups.length === 0) {
      if (pending?.type === PUBACK) pending.reason = Reason.noMatchingSubscribers
      return
    }
    const now = connection.lastPacketAt
    const expiry = view.properties.messageExpiryInterval
    const parts = {
      topic: use.topic,
      topicBytes: use.bytes,
      payload,
      qos: view.qos,
      retain: view.retain,
      properties: view.passedOn,
      expiresAt: expiry === undefined ? undefined : now + expiry * 1000,
    }
    const { session } = connection
    const received =
      view.qos === 2 && session?.journal !== undefined ? { session: session.number, packetId: view.packetId } : undefined
    this.#distribute(new Publication(parts, connection, now), pending, connection, received)
  }

  /** A message of the program's own. */
  publishLocally({ topic, payload, qos = 0, retain = false }: LocalPublication): Promise<void> {
    if (!isTopicName(topic))
      return Promise.reject(new Error(`[${topic}] is no topic: wildcards and an empty name are not allowed`))
    const parts = {
      topic,
      topicBytes: Buffer.from(topic),
      payload: Buffer.from(payload),
      qos,
      retain,
      properties: undefined,
      expiresAt: undefined,
    }
    return new Promise((resolve, reject) => {
      const owner = {
        sendAcks: () => (pending.failed ? reject(new Error(`nobody could keep a message to [${topic}]`)) : resolve()),
      }
      const pending = new PendingAck(0, PUBACK, owner)
      this.#distribute(new Publication(parts, ourselves, this.now()), pending, undefined)
      pending.release()
    })
  }

  #distribute(
    publication: Publication,
    pending: PendingAck | undefined,
    source: Connection<Subscriber> | undefined,
    received?: { readonly session: number; readonly packetId: number },
  ): void {
    const { topic, retain } = publication.parts
    const { targets, groups } = this.#tree.route(topic)
    const { journal } = this.#options
    const reached = new Handed(journal?.nextOrder() ?? 0)
    if (journal?.failure !== undefined && pending !== undefined && this.#isKeptSomewhere(publication, targets, groups)) {
      // Better said now than handed to some and then not acknowledged.
      refuse(pending, journal.failure)
      return
    }
    const isSet = retain && this.#retained.set(publication.message)
    // What the broker tells of itself is told anew at each start.
    const isRetained = isSet && !topic.startsWith('$')
    if (retain && !isSet && pending !== undefined) pending.reason = Reason.quotaExceeded
    for (const target of targets) this.#hand(publication, target, pending, source, reached)
    for (const group of groups) {
      const member = nextMember(group, topic)
      if (member !== undefined) this.#hand(publication, member, pending, source, reached)
    }
    if (journal === undefined || (!isRetained && reached.isEmpty && received === undefined)) return
    this.#record(journal, publication, reached, { isRetained, received }, pending)
  }

  /** Has a message kept, and its acknowledgement wait for that. */
  #record(
    journal: SessionJournal,
    { message }: Publication,
    { order, deliveries, sessions }: Handed,
    { isRetained, received }: { readonly isRetained: boolean; readonly received: Received },
    pending: PendingAck | undefined,
  ): void {
    pending?.hold()
    journal.append({ kind: 'message', order, message, retained: isRetained, deliveries, received }, (error) => {
      const now = this.now()
      for (const [place, session] of sessions.entries()) {
        if (error === undefined) session.pump(now)
        else session.withdraw(deliveries[place]?.packetId ?? 0)
      }
      if (pending === undefined) return
      if (error === undefined) pending.release()
      else {
        refuse(pending, error)
        pending.release(error)
      }
    })
  }

  /** Whether a message would have to be kept: for a session that stays, or as its topic's retained one. */
  #isKeptSomewhere({ parts }: Publication, targets: Route<Subscriber>['targets'], groups: Route<Subscriber>['groups']): boolean {
    const stays = (subscriber: Subscriber): boolean => subscriber instanceof Session && subscriber.journal !== undefined
    return (
      parts.retain ||
      targets.some(({ subscriber }) => stays(subscriber)) ||
      groups.some(({ members }) => members.some(({ subscriber }) => stays(subscriber)))
    )
  }

  #hand(
    publication: Publication,
    target: Target<Subscriber>,
    pending: PendingAck | undefined,
    source: Connection<Subscriber> | undefined,
    reached: Handed,
  ): void {
    const { subscriber, noLocal, retainAsPublished, identifiers } = target
    if (subscriber instanceof LocalSubscriber) {
      subscriber.take(publication, pending, source)
      return
    }
    if (noLocal && subscriber.clientId === publication.publisher.clientId) return
    const { parts } = publication
    if (subscriber.isFiltered && !subscriber.mayReceive(parts.topic)) return
    const retain = retainAsPublished && parts.retain
    if (parts.qos > 0 && target.qos > 0) {
      const qos = parts.qos === 2 && target.qos === 2 ? 2 : 1
      const { message, now } = publication
      const isKept = subscriber.journal !== undefined
      const outgoing = { message, qos, retain, subscriptionIds: identifiers } as const
      const packetId = subscriber.deliver(outgoing, isKept ? reached.order : 0, now)
      if (packetId === undefined) return
      this.#sent += 1
      if (!isKept) return
      const { subscriptionIds } = outgoing
      reached.add(subscriber, { session: subscriber.number, packetId, qos, retain, duplicate: false, subscriptionIds })
      return
    }
    const { peer } = subscriber
    if (peer === undefined || !subscriber.takesQos0(peer)) return
    if (publication.sendQos0(peer, retain, identifiers)) this.#sent += 1
  }

  // --- subscriptions ---

  subscribe(
    connection: Connection<Subscriber>,
    { requests, properties }: SubscribePacket,
    answer: (codes: readonly number[]) => void,
  ): void {
    const identifier = properties.subscriptionIdentifier?.[0]
    const retained: Iterator<Outgoing>[] = []
    const codes = requests.map((request) => this.#subscribe(connection, request, identifier, retained))
    const { session } = connection
    // Retained messages follow their SUBACK.
    this.#whenKept(connection, (error) => {
      answer(error === undefined ? codes : codes.map(() => refusal(connection, Reason.quotaExceeded)))
      if (session?.peer === connection) for (const messages of retained) session.feed(messages, this.now())
    })
  }

  /** Goes on when all that was told to the journal of the client's session will not be forgotten. */
  #whenKept({ session }: Connection<Subscriber>, then: Kept): void {
    if (session?.journal === undefined) then(undefined)
    else session.journal.whenKept(then)
  }

  #subscribe(
    connection: Connection<Subscriber>,
    request: SubscriptionRequest,
    identifier: number | undefined,
    retained: Iterator<Outgoing>[],
  ): number {
    const { session } = connection
    const { filter, qos, noLocal, retainAsPublished, retainHandling } = request
    if (session === undefined) return Reason.unspecified
    const shared = parseSharedFilter(filter)
    const plain = typeof shared === 'object' ? shared.filter : filter
    const share = session.rights?.share(plain) ?? 'all'
    if (share === 'none') {
      this.#tellRefused(connection, 'may not subscribe', plain)
      return refusal(connection, Reason.notAuthorized)
    }
    const { maxSubscriptionsPerClient, maxSubscriptions } = this.limits
    const isFull = session.subscriptions.size >= maxSubscriptionsPerClient || this.#tree.size >= maxSubscriptions
    if (isFull && !session.subscriptions.has(filter)) return refusal(connection, Reason.quotaExceeded)
    if (share === 'some') session.isFiltered = true
    const options = { qos, noLocal, retainAsPublished, identifier }
    session.subscriptions.set(filter, options)
    session.journal?.append({ kind: 'subscribed', session: session.number, filter, options })
    const isNew = this.#tree.add(filter, session, options)
    if (shared === undefined && retainHandling !== 2 && (retainHandling === 0 || isNew)) {
      retained.push(this.#retainedFor(session, plain, qos, identifier))
    }
    return qos
  }

  *#retainedFor(session: Session, filter: string, qos: Qos, identifier: number | undefined): Generator<Outgoing> {
    const subscriptionIds = identifier === undefined ? [] : [identifier]
    for (const message of this.#retained.matching(filter, this.now())) {
      if (session.isFiltered && !session.mayReceive(message.topic)) continue
      yield { message, qos: message.qos < qos ? message.qos : qos, retain: true, subscriptionIds }
    }
  }

  unsubscribe(connection: Connection<Subscriber>, filters: readonly string[], answer: (codes: readonly number[]) => void): void {
    const { session } = connection
    const codes = filters.map((filter) => {
      if (session?.subscriptions.delete(filter) !== true) return Reason.noSubscriptionExisted
      session.journal?.append({ kind: 'unsubscribed', session: session.number, filter })
      return this.#tree.remove(filter, session) ? Reason.success : Reason.noSubscriptionExisted
    })
    // If it comes back after a crash, the client hears messages again that it did not want, and can say so again.
    this.#whenKept(connection, () => answer(codes))
  }

  subscribeLocally(subscription: LocalSubscription): { close(): void } {
    const wrong = subscription.filters.find((filter) => !isTopicFilter(filter) || parseSharedFilter(filter) === 'invalid')
    if (wrong !== undefined) throw new Error(`[${wrong}] is no topic filter: + and # stand for whole levels, # only for the last`)
    const subscriber = new LocalSubscriber(subscription)
    for (const filter of subscription.filters) {
      this.#tree.add(filter, subscriber, { qos: 2, noLocal: false, retainAsPublished: true, identifier: undefined })
    }
    return {
      close: () => {
        for (const filter of subscription.filters) this.#tree.remove(filter, subscriber)
        subscriber.close()
      },
    }
  }

  /** Topics that begin with `$` are the broker's own. */
  #mayPublish(connection: Connection<Subscriber>, topic: string): boolean {
    const rights = connection.session?.rights
    if (!topic.startsWith('$') && (rights === undefined || rights.mayPublish(topic))) return true
    this.#tellRefused(connection, 'may not publish', topic)
    return false
  }

  /** A client that tries one topic after the other must not fill the log of what happened. */
  #tellRefused(connection: Connection<Subscriber>, what: string, topic: string): void {
    connection.refusals += 1
    if (connection.refusals <= MAX_REFUSALS_TOLD) this.#tell('topic refused', connection, what, topic)
  }

  #tell(kind: BrokerEvent['kind'], connection: Connection<Subscriber>, reason: string, topic?: string): void {
    const { clientId, username, principal, remoteAddress, packet } = connection
    const told = { kind, at: this.now(), clientId, username, principal, remoteAddress, version: packet?.version, reason }
    this.#options.onEvent?.({ ...told, code: undefined, topic })
  }

  // --- deadlines ---

  #tellSys(elapsedMs: number): void {
    const now = this.now()
    this.#sysAt = now
    for (const [topic, value] of this.#sys?.changed(this.stats, now - this.#startedAt, elapsedMs) ?? []) {
      const bytes = { topicBytes: Buffer.from(topic), payload: Buffer.from(value), properties: undefined }
      const parts = { topic, ...bytes, qos: 0, retain: true, expiresAt: undefined } as const
      this.#distribute(new Publication(parts, ourselves, now), undefined, undefined)
    }
  }

  /** Ends what is over: connections that are silent, sessions whose time has come. */
  sweep(): void {
    const now = this.now()
    if (this.#sys !== undefined && now - this.#sysAt >= (this.#options.sys?.intervalMs ?? 0)) this.#tellSys(now - this.#sysAt)
    for (const connection of this.#connections) {
      connection.refusals = 0
      if (connection.state === 'new' && now - connection.connectedAt > this.limits.connectTimeoutMs) {
        connection.close('lost', 'it said no CONNECT in time')
      } else if (connection.keepAliveMs > 0 && connection.isReading && now - connection.lastPacketAt > connection.keepAliveMs) {
        connection.closeWith(
          Reason.keepAliveTimeout,
          'keep alive',
          'it was silent for longer than 1.5 times its keep alive [MQTT-3.1.2-22]',
        )
      }
    }
    this.#retained.expire(now, RETAINED_A_SWEEP)
    for (const session of this.#away.all()) {
      if (now - (session.disconnectedAt ?? now) >= session.expirySeconds * 1000) {
        this.#expired += 1
        this.#end(session)
      } else if (session.willAt !== undefined && session.willAt <= now) {
        this.#publishWill(session)
        this.#keep(session)
      }
    }
  }
}

type Received = { readonly session: number; readonly packetId: number } | undefined

/** Whom a message was handed to that outlives the process: one session per delivery. Most messages have none. */
class Handed {
  /** Number of the message in the journal. */
  readonly order: number
  #deliveries: Delivery[] | undefined
  #sessions: Session[] | undefined

  constructor(order: number) {
    this.order = order
  }

  get isEmpty(): boolean {
    return this.#deliveries === undefined
  }

  get deliveries(): readonly Delivery[] {
    return this.#deliveries ?? []
  }

  get sessions(): readonly Session[] {
    return this.#sessions ?? []
  }

  add(session: Session, delivery: Delivery): void {
    ;(this.#deliveries ??= []).push(delivery)
    ;(this.#sessions ??= []).push(session)
  }
}

/** A message could not be kept: a full disk is told as one. */
function refuse(pending: PendingAck, error: Error): void {
  pending.failed = true
  pending.reason = isDiskFull(error) ? Reason.quotaExceeded : Reason.unspecified
}

const isDiskFull = (error: Error): boolean => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')

/** The next member of a group that takes messages: connected ones first, in turn. */
function nextMember(group: SharedGroup<Subscriber>, topic: string): Target<Subscriber> | undefined {
  const { members } = group
  let waiting: number | undefined
  for (let step = 0; step < members.length; step++) {
    const place = (group.next + step) % members.length
    const subscriber = members[place]?.subscriber
    if (subscriber instanceof Session && subscriber.isFiltered && !subscriber.mayReceive(topic)) continue
    if (subscriber instanceof Session && !subscriber.takesMore) {
      waiting ??= place
      continue
    }
    group.next = place + 1
    return targetOf(members[place])
  }
  if (waiting !== undefined) group.next = waiting + 1
  return waiting === undefined ? undefined : targetOf(members[waiting])
}

function targetOf(member: SharedGroup<Subscriber>['members'][number] | undefined): Target<Subscriber> | undefined {
  if (member === undefined) return undefined
  const { subscriber, options } = member
  const { qos, retainAsPublished, identifier } = options
  return { subscriber, qos, noLocal: false, retainAsPublished, identifiers: identifier === undefined ? [] : [identifier] }
}

/** What SUBACK says to a refusal: before MQTT 5 there is only 0x80. */
function refusal({ version }: Connection<Subscriber>, reason: number): number {
  return version === 5 ? reason : Reason.unspecified
}
