import { expect, test } from 'vitest'
import { ChildDied } from '../child/engine-process.ts'
import { StatementError } from '../lanes.ts'
import { isRefusal, type RowRange, storeByHalves } from './by-halves.ts'

const refusal = new StatementError(469, 'no')

/** Keeps what an engine would store that refuses some rows with their fields, and some in every form. */
function recordingStore(withFields: ReadonlySet<number>, always: ReadonlySet<number>) {
  const whole: number[] = []
  const bare: number[] = []
  const aside: number[] = []
  let calls = 0
  const into = (stored: number[], refused: readonly ReadonlySet<number>[]) => async (rows: RowRange) => {
    calls += 1
    const numbers = Array.from({ length: rows.to - rows.from }, (_, i) => rows.from + i)
    if (numbers.some((row) => refused.some((set) => set.has(row)))) throw refusal
    stored.push(...numbers)
  }
  return {
    stored: () => ({ whole: whole.toSorted((a, b) => a - b), bare, aside, calls }),
    store: {
      whole: into(whole, [withFields, always]),
      bare: into(bare, [always]),
      setAside: async (row: number) => void aside.push(row),
      onBare: () => undefined,
    },
  }
}

test.each([
  { name: 'none', withFields: [], always: [] },
  { name: 'the first', withFields: [0], always: [] },
  { name: 'the last, in every form', withFields: [], always: [999] },
  { name: 'some of both', withFields: [3, 500, 501], always: [4, 998] },
])('stores all rows but those refused: $name', async ({ withFields, always }) => {
  const { store, stored } = recordingStore(new Set(withFields), new Set(always))
  await storeByHalves({ from: 0, to: 1000 }, store)
  const { whole, bare, aside, calls } = stored()
  const refused = new Set([...withFields, ...always])
  expect(whole).toEqual(Array.from({ length: 1000 }, (_, row) => row).filter((row) => !refused.has(row)))
  expect({ bare, aside }).toEqual({ bare: withFields, aside: always })
  expect(calls).toBeLessThanOrEqual(1 + 25 * refused.size)
})

test('of very many the rest is stored without fields in few steps', async () => {
  const { store, stored } = recordingStore(new Set(Array.from({ length: 5000 }, (_, row) => row)), new Set([4000]))
  await storeByHalves({ from: 0, to: 5000 }, store)
  const { bare, aside, calls } = stored()
  expect(bare).toHaveLength(4999)
  expect(aside).toEqual([4000])
  expect(calls).toBeLessThan(400)
})

test('what is not the fault of the rows ends it', async () => {
  const { store } = recordingStore(new Set(), new Set())
  const dead = new ChildDied(true)
  await expect(storeByHalves({ from: 0, to: 9 }, { ...store, whole: () => Promise.reject(dead) })).rejects.toBe(dead)
})

test.each([
  { error: refusal, want: true },
  { error: new ChildDied(false), want: true },
  { error: new ChildDied(true), want: false },
  { error: new StatementError(243, 'no space'), want: false },
  { error: new StatementError(252, 'too many parts'), want: false },
  { error: new Error('other'), want: false },
])('$error.message is a refusal: $want', ({ error, want }) => {
  expect(isRefusal(error)).toBe(want)
})
