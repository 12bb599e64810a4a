import type { EpochMillis } from '../core/time.ts'
import { round, type Line } from './plant.ts'
import { normal, seededRandom, type Random } from './random.ts'

export type LineState = 'running' | 'changeover' | 'stopped'

/** What the control of a line sends. */
export interface LineReading {
  readonly state: LineState
  /** Pieces since the last reading. */
  readonly good: number
  readonly rejected: number
  readonly perMinute: number
  readonly energyKwh: number
  readonly oee: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What a line does in so long a time is drawn anew, and the line runs when that begins: whoever comes later finds the same. */
const PLANNED_HOURS = 12

interface Plan {
  readonly number: number
  readonly random: Random
}

/** One line in time: it runs, is changed over to the next product, stops for a while. Call in the order of time. */
export class LineModel {
  readonly #line: Line
  readonly #seed: string
  readonly #random: Random
  #plan: Plan | undefined
  #state: LineState = 'running'
  #until: EpochMillis = 0
  #last: EpochMillis | undefined
  #fraction = 0
  readonly #recent = { planned: 0, made: 0, good: 0 }

  constructor(line: Line, seed: string) {
    this.#line = line
    this.#seed = seed
    this.#random = seededRandom(seed)
  }

  /** Brings the line to a moment. @returns how hard its machines work then, 0 to 1 */
  advance(at: EpochMillis): number {
    const number = Math.floor(at / (PLANNED_HOURS * HOUR))
    const plan = this.#plan?.number === number ? this.#plan : this.#begin(number)
    while (at >= this.#until) {
      const [state, lasts] = this.#next(plan.random)
      this.#state = state
      this.#until += lasts
    }
    if (this.#state === 'stopped') return 0
    if (this.#state === 'changeover') return 0.25
    return Math.min(1, Math.max(0.4, shiftLoad(at) * (1 + 0.03 * normal(this.#random))))
  }

  /** What came off the line since the last reading; `load` is what `advance` answered. */
  read(at: EpochMillis, load: number): LineReading {
    const minutes = this.#last === undefined ? 0 : (at - this.#last) / MINUTE
    this.#last = at
    const running = this.#state === 'running'
    const perMinute = running ? this.#line.targetPerMinute * load : 0
    const exact = perMinute * minutes + this.#fraction
    const made = Math.floor(exact)
    this.#fraction = exact - made
    let rejected = 0
    for (let piece = 0; piece < made; piece++) if (this.#random() < 0.012) rejected++
    const powerKw = this.#line.machines.reduce((sum, machine) => sum + machine.powerKw, 0)
    this.#average(this.#line.targetPerMinute * minutes, made, made - rejected)
    return {
      state: this.#state,
      good: made - rejected,
      rejected,
      perMinute: round(perMinute, 2),
      energyKwh: round((powerKw * (0.1 + 0.75 * load) * minutes) / 60, 3),
      oee: round(this.#recent.planned === 0 ? load : Math.min(1, this.#recent.good / this.#recent.planned), 3),
    }
  }

  /** Overall equipment effectiveness looks back about two hours. */
  #average(planned: number, made: number, good: number): void {
    const keep = this.#recent.planned > 120 * this.#line.targetPerMinute ? 0.98 : 1
    this.#recent.planned = this.#recent.planned * keep + planned
    this.#recent.made = this.#recent.made * keep + made
    this.#recent.good = this.#recent.good * keep + good
  }

  #begin(number: number): Plan {
    const plan = { number, random: seededRandom(`${this.#seed} plan ${number}`) }
    this.#plan = plan
    this.#state = 'running'
    this.#until = number * PLANNED_HOURS * HOUR + plan.random() * 3 * HOUR
    return plan
  }

  #next(random: Random): [LineState, number] {
    if (this.#state !== 'running') return ['running', (1 + 4 * random()) * HOUR]
    return random() < 0.6 ? ['changeover', (6 + 14 * random()) * MINUTE] : ['stopped', (2 + 12 * random()) * MINUTE]
  }
}

/** Three shifts, the night with fewer orders, a break in the middle of each. */
function shiftLoad(at: EpochMillis): number {
  const hour = (at / HOUR) % 24
  const shift = hour >= 6 && hour < 22 ? 0.92 : 0.68
  const intoShift = (hour + 2) % 8
  return intoShift > 3.9 && intoShift < 4.4 ? shift * 0.75 : shift
}
