import type { Random } from '../../src/sample/random.ts'
import type { ApiClient } from './api-client.ts'
import type { Expectation, KeyedChange, Range } from './expectation.ts'

export const APPENDED = 'crash-appended'
export const KEYED = 'crash-keyed'

const APPENDERS = 3
/** Sizes of bulk requests: a single document is another path than many. */
const BULK_SIZES = [1, 20, 500]
/** Clients that change one document of their own at a time, and those that change many with one bulk request. */
const SINGLE_KEYS = 8
const BULK_CLIENTS = 2
const KEYS_OF_A_BULK_CLIENT = 60
/** Leaves time to others: what is written must be read again after each kill. */
const PAUSE_MS = 5

interface BulkAnswer {
  readonly errors: boolean
  readonly items: readonly Readonly<
    Record<string, { readonly status: number; readonly _version: number; readonly error?: unknown }>
  >[]
}

/** Clients that write until they are told to stop, and note in an `Expectation` what they try and what is acknowledged. */
export class Load {
  readonly #client: ApiClient
  readonly #expected: Expectation
  readonly #random: Random
  readonly #running: Promise<void>
  readonly #errors: string[] = []
  /** The server is about to be killed: from now on connections may break. */
  #ending = false
  #next: number

  /** @param first number of the first document that is appended; those of other loads lie elsewhere */
  constructor(client: ApiClient, expected: Expectation, random: Random, first: number) {
    this.#client = client
    this.#expected = expected
    this.#random = random
    this.#next = first
    const clients = [
      ...Array.from({ length: APPENDERS }, () => () => this.#append()),
      ...Array.from({ length: SINGLE_KEYS }, (_, i) => () => this.#changeOne(`single-${i}`)),
      ...Array.from({ length: BULK_CLIENTS }, (_, i) => () => this.#changeMany(`bulk-${i}`)),
    ]
    this.#running = Promise.all(clients.map((client) => this.#repeat(client))).then(() => undefined)
  }

  /** To be called before the server is killed, or stopped. */
  end(): void {
    this.#ending = true
  }

  /** Resolves when no request is under way, with what went wrong before `end`. */
  async ended(): Promise<readonly string[]> {
    await this.#running
    return this.#errors
  }

  async #repeat(step: () => Promise<void>): Promise<void> {
    while (!this.#ending) {
      try {
        await step()
      } catch (error) {
        if (this.#ending) return
        this.#errors.push(describe(error))
        return
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  async #append(): Promise<void> {
    const count = pick(BULK_SIZES, this.#random)
    const range: Range = { first: this.#next, count }
    this.#next += count
    const lines = Array.from({ length: count }, (_, i) => {
      const n = range.first + i
      const at = new Date(1_700_000_000_000 + n).toISOString()
      return `{"create":{}}\n${JSON.stringify({ n, '@timestamp': at, text: `line ${n} of many`, device: `d${n % 7}` })}\n`
    })
    this.#expected.tryAppend(range)
    checkItems((await this.#client.call('POST', `/${APPENDED}/_bulk`, lines.join(''))) as BulkAnswer)
    this.#expected.acknowledgeAppend(range)
  }

  async #changeOne(id: string): Promise<void> {
    const change = this.#anyChange(id)
    this.#expected.tryChange(change)
    const path = change.kind === 'update' ? `/${KEYED}/_update/${id}` : `/${KEYED}/_doc/${id}`
    const body = change.kind === 'delete' ? undefined : bodyOf(change)
    const method = { index: 'PUT', update: 'POST', delete: 'DELETE' }[change.kind]
    const { _version } = (await this.#client.call(method, path, body)) as { _version: number }
    this.#expected.acknowledgeChange(change, _version)
  }

  /** Some documents twice in one request: the later change counts. */
  async #changeMany(client: string): Promise<void> {
    const changes: KeyedChange[] = []
    for (let i = 0; i < KEYS_OF_A_BULK_CLIENT; i++) {
      const id = `${client}-${Math.floor(this.#random() * KEYS_OF_A_BULK_CLIENT)}`
      const change = this.#anyChange(id)
      this.#expected.tryChange(change)
      changes.push(change)
    }
    const lines = changes.map((change) => {
      const action = JSON.stringify({ [change.kind]: { _id: change.id } })
      return change.kind === 'delete' ? `${action}\n` : `${action}\n${JSON.stringify(bodyOf(change))}\n`
    })
    const answer = (await this.#client.call('POST', `/${KEYED}/_bulk`, lines.join(''))) as BulkAnswer
    checkItems(answer)
    for (const [i, change] of changes.entries()) {
      if (changes.findLastIndex(({ id }) => id === change.id) > i) continue
      this.#expected.acknowledgeChange(change, answer.items[i]?.[change.kind]?._version ?? 0)
    }
  }

  #anyChange(id: string): KeyedChange {
    const value = Math.floor(this.#random() * 1e9)
    const there = this.#expected.document(id) !== undefined
    const kind = there
      ? pick(['index', 'index', 'update', 'delete'] as const, this.#random)
      : pick(['index', 'update'] as const, this.#random)
    if (kind === 'delete') return { kind, id }
    return kind === 'index' ? { kind, id, value } : { kind, id, note: value }
  }
}

function bodyOf(change: Exclude<KeyedChange, { kind: 'delete' }>): object {
  return change.kind === 'index' ? { value: change.value } : { doc: { note: change.note }, doc_as_upsert: true }
}

/** @throws Error telling the first item that failed */
function checkItems({ errors, items }: BulkAnswer): void {
  if (!errors) return
  const failed = items.find((item) => Object.values(item).some(({ error }) => error !== undefined))
  throw new Error(`an item of a bulk request failed: ${JSON.stringify(failed)}`)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T
}
