import type { LanePool } from '../lane-pool.ts'
import { ID, ROUTING, SEQ_NO, SUPERSEDED, VERSION } from '../layout.ts'
import { type Column, source, text, uint } from '../search/columns.ts'
import { RowReader } from '../search/row-binary.ts'
import type { Settings } from '../search/statement.ts'
import { identifier, joinSql, type Sql, sql } from '../sql.ts'
import { qualified } from '../tables/ddl.ts'
import type { TableColumns } from '../tables/stored-table.ts'
import type { TableStore } from '../tables/table-store.ts'
import type { CurrentVersion } from './versions.ts'

/** With more ids than this the index over ids costs more than reading them all: 84 against 21 ms for 500 of 2 M. */
const MAX_INDEXED = 64
const TIMEOUT_MS = 60_000

/** A live document as the table has it. */
export interface FoundDocument {
  readonly seqNo: number
  readonly version: number
  /** Empty for an id that we made. */
  readonly id: string
  readonly routing: string
  readonly source: Uint8Array
}

/** Finds live documents of one index in its table, by ids of their own or by the sequence numbers of ids we made. */
export class IdLookup {
  readonly #uuid: string
  readonly #tables: TableStore
  readonly #lanes: LanePool
  /** The look-ups that share the next statement. */
  #next:
    | {
        readonly ids: Set<string>
        readonly seqNos: Set<number>
        readonly found: Promise<ReadonlyMap<string | number, CurrentVersion>>
      }
    | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(uuid: string, tables: TableStore, lanes: LanePool) {
    this.#uuid = uuid
    this.#tables = tables
    this.#lanes = lanes
  }

  /** Versions by id, or by sequence number for ids that we made. Calls that come while one runs share the next statement. */
  async versions(ids: Iterable<string>, seqNos: Iterable<number>): Promise<ReadonlyMap<string | number, CurrentVersion>> {
    if (this.#next === undefined) {
      const next = { ids: new Set<string>(), seqNos: new Set<number>() }
      const found = this.#running.then(async () => {
        this.#next = undefined
        return this.#load(next.ids, next.seqNos)
      })
      this.#running = found.catch(() => undefined)
      this.#next = { ...next, found }
    }
    for (const id of ids) this.#next.ids.add(id)
    for (const seqNo of seqNos) this.#next.seqNos.add(seqNo)
    return this.#next.found
  }

  async #load(ids: ReadonlySet<string>, seqNos: ReadonlySet<number>): Promise<ReadonlyMap<string | number, CurrentVersion>> {
    const found = new Map<string | number, CurrentVersion>()
    const columns = [uint(identifier(SEQ_NO)), uint(identifier(VERSION)), text(identifier(ID))]
    const rows = (await this.#select(() => columns, ids, seqNos)) as [seqNo: number, version: number, id: string][]
    for (const [seqNo, version, id] of rows) {
      const key = id === '' ? seqNo : id
      // A document that is being replaced right now may be there twice: the newer one counts.
      if (seqNo >= (found.get(key)?.seqNo ?? 0)) found.set(key, { seqNo, version: version + 1, deleted: false })
    }
    return found
  }

  /** Whole documents, in no order. */
  async documents(ids: Iterable<string>, seqNos: Iterable<number>): Promise<FoundDocument[]> {
    const columns = [uint(identifier(SEQ_NO)), uint(identifier(VERSION)), text(identifier(ID)), text(identifier(ROUTING))]
    const rows = await this.#select((table) => [...columns, source(table)], new Set(ids), new Set(seqNos))
    return (rows as DocumentRow[]).map(([seqNo, version, id, routing, bytes]) => ({
      seqNo,
      version: version + 1,
      id,
      routing,
      source: bytes,
    }))
  }

  /** Columns of live documents, which may depend on what the table is made of. */
  async #select(
    columnsOf: (table: TableColumns) => readonly Column<unknown>[],
    ids: ReadonlySet<string>,
    seqNos: ReadonlySet<number>,
  ): Promise<unknown[][]> {
    const table = await this.#tables.hold(this.#uuid)
    if (table?.columns === undefined) return []
    try {
      const columns = columnsOf(table.columns)
      const list = joinSql(
        columns.map((column) => column.sql),
        ', ',
      )
      const live = sql`SELECT ${list} FROM ${qualified(table.name)} WHERE ${identifier(SUPERSEDED)} = 0`
      const read = async (which: Sql, settings: Settings): Promise<unknown[][]> => {
        const options = { format: 'RowBinary', signal: new AbortController().signal, timeoutMs: TIMEOUT_MS, settings } as const
        const reader = new RowReader(await this.#lanes.read('reader', sql`${live} AND ${identifier(ID)} ${which}`, options))
        const rows: unknown[][] = []
        while (!reader.done) rows.push(columns.map((column) => column.read(reader)))
        return rows
      }
      const found = await Promise.all([
        ids.size > 0 ? read(sql`IN ${[...ids]}`, ids.size > MAX_INDEXED ? { use_skip_indexes: 0 } : {}) : [],
        seqNos.size > 0 ? read(sql`= '' AND ${identifier(SEQ_NO)} IN ${[...seqNos]}`, {}) : [],
      ])
      return found.flat()
    } finally {
      this.#tables.release(table)
    }
  }
}

type DocumentRow = [seqNo: number, version: number, id: string, routing: string, source: Uint8Array]
