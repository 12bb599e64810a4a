import type { LanePool } from '../lane-pool.ts'
import { ID, ROUTING, SEQ_NO, SOURCE, SUPERSEDED, VERSION } from '../layout.ts'
import { identifier, type Sql, sql } from '../sql.ts'
import { qualified } from '../tables/ddl.ts'
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
    for (const bytes of await this.#select(sql`${identifier(SEQ_NO)}, ${identifier(VERSION)}, ${identifier(ID)}`, ids, seqNos)) {
      const reader = new RowReader(bytes)
      while (!reader.done) {
        const seqNo = reader.whole()
        const version = reader.whole() + 1
        const id = reader.bytes().toString('utf8')
        const key = id === '' ? seqNo : id
        // A document that is being replaced right now may be there twice: the newer one counts.
        if (seqNo >= (found.get(key)?.seqNo ?? 0)) found.set(key, { seqNo, version, deleted: false })
      }
    }
    return found
  }

  /** Whole documents, in no order. */
  async documents(ids: Iterable<string>, seqNos: Iterable<number>): Promise<FoundDocument[]> {
    const documents: FoundDocument[] = []
    const columns = sql`${identifier(SEQ_NO)}, ${identifier(VERSION)}, ${identifier(ID)}, ${identifier(ROUTING)}, ${identifier(SOURCE)}`
    for (const bytes of await this.#select(columns, new Set(ids), new Set(seqNos))) {
      const reader = new RowReader(bytes)
      while (!reader.done) {
        const seqNo = reader.whole()
        const version = reader.whole() + 1
        const id = reader.bytes().toString('utf8')
        documents.push({ seqNo, version, id, routing: reader.bytes().toString('utf8'), source: reader.bytes() })
      }
    }
    return documents
  }

  async #select(columns: Sql, ids: ReadonlySet<string>, seqNos: ReadonlySet<number>): Promise<Buffer[]> {
    const table = await this.#tables.hold(this.#uuid)
    if (table === undefined) return []
    try {
      const live = sql`SELECT ${columns} FROM ${qualified(table.name)} WHERE ${identifier(SUPERSEDED)} = 0`
      const settings = ids.size > MAX_INDEXED ? { use_skip_indexes: 0 } : {}
      const options = { format: 'RowBinary', signal: new AbortController().signal, timeoutMs: TIMEOUT_MS } as const
      return await Promise.all([
        ...(ids.size > 0
          ? [this.#lanes.read('reader', sql`${live} AND ${identifier(ID)} IN ${[...ids]}`, { ...options, settings })]
          : []),
        ...(seqNos.size > 0
          ? [
              this.#lanes.read(
                'reader',
                sql`${live} AND ${identifier(ID)} = '' AND ${identifier(SEQ_NO)} IN ${[...seqNos]}`,
                options,
              ),
            ]
          : []),
      ])
    } finally {
      this.#tables.release(table)
    }
  }
}

/** Reads the engine's RowBinary. */
class RowReader {
  readonly #buffer: Buffer
  #at = 0

  constructor(buffer: Buffer) {
    this.#buffer = buffer
  }

  get done(): boolean {
    return this.#at >= this.#buffer.length
  }

  /** Int64 within the range of safe integers. */
  whole(): number {
    const low = this.#buffer.readUInt32LE(this.#at)
    const high = this.#buffer.readInt32LE(this.#at + 4)
    this.#at += 8
    return high * 2 ** 32 + low
  }

  /** A string: its length as LEB128, its bytes. A view. */
  bytes(): Buffer {
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#buffer.readUInt8(this.#at++)
      length += (byte & 127) * 2 ** shift
      if (byte < 128) break
    }
    this.#at += length
    return this.#buffer.subarray(this.#at - length, this.#at)
  }
}
