import { expect, test } from 'vitest'
import { HeldBytes } from './held-bytes.ts'

test('beyond the limit the connection that holds most is dropped, and is counted no more', () => {
  const dropped: string[] = []
  const held = new HeldBytes(100)
  const [a, b, c] = ['a', 'b', 'c'].map((name) => held.open(() => dropped.push(name)))
  a?.set(30)
  b?.set(60)
  c?.set(5)
  expect([held.bytes, dropped]).toEqual([95, []])
  c?.set(15)
  expect([held.bytes, dropped]).toEqual([45, ['b']])
  b?.set(0)
  a?.set(0)
  expect([held.bytes, dropped]).toEqual([15, ['b']])
})
