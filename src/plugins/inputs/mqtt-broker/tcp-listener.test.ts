import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { silentLog } from '../../../core/log.ts'
import { systemClock } from '../../../core/time.ts'
import { encodeConnect, encodePublish, PINGREQ_BYTES } from '../../../protocols/mqtt/encode.ts'
import { Broker } from './broker.ts'
import { defaultLimits } from './limits.ts'
import { TcpListener } from './tcp-listener.ts'

let broker: Broker
let listener: TcpListener

beforeEach(async () => {
  broker = new Broker({
    clock: systemClock,
    log: silentLog,
    limits: { ...defaultLimits, connectTimeoutMs: 50, maxPacketBytes: 1000, maxConnections: 3 },
    newClientId: () => 'made-up',
    authenticate: ({ clientId }) =>
      Promise.resolve({ allowed: true, principal: { name: clientId, kind: 'device', roles: [], realm: 'test' } }),
  })
  listener = new TcpListener({ broker, host: '127.0.0.1', port: 0 })
  await listener.start()
})
afterEach(async () => {
  listener.close()
  await broker.stop()
  listener.destroy()
})

const connectPacket = encodeConnect({ version: 4, clientId: 'one', cleanStart: true, keepAliveSeconds: 0 })
const CONNACK = '20020000'

async function open(): Promise<Socket> {
  const socket = createConnection({ host: '127.0.0.1', port: listener.port })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** All that a socket gets until it is closed. */
async function rest(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

async function webSocket(path = '/mqtt', protocols = ['mqtt']): Promise<WebSocket> {
  const made = new WebSocket(`ws://127.0.0.1:${listener.port}${path}`, protocols)
  await once(made, 'open')
  return made
}

async function nextMessage(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return data.toString('hex')
}

describe('WebSocket on the same port', () => {
  test('packets in one frame, in several, and in parts', async () => {
    const socket = await webSocket()
    expect(socket.protocol).toBe('mqtt')
    for (const byte of connectPacket) socket.send(Buffer.from([byte]))
    expect(await nextMessage(socket)).toBe(CONNACK)
    socket.send(Buffer.concat([PINGREQ_BYTES, PINGREQ_BYTES]))
    expect(await nextMessage(socket)).toBe('d000d000')
    expect(broker.stats.connections).toBe(1)
    socket.close()
    await once(socket, 'close')
    await expect.poll(() => broker.stats.connections).toBe(0)
  })

  test.each([
    { name: 'another path', path: '/', protocols: ['mqtt'], want: 404 },
    { name: 'another subprotocol', path: '/mqtt', protocols: ['chat'], want: 400 },
    { name: 'none', path: '/mqtt', protocols: [], want: 400 },
  ])('$name is refused', async ({ path, protocols, want }) => {
    await expect(webSocket(path, protocols)).rejects.toThrow(`Unexpected server response: ${want}`)
    await expect.poll(() => broker.stats.connections).toBe(0)
  })

  test('text is no MQTT', async () => {
    const socket = await webSocket()
    socket.send('hello')
    await expect(once(socket, 'close')).resolves.toHaveLength(2)
  })

  test('an oversized packet ends the connection', async () => {
    const socket = await webSocket()
    socket.send(connectPacket)
    await nextMessage(socket)
    socket.send(Buffer.from([0x30, 0xff, 0xff, 0x7f]))
    await expect(once(socket, 'close')).resolves.toHaveLength(2)
  })

  test('a plain request is told what is here', async () => {
    const socket = await open()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(await rest(socket)).toMatch(/^HTTP\/1\.1 426 .*this port speaks MQTT/s)
  })
})

describe('slow and many', () => {
  test.each([
    { name: 'nothing', bytes: '' },
    { name: 'half a CONNECT', bytes: connectPacket.subarray(0, 5) },
    { name: 'half an HTTP request', bytes: 'GET /mqtt HTTP/1.1\r\nhost:' },
  ])('who says $name is not waited for', async ({ bytes }) => {
    const socket = await open()
    socket.write(bytes)
    const closed = rest(socket)
    await expect.poll(() => broker.stats.connections).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 60))
    broker.sweep()
    expect(await closed).toBe('')
    expect(broker.stats.connections).toBe(0)
  })

  test('a packet that comes a byte at a time', async () => {
    const socket = await open()
    for (const byte of Buffer.concat([connectPacket, PINGREQ_BYTES])) {
      socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    const [first] = (await once(socket, 'data')) as [Buffer]
    expect(first.toString('hex')).toMatch(/^20020000/)
    socket.destroy()
  })

  test('clients beyond the limit are told so', async () => {
    const sockets = await Promise.all([1, 2, 3].map(() => open()))
    await expect.poll(() => broker.stats.connections).toBe(3)
    const last = await open()
    last.write(encodeConnect({ version: 5, clientId: 'four', cleanStart: true, keepAliveSeconds: 0 }))
    const [answer] = (await once(last, 'data')) as [Buffer]
    expect(answer[3]).toBe(0x97)
    for (const socket of [...sockets, last]) socket.destroy()
  })

  test('an oversized packet is refused before it has come', async () => {
    const socket = await open()
    socket.write(connectPacket)
    await once(socket, 'data')
    const topic = Buffer.from('a')
    const whole = encodePublish(4, {
      topic,
      payload: Buffer.alloc(100_000),
      qos: 0,
      retain: false,
      duplicate: false,
      packetId: 0,
      properties: Buffer.alloc(0),
    })
    socket.write(whole.subarray(0, 5))
    expect(await rest(socket)).toBe('')
  })
})
