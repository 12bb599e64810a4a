import { beforeEach, expect, test } from 'vitest'
import { Factory, type Intervals, type Reading } from './factory.ts'
import { nameFault, parseFault } from './fault.ts'
import { gatewayNames } from './plant.ts'

const start = Date.parse('2026-11-03T08:00:00Z')
const MINUTE = 60_000
const every: Intervals = { machines: MINUTE, lines: MINUTE, environment: MINUTE }

let factory: Factory
beforeEach(() => {
  factory = new Factory(1)
})

interface Payload {
  readonly timestamp: string
  readonly temperature: number
  readonly device: { readonly firmware: string }
  readonly location: { readonly lat: number; readonly lon: number }
  readonly machine: { readonly id: string; readonly condition: string; readonly state: string }
  readonly vibration: { readonly rms: number; readonly kurtosis: number; readonly bpfo: number }
}

const textOf = ({ at, gateway, topic, payload: text }: Reading): string => `${at} ${gateway} ${topic} ${text}`
const payload = (reading: Reading | undefined): Payload => JSON.parse(reading?.payload ?? 'null') as Payload
const of = (readings: readonly Reading[], device: string): Reading[] =>
  readings.filter((reading) => reading.topic.endsWith(`/${device}`))
const machine = (id: string) => factory.plant.lines.flatMap((line) => line.machines).find((one) => one.id === id)
const switchOn = (text: string, at = start): void => factory.switchOn(parseFault(text, factory.plant), at)

test('the plant is that of the case study', () => {
  const machines = factory.plant.lines.flatMap((line) => line.machines)
  expect([factory.plant.lines.length, machines.length, factory.plant.environment.length]).toEqual([25, 200, 50])
  expect(new Set(machines.map((one) => one.id)).size).toBe(200)
  expect(machine('press-07')).toMatchObject({ line: 'line-2', area: 'Press shop' })
  expect(gatewayNames(factory.plant)).toHaveLength(31)
})

test('every source reports once per interval, in the order of time', () => {
  const readings = factory.readings(start, start + 10 * MINUTE, every)
  expect(readings).toHaveLength(275 * 10)
  expect(readings.every((reading, n) => n === 0 || (readings[n - 1]?.at ?? 0) <= reading.at)).toBe(true)
  expect(readings.every((reading) => reading.at > start && reading.at <= start + 10 * MINUTE)).toBe(true)
  expect(payload(readings[0]).timestamp).toBe(new Date(readings[0]?.at ?? 0).toISOString())
})

test('spans that follow one another lose and repeat nothing', () => {
  const whole = new Factory(1).readings(start, start + 10 * MINUTE, every)
  const parts = Array.from({ length: 10 }, (_, n) => factory.readings(start + n * MINUTE, start + (n + 1) * MINUTE, every)).flat()
  expect(parts.map(textOf)).toEqual(whole.map(textOf))
})

test('a new start goes on where the last one ended: lines do the same, and machines are as warm', () => {
  const until = start + 5 * 60 * MINUTE
  factory.readings(start, until, every)
  const wentOn = factory.readings(until, until + 3 * MINUTE, every)
  const again = new Factory(1).readings(until, until + 3 * MINUTE, every)
  const machines = factory.plant.lines.flatMap((line) => line.machines)
  const off = machines.map(({ device }) => {
    const [before, after] = [wentOn, again].map((readings) => {
      const seen = of(readings, device).map(payload)
      return { state: seen[0]?.machine.state, mean: seen.reduce((sum, { temperature }) => sum + temperature, 0) / seen.length }
    })
    return { state: [before?.state, after?.state], degrees: Math.abs((before?.mean ?? 0) - (after?.mean ?? 0)) }
  })
  expect(off.filter(({ state: [before, after] }) => before !== after)).toEqual([])
  expect(Math.max(...off.map(({ degrees }) => degrees))).toBeLessThan(1.3)
})

test('what a line tells first is of the time since the start', () => {
  const quick: Intervals = { machines: MINUTE, lines: MINUTE / 4, environment: MINUTE }
  const readings = factory.readings(start, start + 5 * MINUTE, quick).filter(({ topic }) => topic.startsWith('sensors/line/'))
  const kilowattHours = (from: number, to: number): number =>
    readings
      .filter(({ at }) => at > start + from * MINUTE && at <= start + to * MINUTE)
      .reduce((sum, { payload: text }) => sum + (JSON.parse(text) as { energy: number }).energy, 0)
  expect(kilowattHours(0, 1)).toBeLessThan(1.2 * kilowattHours(1, 2))
})

test('another seed is another plant', () => {
  const [one, other] = [factory, new Factory(2)].map((each) => each.readings(start, start + MINUTE, every).map(textOf))
  expect(other).not.toEqual(one)
})

