import { isJsonObject, type JsonValue } from '../../src/core/json.ts'
import type { GeneratedRequest } from '../requests/requests.ts'
import { classOf, type Difference } from './classes.ts'
import { compare, outcome, type Excuse, type Mismatch } from './compare.ts'
import { EXCUSED, LISTED } from './listed.ts'
import { minimize } from './minimize.ts'
import { isOrderOfErrors } from './order-of-errors.ts'
import type { Server } from './server.ts'
import { typedPath } from './typed-path.ts'

/** Differences at one place that are made smaller: each takes some hundred questions. */
const MINIMIZED_ALIKE = 3

const excuseOf =
  (request: GeneratedRequest): Excuse =>
  (path, ours, theirs) =>
    EXCUSED.some((one) => one.covers({ path: typedPath(path, request.body), ours, theirs, request }))

const listedAs = (mismatch: Mismatch, request: GeneratedRequest): string | undefined =>
  LISTED.find((one) => one.covers({ ...mismatch, path: typedPath(mismatch.path, request.body) }, request))?.name

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
    const inside = searchesWithin(request, mismatch)
    if (inside.length === 0) return this.#judge(request, mismatch)
    for (const one of inside) {
      const again = await this.#differs(one)
      if (again !== undefined) return this.#judge(one, again)
    }
    // What is excused of each search by itself is so of all of them.
    bump(this.agreed, request.kind)
    return true
  }

  async #judge(request: GeneratedRequest, mismatch: Mismatch): Promise<false> {
    let entry = listedAs(mismatch, request)
    const difference = entry === undefined ? await this.#smallest(request, mismatch) : { ...mismatch, request }
    // Where answers part first may have several causes; the smallest request has one.
    entry ??= listedAs(difference, difference.request)
    if (entry === undefined && (await this.#isOrderOfErrors(difference))) entry = 'order of errors'
    if (entry !== undefined) {
      bump(this.listed, entry)
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
    return compare(ours, theirs, excuseOf(request))
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

/** Of many searches that differ in an answer each one by itself. */
function searchesWithin({ kind, lines = [] }: GeneratedRequest, { path }: Mismatch): readonly GeneratedRequest[] {
  if (kind !== 'msearch' || !path.startsWith('responses.')) return []
  return lines.flatMap((header, at): readonly GeneratedRequest[] => {
    const body = lines[at + 1]
    if (at % 2 === 1 || !isJsonObject(header) || !isJsonObject(body)) return []
    return [{ kind: 'hits', method: 'POST', path: `/${String(header['index'])}/_search`, body }]
  })
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
