import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FlushSchedule } from './flush-schedule.ts'
import type { IndexWriter } from './index-writer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Takes documents at the given rates, and says what was stored when. */
function setUp() {
  const stored: { readonly at: number; readonly rows: number }[] = []
  const begin = Date.now()
  const writer = {
    isStoring: false,
    pendingRows: 0,
    pendingBytes: 0,
    pendingSince: undefined as number | undefined,
    flush: () => {
      stored.push({ at: Date.now() - begin, rows: writer.pendingRows })
      writer.pendingRows = 0
      writer.pendingSince = undefined
      return Promise.resolve()
    },
  }
  const schedule = new FlushSchedule(() => Date.now())
  const write = (rows: number): void => {
    writer.pendingRows += rows
    writer.pendingSince ??= Date.now()
    schedule.pending(writer as unknown as IndexWriter)
  }
  return { stored, write }
}

test('what comes now and then is stored after 150 ms, large requests too', () => {
  const { stored, write } = setUp()
  write(1)
  vi.advanceTimersByTime(5_000)
  write(5_000)
  vi.advanceTimersByTime(5_000)
  write(5_000)
  vi.advanceTimersByTime(5_000)
  expect(stored).toEqual([
    { at: 150, rows: 1 },
    { at: 5_150, rows: 5_000 },
    { at: 10_150, rows: 5_000 },
  ])
})

test('what keeps coming is stored once a second after the first time', () => {
  const { stored, write } = setUp()
  for (let ms = 0; ms < 3_000; ms += 10) {
    write(200)
    vi.advanceTimersByTime(10)
  }
  expect(stored.map(({ at }) => at)).toEqual([150, 1_150, 2_150])
  expect(stored[1]?.rows).toBeCloseTo(20_000, -3)
})

test('a hundred thousand are stored at once', () => {
  const { stored, write } = setUp()
  write(100_000)
  expect(stored).toEqual([{ at: 0, rows: 100_000 }])
})

test('a few after many do not wait longer', () => {
  const { stored, write } = setUp()
  write(50_000)
  vi.advanceTimersByTime(400)
  write(3)
  vi.advanceTimersByTime(400)
  expect(stored).toEqual([
    { at: 150, rows: 50_000 },
    { at: 550, rows: 3 },
  ])
})
