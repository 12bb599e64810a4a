import { setTimeout as delay } from 'node:timers/promises'
import type { NestedObjects } from '../../../query/nested-objects.ts'
import type { IndexSchema } from '../../engine.ts'
import type { LaneKind, LanePool } from '../lane-pool.ts'
import { DATABASE, objectSeqNo, SEQ_NO, SUPERSEDED, type TableLayout } from '../layout.ts'
import { identifier, type Sql, sql } from '../sql.ts'
import type { OpenTables, Tables } from '../tables.ts'
import type { Catalogue } from './catalogue.ts'
import { type ColumnShape, MISSING_TIME } from './column-shape.ts'
import type { Definitions } from './definitions.ts'
import { addColumns, addIdIndex, createTable, makeUpdatable, type NewTable, qualified } from './ddl.ts'
import { readDefinition } from './read-definition.ts'
import {
  EMPTY_SUMMARY,
  layoutOf,
  NO_SIZE,
  type StoredTable,
  type TableColumns,
  type TableSize,
  type TableSummary,
} from './stored-table.ts'

export type { TableSize }
import { indexUuidOf, objectsUuid, tableName, uuidOfTable } from './table-name.ts'

/** Attached tables cost memory (0.25 MB) and time at start (1.25 ms); attaching one costs 3 ms. */
const MAX_ATTACHED = 128
const STATEMENT_TIMEOUT_MS = 60_000
/** The first rows after a pause wait so long for searches that do not expect any. */
const TRUST_MS = 250

/**
 * The tables behind the indices: made, changed, attached when they are needed and detached when others were used more
 * recently. Everything that changes one table happens one after the other.
 */
export class TableStore implements Tables {
  readonly #lanes: LanePool
  readonly #catalogue: Catalogue
  readonly #definitions: Definitions
  readonly #maxAttached: number
  /** By uuid, in the order of last use. */
  readonly #tables = new Map<string, StoredTable>()
  /** Indices that have tables of nested objects. */
  readonly #withObjects = new Set<string>()
  readonly #busy = new Map<string, Promise<unknown>>()
  #attached = 0
  #shrinking = false

  constructor(lanes: LanePool, catalogue: Catalogue, definitions: Definitions, maxAttached = MAX_ATTACHED) {
    this.#lanes = lanes
    this.#catalogue = catalogue
    this.#definitions = definitions
    this.#maxAttached = maxAttached
  }

  /** Learns what tables there are; those of indices that are gone are dropped. */
  async start(isKnown: (uuid: string) => boolean): Promise<void> {
    await this.#catalogue.open()
    await this.#define(DATABASE, sql`CREATE DATABASE IF NOT EXISTS ${identifier(DATABASE)} ENGINE = Atomic`)
    const attached = await this.#rows(sql`SELECT name FROM system.tables WHERE database = ${DATABASE}`)
    const detached = await this.#rows(sql`SELECT table FROM system.detached_tables WHERE database = ${DATABASE}`)
    const names = [
      ...attached.map(([name]) => ({ name, attached: true })),
      ...detached.map(([name]) => ({ name, attached: false })),
    ]
    for (const { name, attached } of names) {
      const uuid = uuidOfTable(String(name))
      if (uuid === undefined) continue
      const { summary, size = NO_SIZE } = this.#catalogue.find(uuid) ?? {}
      this.#add({ ...newTable(uuid), attached, summary, size, visibleSeqNo: summary?.maxSeqNo ?? -1 })
      if (!isKnown(indexUuidOf(uuid))) await this.#dropTable(uuid)
    }
  }

