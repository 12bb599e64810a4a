import { expect, test } from 'vitest'
import { flag } from '../query/condition.ts'
import { GrowingSums } from './growing-sums.ts'

/** Sums of a table whose rows hold the given numbers; what is measured is noted. */
function sumsOver(numbers: readonly number[]) {
  const measured: (readonly [behind: number, upTo: number])[] = []
  const sums = new GrowingSums<number>((known, added) => known + added)
  return {
    measured,
    upTo: (visibleSeqNo: number, { uuid = 'a', what = 'n' } = {}): Promise<number> =>
      sums.load({ uuid, visibleSeqNo }, what, (rows) => {
        const text = flag(rows).text
        const [from, to] = [Number(/_seq`? > (\d+)/.exec(text)?.[1] ?? -1), Number(/_seq`? <= (\d+)/.exec(text)?.[1])]
        measured.push([from, to])
        return Promise.resolve(numbers.slice(from + 1, to + 1).reduce((a, b) => a + b, 0))
      }),
  }
}

test('a known sum is added to by the rows that have come since', async () => {
  const { upTo, measured } = sumsOver([1, 2, 4, 8, 16])
  expect(await upTo(1)).toBe(3)
  expect(await upTo(3)).toBe(15)
  expect(await upTo(4)).toBe(31)
  expect(measured).toEqual([
    [-1, 1],
    [1, 3],
    [3, 4],
  ])
})

test('nothing is read where nothing came, nor for a search that began earlier', async () => {
  const { upTo, measured } = sumsOver([1, 2, 4])
  expect([await upTo(2), await upTo(2), await upTo(0)]).toEqual([7, 7, 7])
  expect(measured).toHaveLength(1)
})

test('each table and each sum is known by itself', async () => {
  const { upTo, measured } = sumsOver([1, 2, 4])
  expect(await upTo(2)).toBe(7)
  expect(await upTo(1, { uuid: 'b' })).toBe(3)
  expect(await upTo(0, { what: 'm' })).toBe(1)
  expect(measured).toHaveLength(3)
})

test('two searches at once come to the same sum', async () => {
  const { upTo } = sumsOver([1, 2, 4, 8])
  await upTo(0)
  expect(await Promise.all([upTo(3), upTo(2), upTo(3)])).toEqual([15, 7, 15])
  expect(await upTo(3)).toBe(15)
})
