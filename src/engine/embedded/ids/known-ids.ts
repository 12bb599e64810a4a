import type { LanePool } from '../lane-pool.ts'
import { ID } from '../layout.ts'
import { identifier, sql } from '../sql.ts'
import { qualified } from '../tables/ddl.ts'
import type { TableStore } from '../tables/table-store.ts'
import { hashId, IdFilter } from './id-filter.ts'

/** Filters of all indices together; an index beyond looks its ids up, new ones too. */
const MAX_FILTER_BYTES = 64 * 1024 * 1024
const TIMEOUT_MS = 120_000
/** Hashes added between two turns of the event loop: about 5 ms. */
const HASHES_PER_TURN = 50_000

/** Memory that the filters of all indices may take. */
export class FilterBudget {
  #left = MAX_FILTER_BYTES

  take(bytes: number): boolean {
    if (bytes > this.#left) return false
    this.#left -= bytes
    return true
  }

  give(bytes: number): void {
    this.#left += bytes
  }
}

/** Which explicit ids an index may have. Made of its table at the first write that brings an id. */
export class KnownIds {
  readonly #uuid: string
  readonly #tables: TableStore
  readonly #lanes: LanePool
  readonly #budget: FilterBudget
  #filter: IdFilter | undefined
  #taken = 0
  #loading: Promise<void> | undefined

  constructor(uuid: string, tables: TableStore, lanes: LanePool, budget: FilterBudget) {
    this.#uuid = uuid
    this.#tables = tables
    this.#lanes = lanes
    this.#budget = budget
  }

  /** To be awaited before `mayHave`. */
  async ready(): Promise<void> {
    await (this.#loading ??= this.#load())
  }

  /** To be awaited before `mayHave` by whoever only reads: makes a filter only where that costs nothing. */
  async readyToRead(): Promise<void> {
    if (this.#loading !== undefined) return this.#loading
    const table = await this.#tables.hold(this.#uuid)
    if (table === undefined) return this.ready()
    this.#tables.release(table)
    return table.columns?.idIndex === true ? undefined : this.ready()
  }

  add(id: string): void {
    if (this.#filter === undefined) return
    this.#filter.add(hashId(id))
    this.#settle()
  }

  mayHave(id: string): boolean {
    return this.#filter === undefined || this.#filter.mayHave(hashId(id))
  }

  /** Frees the memory; the next write with an id reads the table again. */
  drop(): void {
    this.#budget.give(this.#taken)
    this.#taken = 0
    this.#filter = undefined
    this.#loading = undefined
  }

  async #load(): Promise<void> {
    const table = await this.#tables.hold(this.#uuid)
    try {
      const rows = table?.columns?.idIndex === true ? (table.summary?.rows ?? 0) : 0
      // Ids that are written while the table is read go in as they come.
      this.#filter = new IdFilter(rows * 1.5)
      this.#settle()
      if (table === undefined || rows === 0 || this.#filter === undefined) return
      const id = identifier(ID)
      const hashes = await this.#lanes.read(
        'schema',
        sql`SELECT murmurHash3_32(${id}) FROM ${qualified(table.name)} WHERE ${id} != ''`,
        {
          format: 'RowBinary',
          signal: new AbortController().signal,
          timeoutMs: TIMEOUT_MS,
        },
      )
      for (let at = 0; at < hashes.length; at += 4) {
        this.#filter?.add(hashes.readUInt32LE(at))
        if (at % (HASHES_PER_TURN * 4) === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      this.#settle()
    } catch (error) {
      this.drop()
      throw error
    } finally {
      if (table) this.#tables.release(table)
    }
  }

  /** Accounts for what the filter has grown to, and lets it go when that is too much. */
  #settle(): void {
    const bytes = this.#filter?.bytes ?? 0
    if (bytes === this.#taken) return
    if (bytes < this.#taken || this.#budget.take(bytes - this.#taken)) {
      this.#taken = bytes
      return
    }
    this.#budget.give(this.#taken)
    this.#taken = 0
    this.#filter = undefined
  }
}