  /** Remembers what a clean start needs not ask for. */
  async stop(): Promise<void> {
    const unsettled = [...this.#tables.values()].filter(
      ({ uuid, summary }) => summary && this.#catalogue.find(uuid)?.summary !== summary,
    )
    try {
      await this.#readSizes(unsettled)
      await Promise.all(unsettled.map((table) => this.#remember(table)))
    } finally {
      await this.#catalogue.close()
    }
  }

  /** `undefined` for an index that stored nothing yet. */
  find(uuid: string): StoredTable | undefined {
    return this.#tables.get(uuid)
  }

  summary(uuid: string): Pick<TableSummary, 'rows' | 'minTime' | 'maxTime'> | undefined {
    return this.#tables.get(uuid)?.summary
  }

  async open(schemas: readonly IndexSchema[]): Promise<OpenTables> {
    const held = await Promise.all(schemas.map(({ uuid }) => this.hold(uuid)))
    const objects = await Promise.all(schemas.map((schema) => this.#holdObjects(schema)))
    const layouts = schemas.map((schema, i) => {
      const table = held[i]
      return table?.columns && layoutOf(table, table.columns, schema, { within: objectLayouts(schema, table, objects[i] ?? []) })
    })
    const trusting = held.filter((table) => table !== undefined && !table.growing)
    let done = (): void => undefined
    const released = new Promise<void>((resolve) => (done = resolve))
    for (const table of trusting) table?.trusting.add(released)
    let open = true
    const release = (): void => {
      if (!open) return
      open = false
      done()
      for (const table of trusting) table?.trusting.delete(released)
      for (const table of held) if (table) this.release(table)
      for (const { table } of objects.flat()) this.release(table)
    }
    return { layouts, release }
  }

  /** The tables of an index's nested objects; of those that no document has, there is none. */
  async #holdObjects({ uuid, nested = [] }: IndexSchema): Promise<HeldObjects[]> {
    const tables = await Promise.all(nested.map(({ path }) => this.hold(objectsUuid(uuid, path))))
    return nested.flatMap((of, i) => {
      const table = tables[i]
      return table === undefined ? [] : [{ of, table }]
    })
  }

  /** Attaches a table and keeps it so until `release`. Its columns and summary are known then. */
  async hold(uuid: string): Promise<StoredTable | undefined> {
    const table = this.#tables.get(uuid)
    if (table === undefined) return undefined
    table.holds += 1
    this.#tables.delete(uuid)
    this.#tables.set(uuid, table)
    try {
      if (!table.attached || table.columns === undefined || table.summary === undefined) {
        await this.#exclusive(uuid, () => this.#attach(table))
      }
    } catch (error) {
      this.#letGo(table)
      if (this.#tables.get(uuid) !== table) return undefined // dropped meanwhile
      throw error
    }
    void this.#shrink()
    return table
  }

  release(table: StoredTable): void {
    this.#letGo(table)
    void this.#shrink()
  }

  #letGo(table: StoredTable): void {
    table.holds -= 1
    if (table.holds === 0) table.onIdle?.()
  }

  /** Makes a table and holds it. */
  async create(uuid: string, plan: Omit<NewTable, 'name'>): Promise<StoredTable> {
    return this.#exclusive(uuid, async () => {
      const table: StoredTable = { ...newTable(uuid), attached: true, holds: 1, summary: EMPTY_SUMMARY }
      await this.#define(table.name, createTable({ ...plan, name: table.name }))
      table.columns = await this.#readColumns(table)
      this.#add(table)
      return table
    })
  }

  /** Adds columns to a table that is held. */
  async addColumns(
    table: StoredTable,
    shapes: readonly { readonly shape: ColumnShape; readonly before?: ColumnShape }[],
  ): Promise<void> {
    await this.#exclusive(table.uuid, async () => {
      await this.#define(table.name, addColumns(table.name, shapes))
      table.columns = await this.#readColumns(table)
    })
  }

  /** From now on rows of the table can be marked as superseded, and ids are looked up through an index. */
  async prepareForUpdates(table: StoredTable): Promise<void> {
    await this.#exclusive(table.uuid, async () => {
      if (table.columns?.updatable !== true) await this.#define(table.name, makeUpdatable(table.name))
      if (table.columns?.idIndex !== true) await this.#define(table.name, addIdIndex(table.name))
      table.columns = await this.#readColumns(table)
    })
  }

  #define(name: string, statement: Sql): Promise<void> {
    return this.#definitions.whileChanging(name, () => this.#lanes.run('schema', statement))
  }

  /** Before a table is written to: what the catalogue and searches under way know of it will not hold any longer. */
  async beginWriting(table: StoredTable): Promise<void> {
    table.growing = true
    await this.#catalogue.forget(table.uuid)
    if (table.trusting.size === 0) return
    const all = Promise.all(table.trusting)
    await Promise.race([all, delay(TRUST_MS)])
  }

  /** Merges a table into one part. */
  async merge(uuid: string): Promise<void> {
    for (const objects of this.#objectsOf(uuid)) await this.merge(objects)
    const table = await this.hold(uuid)
    if (table === undefined) return
    try {
      await this.#lanes.run('background', sql`OPTIMIZE TABLE ${qualified(table.name)} FINAL`)
    } finally {
      this.release(table)
    }
  }

  /** What tables take on disk; of detached ones as it was when they were detached. */
  async sizes(uuids: readonly string[]): Promise<ReadonlyMap<string, TableSize>> {
    const all = new Map(
      uuids.map((uuid) => [uuid, [uuid, ...this.#objectsOf(uuid)].flatMap((one) => this.#tables.get(one) ?? [])]),
    )
    await this.#readSizes([...all.values()].flat().filter(({ attached }) => attached))
    return new Map([...all].map(([uuid, tables]) => [uuid, tables.reduce((sum, { size }) => added(sum, size), NO_SIZE)]))
  }

  async #readSizes(tables: readonly StoredTable[]): Promise<void> {
    if (tables.length === 0) return
    const rows = await this.#rows(
      sql`SELECT table, count(), sum(bytes_on_disk) FROM system.parts
WHERE database = ${DATABASE} AND active AND table IN ${tables.map(({ name }) => name)} GROUP BY table`,
    )
    const sizes = new Map(rows.map(([name, parts, bytes]) => [String(name), { parts: Number(parts), bytes: Number(bytes) }]))
    for (const table of tables) table.size = sizes.get(table.name) ?? NO_SIZE
  }

  /**
   * Drops a table and all that is in it: at once, or where searches of it are under way, when the last one ends. The engine
   * would wait for them itself, but with all its might.
   */
  async drop(uuid: string): Promise<void> {
    for (const objects of this.#objectsOf(uuid)) await this.#dropTable(objects)
    await this.#dropTable(uuid)
  }

  /** Tables of the nested objects of an index. */
  #objectsOf(uuid: string): string[] {
    return this.#withObjects.has(uuid) ? [...this.#tables.keys()].filter((one) => one !== uuid && indexUuidOf(one) === uuid) : []
  }

  async #dropTable(uuid: string): Promise<void> {
    const table = this.#tables.get(uuid)
    if (table === undefined) return
    this.#tables.delete(uuid)
    if (table.attached) this.#attached -= 1
    if (table.holds === 0) await this.#dropNow(table)
    // A table that stays because this fails belongs to no index: the next start drops it.
    else table.onIdle = () => void this.#dropNow(table).catch(() => undefined)
  }

  async #dropNow(table: StoredTable): Promise<void> {
    const { uuid } = table
    await this.#exclusive(uuid, async () => {
      if (!table.attached) await this.#lanes.run('schema', sql`ATTACH TABLE ${qualified(table.name)}`)
      await this.#lanes.letGo()
      await this.#lanes.run('schema', sql`DROP TABLE ${qualified(table.name)} SYNC`)
      await this.#catalogue.forget(uuid)
    })
  }

  async #attach(table: StoredTable): Promise<void> {
    if (!table.attached) {
      await this.#lanes.run('schema', sql`ATTACH TABLE IF NOT EXISTS ${qualified(table.name)}`)
      table.attached = true
      this.#attached += 1
    }
    table.columns ??= await this.#readColumns(table)
    if (table.summary === undefined) {
      table.summary = await this.readSummary(table)
      table.visibleSeqNo = Math.max(table.visibleSeqNo, table.summary.maxSeqNo)
    }
  }

  /** Detaches what was not used for longest until few enough are attached. */
  async #shrink(): Promise<void> {
    if (this.#shrinking || this.#attached <= this.#maxAttached) return
    this.#shrinking = true
    try {
      for (const table of this.#tables.values()) {
        if (this.#attached <= this.#maxAttached) break
        if (table.attached && table.holds === 0) await this.#exclusive(table.uuid, () => this.#detach(table))
      }
    } finally {
      this.#shrinking = false
    }
  }

  async #detach(table: StoredTable): Promise<void> {
    const { uuid, name, summary } = table
    if (table.holds > 0 || !table.attached || this.#tables.get(uuid) !== table) return
    if (summary !== undefined && this.#catalogue.find(uuid)?.summary !== summary) {
      await this.#readSizes([table])
      await this.#remember(table)
    }
    if (table.holds > 0) return
    // Whoever comes now waits for the table in `#exclusive` and attaches it again.
    table.attached = false
    table.columns = undefined
    this.#attached -= 1
    await this.#lanes.run('schema', sql`DETACH TABLE ${qualified(name)} PERMANENTLY`)
  }

  async #remember({ uuid, summary, size }: StoredTable): Promise<void> {
    if (summary !== undefined) await this.#catalogue.put(uuid, { summary, size })
  }

  /** What a table is made of. Its definition is a seventh of the time that the engine's lists of columns take. */
  async #readColumns({ name }: StoredTable): Promise<TableColumns> {
    const rows = await this.#rows(sql`SHOW CREATE TABLE ${qualified(name)}`)
    return readDefinition(String(rows[0]?.[0]))
  }

  /** Counts what an attached table holds. */
  async readSummary({ name, columns }: StoredTable): Promise<TableSummary> {
    const timeColumn = columns?.timeColumn
    const seq = identifier(SEQ_NO)
    const superseded = identifier(SUPERSEDED)
    const time = identifier(timeColumn ?? SEQ_NO)
    const [row] = await this.#rows(
      sql`SELECT count(), countIf(${superseded} != 0), greatest(max(${seq}), max(${superseded})),
countIf(${time} = ${MISSING_TIME}), minIf(${time}, ${time} != ${MISSING_TIME}), maxIf(${time}, ${time} != ${MISSING_TIME})
FROM ${qualified(name)}`,
    )
    const [rows = 0, marked = 0, maxSeqNo = 0, timeless = 0, min, max] = (row ?? []) as number[]
    const hasTime = timeColumn !== undefined && timeless < rows
    return {
      rows,
      superseded: marked,
      timeless: timeColumn === undefined ? 0 : timeless,
      maxSeqNo: rows > 0 ? maxSeqNo : -1,
      minTime: hasTime ? min : undefined,
      maxTime: hasTime ? max : undefined,
    }
  }

  async #rows(statement: Sql, lane: LaneKind = 'schema'): Promise<unknown[][]> {
    const answer = await this.#lanes.read(lane, statement, {
      signal: new AbortController().signal,
      timeoutMs: STATEMENT_TIMEOUT_MS,
    })
    return (JSON.parse(answer.toString('utf8')) as { data: unknown[][] }).data
  }

  #add(table: StoredTable): void {
    this.#tables.set(table.uuid, table)
    if (indexUuidOf(table.uuid) !== table.uuid) this.#withObjects.add(indexUuidOf(table.uuid))
    if (table.attached) this.#attached += 1
  }

  async #exclusive<T>(uuid: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(uuid) ?? Promise.resolve()
    const done = before.then(work)
    const settled = done.catch(() => undefined)
    this.#busy.set(uuid, settled)
    try {
      return await done
    } finally {
      if (this.#busy.get(uuid) === settled) this.#busy.delete(uuid)
    }
  }
}

interface HeldObjects {
  readonly of: NestedObjects
  readonly table: StoredTable
}

function objectLayouts(
  schema: IndexSchema,
  documents: StoredTable,
  held: readonly HeldObjects[],
): ReadonlyMap<string, TableLayout> {
  const layouts = new Map<string, TableLayout>()
  const visibleSeqNo = objectSeqNo(documents.visibleSeqNo + 1, 0) - 1
  for (const { of, table } of held) {
    if (table.columns) layouts.set(of.path, { ...layoutOf(table, table.columns, schema, { of, within: layouts }), visibleSeqNo })
  }
  return layouts
}

function added(a: TableSize, b: TableSize): TableSize {
  return { bytes: a.bytes + b.bytes, parts: a.parts + b.parts }
}

function newTable(uuid: string): StoredTable {
  return {
    uuid,
    name: tableName(uuid),
    attached: false,
    holds: 0,
    columns: undefined,
    summary: undefined,
    size: NO_SIZE,
    visibleSeqNo: -1,
    growing: false,
    onIdle: undefined,
    trusting: new Set(),
  }
}
