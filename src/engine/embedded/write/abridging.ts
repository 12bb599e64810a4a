import { abridgeSources } from '../abridged-source.ts'
import { SOURCE } from '../layout.ts'
import { type ArrowColumn, byteRows, type InsertColumn } from '../rows/arrow-column.ts'
import type { Batch } from '../rows/batch.ts'
import { ByteColumn } from '../rows/byte-column.ts'
import type { ColumnShape } from '../tables/column-shape.ts'
import type { TableColumns } from '../tables/stored-table.ts'

/** Documents of a table's first batch that are looked at to tell whether abridging pays, and what it must save of each. */
const SAMPLED_ROWS = 64
const MIN_SAVED_BYTES = 16

/**
 * The column of tokens by which the sources of a table are abridged: the one that saves most of its first documents. It is
 * chosen once, when the table is made, so that nobody reads the table who knows of none; and it is only one, because whoever
 * reads a source reads these tokens, too.
 */
export function chooseAbridging(batch: Batch, shapes: ReadonlyMap<number, ColumnShape>): string | undefined {
  const [source] = batch.sourceColumn().arrow
  if (source === undefined) return undefined
  const rows = Math.min(batch.rows, SAMPLED_ROWS)
  const sources = byteRows(source, rows)
  let best: string | undefined
  let least = (sources.offsets.at(-1) ?? 0) - MIN_SAVED_BYTES * rows + 1
  for (const [ordinal, shape] of shapes) {
    const tokens = shape.storage === 'tokens' ? tokensOf(batch, ordinal, shape) : undefined
    if (tokens === undefined) continue
    const abridged = new ByteColumn()
    abridgeSources(sources, byteRows(tokens, rows), keyOf(batch, ordinal), abridged)
    if (abridged.length < least) [best, least] = [shape.name, abridged.length]
  }
  return best
}

/** The columns of a batch, its sources as the table keeps them. */
export function withAbridgedSources(
  columns: readonly InsertColumn[],
  batch: Batch,
  { abridgedBy, shapes }: TableColumns,
): readonly InsertColumn[] {
  const tokens = columns.find(({ column }) => column === abridgedBy)?.arrow[0]
  const ordinal = [...shapes].find(([, { name }]) => name === abridgedBy)?.[0]
  if (tokens === undefined || ordinal === undefined) return columns
  const abridged = batch.abridgedSourceColumn(tokens, keyOf(batch, ordinal))
  return columns.map((column) => (column.column === SOURCE ? abridged : column))
}

function tokensOf(batch: Batch, ordinal: number, shape: ColumnShape): ArrowColumn | undefined {
  const field = batch.fields[ordinal]
  return field && batch.builders[ordinal]?.finish({ ...shape, field }, batch.rows)[0]?.arrow[0]
}

/** What stands before a field's values in a source. */
function keyOf(batch: Batch, ordinal: number): string {
  const path = batch.fields[ordinal]?.path ?? ''
  return path.slice(path.lastIndexOf('.') + 1)
}
