import { generate, parse, type Option } from 'coap-packet'
import { expect, test } from 'vitest'
import { BlockwiseBodies } from './coap-blocks.ts'

const from = { address: '192.0.2.7', port: 40_000 }

/** `Block1` of the block with a number; `size` is 16, 32, … 1,024 bytes. */
const block1 = (number: number, more: boolean, size = 16): Option => ({
  name: 'Block1',
  value: Buffer.from(((number << 4) | (more ? 8 : 0) | (Math.log2(size) - 4)).toString(16).padStart(6, '0'), 'hex'),
})
const path = (name: string): Option => ({ name: 'Uri-Path', value: Buffer.from(name) })

const setUp = (maxBodyBytes = 1024 * 1024) => {
  const clock = { at: 1_000_000, now: () => clock.at }
  const bodies = new BlockwiseBodies(clock, maxBodyBytes)
  let messageId = 0
  /** The code of the answer, or the body of the request that is complete. */
  const take = (payload: string | Buffer, options: readonly Option[], sender = from): string => {
    const packet = { code: 'PUT', confirmable: true, token: Buffer.of(messageId), messageId: messageId++ }
    const datagram = generate({ ...packet, payload: Buffer.from(payload), options: [...options] }, 2000)
    const taken = bodies.take(datagram, sender)
    return 'answer' in taken ? parse(taken.answer).code : parse(taken.request).payload.toString()
  }
  return { clock, bodies, take }
}

const A = 'a'.repeat(16)
const B = 'b'.repeat(16)

test('blocks are put together, whatever their tokens', () => {
  const { bodies, take } = setUp()
  expect(take(A, [path('x'), block1(0, true)])).toBe('2.31')
  expect(take(B, [path('x'), block1(1, true)])).toBe('2.31')
  expect(take('c', [path('x'), block1(2, false)])).toBe(`${A}${B}c`)
  expect(bodies.sizeBytes).toBe(33)
})

test('the request is as the last block says, without the option of blocks; the answer repeats that', () => {
  const { bodies, take } = setUp()
  take(A, [path('x'), block1(0, true)])
  const last = block1(1, false)
  const datagram = generate({
    code: 'PUT',
    messageId: 77,
    token: Buffer.of(9),
    options: [path('x'), last],
    payload: Buffer.from('b'),
  })
  const taken = bodies.take(datagram, from)
  const request = parse('request' in taken ? taken.request : Buffer.alloc(0))
  expect(request).toMatchObject({ code: '0.03', messageId: 77, token: Buffer.of(9), options: [path('x')] })
  expect(bodies.optionOf(request, from)).toEqual(last.value)
  expect(bodies.optionOf({ code: '0.03', options: [path('y')] }, from)).toBeUndefined()
})

test('blocks that come twice count once, the last one comes to the same request', () => {
  const { bodies, take } = setUp()
  for (const [payload, number, more] of [
    [A, 0, true],
    [A, 0, true],
    [B, 1, true],
    [A, 0, true],
    [B, 1, true],
  ] as const)
    expect(take(payload, [block1(number, more)])).toBe('2.31')
  for (const _ of [1, 2]) expect(take('c', [block1(2, false)])).toBe(`${A}${B}c`)
  expect(bodies.sizeBytes).toBe(33)
})

test('senders, paths and request tags keep bodies apart', () => {
  const { take } = setUp()
  const tag: Option = { name: '292', value: Buffer.of(1) }
  const other = { ...from, port: 40_001 }
  expect(take(A, [path('x'), block1(0, true)])).toBe('2.31')
  expect(take('b', [path('y'), block1(1, false)])).toBe('4.08')
  expect(take('b', [path('x'), block1(1, false), tag])).toBe('4.08')
  expect(take('b', [path('x'), block1(1, false)], other)).toBe('4.08')
  expect(take('b', [path('x'), block1(1, false)])).toBe(`${A}b`)
})

test('another first block, and a request without blocks, begin anew', () => {
  const { take } = setUp()
  take(A, [block1(0, true)])
  take(B, [block1(1, true)])
  take(B, [block1(0, true)])
  expect(take('c', [block1(2, false)])).toBe('4.08')
  take(A, [block1(0, true)])
  expect(take('whole', [])).toBe('whole')
  expect(take('b', [block1(1, false)])).toBe('4.08')
})

test.each([
  ['a size that is not given yet', A, Buffer.of(0x0f)],
  ['a block that is larger than it says', `${A}${A}`, Buffer.of(0)],
  ['a block that is smaller than it says and not the last', 'a', Buffer.of(8)],
  ['an option that is too long', A, Buffer.of(0, 0, 0, 8)],
])('%s is refused', (_, payload, value) => {
  expect(setUp().take(payload, [{ name: 'Block1', value }])).toBe('4.00')
})

test('bodies have a limit', () => {
  const { take } = setUp(32)
  expect(take('x'.repeat(32), [])).toBe('x'.repeat(32))
  expect(take('x'.repeat(33), [])).toBe('4.13')
  expect(take('x', [block1(2, false)])).toBe('4.13')
  expect(take('x', [{ name: 'Block1', value: Buffer.from('fffff6', 'hex') }])).toBe('4.13')
})

test('many bodies, and many bytes, push out those that do not go on', () => {
  const { bodies, take } = setUp(32 * 1024 * 1024)
  for (let n = 0; n < 1000; n++) {
    take(A, [path(`body-${n}`), block1(0, true)])
    take(A, [path('goes on'), block1(n, true)])
  }
  expect(bodies.count).toBe(256)
  expect(take('', [path('goes on'), block1(1000, false)])).toHaveLength(16_000)
  for (let n = 0; n < 17_000; n++) take(Buffer.alloc(1024), [path('large'), block1(n, true, 1024)])
  expect(bodies.count).toBe(1)
  expect(take('b', [path('goes on'), block1(1000, false)])).toBe('4.08')
})

test('what does not go on for a minute is let go', () => {
  const { bodies, clock, take } = setUp()
  take(A, [path('old'), block1(0, true)])
  clock.at += 40_000
  take(B, [path('new'), block1(0, true)])
  clock.at += 30_000
  bodies.expire()
  expect([bodies.count, bodies.sizeBytes]).toEqual([1, 16])
})

test('what is no packet is left to others', () => {
  const datagram = Buffer.from('no packet')
  expect(setUp().bodies.take(datagram, from)).toEqual({ request: datagram })
})
