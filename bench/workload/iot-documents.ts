import { normal, seededRandom, type Random } from '../../src/sample/random.ts'

/*
 * Data set `iot`: 1,000 devices that report every 10 s. Synthetic and seeded: one seed, the same bytes on every machine.
 * Jitter, late batches after a device was offline, duplicates, spikes, nulls and drift are in it because real fleets
 * have them. Mean document about 270 bytes.
 */

export const DEFAULT_SEED = '20240501'
export const START = Date.parse('2026-11-01T00:00:00Z')
export const DEVICES = 1000
const STEP_MILLIS = 10_000
const TYPES = ['temperature', 'climate', 'industrial', 'vehicle']
const SYLLABLES = 'al ba cor den el fi gor ha in jo ka lum mi nor ol pra qui ra sta tem un ver wi xen yor zu'.split(' ')

/** 2,000 made-up words, the frequent ones first and short. */
export function vocabulary(random: Random): string[] {
  const words = new Set<string>()
  while (words.size < 2000) {
    const syllables = Array.from(
      { length: 1 + Math.floor(random() * 3) },
      () => SYLLABLES[Math.floor(random() * SYLLABLES.length)],
    )
    words.add(syllables.join(''))
  }
  return [...words].sort((a, b) => a.length - b.length)
}

/** Draws words by a Zipf law with exponent 1.1. */
function zipf(words: readonly string[], random: Random): () => string {
  const sums: number[] = []
  let sum = 0
  for (let rank = 1; rank <= words.length; rank++) sums.push((sum += 1 / rank ** 1.1))
  return () => {
    const x = random() * sum
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < x) low = middle + 1
      else high = middle
    }
    return words[low] ?? ''
  }
}

interface Device {
  readonly id: string
  readonly type: string
  readonly firmware: string
  readonly phase: number
  lat: number
  lon: number
  readonly moving: boolean
  /** °C per step. */
  readonly drift: number
  noise: number
  extra: number
  humidity: number
  pressure: number
  battery: number
}

function makeFleet(random: Random): Device[] {
  return Array.from({ length: DEVICES }, (_, n) => {
    const f = random()
    return {
      id: `dev-${n + 1}`,
      type: TYPES[n % 4] ?? '',
      firmware: f < 0.7 ? '2.4.1' : f < 0.9 ? '2.3.0' : f < 0.98 ? '2.2.7' : '1.9.9',
      phase: Math.floor(random() * STEP_MILLIS),
      lat: 47 + random() * 7,
      lon: 6 + random() * 9,
      moving: random() < 0.1,
      drift: n % 200 === 0 ? 0.05 / 360 : 0,
      noise: 0,
      extra: 0,
      humidity: 30 + random() * 40,
      pressure: 1000 + random() * 25,
      battery: 20 + random() * 80,
    }
  })
}

/** The documents as JSON text, in the order of their arrival. */
export function* iotDocuments(count: number, seed = DEFAULT_SEED): Generator<string> {
  const random = seededRandom(`iot${seed}`)
  const word = zipf(vocabulary(random), random)
  const fleet = makeFleet(random)
  /** Documents that come late, by the step they arrive in. */
  const late = new Map<number, string[]>()
  let n = 0
  for (let step = 0; n < count; step++) {
    for (const text of late.get(step) ?? []) if (n++ < count) yield text
    late.delete(step)
    for (const device of fleet) {
      const text = report(device, START + step * STEP_MILLIS, n, random, word)
      const fate = random()
      if (fate < 0.005) {
        const arrival = step + 1 + Math.floor(random() * 60)
        late.set(arrival, [...(late.get(arrival) ?? []), text])
        continue
      }
      if (n++ < count) yield text
      if (fate > 0.999 && n++ < count) yield text
    }
  }
}

/** The order in which random numbers are drawn is part of the data set: do not change it. */
function report(device: Device, stepTime: number, n: number, random: Random, word: () => string): string {
  const at = stepTime + device.phase + Math.round(normal(random) * 50)
  const hours = (at - START) / 3_600_000
  device.noise = 0.9 * device.noise + normal(random) * 0.4
  device.extra += device.drift
  device.humidity = clamp(device.humidity + normal(random) * 0.5, 20, 90)
  device.pressure = clamp(device.pressure + normal(random) * 0.2, 980, 1040)
  device.battery = device.battery <= 5 ? 100 : device.battery - 95 / (30 * 8640)
  if (device.moving) {
    device.lat = clamp(device.lat + (random() - 0.5) * 0.01, 47, 54)
    device.lon = clamp(device.lon + (random() - 0.5) * 0.01, 6, 15)
  }
  const temperature = temperatureOf(device, hours, random)
  const words = Array.from({ length: 3 + Math.floor(random() * 6) }, word).join(' ')
  const request =
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0') + (n & 0xffff).toString(16).padStart(4, '0')
  return JSON.stringify({
    '@timestamp': new Date(at).toISOString(),
    device: { id: device.id, type: device.type, firmware: device.firmware },
    location: { lat: fixed(device.lat, 5), lon: fixed(device.lon, 5) },
    temperature,
    humidity: fixed(device.humidity, 1),
    pressure: fixed(device.pressure, 1),
    battery: fixed(device.battery, 1),
    message: `${words} code=${Math.floor(random() * 5003)} req-${request}`,
  })
}

function temperatureOf(device: Device, hours: number, random: Random): number | null {
  if (random() < 0.001) return null
  if (random() < 0.0002) return fixed(60 + random() * 30, 2)
  return fixed(20 + 5 * Math.sin((hours * Math.PI) / 12) + 2 * Math.sin(hours * 2 * Math.PI) + device.noise + device.extra, 2)
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x))
const fixed = (x: number, digits: number): number => +x.toFixed(digits)
