import { expect, test } from 'vitest'
import { HalfSentBodies } from './coap-blocks.ts'

const store = () => {
  const clock = { at: 1_000_000, now: () => clock.at }
  return { clock, bodies: new HalfSentBodies(clock) }
}

test('blocks wait until the last one is there', () => {
  const { bodies } = store()
  bodies.getWithDefaultInsert('a')[0] = Buffer.from('one')
  bodies.getWithDefaultInsert('a')[3] = Buffer.from('two')
  expect(Object.entries(bodies.getWithDefaultInsert('a'))).toEqual([
    ['0', Buffer.from('one')],
    ['3', Buffer.from('two')],
  ])
  expect(bodies.sizeBytes).toBe(6)
  expect([bodies.remove('a'), bodies.remove('a'), bodies.count, bodies.sizeBytes]).toEqual([true, false, 0, 0])
})

test('a block that comes twice counts once', () => {
  const { bodies } = store()
  bodies.getWithDefaultInsert('a')[0] = Buffer.alloc(100)
  bodies.getWithDefaultInsert('a')[0] = Buffer.alloc(60)
  expect(bodies.sizeBytes).toBe(60)
})

test('many bodies, and many bytes, push out those that do not go on', () => {
  const { bodies } = store()
  for (let n = 0; n < 1000; n++) {
    bodies.getWithDefaultInsert(`body-${n}`)[0] = Buffer.alloc(16)
    bodies.getWithDefaultInsert('goes on')[n * 16] = Buffer.alloc(16)
  }
  expect(bodies.count).toBe(256)
  expect(Object.keys(bodies.getWithDefaultInsert('goes on'))).toHaveLength(1000)
  for (let n = 0; n < 40; n++) bodies.getWithDefaultInsert(`large-${n}`)[0] = Buffer.alloc(1024 * 1024)
  expect(bodies.sizeBytes).toBeLessThanOrEqual(16 * 1024 * 1024)
  expect(bodies.getWithDefaultInsert('goes on')).toEqual({})
})

test('what does not go on for a minute is let go', () => {
  const { bodies, clock } = store()
  bodies.getWithDefaultInsert('old')[0] = Buffer.alloc(10)
  clock.at += 40_000
  bodies.getWithDefaultInsert('new')[0] = Buffer.alloc(20)
  clock.at += 30_000
  bodies.expire()
  expect([bodies.count, bodies.sizeBytes]).toEqual([1, 20])
})

test('a request without a token keeps nothing', () => {
  const { bodies } = store()
  bodies.getWithDefaultInsert(null)[0] = Buffer.alloc(10)
  expect([bodies.count, bodies.sizeBytes]).toEqual([0, 0])
})
