import type { JsonValue } from '../../src/core/json.ts'
import type { GeneratedRequest } from '../requests/requests.ts'
import { classOf, type Difference } from './classes.ts'
import { compare, outcome, type Excuse, type Mismatch } from './compare.ts'
import { EXCUSED, LISTED } from './listed.ts'
import { minimize } from './minimize.ts'
import { isOrderOfErrors } from './order-of-errors.ts'
import type { Server } from './server.ts'

/** Differences at one place that are made smaller: each takes some hundred questions. */
const MINIMIZED_ALIKE = 3

const isExcused: Excuse = (path, ours, theirs) => EXCUSED.some((one) => one.covers({ path, ours, theirs }))

/** Asks two servers the same, and keeps what they did not answer alike. */
export class Comparison {
  readonly #ours: Server
  readonly #theirs: Server
  /** Requests by kind. */
  readonly asked = new Map<string, number>()
  readonly agreed = new Map<string, number>()
  /** Differences that are listed, by name. */
  readonly listed = new Map<string, number>()
  /** The others, by class. */
  readonly classes = new Map<string, Difference[]>()

  /** How many differences at one place have been made smaller. */
  readonly #minimized = new Map<string, number>()

  constructor(ours: Server, theirs: Server) {
    this.#ours = ours
    this.#theirs = theirs
  }

  /** @returns whether the answers agreed */
  async ask(request: GeneratedRequest): Promise<boolean> {
    bump(this.asked, request.kind)
    const mismatch = await this.#differs(request)
    if (mismatch === undefined) {
      bump(this.agreed, request.kind)
      return true
    }
    const entry = LISTED.find((one) => one.covers(mismatch))
    if (entry) {
      bump(this.listed, entry.name)
      return false
    }
    const difference = await this.#smallest(request, mismatch)
    if (await this.#isOrderOfErrors(difference)) {
      bump(this.listed, 'order of errors')
      return false
    }
    const name = classOf(difference)
    const known = this.classes.get(name)
    if (known) known.push(difference)
    else this.classes.set(name, [difference])
    return false
  }

  async #differs(request: GeneratedRequest): Promise<Mismatch | undefined> {
    const [ours, theirs] = await Promise.all([this.#ours.ask(request), this.#theirs.ask(request)])
    return compare(ours, theirs, isExcused)
  }

  async #isOrderOfErrors({ request, outcomes }: Difference): Promise<boolean> {
    const { body } = request
    if (body === undefined || request.kind === 'write') return false
    return isOrderOfErrors(body, outcomes, async (simpler) => {
      const asked = { ...request, body: simpler }
      const [ours, theirs] = await Promise.all([this.#ours.ask(asked), this.#theirs.ask(asked)])
      return [outcome(ours), outcome(theirs)]
    })
  }

  /** Only questions are made smaller: to repeat a write is another write. */
  async #smallest(request: GeneratedRequest, mismatch: Mismatch): Promise<Difference> {
    const { body } = request
    if (body === undefined || request.kind === 'write' || request.kind === 'mapping') return { ...mismatch, request }
    const same = kindOf(mismatch)
    const place = `${request.kind} ${same} ${mismatch.path.replaceAll(/\d+/g, '')}`
    bump(this.#minimized, place)
    if ((this.#minimized.get(place) ?? 0) > MINIMIZED_ALIKE) return { ...mismatch, request }
    const small = await minimize(body, async (candidate) => {
      // Of a page of documents that nothing sorts differs which ones they are.
      if (candidate['size'] !== body['size'] || lastOf(candidate['sort']) !== lastOf(body['sort'])) return false
      const found = await this.#differs({ ...request, body: candidate })
      return found !== undefined && kindOf(found) === same
    })
    const found = (await this.#differs({ ...request, body: small })) ?? mismatch
    return { ...found, request: { ...request, body: small } }
  }
}

/** The key that tells hits apart which all others find equal. */
function lastOf(sort: JsonValue | undefined): string | undefined {
  return JSON.stringify(Array.isArray(sort) ? sort.at(-1) : sort)
}

/** What a smaller request has to keep: which side refused and with which error, and about where answers part. */
const kindOf = ({ outcomes, path }: Mismatch): string =>
  `${outcomes.map(({ status, type }) => `${status} ${type ?? ''}`).join('/')} ${path.split('.').slice(0, 2).join('.').replaceAll(/\d/g, '')}`

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
