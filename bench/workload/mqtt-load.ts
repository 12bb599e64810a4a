import { createConnection, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { encodeConnect, encodePublish } from '../../src/protocols/mqtt/encode.ts'
import type { Qos } from '../../src/protocols/mqtt/packet.ts'

export interface MqttTarget {
  readonly port: number
  /** Speaks TLS and believes any certificate. */
  readonly tls?: boolean
  readonly username?: string
  readonly password?: string
}

let clients = 0

/** A connection that is through CONNECT, MQTT 3.1.1. */
export async function connectMqtt({ port, tls = false, username = 'bench', password }: MqttTarget): Promise<Socket> {
  const address = { host: '127.0.0.1', port }
  const socket = tls ? connectTls({ ...address, rejectUnauthorized: false }) : createConnection({ ...address, noDelay: true })
  clients += 1
  socket.write(
    encodeConnect({
      version: 4,
      clientId: `bench-${clients}`,
      cleanStart: true,
      keepAliveSeconds: 0,
      username,
      ...(password === undefined ? {} : { password: Buffer.from(password) }),
    }),
  )
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed')))
  })
  if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`the connection was refused: ${answer.toString('hex')}`)
  return socket
}

/** So many connections, some at a time: a listener's backlog is bounded. */
export async function connectAll(target: MqttTarget, wanted: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < wanted) {
    const next = Array.from({ length: Math.min(200, wanted - sockets.length) }, () => connectMqtt(target))
    sockets.push(...(await Promise.all(next)))
  }
  return sockets
}

export function publishPacket(topic: string, payload: Buffer, qos: Qos, packetId: number): Buffer {
  return encodePublish(4, {
    topic: Buffer.from(topic),
    payload,
    qos,
    retain: false,
    duplicate: false,
    packetId,
    properties: Buffer.alloc(0),
  })
}

/**
 * Publishes with QoS 1 until so many messages are acknowledged, `window` of them on their way.
 * @param packet the n-th message, with a packet id
 */
export function publishAcknowledged(
  socket: Socket,
  { messages, window, packet }: { messages: number; window: number; packet: (n: number, packetId: number) => Buffer },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0
    let bytes = 0
    const send = (count: number): void => {
      const next: Buffer[] = []
      for (let i = 0; i < count && sent < messages; i++, sent++) next.push(packet(sent, (sent % window) + 1))
      const [only] = next
      if (only !== undefined) socket.write(next.length === 1 ? only : Buffer.concat(next))
    }
    socket.on('data', (chunk: Buffer) => {
      // A PUBACK takes four bytes.
      const whole = Math.floor((bytes + chunk.length) / 4) - Math.floor(bytes / 4)
      bytes += chunk.length
      if (bytes / 4 >= messages) resolve()
      send(whole)
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the connection was closed')))
    send(window)
  })
}
