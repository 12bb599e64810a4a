import { createConnection, type Socket } from 'node:net'

/** Messages that may be on their way to the broker without its acknowledgement. */
const MAX_IN_FLIGHT = 64
const KEEP_ALIVE_SECONDS = 60
const CONNECT_TIMEOUT_MILLIS = 10_000

const CONNACK = 2
const PUBACK = 4
const PINGRESP = 13

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

export interface Credentials {
  readonly user: string
  readonly secret: string
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * The smallest client that publishes: MQTT 3.1.1, QoS 1, no subscriptions. It shares no code with the broker on purpose:
 * what one writes the other must read by the standard alone.
 */
export class MqttPublisher {
  readonly #socket: Socket
  readonly #unacknowledged = new Map<number, Waiting>()
  readonly #waitingForRoom: (() => void)[] = []
  readonly #ping: NodeJS.Timeout
  #buffer: Buffer = Buffer.alloc(0)
  #nextId = 0
  #failure: Error | undefined
  #onConnack: Waiting | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#ping = setInterval(() => socket.write(Buffer.from([0xc0, 0])), (KEEP_ALIVE_SECONDS * 1000) / 2)
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the broker closed the connection')))
  }

  /** @throws Error when the broker is not there or refuses */
  static async connect({ host, port }: BrokerAddress, clientId: string, { user, secret }: Credentials): Promise<MqttPublisher> {
    const socket = createConnection({ host, port })
    const publisher = new MqttPublisher(socket)
    const timer = setTimeout(
      () => publisher.#fail(new Error(`the broker did not answer within ${CONNECT_TIMEOUT_MILLIS} ms`)),
      CONNECT_TIMEOUT_MILLIS,
    )
    try {
      await new Promise<void>((resolve, reject) => {
        publisher.#onConnack = { resolve, reject }
        socket.write(connectPacket(clientId, user, secret))
      })
      return publisher
    } finally {
      clearTimeout(timer)
    }
  }

  /** Resolves when the broker has acknowledged the message: it is stored then. Waits while too many are on their way. */
  async publish(topic: string, payload: string): Promise<void> {
    while (this.#unacknowledged.size >= MAX_IN_FLIGHT && !this.#failure) {
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve))
    }
    if (this.#failure) throw this.#failure
    const id = (this.#nextId % 65_535) + 1
    this.#nextId = id
    return new Promise((resolve, reject) => {
      this.#unacknowledged.set(id, { resolve, reject })
      this.#socket.write(publishPacket(id, topic, payload))
    })
  }

  /** Waits for what is on its way, up to a limit, and says good-bye. */
  async close(limitMs: number): Promise<void> {
    const until = performance.now() + limitMs
    while (this.#unacknowledged.size > 0 && !this.#failure && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10))
    this.#socket.end(Buffer.from([0xe0, 0]))
    this.#fail(new Error('closed'))
    this.#socket.unref()
  }

  #read(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    // Everything a publisher is ever sent is shorter than 128 bytes: its length takes one byte.
    while (this.#buffer.length >= 2) {
      const length = 2 + (this.#buffer[1] ?? 0)
      if (this.#buffer.length < length) return
      this.#handle(this.#buffer.subarray(0, length))
      this.#buffer = this.#buffer.subarray(length)
    }
  }

  #handle(packet: Buffer): void {
    switch ((packet[0] ?? 0) >> 4) {
      case CONNACK:
        if (packet[3] === 0) this.#onConnack?.resolve()
        else this.#fail(new Error(`the broker refused the connection with code ${packet[3]}`))
        this.#onConnack = undefined
        return
      case PUBACK: {
        const id = packet.readUInt16BE(2)
        this.#unacknowledged.get(id)?.resolve()
        this.#unacknowledged.delete(id)
        this.#waitingForRoom.shift()?.()
        return
      }
      case PINGRESP:
        return
      default:
        this.#fail(new Error(`unexpected packet of type ${(packet[0] ?? 0) >> 4}`))
    }
  }

  #fail(error: Error): void {
    if (this.#failure) return
    this.#failure = error
    clearInterval(this.#ping)
    this.#socket.destroySoon()
    this.#onConnack?.reject(error)
    for (const { reject } of this.#unacknowledged.values()) reject(error)
    this.#unacknowledged.clear()
    for (const wake of this.#waitingForRoom.splice(0)) wake()
  }
}

/** MQTT 3.1.1 section 3.1, with a clean session. */
function connectPacket(clientId: string, user: string, secret: string): Buffer {
  const cleanSessionUserAndPassword = 0xc2
  const header = Buffer.from([
    0,
    4,
    0x4d,
    0x51,
    0x54,
    0x54,
    4,
    cleanSessionUserAndPassword,
    KEEP_ALIVE_SECONDS >> 8,
    KEEP_ALIVE_SECONDS & 0xff,
  ])
  return packet(0x10, [header, string(clientId), string(user), string(secret)])
}

/** MQTT 3.1.1 section 3.3 at QoS 1. */
function publishPacket(id: number, topic: string, payload: string): Buffer {
  return packet(0x32, [string(topic), Buffer.from([id >> 8, id & 0xff]), Buffer.from(payload)])
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

/** Section 2.2.3: seven bits of the length per byte, the lowest first. */
function packet(first: number, parts: readonly Buffer[]): Buffer {
  const length: number[] = []
  let rest = parts.reduce((sum, part) => sum + part.length, 0)
  do {
    const more = rest > 127
    length.push((rest & 0x7f) | (more ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from([first, ...length]), ...parts])
}
