import { isUtf8 } from 'node:buffer'
import type { Principal } from '../../../core/access.ts'
import type { EpochMillis } from '../../../core/time.ts'
import {
  decodeAck,
  decodeAuth,
  decodeConnect,
  decodeDisconnect,
  decodePublish,
  decodeSubscribe,
  decodeUnsubscribe,
  PublishView,
  readTopic,
  UnsupportedVersionError,
  type ConnectPacket,
  type SubscribePacket,
} from '../../../protocols/mqtt/decode.ts'
import {
  encodeAck,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  PINGRESP_BYTES,
} from '../../../protocols/mqtt/encode.ts'
import { Framer } from '../../../protocols/mqtt/framer.ts'
import {
  AUTH,
  CONNECT,
  DISCONNECT,
  malformed,
  MqttError,
  PINGREQ,
  protocolError,
  PUBACK,
  PUBCOMP,
  PUBLISH,
  PUBREC,
  PUBREL,
  Reason,
  ReturnCode,
  SUBSCRIBE,
  UNSUBSCRIBE,
  type ProtocolVersion,
} from '../../../protocols/mqtt/packet.ts'
import type { BrokerLimits } from './limits.ts'
import type { OutgoingAliases } from './outgoing-aliases.ts'
import type { Session, SessionPeer } from './session.ts'
import type { Route } from './subscription-tree.ts'
import type { Transport } from './transport.ts'

/** Why a connection ended, for wills, logs and audit. */
export type CloseCause =
  | 'client'
  | 'client with will'
  | 'lost'
  | 'protocol error'
  | 'keep alive'
  | 'taken over'
  | 'refused'
  | 'shutdown'

/** A topic that a client publishes to, looked up once for messages in a row. */
export interface TopicUse<S> {
  readonly topic: string
  readonly bytes: Buffer
  readonly route: Route<S>
  readonly epoch: number
  readonly allowed: boolean
}

/** Who is told when a message is kept or refused. */
export interface AckOwner {
  sendAcks(): void
}

/** A message of QoS 1 or 2 that is not acknowledged yet: it waits for the parts of the program that keep it. */
export class PendingAck {
  readonly packetId: number
  readonly type: typeof PUBACK | typeof PUBREC
  reason = 0
  failed = false
  #waiting = 1
  readonly #owner: AckOwner

  constructor(packetId: number, type: typeof PUBACK | typeof PUBREC, owner: AckOwner) {
    this.packetId = packetId
    this.type = type
    this.#owner = owner
  }

  get isDone(): boolean {
    return this.#waiting === 0
  }

  hold(): void {
    this.#waiting += 1
  }

  release(error?: Error): void {
    if (error !== undefined) this.failed = true
    this.#waiting -= 1
    if (this.#waiting === 0) this.#owner.sendAcks()
  }
}

/** What all connections have moved so far, and hold now. */
export interface Traffic {
  bytesReceived: number
  bytesSent: number
  /** Beginnings of packets whose rest has not come. */
  partialBytes: number
}

/** What a connection asks of the broker. */
export interface ConnectionHost<S> {
  readonly limits: BrokerLimits
  readonly traffic: Traffic
  now(): EpochMillis
  /** Checks who it is, and calls `accept` or `refuse` of the connection. */
  authenticate(connection: Connection<S>, packet: ConnectPacket): void
  topicUse(connection: Connection<S>, topic: string, bytes: Buffer): TopicUse<S>
  isCurrent(use: TopicUse<S>): boolean
  publish(connection: Connection<S>, use: TopicUse<S>, view: PublishView, payload: Buffer, pending: PendingAck | undefined): void
  /** `answer` is told the codes when they will not be forgotten. */
  subscribe(connection: Connection<S>, packet: SubscribePacket, answer: (codes: readonly number[]) => void): void
  unsubscribe(connection: Connection<S>, filters: readonly string[], answer: (codes: readonly number[]) => void): void
  closed(connection: Connection<S>, cause: CloseCause, reason: string): void
  /** The connection has something to write at the end of this turn of the event loop. */
  writesSoon(connection: Connection<S>): void
}

/** Acknowledgements that wait for one before them are kept in a list that is cut now and then. */
const ACKS_KEPT = 64

/**
 * A client's connection: packets in, packets out, and the rules of the protocol that need no other client. Everything it
 * writes within one turn of the event loop goes out in one piece.
 */
export class Connection<S> implements SessionPeer, AckOwner {
  readonly transport: Transport
  version: ProtocolVersion = 4
  clientId = ''
  username: string | undefined
  principal: Principal | undefined
  session: Session | undefined
  /** Set by the broker when the client may go on. */
  packet: ConnectPacket | undefined
  maxPacketBytes = Infinity
  sendMaximum = 100
  aliases: OutgoingAliases | undefined
  keepAliveMs = 0
  /** Topics that were refused to the client lately. */
  refusals = 0
  lastPacketAt: EpochMillis
  readonly connectedAt: EpochMillis
  state: 'new' | 'authenticating' | 'connected' | 'closed' = 'new'
  readonly #host: ConnectionHost<S>
  readonly #framer: Framer
  readonly #view = new PublishView()
  /** Bytes of the beginning of a packet, as they were told to the host. */
  #partialBytes = 0
  #lastUse: TopicUse<S> | undefined
  #aliases: Map<number, { readonly topic: string; readonly bytes: Buffer }> | undefined
  #outbox: Buffer[] = []
  #outboxBytes = 0
  #acks: PendingAck[] = []
  /** Acknowledgements before this place were sent. */
  #firstAck = 0
  /** A client before MQTT 5 has sent more than we want to hold: reading waits for acknowledgements. */
  #holdsForAcks = false
  /** A client does not read what we answer: we read nothing more of it. */
  #holdsForOutbox = false
  /** Messages that may come at once; below 0 nothing is read until there are more. */
  #allowance: number
  #allowanceAt: EpochMillis
  /** Reasons why nothing is read at the moment. */
  #holds = 0

