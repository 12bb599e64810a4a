import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test, vi } from 'vitest'
import { createEvent, type Event } from '../src/core/event.ts'
import { silentLog, type Log } from '../src/core/log.ts'
import { systemClock } from '../src/core/time.ts'
import { Broker } from '../src/plugins/inputs/mqtt-broker/broker.ts'
import { defaultLimits } from '../src/plugins/inputs/mqtt-broker/limits.ts'
import { TcpListener } from '../src/plugins/inputs/mqtt-broker/tcp-listener.ts'
import type { Settled } from '../src/plugins/plugin.ts'
import { pluginTables } from '../src/plugins/tables.ts'
import { testContext } from '../src/plugins/test-context.ts'

// The broker elsewhere is gone for an hour: what is scaled are the timers between two attempts, all else is real.

const ATTEMPTS_OF_AN_HOUR = 3_600
/** Attempts after which everything that is made once has been made. */
const WARM = 600
const MESSAGES = 100
/** Seconds for which the port is closed, before somebody is there who hangs up. */
const REFUSALS = 600

const endings: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const end of endings.splice(0).toReversed()) await end()
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes that are in use once all that is garbage is gone. */
async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await nextTurn()
    collectGarbage()
  }
  return process.memoryUsage().heapUsed
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Lets the time go by, a second at a time, until the condition holds. */
async function secondsUntil(holds: () => boolean): Promise<void> {
  while (!holds()) {
    vi.advanceTimersByTime(1_000)
    await nextTurn()
  }
}

function named<T extends { readonly name: string }>(table: readonly T[], name: string): T {
  const found = table.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

test('nothing that was acknowledged is lost, nothing grows, and the log says it once', { timeout: 300_000 }, async () => {
  const broker = new Broker({
    clock: systemClock,
    log: silentLog,
    limits: defaultLimits,
    newClientId: () => 'made-up',
    authenticate: ({ clientId }) =>
      Promise.resolve({ allowed: true, principal: { name: clientId, kind: 'device', roles: [], realm: 'test' } }),
  })
  const listen = async (port: number): Promise<TcpListener> => {
    const listener = new TcpListener({ broker, host: '127.0.0.1', port })
    await listener.start()
    return listener
  }
  let listener = await listen(0)
  const { port } = listener
  endings.push(
    () => broker.stop(),
    () => (listener.close(), listener.destroy()),
  )
  const published = new Set<string>()
  broker.subscribeLocally({
    filters: ['alarms'],
    receive: ({ payload }, settled) => {
      published.add(payload.toString())
      settled?.(undefined)
      return true
    },
    ready: () => Promise.resolve(),
  })
  const told: string[] = []
  const tell = (fields: unknown, message?: string): void => void told.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { ...silentLog, warn: tell, error: tell }

  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const target = { host: '127.0.0.1', port, clean_session: false }

  const plain = named(pluginTables.codecs, 'plain')
  const codec = plain.create(plain.config.parse({ format: '%{message}' }), testContext())
  const context = { ...testContext(), log, codec }

  const outputs = named(pluginTables.outputs, 'mqtt')
  const output = outputs.create(outputs.config.parse({ ...target, topic: 'alarms', client_id: 'out' }), {
    ...context,
    signal: new AbortController().signal,
    deadLetter: () => Promise.reject(new Error('nothing is refused')),
  })
  await output.start?.()
  endings.push(() => output.close?.())

  const received: string[] = []
  const unsettled: (Settled | undefined)[] = []
  let settles = true
  const inputs = named(pluginTables.inputs, 'mqtt')
  const input = inputs.create(inputs.config.parse({ ...target, topics: ['sensors/#'], qos: '1', client_id: 'in' }), context)
  await input.start({
    push(events: readonly Event[], settled) {
      if (!settles) unsettled.push(settled)
      else {
        received.push(...events.map(({ fields }) => String(fields['message'])))
        settled?.(undefined)
      }
      return true
    },
    ready: () => Promise.resolve(),
  })
  endings.push(
    () => input.close?.(),
    () => input.stop(),
  )
  const sense = (n: number): Promise<void> =>
    broker.publishLocally({ topic: 'sensors/1', payload: Buffer.from(`reading ${n}`), qos: 1, retain: false })

  // All is well.
  await output.write([createEvent({ message: 'alarm 0' })])
  expect([...published]).toEqual(['alarm 0'])
  await secondsUntil(() => broker.stats.subscriptions >= 2)
  await sense(0)
  await secondsUntil(() => received.length === 1)
  // This one is taken, and not stored when the broker goes.
  settles = false
  await sense(1)
  await secondsUntil(() => unsettled.length === 1)

  listener.close()
  listener.destroy()
  let refusals = REFUSALS
  await secondsUntil(() => refusals-- === 0)
  let attempts = 0
  const nobody = createServer((socket) => {
    attempts += 1
    socket.on('error', () => undefined).destroy()
  })
  nobody.listen(port, '127.0.0.1')
  await once(nobody, 'listening')
  endings.push(() => nobody.close())
  settles = true
  for (let n = 2; n < MESSAGES; n++) await sense(n)
  const written = output.write(Array.from({ length: MESSAGES }, (_, n) => createEvent({ message: `alarm ${n}` })))
  // Two of them try.
  await secondsUntil(() => attempts >= 2 * WARM)
  const before = await usedBytes()
  await secondsUntil(() => attempts >= 2 * ATTEMPTS_OF_AN_HOUR)
  expect((await usedBytes()) - before).toBeLessThan(1.5 * 1024 * 1024)
  expect(told.length).toBeLessThan(10)
  expect(published.size).toBe(1)

  await new Promise((resolve) => nobody.close(resolve))
  listener = await listen((nobody.address() as AddressInfo | null)?.port ?? port)
  let done = false
  void written.then(() => (done = true))
  await secondsUntil(() => done && received.length >= MESSAGES)
  expect(new Set(received)).toEqual(new Set(Array.from({ length: MESSAGES }, (_, n) => `reading ${n}`)))
  expect(published).toEqual(new Set(Array.from({ length: MESSAGES }, (_, n) => `alarm ${n}`)))
})
