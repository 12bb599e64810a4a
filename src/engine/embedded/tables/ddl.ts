import { aroundColumn, DATABASE, ID, ROUTING, SEQ_NO, SOURCE, SUPERSEDED, textIndexName, VERSION } from '../layout.ts'
import { identifier, joinSql, type Sql, sql } from '../sql.ts'
import { arrayTypeOf, type ColumnShape, secondSuffix, MISSING_TIME, typeOf } from './column-shape.ts'

/** Minutes of the time column, rounded down: histograms of whole minutes read it instead (0.06 bytes a document). */
export const MINUTE = '_minute'
/** Milliseconds of a time field that keeps nanoseconds. */
export const TIME = '_time'

/** Documents of so many minutes lie together, sorted by dimension: see `layout.ts`. */
export const SLOT_MINUTES = 10

export interface NewTable {
  readonly name: string
  readonly shapes: readonly ColumnShape[]
  /** Column of the time in epoch milliseconds; it may be `TIME`, which no shape describes. */
  readonly timeColumn: string | undefined
  /** The column of tokens by which sources are abridged. */
  readonly abridgedBy?: string | undefined
  /** Columns by which documents are kept together within a slot of time. */
  readonly dimensionColumns: readonly string[]
  /** Documents bring their own ids: they will be looked up, and replaced. */
  readonly ownIds: boolean
  /** Of nested objects: how many others are around each of them. */
  readonly around?: number
}

export function createTable({ name, shapes, abridgedBy, timeColumn, dimensionColumns, ownIds, around = 0 }: NewTable): Sql {
  const time = timeColumn === undefined ? undefined : identifier(timeColumn)
  const comment = abridgedBy === undefined ? sql`` : sql` COMMENT ${abridgedBy}`
  const parts: Sql[] = [
    sql`${identifier(SEQ_NO)} Int64 CODEC(Delta, LZ4)`,
    sql`${identifier(SUPERSEDED)} Int64 CODEC(LZ4)`,
    sql`${identifier(ID)} String CODEC(ZSTD(1))`,
    sql`${identifier(VERSION)} Int64 CODEC(T64, LZ4)`,
    sql`${identifier(ROUTING)} String CODEC(ZSTD(1))`,
    // Small blocks: a hit reads the whole block that its source lies in.
    sql`${identifier(SOURCE)} String${comment} CODEC(ZSTD(1)) SETTINGS (max_compress_block_size = 32768, min_compress_block_size = 32768)`,
    sql`INDEX seq_range ${identifier(SEQ_NO)} TYPE minmax GRANULARITY 1`,
    ...(ownIds ? [sql`INDEX ids ${identifier(ID)} TYPE bloom_filter(0.01) GRANULARITY 1`] : []),
  ]
  for (let depth = 1; depth <= around; depth++) parts.push(sql`${identifier(aroundColumn(depth))} Int64 CODEC(Delta, LZ4)`)
  if (time !== undefined) {
    if (timeColumn === TIME) parts.push(sql`${time} Int64 DEFAULT ${MISSING_TIME} CODEC(T64, LZ4)`)
    const down = sql`intDiv(${time} - positiveModulo(${time}, 60000), 60000)`
    const minute = sql`if(${time} = ${MISSING_TIME}, -2147483648, toInt32(greatest(-2147483647, least(2147483647, ${down}))))`
    parts.push(sql`${identifier(MINUTE)} Int32 MATERIALIZED ${minute} CODEC(Delta, ZSTD(1))`)
  }
  for (const shape of shapes) parts.push(...definitions(shape))
  const key =
    time === undefined
      ? [identifier(SEQ_NO)]
      : [sql`intDiv(${identifier(MINUTE)}, ${SLOT_MINUTES})`, ...dimensionColumns.map(identifier), time]
  return sql`CREATE TABLE IF NOT EXISTS ${qualified(name)} (${joinSql(parts, ', ')}) ENGINE = MergeTree ORDER BY (${joinSql(key, ', ')})
SETTINGS ${joinSql([...SETTINGS, ...(ownIds ? UPDATABLE : [])], ', ')}`
}

