import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { giveMemoryBackAtRest } from './memory-at-rest.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test.each([
  { name: 'at rest', usedMs: 10, after: true },
  { name: 'not at work', usedMs: 500, after: false },
])('garbage is collected $name', async ({ usedMs, after }) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  vi.spyOn(process, 'cpuUsage').mockImplementation(() => ({ user: usedMs * 1000, system: 0 }))
  const end = giveMemoryBackAtRest()
  const gone = new WeakRef(Array.from({ length: 1000 }, (_, n) => ({ n })))
  await nextTurn()
  vi.advanceTimersByTime(10_000)
  await nextTurn()
  end()
  expect(gone.deref() === undefined).toBe(after)
})
