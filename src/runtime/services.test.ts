import { expect, test } from 'vitest'
import { silentLog } from '../core/log.ts'
import type { Service } from '../core/service.ts'
import { ServiceStack } from './services.ts'

function recorder(events: string[]): (name: string, options?: { fails?: boolean; hangs?: boolean }) => Service {
  return (name, { fails = false, hangs = false } = {}) => ({
    name,
    start: async () => {
      events.push(`start ${name}`)
      if (fails) throw new Error(`${name} is in the way`)
    },
    stop: () => {
      events.push(`stop ${name}`)
      return hangs ? new Promise<void>(() => undefined) : Promise.resolve()
    },
  })
}

test('services stop in the reverse order of their start', async () => {
  const events: string[] = []
  const service = recorder(events)
  const stack = new ServiceStack({ stopLimitMs: 1000 })
  for (const name of ['a', 'b', 'c']) await stack.start(service(name))
  expect(await stack.stop(silentLog)).toBe(true)
  expect(events).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a'])
})

test('after a failed start everything that was begun is stopped', async () => {
  const events: string[] = []
  const service = recorder(events)
  const stack = new ServiceStack({ stopLimitMs: 1000 })
  await stack.start(service('a'))
  await expect(stack.start(service('b', { fails: true }))).rejects.toThrow('b is in the way')
  await stack.stop(silentLog)
  expect(events).toEqual(['start a', 'start b', 'stop b', 'stop a'])
})

test('a service that does not stop is left behind', async () => {
  const events: string[] = []
  const service = recorder(events)
  const stack = new ServiceStack({ stopLimitMs: 20 })
  await stack.start(service('a'))
  await stack.start(service('b', { hangs: true }))
  expect(await stack.stop(silentLog)).toBe(false)
  expect(events.slice(2)).toEqual(['stop b', 'stop a'])
})
