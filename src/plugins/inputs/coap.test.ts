import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, request } from 'coap'
import { afterEach, expect, test } from 'vitest'
import { startInput, stopInputs } from '../test-input.ts'

afterEach(stopInputs)

const start = (options: Record<string, unknown>) => startInput('coap', options)

const send = (port: number, method: 'POST' | 'PUT' | 'GET', body: Buffer | string, format?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({
      hostname: '127.0.0.1',
      port,
      method,
      pathname: '/sensors/d1',
      ...(format !== undefined && { options: { 'Content-Format': format } }),
    })
    asked.on('response', (response) => resolve(response.code))
    asked.on('error', reject)
    // Blocks of 1,024 bytes (RFC 7959 §2.2: size exponent 6).
    if (body.length > 1024) asked.setOption('Block1', Buffer.of(6))
    asked.end(body)
  })

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