  constructor(transport: Transport, host: ConnectionHost<S>) {
    this.transport = transport
    this.#host = host
    this.connectedAt = host.now()
    this.lastPacketAt = this.connectedAt
    this.#allowance = host.limits.messagesPerSecond
    this.#allowanceAt = this.connectedAt
    this.#framer = new Framer(host.limits.maxPacketBytes, (first, bytes, start, end) => this.#packet(first, bytes, start, end))
  }

  get remoteAddress(): string {
    return this.transport.remoteAddress
  }

  get outboxBytes(): number {
    return this.#outboxBytes + this.transport.writableLength
  }

  get isReading(): boolean {
    return this.#holds === 0
  }

  /** Messages of QoS 1 and 2 that wait for their acknowledgement. */
  get pendingAcks(): number {
    return this.#acks.length - this.#firstAck
  }

  // --- bytes in ---

  receive(chunk: Buffer): void {
    if (this.state === 'closed') return
    this.lastPacketAt = this.#host.now()
    const { traffic, limits } = this.#host
    traffic.bytesReceived += chunk.length
    this.#guard(() => this.#framer.push(chunk))
    if (this.#account() > 0 && traffic.partialBytes > limits.maxPartialBytes) {
      this.closeWith(Reason.quotaExceeded, 'protocol error', 'too many clients have sent a part of a large packet')
      return
    }
    if (this.#allowance < 0) this.#waitForAllowance()
    if (!this.#holdsForOutbox && this.outboxBytes > 2 * this.#host.limits.maxOutboxBytes) {
      this.#holdsForOutbox = true
      this.pauseReading()
    }
  }

  /** The socket has taken everything that was written. */
  drained(): void {
    if (this.#holdsForOutbox) {
      this.#holdsForOutbox = false
      this.resumeReading()
    }
    if (this.state === 'connected') this.session?.pump(this.#host.now())
  }

  /** Answers by how many bytes more than before wait for the rest of their packet. */
  #account(): number {
    const waiting = this.state === 'closed' ? 0 : this.#framer.waiting
    const more = waiting - this.#partialBytes
    this.#partialBytes = waiting
    this.#host.traffic.partialBytes += more
    return more
  }

  /** More messages came than one client may send: nothing is read until their time has passed. */
  #waitForAllowance(): void {
    const waitMs = (-this.#allowance / this.#host.limits.messagesPerSecond) * 1000
    this.pauseReading()
    setTimeout(() => this.resumeReading(), waitMs).unref()
  }

  #countMessage(): void {
    const { messagesPerSecond } = this.#host.limits
    if (messagesPerSecond === Infinity) return
    const earned = ((this.lastPacketAt - this.#allowanceAt) / 1000) * messagesPerSecond
    this.#allowanceAt = this.lastPacketAt
    this.#allowance = Math.min(messagesPerSecond, this.#allowance + Math.max(0, earned)) - 1
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof MqttError)) throw error
      this.#fail(error)
    }
  }

