import { expect, test } from 'vitest'
import { SharedSearches } from './shared-searches.ts'

/** A search that ends when it is told to, and keeps count. */
function search() {
  const started: { signal: AbortSignal; finish: (answer: string) => void }[] = []
  const start = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      started.push({ signal, finish: resolve })
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  return { started, start }
}

test('equal searches run once and all get the answer', async () => {
  const shared = new SharedSearches<string>()
  const { started, start } = search()
  const signal = new AbortController().signal
  const answers = [shared.run('a', signal, start), shared.run('a', signal, start), shared.run('b', signal, start)]
  expect(started).toHaveLength(2)
  started[0]?.finish('A')
  started[1]?.finish('B')
  expect(await Promise.all(answers)).toEqual(['A', 'A', 'B'])
  expect(shared.size).toBe(0)
})

test('one who leaves does not end it for the others; the last one does', async () => {
  const shared = new SharedSearches<string>()
  const { started, start } = search()
  const [first, second] = [new AbortController(), new AbortController()]
  const one = shared.run('a', first.signal, start)
  const two = shared.run('a', second.signal, start)
  first.abort(new Error('left'))
  await expect(one).rejects.toThrow('left')
  expect(started[0]?.signal.aborted).toBe(false)
  second.abort(new Error('left too'))
  await expect(two).rejects.toThrow('left too')
  expect(started[0]?.signal.aborted).toBe(true)
  expect(shared.size).toBe(0)
})

test('an abandoned search is not joined by those who come later', async () => {
  const shared = new SharedSearches<string>()
  const { started, start } = search()
  const first = new AbortController()
  const one = shared.run('a', first.signal, start)
  first.abort(new Error('left'))
  const two = shared.run('a', new AbortController().signal, start)
  started[1]?.finish('A')
  await expect(one).rejects.toThrow('left')
  expect(await two).toBe('A')
})
