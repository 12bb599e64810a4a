import type { EpochMillis } from '../core/time.ts'
import { printFault, type Fault, type FaultKind } from './fault.ts'
import { LineModel } from './line-model.ts'
import { MachineModel } from './machine-model.ts'
import {
  UNKNOWN_GATEWAY,
  buildPlant,
  gatewayOfArea,
  gatewayOfLine,
  locate,
  round,
  type EnvironmentSensor,
  type Line,
  type Machine,
  type Plant,
} from './plant.ts'
import { normal, seededRandom, type Random } from './random.ts'

/** One MQTT message and the gateway that publishes it. */
export interface Reading {
  readonly at: EpochMillis
  readonly gateway: string
  readonly topic: string
  readonly payload: string
}

/** How often each kind of source reports, in milliseconds. */
export interface Intervals {
  readonly machines: number
  readonly lines: number
  readonly environment: number
}

/** Something that reports on its own beat. */
interface Source {
  readonly id: string
  readonly kind: keyof Intervals
  readonly line: string | undefined
  /** Part of the interval by which it is behind the others: 0 to 1. */
  readonly phase: number
  read(at: EpochMillis): Reading
}

/** Where the clone of a device turns up: an office in another town, with firmware nobody released. */
const ELSEWHERE = { location: { lat: 52.52, lon: 13.405 }, firmware: '0.9.0-dev', gateway: UNKNOWN_GATEWAY }

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Eight of the quarters of an hour that machines warm up and cool down in; as long as the figures of a line look back. */
const WARM_UP_HOURS = 2
/** Somewhere in the plant there is always one bearing on its way out, a new one every day and a half. */
const STORY_HOURS = 36

/**
 * The factory in time. The same seed gives the same plant and, asked for the same times in the same order, the same
 * readings; faults come on top.
 */
export class Factory {
  readonly plant: Plant
  readonly #sources: readonly Source[]
  readonly #lines = new Map<string, LineModel>()
  readonly #faults = new Map<string, { readonly fault: Fault; readonly since: EpochMillis }>()
  readonly #lastPayload = new Map<string, string>()
  readonly #seed: number
  #isWarm = false