  /** The client broke the protocol: it is told why, where it can be, and closed [MQTT-4.13.1-1]. */
  #fail(error: MqttError): void {
    if (error instanceof UnsupportedVersionError) {
      this.send(encodeConnack(4, false, ReturnCode.unacceptableProtocolVersion))
    } else if (this.state === 'connected' && this.version === 5) this.send(encodeDisconnect(5, error.reason))
    this.close('protocol error', error.message)
  }

  #packet(first: number, bytes: Buffer, start: number, end: number): boolean {
    const type = first >> 4
    if (this.state === 'new') {
      if (type !== CONNECT) throw protocolError('the first packet is not CONNECT [MQTT-3.1.0-1]')
      this.#connect(first, bytes, start, end)
      // What follows waits until it is known who this is.
      return false
    }
    if (type === PUBLISH) {
      this.#publish(first, bytes, start, end)
      return this.state === 'connected'
    }
    const flags = first & 15
    if (flags !== (type === PUBREL || type === SUBSCRIBE || type === UNSUBSCRIBE ? 2 : 0))
      throw malformed('reserved flags of a packet are wrong [MQTT-2.1.3-1]')
    switch (type) {
      case CONNECT:
        throw protocolError('a second CONNECT [MQTT-3.1.0-2]')
      case PUBACK:
      case PUBREC:
      case PUBREL:
      case PUBCOMP:
        this.#acknowledged(type, bytes, start, end)
        break
      case SUBSCRIBE: {
        const packet = decodeSubscribe(bytes, start, end, this.version)
        this.#host.subscribe(this, packet, (codes) => this.send(encodeSuback(this.version, packet.packetId, codes)))
        break
      }
      case UNSUBSCRIBE: {
        const { packetId, filters } = decodeUnsubscribe(bytes, start, end, this.version)
        this.#host.unsubscribe(this, filters, (codes) => this.send(encodeUnsuback(this.version, packetId, codes)))
        break
      }
      case PINGREQ:
        if (end > start) throw malformed('a PINGREQ with content')
        this.send(PINGRESP_BYTES)
        break
      case DISCONNECT:
        this.#disconnect(bytes, start, end)
        break
      case AUTH:
        this.#auth(bytes, start, end)
        break
      default:
        throw protocolError(`a packet of type ${type} from a client`)
    }
    return this.state === 'connected'
  }

  #connect(first: number, bytes: Buffer, start: number, end: number): void {
    const packet = decodeConnect(bytes, start, end)
    // MQTT 3.1 says that they are not used.
    if ((first & 15) !== 0 && packet.version !== 3) throw malformed('reserved flags of CONNECT are set [MQTT-2.2.2-2]')
    this.packet = packet
    this.version = packet.version
    this.clientId = packet.clientId
    this.username = packet.username
    if (Buffer.byteLength(packet.clientId) > this.#host.limits.maxClientIdBytes) {
      this.refuse(Reason.clientIdentifierNotValid, `the client id is longer than ${this.#host.limits.maxClientIdBytes} bytes`)
      return
    }
    // Without an id there is nothing to find a session again by [MQTT-3.1.3-8]; in 3.1 it must have one in any case.
    if (packet.clientId === '' && packet.version !== 5 && (!packet.cleanStart || packet.version === 3)) {
      this.refuse(Reason.clientIdentifierNotValid, 'an empty client id asks for a session that is kept')
      return
    }
    if (packet.properties.authenticationMethod !== undefined) {
      this.refuse(Reason.badAuthenticationMethod, 'enhanced authentication is not offered')
      return
    }
    this.state = 'authenticating'
    this.pauseReading()
    this.#host.authenticate(this, packet)
  }

  /** The client may go on: answers CONNACK, then what waited. */
  accept(sessionPresent: boolean, properties: Parameters<typeof encodeConnack>[3]): void {
    this.state = 'connected'
    const bytes = encodeConnack(this.version, sessionPresent, 0, this.version === 5 ? properties : undefined)
    if (bytes.length > this.maxPacketBytes)
      this.close('refused', `it takes packets of ${this.maxPacketBytes} bytes, too few to be answered`)
    else this.send(bytes)
  }

  /** Reads on after `accept`. */
  startReading(): void {
    if (this.state !== 'connected') return
    this.#guard(() => this.#framer.resume())
    this.#account()
    this.resumeReading()
  }

  /** Answers a CONNACK that says why not, and closes [MQTT-3.2.2-5]. */
  refuse(reason: number, why: string): void {
    const code = this.version === 5 ? reason : returnCodeOf(reason)
    this.send(encodeConnack(this.version, false, code))
    this.close('refused', why)
  }

  #disconnect(bytes: Buffer, start: number, end: number): void {
    const { reason, properties } = decodeDisconnect(bytes, start, end, this.version, 'client')
    const { session } = this
    const expiry = properties.sessionExpiryInterval
    if (expiry !== undefined && session !== undefined) {
      if (session.expirySeconds === 0 && expiry > 0) throw protocolError('DISCONNECT raises a session expiry of 0 [§3.14.2.2.2]')
      session.expirySeconds = Math.min(expiry, this.#host.limits.maxSessionExpirySeconds)
    }
    this.close(reason === Reason.disconnectWithWill || reason >= 0x80 ? 'client with will' : 'client', 'the client said so')
  }

  #auth(bytes: Buffer, start: number, end: number): void {
    if (this.version !== 5) throw protocolError('AUTH before MQTT 5')
    decodeAuth(bytes, start, end)
    throw protocolError('AUTH without an authentication method [MQTT-4.12.0-6]')
  }

  // --- messages in ---

  #publish(first: number, bytes: Buffer, start: number, end: number): void {
    const view = this.#view
    this.#countMessage()
    decodePublish(view, first, bytes, start, end, this.version)
    const use = this.#topicOf(view, bytes)
    const payload = bytes.subarray(view.payloadStart, view.payloadEnd)
    if (view.properties.payloadFormatIndicator === 1 && !isUtf8(payload)) {
      throw new MqttError(Reason.payloadFormatInvalid, 'a payload says that it is UTF-8 and is not')
    }
    if (view.properties.subscriptionIdentifier !== undefined)
      throw protocolError('a subscription identifier from a client [MQTT-3.3.4-6]')
    if (view.qos === 0) {
      this.#host.publish(this, use, view, payload, undefined)
      return
    }
    const { receiveMaximum } = this.#host.limits
    const { session } = this
    if (session === undefined) return
    if (view.qos === 2 && session.receivedQos2.has(view.packetId)) {
      // It came before: only its acknowledgement was lost [MQTT-4.3.3-10].
      const again = this.#pending(view.packetId, PUBREC)
      again.release()
      return
    }
    if (this.version === 5 && this.pendingAcks >= receiveMaximum) {
      throw new MqttError(
        Reason.receiveMaximumExceeded,
        `more than ${receiveMaximum} messages wait for their acknowledgement [§3.3.4]`,
      )
    }
    if (view.qos === 2) session.receivedQos2.add(view.packetId)
    const pending = this.#pending(view.packetId, view.qos === 1 ? PUBACK : PUBREC)
    this.#host.publish(this, use, view, payload, pending)
    pending.release()
    if (!this.#holdsForAcks && this.pendingAcks > receiveMaximum * 10) {
      this.#holdsForAcks = true
      this.pauseReading()
    }
  }

  #topicOf(view: PublishView, bytes: Buffer): TopicUse<S> {
    const { topicStart, topicEnd } = view
    const alias = view.properties.topicAlias
    if (alias !== undefined) {
      if (alias > this.#host.limits.topicAliasMaximum)
        throw new MqttError(
          Reason.topicAliasInvalid,
          `topic alias ${alias} is larger than ${this.#host.limits.topicAliasMaximum} [MQTT-3.3.2-9]`,
        )
      if (topicEnd === topicStart) {
        const known = this.#aliases?.get(alias)
        if (known === undefined) throw protocolError(`topic alias ${alias} was never set`)
        return this.#use(known.topic, known.bytes)
      }
    }
    if (topicEnd === topicStart) throw protocolError('a message without a topic [§3.3.2.1]')
    const last = this.#lastUse
    if (
      last !== undefined &&
      alias === undefined &&
      last.bytes.length === topicEnd - topicStart &&
      last.bytes.compare(bytes, topicStart, topicEnd) === 0 &&
      this.#host.isCurrent(last)
    )
      return last
    const topic = readTopic(bytes, topicStart, topicEnd)
    const own = Buffer.from(bytes.subarray(topicStart, topicEnd))
    if (alias !== undefined) (this.#aliases ??= new Map()).set(alias, { topic, bytes: own })
    return this.#use(topic, own)
  }

  #use(topic: string, bytes: Buffer): TopicUse<S> {
    const last = this.#lastUse
    if (last?.topic === topic && this.#host.isCurrent(last)) return last
    this.#lastUse = this.#host.topicUse(this, topic, bytes)
    return this.#lastUse
  }

  // --- acknowledgements ---

  #pending(packetId: number, type: typeof PUBACK | typeof PUBREC): PendingAck {
    const pending = new PendingAck(packetId, type, this)
    this.#acks.push(pending)
    return pending
  }

  /** In the order in which the messages came (§4.6). */
  sendAcks(): void {
    if (this.state !== 'connected') return
    let next = this.#acks[this.#firstAck]
    while (next?.isDone === true) {
      if (next.failed && this.version !== 5) {
        // There is no way to say no: without an acknowledgement the client sends it again.
        this.session?.receivedQos2.delete(next.packetId)
        this.close('lost', 'a message could not be kept')
        return
      }
      const reason = next.failed && next.reason < 0x80 ? Reason.unspecified : next.reason
      if (reason >= 0x80 && next.type === PUBREC) this.session?.receivedQos2.delete(next.packetId)
      this.send(encodeAck(next.type, this.version, next.packetId, this.version === 5 ? reason : 0))
      this.#firstAck += 1
      next = this.#acks[this.#firstAck]
    }
    if (this.#firstAck === this.#acks.length || this.#firstAck > ACKS_KEPT) {
      this.#acks = this.#acks.slice(this.#firstAck)
      this.#firstAck = 0
    }
    if (this.#holdsForAcks && this.pendingAcks <= this.#host.limits.receiveMaximum) {
      this.#holdsForAcks = false
      this.resumeReading()
    }
  }

  #acknowledged(type: number, bytes: Buffer, start: number, end: number): void {
    const { packetId, reason } = decodeAck(type, bytes, start, end, this.version)
    const { session } = this
    if (session === undefined) return
    const now = this.#host.now()
    if (type !== PUBREL && session.isWrongAnswer(packetId, type))
      throw protocolError(`message ${packetId} is answered by the wrong packet [§4.3]`)
    // An id that is not known is no error: it may be from before a reconnect.
    switch (type) {
      case PUBREC:
        if (reason >= 0x80) session.acknowledge(packetId, now)
        else session.received(packetId, (error) => this.#answer(PUBREL, packetId, error))
        break
      case PUBREL:
        session.free(packetId, (error) => this.#answer(PUBCOMP, packetId, error))
        break
      default:
        session.acknowledge(packetId, now)
    }
  }

  /** The next step of QoS 2, once the one before will not be forgotten. */
  #answer(type: typeof PUBREL | typeof PUBCOMP, packetId: number, error: Error | undefined): void {
    if (error === undefined) this.send(encodeAck(type, this.version, packetId))
    else this.closeWith(Reason.quotaExceeded, 'lost', 'what its session keeps cannot be written')
  }

  // --- bytes out ---

  send(bytes: Buffer): void {
    if (this.state === 'closed') return
    if (this.#outbox.length === 0) this.#host.writesSoon(this)
    this.#outbox.push(bytes)
    this.#outboxBytes += bytes.length
  }

  /** Writes what this turn has gathered. */
  flush(): void {
    const [only] = this.#outbox
    if (only === undefined) return
    const bytes = this.#outbox.length === 1 ? only : Buffer.concat(this.#outbox, this.#outboxBytes)
    this.#outbox = []
    this.#outboxBytes = 0
    this.#host.traffic.bytesSent += bytes.length
    this.transport.write(bytes)
  }

  /** Stops reading until as many `resumeReading` were called. */
  pauseReading(): void {
    if (this.#holds === 0) this.transport.pause()
    this.#holds += 1
  }

  resumeReading(): void {
    this.#holds -= 1
    if (this.#holds > 0 || this.state === 'closed') return
    this.lastPacketAt = this.#host.now()
    this.transport.resume()
  }

  /** Ends the connection from our side; a DISCONNECT with a reason where the client understands one. */
  closeWith(reason: number, cause: CloseCause, why: string): void {
    if (this.state === 'connected' && this.version === 5) this.send(encodeDisconnect(5, reason))
    this.close(cause, why)
  }

  close(cause: CloseCause, why: string): void {
    if (this.state === 'closed') return
    this.flush()
    this.state = 'closed'
    this.#account()
    this.transport.end()
    this.#host.closed(this, cause, why)
  }

  /** The other end is gone. */
  lost(why: string): void {
    this.close('lost', why)
  }
}

/** Return codes before MQTT 5 for reasons of MQTT 5. */
function returnCodeOf(reason: number): number {
  switch (reason) {
    case Reason.clientIdentifierNotValid:
      return ReturnCode.identifierRejected
    case Reason.badUserNameOrPassword:
      return ReturnCode.badUserNameOrPassword
    case Reason.notAuthorized:
    case Reason.banned:
    case Reason.badAuthenticationMethod:
      return ReturnCode.notAuthorized
    case Reason.unsupportedProtocolVersion:
      return ReturnCode.unacceptableProtocolVersion
    default:
      return ReturnCode.serverUnavailable
  }
}
