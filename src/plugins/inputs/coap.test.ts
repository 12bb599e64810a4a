import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, request } from 'coap'
import { generate, parse } from 'coap-packet'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../test-input.ts'

afterEach(stopInputs)

const start = (options: Record<string, unknown>) => startInput('coap', options)

const send = (
  port: number,
  method: 'POST' | 'PUT' | 'GET',
  body: Buffer | string,
  format?: string,
  query?: string,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({
      hostname: '127.0.0.1',
      port,
      method,
      pathname: '/sensors/d1',
      ...(query !== undefined && { query }),
      ...(format !== undefined && { options: { 'Content-Format': format } }),
    })
    asked.on('response', (response) => resolve(response.code))
    asked.on('error', reject)
    // Blocks of 1,024 bytes (RFC 7959 §2.2: size exponent 6).
    if (body.length > 1024) asked.setOption('Block1', Buffer.of(6))
    asked.end(body)
  })

/** A datagram by hand, and the one that answers it. */
async function exchange(port: number, datagram: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4')
  const answered = once(socket, 'message') as Promise<[Buffer]>
  socket.send(datagram, port, '127.0.0.1')
  const [answer] = await answered
  socket.close()
  return answer
}

test('values of devices are answered when they are stored, and read by what they say they are', async () => {
  const { port, outcome, fields } = await start({})
  expect(await send(port, 'POST', '{"t":22.5}', 'application/json')).toBe('2.04')
  expect(await send(port, 'PUT', Buffer.from('a1617401', 'hex'), 'application/cbor')).toBe('2.04')
  expect(await send(port, 'PUT', 'warm')).toBe('2.04')
  expect(await send(port, 'GET', '')).toBe('4.05')
  outcome.error = new Error('the store is away')
  expect(await send(port, 'POST', 'again')).toBe('5.03')
  const where = { url: { path: '/sensors/d1' }, host: { ip: '127.0.0.1' } }
  expect(fields().slice(0, 3)).toEqual([
    { t: 22.5, ...where },
    { t: 1, ...where },
    { message: 'warm', ...where },
  ])
})

test('what is larger than a datagram comes in blocks', async () => {
  const { port, fields } = await start({})
  const long = JSON.stringify({ values: Array.from({ length: 1000 }, (_, n) => n) })
  expect(await send(port, 'POST', long, 'application/json')).toBe('2.04')
  expect(fields()).toMatchObject([JSON.parse(long)])
})

test('devices sign in with the credentials that they have for MQTT', async () => {
  const asked: unknown[] = []
  const { port, fields, events } = await startInput(
    'coap',
    { devices: true },
    {
      authenticateDevice: ({ username, password, clientId }) => {
        asked.push([username, Buffer.from(password ?? []).toString(), clientId])
        return Promise.resolve(
          username === 'press-07' && Buffer.from(password ?? []).equals(Buffer.from('s=3%41'))
            ? { allowed: true, principal: { name: 'press-07', kind: 'device', roles: [], realm: 'test' } }
            : { allowed: false, reason: 'unknown' },
        )
      },
    },
  )
  const post = (query?: string) => send(port, 'POST', '{"t":1}', 'application/json', query)
  expect(await post('device=press-07&secret=s=3%41&x=1')).toBe('2.04')
  expect(await post('device=press-07&secret=wrong')).toBe('4.01')
  expect(await post('device=press-07')).toBe('4.01')
  expect(await post()).toBe('4.01')
  expect(asked).toEqual([
    ['press-07', 's=3%41', 'press-07'],
    ['press-07', 'wrong', 'press-07'],
  ])
  expect(fields()).toEqual([{ t: 1, url: { path: '/sensors/d1' }, host: { ip: '127.0.0.1' } }])
  expect(events[0]?.metadata['device']).toEqual({ id: 'press-07' })
})

test('a body has a limit, and so has what a datagram may claim', async () => {
  const { port, fields } = await start({ max_content_length: 4096 })
  expect(await send(port, 'POST', 'x'.repeat(4096))).toBe('2.04')
  expect(await send(port, 'POST', 'x'.repeat(4097))).toBe('4.13')
  // Block 1,048,575 of 1,024 bytes, the last one: a body of 1 GB.
  const claim = { code: 'POST', confirmable: true, messageId: 7, token: Buffer.of(1), payload: Buffer.from('x') }
  const answer = await exchange(port, generate({ ...claim, options: [{ name: 'Block1', value: Buffer.from('fffff6', 'hex') }] }))
  expect(parse(answer)).toMatchObject({ code: '4.13', ack: true, messageId: 7, token: Buffer.of(1) })
  expect(fields()).toMatchObject([{ message: 'x'.repeat(4096) }])
})

test('thousands of bodies that are never sent to the end keep nobody out', async () => {
  const { port, fields } = await start({})
  const socket = createSocket('udp4')
  for (let n = 0; n < 2000; n++) {
    const first = {
      code: 'POST',
      confirmable: false,
      messageId: n,
      token: Buffer.from([n >> 8, n & 255]),
      payload: Buffer.alloc(1024),
    }
    await new Promise((resolve) => {
      socket.send(generate({ ...first, options: [{ name: 'Block1', value: Buffer.of(0x0e) }] }), port, '127.0.0.1', resolve)
    })
  }
  const long = JSON.stringify({ values: Array.from({ length: 1000 }, (_, n) => n) })
  expect(await send(port, 'POST', long, 'application/json')).toBe('2.04')
  expect(fields()).toHaveLength(1)
  socket.close()
})

test('a resource of a device is watched', async () => {
  const device = createServer()
  device.on('request', (_asked, response) => {
    response.setOption('Content-Format', 'application/json')
    response.write('{"t":1}')
    response.write('{"t":2}')
  })
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  device.listen(socket)
  const { port } = socket.address()
  const { fields } = await start({ observe: [`coap://127.0.0.1:${port}/temperature`] })
  await expect.poll(() => fields().length).toBe(2)
  expect(fields()).toMatchObject([
    { t: 1, url: { path: '/temperature' } },
    { t: 2, url: { path: '/temperature' } },
  ])
  device.close()
  socket.close()
})