const SETTINGS: readonly Sql[] = [
  sql`index_granularity = 512`,
  sql`allow_nullable_key = 1`,
  // The log is cut once an insert returns, and old parts go once they are merged: both must be on disk by then.
  sql`fsync_after_insert = 1`,
  sql`fsync_part_directory = 1`,
  sql`min_rows_to_fsync_after_merge = 1`,
  sql`min_compressed_bytes_to_fsync_after_merge = 1`,
  // What was merged is on disk, so that old parts need not lie beside it for eight minutes; but many times longer than
  // `FAILED_WRITES_CHECK_MS`: should the merged one be short, they are what there is.
  sql`old_parts_lifetime = 20`,
  sql`cleanup_delay_period = 5`,
  sql`cleanup_delay_period_random_add = 2`,
  sql`max_cleanup_delay_period = 10`,
  // Wait for more parts of a size before merging them: 150,000 instead of 109,000 documents a CPU-second, 10 instead of
  // 3 parts for 2 M documents.
  sql`merge_selector_base = 10`,
]

/** What lightweight updates need; merges then carry two more columns, so tables that only grow go without. */
const UPDATABLE: readonly Sql[] = [sql`enable_block_number_column = 1`, sql`enable_block_offset_column = 1`]

export function makeUpdatable(name: string): Sql {
  return sql`ALTER TABLE ${qualified(name)} MODIFY SETTING ${joinSql(UPDATABLE, ', ')}`
}

/** Adds columns. `before` is what the table has of the same field already. */
export function addColumns(name: string, shapes: readonly { readonly shape: ColumnShape; readonly before?: ColumnShape }[]): Sql {
  const added = shapes.flatMap(({ shape, before }) => {
    const have = new Set(before ? definitions(before).map(({ text }) => text) : [])
    return definitions(shape).filter(({ text }) => !have.has(text))
  })
  const clauses = added.map(({ text: part }) =>
    text(part.startsWith('INDEX ') ? part.replace('INDEX', 'ADD INDEX IF NOT EXISTS') : `ADD COLUMN IF NOT EXISTS ${part}`),
  )
  return sql`ALTER TABLE ${qualified(name)} ${joinSql(clauses, ', ')}`
}

/** The index comes only with explicit ids. */
export function addIdIndex(name: string): Sql {
  return sql`ALTER TABLE ${qualified(name)} ADD INDEX IF NOT EXISTS ids ${identifier(ID)} TYPE bloom_filter(0.01) GRANULARITY 1`
}

function definitions(shape: ColumnShape): Sql[] {
  const { name, storage, arrayName, lengthName, termIndex, missing } = shape
  const type = text(typeOf(shape))
  const codec = text(CODECS[storage] ?? 'LZ4')
  const byDefault = missing === undefined ? sql`` : sql` DEFAULT ${missing}`
  const parts = [sql`${identifier(name)} ${type}${byDefault} CODEC(${codec})`]
  const second = secondSuffix(storage)
  if (second !== undefined) parts.push(sql`${identifier(name + second)} ${type} CODEC(${codec})`)
  if (storage === 'tokens') {
    const tokenizer = sql`splitByString([${'\x01'}])`
    parts.push(sql`INDEX ${identifier(textIndexName(name))} ${identifier(name)} TYPE text(tokenizer = ${tokenizer})`)
  }
  if (lengthName !== undefined) parts.push(sql`${identifier(lengthName)} UInt32 CODEC(T64, LZ4)`)
  if (termIndex) parts.push(termIndexOver(name))
  if (arrayName !== undefined) {
    const arrays = text(arrayTypeOf(shape))
    parts.push(sql`${identifier(arrayName)} ${arrays} CODEC(LZ4)`)
    if (second !== undefined) parts.push(sql`${identifier(arrayName + second)} ${arrays} CODEC(LZ4)`)
    if (termIndex) parts.push(termIndexOver(arrayName))
  }
  return parts
}

/**
 * Measured values are decimals, which `ALP` keeps as whole numbers: 1.4 instead of 3.5 bytes a value, read in half the time
 * (docs/decisions/codec-of-doubles.md). Not floats: within one file the engine takes their four bytes for half a double.
 */
const CODECS: Partial<Record<ColumnShape['storage'], string>> = {
  float64: 'ALP, LZ4',
  int8: 'T64, LZ4',
  int16: 'T64, LZ4',
  int32: 'T64, LZ4',
  int64: 'T64, LZ4',
  uint64: 'T64, LZ4',
  int64_range: 'T64, LZ4',
}

function termIndexOver(column: string): Sql {
  return sql`INDEX ${identifier(textIndexName(column))} ${identifier(column)} TYPE text(tokenizer = 'array')`
}

/** Types and codecs are constants of this folder. */
function text(constant: string): Sql {
  return { kind: 'sql', text: constant }
}

export function qualified(table: string): Sql {
  return sql`${identifier(DATABASE)}.${identifier(table)}`
}
