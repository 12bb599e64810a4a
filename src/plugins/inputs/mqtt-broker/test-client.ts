import {
  decodeAck,
  decodeConnack,
  decodeDisconnect,
  decodePublish,
  decodeSuback,
  PublishView,
} from '../../../protocols/mqtt/decode.ts'
import {
  encodeAck,
  encodeConnect,
  encodePublish,
  encodeSubscribe,
  encodeUnsubscribe,
  type ConnectParts,
} from '../../../protocols/mqtt/encode.ts'
import { Framer } from '../../../protocols/mqtt/framer.ts'
import {
  CONNACK,
  DISCONNECT,
  PINGRESP,
  PUBACK,
  PUBLISH,
  SUBACK,
  UNSUBACK,
  type ProtocolVersion,
  type Qos,
} from '../../../protocols/mqtt/packet.ts'
import type { Properties } from '../../../protocols/mqtt/properties.ts'
import type { SubscriptionRequest } from '../../../protocols/mqtt/decode.ts'
import type { Broker } from './broker.ts'

/** What a client was sent, as a line each that tests compare. */
export class TestClient {
  readonly version: ProtocolVersion
  readonly got: string[] = []
  closed = false
  paused = 0
  /** The socket takes nothing: what is written waits. */
  stuck = false
  #stuckBytes = 0
  readonly #connection: ReturnType<Broker['connect']>
  readonly #framer = new Framer(Infinity, (first, bytes, start, end) => {
    this.got.push(this.#describe(first, bytes, start, end))
    return true
  })

  constructor(broker: Broker, version: ProtocolVersion) {
    this.version = version
    const remember = (bytes: Buffer): void => {
      if (this.stuck) this.#stuckBytes += bytes.length
      else this.#framer.push(bytes)
    }
    const stuckBytes = (): number => this.#stuckBytes
    this.#connection = broker.connect({
      remoteAddress: '192.0.2.1',
      certificate: undefined,
      certificateError: undefined,
      get writableLength() {
        return stuckBytes()
      },
      write: remember,
      pause: () => void (this.paused += 1),
      resume: () => void (this.paused -= 1),
      end: () => void (this.closed = true),
      destroy: () => void (this.closed = true),
    })
  }

  send(...packets: readonly Buffer[]): Promise<void> {
    this.#connection.receive(Buffer.concat(packets))
    return turns()
  }

  connect(clientId: string, parts: Partial<ConnectParts> = {}): Promise<void> {
    return this.send(
      encodeConnect({ version: this.version, clientId, cleanStart: true, keepAliveSeconds: 0, username: 'dev', ...parts }),
    )
  }

  subscribe(
    filter: string,
    qos: Qos = 0,
    options: Partial<SubscriptionRequest> = {},
    properties: Properties = {},
  ): Promise<void> {
    const request = { filter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 as const, ...options }
    return this.send(encodeSubscribe(this.version, 1, [request], properties))
  }

  unsubscribe(filter: string): Promise<void> {
    return this.send(encodeUnsubscribe(this.version, 1, [filter]))
  }

  publish(
    topic: string,
    payload: string,
    parts: { qos?: Qos; retain?: boolean; packetId?: number; properties?: Buffer } = {},
  ): Promise<void> {
    const { qos = 0, retain = false, packetId = 1, properties = Buffer.alloc(0) } = parts
    const bytes = encodePublish(this.version, {
      topic: Buffer.from(topic),
      payload: Buffer.from(payload),
      qos,
      retain,
      duplicate: false,
      packetId,
      properties,
    })
    return this.send(bytes)
  }

  ack(type: number, packetId: number): Promise<void> {
    return this.send(encodeAck(type, this.version, packetId))
  }

  /** The other end is gone without a word. */
  lose(): Promise<void> {
    this.closed = true
    this.#connection.lost('gone')
    return turns()
  }

  /** What came since the last call. */
  take(): string[] {
    return this.got.splice(0)
  }

  #describe(first: number, bytes: Buffer, start: number, end: number): string {
    const { version } = this
    switch (first >> 4) {
      case CONNACK: {
        const { sessionPresent, code } = decodeConnack(bytes, start, end, version)
        return `CONNACK ${code}${sessionPresent ? ' present' : ''}`
      }
      case PUBLISH: {
        const view = new PublishView()
        decodePublish(view, first, bytes, start, end, version)
        const topic = bytes.toString('utf8', view.topicStart, view.topicEnd)
        const payload = bytes.toString('utf8', view.payloadStart, view.payloadEnd)
        const flags = [view.duplicate ? ' dup' : '', view.retain ? ' retain' : ''].join('')
        const ids = view.properties.subscriptionIdentifier
        const expiry = view.properties.messageExpiryInterval
        const alias = view.properties.topicAlias
        const rest = `${alias === undefined ? '' : ` alias=${alias}`}${ids === undefined ? '' : ` ids=${ids.join(',')}`}${expiry === undefined ? '' : ` expiry=${expiry}`}`
        return `PUBLISH ${topic}=${payload} qos${view.qos}${view.qos > 0 ? ` #${view.packetId}` : ''}${flags}${rest}`
      }
      case SUBACK:
      case UNSUBACK: {
        const type = first >> 4 === SUBACK ? SUBACK : UNSUBACK
        const { codes } = decodeSuback(type, bytes, start, end, version)
        return `${type === SUBACK ? 'SUBACK' : 'UNSUBACK'} ${codes.join(',')}`.trim()
      }
      case PINGRESP:
        return 'PINGRESP'
      case DISCONNECT:
        return `DISCONNECT 0x${decodeDisconnect(bytes, start, end, version, 'server').reason.toString(16)}`
      default: {
        const { packetId, reason } = decodeAck(first >> 4, bytes, start, end, version)
        return `${['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'][(first >> 4) - PUBACK]} #${packetId}${reason === 0 ? '' : ` 0x${reason.toString(16)}`}`
      }
    }
  }
}

/** Long enough for authentication, and for what goes out at the end of a turn. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
