import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, request } from 'coap'
import { afterEach, expect, test } from 'vitest'
import { printFields } from '../../core/event-json.ts'
import type { Event } from '../../core/event.ts'
import { codecs } from '../codecs/index.ts'
import type { Input, Settled } from '../plugin.ts'
import { testContext } from '../test-context.ts'
import { coap } from './coap.ts'

const started: Input[] = []
afterEach(async () => {
  for (const input of started.splice(0)) {
    await input.stop()
    await input.close?.()
  }
})

async function start(config: Record<string, unknown>) {
  const plain = codecs.find((one) => one.name === 'plain')
  if (plain === undefined) throw new Error('no codec')
  const context = testContext()
  const input = coap.create(coap.config.parse({ port: 0, ...config }), {
    ...context,
    codec: plain.create(plain.config.parse({ ecs_compatibility: 'disabled' }), context),
  })
  const events: Event[] = []
  const outcome: { error: Error | undefined } = { error: undefined }
  await input.start({
    push(pushed: readonly Event[], settled?: Settled) {
      events.push(...pushed)
      settled?.(outcome.error)
      return true
    },
    ready: () => Promise.resolve(),
  })
  started.push(input)
  return { port: input.port ?? 0, outcome, fields: () => events.map(({ fields }) => JSON.parse(printFields(fields)) as unknown) }
}

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