  constructor(seed: number) {
    this.#seed = seed
    this.plant = buildPlant(seed)
    for (const line of this.plant.lines) this.#lines.set(line.id, new LineModel(line, `${seed} ${line.id}`))
    this.#sources = [
      ...this.plant.lines.flatMap((line) => [
        this.#lineSource(line),
        ...line.machines.map((machine) => this.#machineSource(machine)),
      ]),
      ...this.plant.environment.map((sensor) => this.#environmentSource(sensor)),
    ]
  }

  get faults(): Fault[] {
    return [...this.#faults.values()].map(({ fault }) => fault)
  }

  switchOn(fault: Fault, at: EpochMillis): void {
    this.#faults.set(printFault(fault), { fault, since: at })
  }

  /** @returns whether it was on */
  switchOff(fault: Fault): boolean {
    return this.#faults.delete(printFault(fault))
  }

  switchAllOff(): void {
    this.#faults.clear()
  }

  /** What is due after `from` and until `to`, in the order of time. Call with spans that follow one another. */
  readings(from: EpochMillis, to: EpochMillis, intervals: Intervals): Reading[] {
    if (!this.#isWarm) this.#warmUp(from)
    const due: { readonly at: EpochMillis; readonly source: Source }[] = []
    for (const source of this.#sources) {
      const interval = intervals[source.kind]
      const offset = Math.floor(source.phase * interval)
      for (let at = Math.floor((from - offset) / interval) * interval + interval + offset; at <= to; at += interval)
        due.push({ at, source })
    }
    due.sort((a, b) => a.at - b.at)
    return due.flatMap(({ at, source }) => this.#withFaults(source, at))
  }

  /** Machines are as warm as what their lines did before has made them, so that a new start goes on where the last one ended. */
  #warmUp(from: EpochMillis): void {
    this.#isWarm = true
    for (let at = from - WARM_UP_HOURS * HOUR; at <= from; at += 2 * MINUTE) for (const source of this.#sources) source.read(at)
  }

  #withFaults(source: Source, at: EpochMillis): Reading[] {
    const reading = source.read(at)
    if (this.#has('offline', source.id) || (source.line !== undefined && this.#has('offline', source.line))) return []
    if (this.#has('stuck', source.id)) {
      const last = this.#lastPayload.get(source.id) ?? reading.payload
      this.#lastPayload.set(source.id, last)
      const stuck = JSON.stringify({ ...(JSON.parse(last) as object), timestamp: new Date(at).toISOString() })
      return [{ ...reading, payload: stuck }]
    }
    this.#lastPayload.delete(source.id)
    if (!this.#has('clone', source.id)) return [reading]
    const { location, firmware, gateway } = ELSEWHERE
    const payload = JSON.parse(reading.payload) as { device: object }
    const clone = { ...payload, device: { ...payload.device, firmware }, location, temperature: 21.5 }
    return [reading, { ...reading, gateway, payload: JSON.stringify(clone) }]
  }

  #has(kind: FaultKind, target: string): boolean {
    return this.#faults.has(printFault({ kind, target }))
  }

  /** Minutes since a fault was switched on; `undefined` while it is off. */
  #minutesOf(kind: FaultKind, target: string, at: EpochMillis): number | undefined {
    const entry = this.#faults.get(printFault({ kind, target }))
    return entry && Math.max(0, at - entry.since) / MINUTE
  }

  #machineSource(machine: Machine): Source {
    const random = seededRandom(`${this.#seed} ${machine.device}`)
    const model = new MachineModel(machine, random)
    const line = this.#lines.get(machine.line)
    const beat = seededRandom(`${this.#seed} ${machine.line} phase`)()
    let battery = 60 + 40 * random()
    return {
      id: machine.device,
      kind: 'machines',
      line: machine.line,
      // A line's gateway asks its machines in one go: figures of a line are then always of all its machines.
      phase: beat + 0.01 * random(),
      read: (at) => {
        const load = line?.advance(at) ?? 0
        const reading = model.read({
          at,
          load,
          ambient: hallTemperature(at, machine.area),
          bearingDamage: this.#bearingDamage(machine, at),
        })
        battery = battery < 8 ? 100 : battery - 0.00002
        const { vibration } = reading
        const payload = {
          timestamp: new Date(at).toISOString(),
          device: { firmware: machine.firmware },
          machine: {
            id: machine.id,
            type: machine.type,
            state: load === 0 ? 'stopped' : load < 0.3 ? 'idle' : 'running',
            condition: reading.condition,
            speed_rpm: reading.speedRpm,
            load_percent: Math.round(load * 100),
            operating_hours: reading.operatingHours,
          },
          line: { id: machine.line },
          area: machine.area,
          location: locate(machine.position),
          position: machine.position,
          temperature: round(reading.temperature + this.#drift(machine.device, at), 2),
          vibration,
          power: reading.powerKw,
          battery: round(battery, 1),
        }
        return {
          at,
          gateway: gatewayOfLine(machine.line),
          topic: `sensors/equipment/${machine.device}`,
          payload: JSON.stringify(payload),
        }
      },
    }
  }

  #lineSource(line: Line): Source {
    const model = this.#lines.get(line.id)
    const random = seededRandom(`${this.#seed} ${line.id} phase`)
    return {
      id: line.id,
      kind: 'lines',
      line: line.id,
      phase: random(),
      read: (at) => {
        const reading = model?.read(at, model.advance(at))
        const payload = {
          timestamp: new Date(at).toISOString(),
          device: { firmware: '5.1.0' },
          line: { id: line.id, name: line.name, state: reading?.state },
          area: line.area,
          product: line.product,
          production: {
            good: reading?.good,
            rejected: reading?.rejected,
            per_minute: reading?.perMinute,
            target_per_minute: line.targetPerMinute,
            oee: reading?.oee,
          },
          energy: reading?.energyKwh,
          location: locate(line.machines[0]?.position ?? { x: 0, y: 0 }),
        }
        return { at, gateway: gatewayOfLine(line.id), topic: `sensors/line/${line.id}`, payload: JSON.stringify(payload) }
      },
    }
  }

  #environmentSource(sensor: EnvironmentSensor): Source {
    const random = seededRandom(`${this.#seed} ${sensor.device}`)
    const own = normal(random)
    let battery = 40 + 60 * random()
    return {
      id: sensor.device,
      kind: 'environment',
      line: undefined,
      phase: random(),
      read: (at) => {
        battery = battery < 8 ? 100 : battery - 0.0002
        const payload = {
          timestamp: new Date(at).toISOString(),
          device: { firmware: sensor.firmware },
          area: sensor.area,
          location: locate(sensor.position),
          position: sensor.position,
          ...air(at, sensor.area, own, random, this.#drift(sensor.device, at)),
          battery: round(battery, 1),
        }
        return {
          at,
          gateway: gatewayOfArea(sensor.area),
          topic: `sensors/environment/${sensor.device}`,
          payload: JSON.stringify(payload),
        }
      },
    }
  }

  /** A fault that somebody switched on takes minutes, the plant's own story a day and a half. */
  #bearingDamage(machine: Machine, at: EpochMillis): number {
    const minutes = this.#minutesOf('bearing', machine.device, at)
    const switchedOn = minutes === undefined ? 0 : 1 - Math.exp(-minutes / 3)
    const chapter = Math.floor(at / (STORY_HOURS * HOUR))
    const into = (at / (STORY_HOURS * HOUR)) % 1
    const worn = storyMachine(this.#seed, chapter) === machine.device ? 0.5 * into ** 2 : 0
    return Math.max(switchedOn, worn)
  }

  /** Degrees that a drifting sensor reads too high: half a degree more each minute. */
  #drift(device: string, at: EpochMillis): number {
    return Math.min(40, 0.5 * (this.#minutesOf('drift', device, at) ?? 0))
  }
}

const storyCache = new Map<string, string>()

/** The machine that a chapter of the plant's story is about. */
function storyMachine(seed: number, chapter: number): string {
  const key = `${seed} story ${chapter}`
  let device = storyCache.get(key)
  if (device === undefined) {
    storyCache.clear()
    device = `dev-${1 + Math.floor(seededRandom(key)() * 200)}`
    storyCache.set(key, device)
  }
  return device
}

/** °C inside: the day outside, damped, and the heat of what goes on in the hall. */
function hallTemperature(at: EpochMillis, area: string): number {
  const day = Math.sin(((at / HOUR - 9) / 24) * 2 * Math.PI)
  const slow = 2.5 * Math.sin((at / (24 * HOUR)) * 0.7) + 1.5 * Math.sin((at / (24 * HOUR)) * 0.23)
  const heat = { 'Press shop': 3, Machining: 2, Assembly: 0, 'Paint shop': 5, Packing: -1 }[area] ?? 0
  return 20.5 + 2.2 * day + slow + heat
}

/** What an environment sensor measures: °C, % relative humidity, hPa, ppm, dB(A), µg/m³. */
function air(at: EpochMillis, area: string, own: number, random: Random, drift: number): Record<string, number> {
  const days = at / (24 * HOUR)
  const hour = (at / HOUR) % 24
  const busy = hour >= 6 && hour < 22 ? 1 : 0.55
  const temperature = hallTemperature(at, area) + 0.5 * own + 0.15 * normal(random)
  const pressure = 1014 + 8 * Math.sin(days * 0.9) + 4 * Math.sin(days * 2.3 + 1) + 0.1 * normal(random)
  const dust = { 'Press shop': 12, Machining: 16, Assembly: 6, 'Paint shop': 9, Packing: 14 }[area] ?? 8
  const noise = { 'Press shop': 86, Machining: 79, Assembly: 71, 'Paint shop': 74, Packing: 77 }[area] ?? 70
  return {
    temperature: round(temperature + drift, 2),
    humidity: round(
      Math.min(95, Math.max(15, 48 - 1.6 * (temperature - 21) + 6 * Math.sin(days * 1.3) + 2 * own + 0.6 * normal(random))),
      1,
    ),
    pressure: round(pressure, 1),
    co2: Math.round(420 + 380 * busy + 25 * own + 12 * normal(random)),
    noise: round(noise * (0.82 + 0.18 * busy) + own + 0.8 * normal(random), 1),
    pm25: round(Math.max(0.5, dust * busy + 1.5 * own + normal(random)), 1),
  }
}