test('a day of readings looks like machines', () => {
  const readings = factory.readings(start, start + 24 * 60 * MINUTE, {
    machines: 15 * MINUTE,
    lines: 15 * MINUTE,
    environment: 15 * MINUTE,
  })
  const machines = readings.filter((reading) => reading.topic.startsWith('sensors/equipment/')).map(payload)
  const running = machines.filter((one) => one.machine.state === 'running')
  expect(running.length / machines.length).toBeGreaterThan(0.7)
  expect(machines.every((one) => one.temperature > 5 && one.temperature < 180)).toBe(true)
  expect(machines.every((one) => one.vibration.rms >= 0 && one.vibration.rms < 30)).toBe(true)
  const conditions = new Map(
    ['good', 'watch', 'alarm'].map((name) => [
      name,
      machines.filter((one) => one.machine.condition === name).length / machines.length,
    ]),
  )
  expect(conditions.get('good')).toBeGreaterThan(0.9)
  expect(conditions.get('alarm')).toBeLessThan(0.02)
})

test('a failing bearing rings at its outer ring first and ends in alarm', () => {
  switchOn('bearing:press-07')
  const device = machine('press-07')?.device ?? ''
  const seen = of(factory.readings(start, start + 15 * MINUTE, every), device)
    .map(payload)
    .filter((one) => one.machine.state === 'running')
  const [first, last] = [seen[0], seen.at(-1)]
  expect(last?.vibration.bpfo).toBeGreaterThan(2 * (first?.vibration.bpfo ?? Infinity))
  expect(last?.vibration.bpfo).toBeGreaterThan(1.5)
  expect(last?.vibration.kurtosis).toBeGreaterThan(5)
  expect(last?.machine.condition).toBe('alarm')
})

test('a drifting sensor reads half a degree more each minute', () => {
  const device = machine('robot-01')?.device ?? ''
  const everyFive: Intervals = { machines: 5 * MINUTE, lines: 5 * MINUTE, environment: 5 * MINUTE }
  const degreesIn20Minutes = (of20: Factory): number => {
    of20.readings(start, start + 18 * MINUTE, everyFive)
    return payload(of(of20.readings(start + 18 * MINUTE, start + 20 * MINUTE, every), device).at(-1)).temperature
  }
  const before = degreesIn20Minutes(new Factory(1))
  switchOn(`drift:${device}`)
  expect(degreesIn20Minutes(factory) - before).toBeCloseTo(9.8, 0)
})

test('a clone reports under the same id from somewhere else', () => {
  switchOn('clone:dev-12')
  const both = of(factory.readings(start, start + MINUTE, every), 'dev-12')
  expect(both.map((reading) => reading.gateway)).toEqual(['gateway-line-2', 'gateway-unknown'])
  expect(both.map((reading) => payload(reading).location.lat)).toEqual([expect.closeTo(49.74, 1), 52.52])
})

test('a line that is offline says nothing, and comes back', () => {
  switchOn('offline:line-3')
  const silent = factory.readings(start, start + MINUTE, every)
  expect(silent).toHaveLength(275 - 9)
  factory.switchOff(parseFault('offline:line-03', factory.plant))
  expect(factory.readings(start + MINUTE, start + 2 * MINUTE, every)).toHaveLength(275)
})

test('a stuck sensor repeats itself with new times', () => {
  switchOn('stuck:env-7')
  const seen = of(factory.readings(start, start + 5 * MINUTE, every), 'env-7').map(payload)
  expect(new Set(seen.map((one) => one.temperature)).size).toBe(1)
  expect(new Set(seen.map((one) => one.timestamp)).size).toBe(5)
})

test('a fault is called what a person calls it', () => {
  expect(nameFault(parseFault('bearing:dev-11', factory.plant), factory.plant)).toBe('bearing:press-07')
  expect(nameFault(parseFault('drift:press-07', factory.plant), factory.plant)).toBe('drift:dev-11')
})

test.each([
  { text: 'bearing:press-07', want: { kind: 'bearing', target: 'dev-11' } },
  { text: 'bearing:PRESS-7', want: { kind: 'bearing', target: 'dev-11' } },
  { text: 'offline:line-03', want: { kind: 'offline', target: 'line-3' } },
  { text: 'clone:dev-12', want: { kind: 'clone', target: 'dev-12' } },
])('$text is a fault', ({ text, want }) => expect(parseFault(text, factory.plant)).toEqual(want))

test.each([
  { text: 'baering:press-07', want: 'unknown fault [baering]; did you mean [bearing]?' },
  { text: 'fire:hall', want: 'unknown fault [fire]; there are bearing, drift, clone, offline, stuck' },
  { text: 'offline:line-333', want: 'fault [offline] has no target [line-333]; did you mean [line-3]?' },
  { text: 'bearing:env-1', want: 'fault [bearing] has no target [env-1]; did you mean [dev-1]?' },
  { text: 'drift', want: 'fault [drift] has no target []' },
])('$text is none', ({ text, want }) => expect(() => parseFault(text, factory.plant)).toThrow(want))
