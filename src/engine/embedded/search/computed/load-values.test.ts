import { setImmediate } from 'node:timers'
import { expect, test } from 'vitest'
import { sql } from '../../sql.ts'
import type { Statements } from '../statement.ts'
import { eachDocument, type ValuesWanted } from './load-values.ts'

/** So many rows, numbered from 0, of which nothing but the number is read. */
function rowsOf(count: number): Statements {
  let next = 0
  const rows = {
    get done() {
      return next === count
    },
    uint64: () => BigInt(next++),
  }
  return { read: () => Promise.resolve(rows), check: () => undefined } as unknown as Statements
}

const wanted = { layout: {}, fields: [], source: false, encodeId: () => '' } as unknown as ValuesWanted

test('room is made before the first document of each table and before each further thousand', async () => {
  const rooms: number[] = []
  let used = 0
  const each = (count: number): Promise<number> =>
    eachDocument(
      wanted,
      sql``,
      rowsOf(count),
      () => void used++,
      () => Promise.resolve(void rooms.push(used)),
    )
  expect(await each(2500)).toBe(2500)
  expect(await each(1)).toBe(1)
  expect(rooms).toEqual([0, 1000, 2000, 2500])
})

test('others have their turn while documents take long', async () => {
  let turns = 0
  let isOver = false
  const others = (): void => {
    turns += 1
    if (!isOver) setImmediate(others)
  }
  setImmediate(others)
  const busyMs = 3
  await eachDocument(wanted, sql``, rowsOf(40), () => {
    for (const end = performance.now() + busyMs; performance.now() < end;);
  })
  isOver = true
  expect(turns).toBeGreaterThanOrEqual(8)
})
