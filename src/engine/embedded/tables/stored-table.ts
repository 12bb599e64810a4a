import type { NestedObjects } from '../../../query/nested-objects.ts'
import type { IndexSchema } from '../../engine.ts'
import type { StoredColumn, TableLayout } from '../layout.ts'
import type { ColumnShape } from './column-shape.ts'
import { MINUTE, SLOT_MINUTES } from './ddl.ts'

/** What is known of a table without reading it. */
export interface TableSummary {
  /** Rows, superseded ones included. */
  readonly rows: number
  readonly superseded: number
  /** Rows without a time. */
  readonly timeless: number
  /** Highest sequence number that is in the table, as a row's own or as that of what replaced it; -1 for none. */
  readonly maxSeqNo: number
  readonly minTime: number | undefined
  readonly maxTime: number | undefined
}

export const EMPTY_SUMMARY: TableSummary = {
  rows: 0,
  superseded: 0,
  timeless: 0,
  maxSeqNo: -1,
  minTime: undefined,
  maxTime: undefined,
}

export interface TableSize {
  readonly bytes: number
  readonly parts: number
}

export const NO_SIZE: TableSize = { bytes: 0, parts: 0 }

/** A table that exists in the engine, attached or not. */
export interface StoredTable {
  readonly uuid: string
  readonly name: string
  attached: boolean
  /** Users of the table right now: it stays attached. */
  holds: number
  /** Called each time the last user is gone. */
  onIdle: (() => void) | undefined
  /** Of an attached table; replaced, never changed, when columns are added. */
  columns: TableColumns | undefined
  /** `undefined` until it was asked for after a crash. */
  summary: TableSummary | undefined
  /** As it was asked for last. */
  size: TableSize
  /** Searches see rows up to this sequence number. */
  visibleSeqNo: number
  /** Whether rows beyond that number are there, or may come at any moment. */
  growing: boolean
  /** Searches under way that were told it does not grow: the next rows wait for them, for a moment. */
  readonly trusting: Set<Promise<void>>
}

export interface TableColumns {
  /** By ordinal of the field. */
  readonly shapes: ReadonlyMap<number, ColumnShape>
  /** Column of the time in epoch milliseconds. */
  readonly timeColumn: string | undefined
  /** The column of tokens by which sources are abridged, if they are. */
  readonly abridgedBy: string | undefined
  /** Whether rows can be marked as superseded, and whether there is an index over explicit ids. */
  readonly updatable: boolean
  readonly idIndex: boolean
}

/** What the table looks like at this moment to whoever compiles statements over it. */
export function layoutOf(
  table: StoredTable,
  columns: TableColumns,
  schema: Pick<IndexSchema, 'fields'>,
  nested: { readonly of?: NestedObjects; readonly within?: ReadonlyMap<string, TableLayout> } = {},
): TableLayout {
  const { shapes, abridgedBy, timeColumn } = columns
  const summary = table.summary ?? EMPTY_SUMMARY
  const { growing } = table
  const found = new Map<string, StoredColumn | undefined>()
  return {
    table: table.name,
    uuid: table.uuid,
    column(path) {
      if (found.has(path)) return found.get(path)
      const field = schema.fields.find(path)
      const shape = field && shapes.get(field.ordinal)
      const column = shape && { ...shape, field }
      found.set(path, column)
      return column
    },
    ...(nested.of && { nested: nested.of }),
    objects: (path) => nested.within?.get(path),
    abridgedBy,
    timeColumn,
    minuteColumn: timeColumn === undefined ? undefined : MINUTE,
    slotMinutes: timeColumn === undefined ? undefined : SLOT_MINUTES,
    hasSuperseded: summary.superseded > 0,
    hasMissingTime: summary.timeless > 0,
    visibleSeqNo: table.visibleSeqNo,
    growing,
    overtaken: () => !growing && table.growing,
    minTime: summary.minTime,
    maxTime: summary.maxTime,
    rows: summary.rows,
  }
}
