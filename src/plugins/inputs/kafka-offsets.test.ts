import { expect, test } from 'vitest'
import { CommittableOffsets } from './kafka-offsets.ts'

test('an offset is committed when everything before it is stored', () => {
  const offsets = new CommittableOffsets()
  const [first, second, third] = [7n, 8n, 9n].map((offset) => offsets.begin('t', 0, offset))
  const other = offsets.begin('t', 1, 3n)
  second?.()
  expect(offsets.take()).toEqual([])
  first?.()
  expect(offsets.take()).toEqual([{ topic: 't', partition: 0, offset: 9n }])
  expect(offsets.take()).toEqual([])
  other()
  third?.()
  expect(offsets.take()).toEqual([
    { topic: 't', partition: 1, offset: 4n },
    { topic: 't', partition: 0, offset: 10n },
  ])
})

test('what a connection left behind is not committed over the next one', () => {
  const offsets = new CommittableOffsets()
  const done = offsets.begin('t', 0, 1n)
  offsets.clear()
  done()
  expect(offsets.take()).toEqual([])
})
