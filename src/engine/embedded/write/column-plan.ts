import type { Field } from '../../../query/field.ts'
import type { IndexSchema } from '../../engine.ts'
import type { ColumnStorage } from '../layout.ts'
import { identifier, sql } from '../sql.ts'
import type { InsertColumn } from '../rows/arrow-column.ts'
import type { Batch } from '../rows/batch.ts'
import type { ColumnBuilder } from '../rows/column-builder.ts'
import { scores, STORAGE } from '../rows/field-builder.ts'
import { WholeBuilder } from '../rows/number-builder.ts'
import { TextBuilder } from '../rows/text-builder.ts'
import { chooseAbridging } from './abridging.ts'
import { type ColumnShape, MISSING_TIME, newShape, withArray } from '../tables/column-shape.ts'
import { type NewTable, TIME } from '../tables/ddl.ts'
import type { TableColumns } from '../tables/stored-table.ts'

/** Values of a keyword that are looked at to tell whether it repeats. */
const SAMPLED_VALUES = 20_000
const FEW_VALUES = 100
/** A dictionary pays while values come more than once on average; beyond some thousand it does not fit a granule. */
const MAX_DISTINCT_SHARE = 0.5
const MAX_DISTINCT = 8_000

/** How a table begins: the fields of its first batch, its time, and the dimensions it is sorted by. */
export function planTable(schema: IndexSchema, batch: Batch): Omit<NewTable, 'name'> {
  const time = schema.timeField === undefined ? undefined : schema.fields.find(schema.timeField)
  const isTime = time?.type === 'date'
  const shapes = new Map<number, ColumnShape>()
  if (isTime) shapes.set(time.ordinal, newShape(time, 'int64', { isTime, norms: false }))
  const dimensionColumns: string[] = []
  for (const path of time === undefined ? [] : schema.dimensions) {
    const field = schema.fields.find(path)
    if (field === undefined || STORAGE[field.type] !== 'text') continue
    const shape = newShape(field, 'dictionary', { isTime: false, norms: false })
    shapes.set(field.ordinal, shape)
    dimensionColumns.push(shape.name)
  }
  const missing = missingShapes(batch, shapes)
  for (const { ordinal, shape } of missing) shapes.set(ordinal, shape)
  const timeColumn = isTime ? shapes.get(time.ordinal)?.name : time?.type === 'date_nanos' ? TIME : undefined
  return {
    shapes: [...shapes.values()],
    abridgedBy: chooseAbridging(batch, shapes),
    timeColumn,
    dimensionColumns,
    ownIds: batch.hasIds,
  }
}

/** The columns that a batch needs and a table lacks. `before` is what it has of the same field. */
export function missingShapes(
  batch: Batch,
  have: ReadonlyMap<number, ColumnShape>,
): { ordinal: number; shape: ColumnShape; before?: ColumnShape }[] {
  const missing: { ordinal: number; shape: ColumnShape; before?: ColumnShape }[] = []
  for (const [ordinal, builder] of batch.builders.entries()) {
    const field = batch.fields[ordinal]
    if (builder === undefined || field === undefined) continue
    const before = have.get(ordinal)
    const single = before ?? newShape(field, storageOf(field, builder), { isTime: false, norms: scores(field) })
    const shape = builder.hasArrays && single.arrayName === undefined ? withArray(single) : single
    if (shape !== before) missing.push(before === undefined ? { ordinal, shape } : { ordinal, shape, before })
  }
  return missing
}

function storageOf(field: Field, builder: ColumnBuilder): ColumnStorage {
  const storage = STORAGE[field.type]
  if (storage === undefined) throw new Error(`the field [${field.path}] of type [${field.type}] has no column`)
  if (storage !== 'text') return storage
  if (field.type === 'wildcard') return 'string'
  const { values, distinct } = builder instanceof TextBuilder ? builder.cardinality(SAMPLED_VALUES) : { values: 0, distinct: 0 }
  return values >= FEW_VALUES && (distinct > values * MAX_DISTINCT_SHARE || distinct > MAX_DISTINCT) ? 'string' : 'dictionary'
}

/** The values of a batch for the columns of its table. */
export function fieldColumns(schema: IndexSchema, batch: Batch, columns: TableColumns): InsertColumn[] {
  const filled: InsertColumn[] = []
  for (const [ordinal, builder] of batch.builders.entries()) {
    const field = batch.fields[ordinal]
    const shape = columns.shapes.get(ordinal)
    if (builder === undefined || field === undefined) continue
    if (shape === undefined) throw new Error(`the field [${field.path}] has no column yet`)
    filled.push(...builder.finish({ ...shape, field }, batch.rows))
    if (columns.timeColumn === TIME && field.path === schema.timeField) filled.push(millisecondsOf(shape.name))
  }
  return filled
}

/** The time of a field that keeps nanoseconds, rounded down. */
function millisecondsOf(column: string): InsertColumn {
  const nanos = identifier(column)
  const value = sql`ifNull(intDiv(${nanos} - positiveModulo(${nanos}, 1000000), 1000000), ${MISSING_TIME})`
  return { column: TIME, value, arrow: [] }
}

/** What the times of a batch add to what is known of its table. */
export function timesOf(schema: IndexSchema, batch: Batch): { timeless: number; min: number; max: number } {
  const field = schema.timeField === undefined ? undefined : schema.fields.find(schema.timeField)
  const builder = field && batch.builders[field.ordinal]
  const range = builder instanceof WholeBuilder ? builder.range() : undefined
  if (!(builder instanceof WholeBuilder) || range === undefined) return { timeless: batch.rows, min: Infinity, max: -Infinity }
  const timeless = batch.rows - builder.values
  // Nanoseconds came here as doubles, which are off by less than a millisecond.
  if (field?.type === 'date_nanos') return { timeless, min: Math.floor(range.min / 1e6) - 1, max: Math.ceil(range.max / 1e6) + 1 }
  return { timeless, ...range }
}
