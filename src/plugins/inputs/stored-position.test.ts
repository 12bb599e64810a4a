import { expect, test } from 'vitest'
import { StoredPosition } from './stored-position.ts'

test('what is stored out of order counts when all before it is', () => {
  const position = new StoredPosition(10)
  const [first, second, third] = [position.begin(20), position.begin(30), position.begin(40)]
  expect([second(), position.value]).toEqual([false, 10])
  expect([first(), position.value]).toEqual([true, 30])
  expect(position.isSettled).toBe(false)
  expect([third(), position.value]).toEqual([true, 40])
  expect(position.isSettled).toBe(true)
})

test('batches of before a restart do not count', () => {
  const position = new StoredPosition(10)
  const before = position.begin(20)
  position.restart(10)
  const after = position.begin(15)
  expect([before(), position.value]).toEqual([false, 10])
  expect([after(), position.value]).toEqual([true, 15])
})
