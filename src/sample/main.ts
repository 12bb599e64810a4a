import type { EpochMillis } from '../core/time.ts'
import { Factory, type Intervals } from './factory.ts'
import { nameFault, parseFault } from './fault.ts'
import { Gateways } from './gateways.ts'
import type { FromSample, ToSample } from './messages.ts'

/*
 * The sample factory's own process. It is started with an IPC channel, does nothing until it is told to run, and ends
 * with its parent.
 */

/** Live readings are looked for this often: fine enough that they come spread over time. */
const TICK_MILLIS = 200
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TROUBLE_EVERY_MILLIS = 30_000

/** Old history is coarser than life: 24 hours must be there within seconds, and charts over a day show minutes anyway. */
const OLD_HISTORY: Intervals = { machines: 5 * MINUTE, lines: 5 * MINUTE, environment: 5 * MINUTE }
/** What pages show first is as dense as what follows it, so that no rate seems to jump when life begins. */
const DENSE_HISTORY = HOUR
/** History is made up and sent in spans of this length, so that little waits in memory. */
const HISTORY_SPAN = 15 * MINUTE

const tell = (message: FromSample): void => {
  process.send?.(message)
}

let factory: Factory | undefined
let gateways: Gateways | undefined
let lastTrouble = -TROUBLE_EVERY_MILLIS

process.on('message', (message: ToSample) => {
  switch (message.kind) {
    case 'run':
      void run(message)
      return
    case 'fault':
      answer(message.request, () => switchFault(message.text, message.on))
      return
    case 'list':
      answer(message.request, () => undefined)
  }
})
// The terminal's Ctrl-C reaches the whole group; the parent decides when this process goes.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void stop())
process.on('disconnect', () => void stop())

async function stop(): Promise<void> {
  await gateways?.close(500)
  process.exit(0)
}

async function run({ host, port, seed, intervalMs, backfillFrom, secrets }: Extract<ToSample, { kind: 'run' }>): Promise<void> {
  const plant = new Factory(seed)
  factory = plant
  gateways = new Gateways({ host, port }, secrets, (text) => {
    if (performance.now() - lastTrouble < TROUBLE_EVERY_MILLIS) return // thirty gateways say the same thing
    lastTrouble = performance.now()
    tell({ kind: 'trouble', text })
  })
  const outward = gateways
  const live: Intervals = { machines: intervalMs, lines: 3 * intervalMs, environment: 6 * intervalMs }
  let last: EpochMillis = backfillFrom === undefined ? Date.now() : await backfill(plant, outward, backfillFrom, live)
  setInterval(() => {
    const now = Date.now()
    if (now <= last) return // the clock was set back: wait until it is where we were
    // After a long sleep of the machine, life goes on from now.
    outward.send(plant.readings(Math.max(last, now - 10 * intervalMs), now, live))
    last = now
  }, TICK_MILLIS)
}

/** Sends the history, the oldest first. @returns up to when it goes */
async function backfill(plant: Factory, outward: Gateways, from: EpochMillis, live: Intervals): Promise<EpochMillis> {
  const startedAt = performance.now()
  const total = Date.now() - from
  let readings = 0
  let at = from
  while (at < Date.now() - TICK_MILLIS) {
    const now = Date.now()
    const to = Math.min(at + HISTORY_SPAN, now)
    const span = plant.readings(at, to, now - to > DENSE_HISTORY ? OLD_HISTORY : live)
    await outward.sendAll(span)
    readings += span.length
    at = to
    tell({ kind: 'progress', sent: at - from, total })
  }
  tell({ kind: 'backfilled', readings, durationMs: Math.round(performance.now() - startedAt) })
  return at
}

function switchFault(text: string, on: boolean): void {
  if (!factory) throw new Error('the sample factory is still starting')
  if (!on && text === 'all') {
    factory.switchAllOff()
    return
  }
  const fault = parseFault(text, factory.plant)
  if (on) factory.switchOn(fault, Date.now())
  else if (!factory.switchOff(fault)) throw new Error(`fault [${nameFault(fault, factory.plant)}] is not on`)
}

function answer(request: number, work: () => void): void {
  let error: string | undefined
  try {
    work()
  } catch (reason) {
    error = (reason as Error).message
  }
  const plant = factory?.plant
  const faults = plant && factory ? factory.faults.map((fault) => nameFault(fault, plant)) : []
  tell({ kind: 'answer', request, faults, error })
}
