import type { EpochMillis } from '../core/time.ts'
import { round, SERVICE_INTERVAL_HOURS, type Bearing, type Machine } from './plant.ts'
import { normal, type Random } from './random.ts'

/** What a machine's sensor sends. Units: °C, mm/s RMS (velocity), g (acceleration), kW, rpm. */
export interface MachineReading {
  readonly temperature: number
  readonly vibration: Vibration
  readonly speedRpm: number
  readonly powerKw: number
  readonly operatingHours: number
  readonly condition: Condition
}

export interface Vibration {
  /** Velocity, 10 to 1,000 Hz: what ISO 20816 judges. */
  readonly rms: number
  /** Acceleration. */
  readonly peak: number
  /** Peak over RMS of the acceleration: rises first when a bearing begins to fail. */
  readonly crest: number
  /** 3 for plain noise; shocks raise it. */
  readonly kurtosis: number
  /** Velocity at once, twice and three times the speed: imbalance, misalignment, looseness. */
  readonly h1: number
  readonly h2: number
  readonly h3: number
  /** Acceleration at the bearing's defect frequencies: outer ring, inner ring, ball, cage. */
  readonly bpfo: number
  readonly bpfi: number
  readonly bsf: number
  readonly ftf: number
}

/** Zones A and B, C, and D of ISO 20816-3 for machines of this size. */
export type Condition = 'good' | 'watch' | 'alarm'

const WATCH_ABOVE_MM_S = 4.5
const ALARM_ABOVE_MM_S = 7.1

/**
 * Frequencies in Hz at which defects of a bearing show, for a shaft speed in Hz and a fixed outer ring: outer ring, inner
 * ring, ball and cage. Kinematics of rolling bearings, e.g. Randall and Antoni 2011, section 2.
 */
export function defectFrequencies(
  { balls, ratio }: Bearing,
  shaftHz: number,
): { bpfo: number; bpfi: number; bsf: number; ftf: number } {
  return {
    bpfo: (balls / 2) * shaftHz * (1 - ratio),
    bpfi: (balls / 2) * shaftHz * (1 + ratio),
    bsf: (shaftHz / (2 * ratio)) * (1 - ratio ** 2),
    ftf: (shaftHz / 2) * (1 - ratio),
  }
}

/** What happens to a machine at a moment. */
export interface MachineSituation {
  readonly at: EpochMillis
  /** 0 when it stands, 1 at full load. */
  readonly load: number
  /** °C in the hall. */
  readonly ambient: number
  /** How far a bearing that was told to fail has come, 0 to 1. */
  readonly bearingDamage: number
}

/** One machine in time: warm or cold, new or worn. Call in the order of time. */
export class MachineModel {
  readonly #machine: Machine
  readonly #random: Random
  #temperature: number | undefined
  #last: EpochMillis | undefined

  constructor(machine: Machine, random: Random) {
    this.#machine = machine
    this.#random = random
  }

  read({ at, load, ambient, bearingDamage }: MachineSituation): MachineReading {
    const machine = this.#machine
    const hours = at / 3_600_000 + machine.servicePhaseHours
    const wear = (hours % SERVICE_INTERVAL_HOURS) / SERVICE_INTERVAL_HOURS
    const target = ambient + machine.heat * load * (1 + 0.15 * wear ** 2) + 28 * bearingDamage * load
    const temperature = this.#warmTo(target, at)
    const speedRpm = load === 0 ? 0 : machine.speedRpm * (0.985 + 0.01 * load + 0.002 * normal(this.#random))
    const vibration = load === 0 ? this.#standing() : this.#turning(load, wear, bearingDamage)
    return {
      temperature: round(temperature + 0.15 * normal(this.#random), 2),
      vibration,
      speedRpm: Math.round(speedRpm),
      powerKw: round(
        load === 0 ? 0.02 * machine.powerKw : machine.powerKw * (0.25 + 0.75 * load) * (1 + 0.02 * normal(this.#random)),
        2,
      ),
      operatingHours: round(hours % SERVICE_INTERVAL_HOURS, 1),
      condition: vibration.rms > ALARM_ABOVE_MM_S ? 'alarm' : vibration.rms > WATCH_ABOVE_MM_S ? 'watch' : 'good',
    }
  }

  /** Newton's law of cooling with a time constant of a quarter of an hour. */
  #warmTo(target: number, at: EpochMillis): number {
    const seconds = this.#last === undefined ? Infinity : (at - this.#last) / 1000
    const before = this.#temperature ?? target
    this.#last = at
    this.#temperature = target + (before - target) * Math.exp(-seconds / 900)
    return this.#temperature
  }

  #standing(): Vibration {
    const rms = Math.abs(0.03 + 0.01 * normal(this.#random))
    return {
      rms: round(rms, 3),
      peak: round(rms * 0.1, 3),
      crest: 3,
      kurtosis: 3,
      h1: 0,
      h2: 0,
      h3: 0,
      bpfo: 0,
      bpfi: 0,
      bsf: 0,
      ftf: 0,
    }
  }

  #turning(load: number, wear: number, damage: number): Vibration {
    const base = this.#machine.baseVibration * (0.7 + 0.3 * load)
    const vary = (value: number): number => Math.max(0, value * (1 + 0.05 * normal(this.#random)))
    const h1 = vary(base * (0.8 + 0.5 * wear))
    const h2 = vary(base * (0.25 + 0.35 * wear ** 2))
    const h3 = vary(base * (0.12 + 0.2 * wear ** 2))
    // Bearing lines are acceleration; a healthy bearing has next to none, a failing one rings at all of them, loudest at
    // the outer ring.
    const bpfo = vary(0.02 + 0.12 * wear ** 3 + 3.2 * damage ** 1.5)
    const bpfi = vary(0.015 + 0.06 * wear ** 3 + 0.6 * damage ** 2)
    const bsf = vary(0.01 + 0.03 * wear ** 3 + 0.35 * damage ** 2)
    const ftf = vary(0.005 + 0.02 * wear ** 3 + 0.25 * damage ** 2)
    const shock = bpfo + bpfi + bsf + ftf
    const noise = vary(0.25 * base)
    const rms = Math.sqrt((h1 ** 2 + h2 ** 2 + h3 ** 2) / 2 + noise ** 2 + (1.6 * shock) ** 2)
    const crest = vary(3.1 + 0.6 * wear ** 2 + 4.5 * damage * (1 - 0.4 * damage))
    const acceleration = 0.12 * rms + shock / Math.SQRT2
    return {
      rms: round(rms, 3),
      peak: round(acceleration * crest, 3),
      crest: round(crest, 2),
      kurtosis: round(Math.max(2.5, 3 + 0.5 * wear ** 2 + 9 * damage * (1 - 0.45 * damage) + 0.12 * normal(this.#random)), 2),
      h1: round(h1, 3),
      h2: round(h2, 3),
      h3: round(h3, 3),
      bpfo: round(bpfo, 4),
      bpfi: round(bpfi, 4),
      bsf: round(bsf, 4),
      ftf: round(ftf, 4),
    }
  }
}
