import type { TimeZone } from '../../core/dates/time-zone.ts'
import type { FieldValue } from '../../core/event.ts'
import type { DatabaseAddress } from './address.ts'
import type { Statement } from './statement.ts'

/** Rows are handed on in batches of this size. */
export const ROWS_AT_A_TIME = 1_000

export interface RowBatch {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly FieldValue[])[]
}

/** One connection. Statements run one after the other. */
export interface Database {
  /** What a statement answers, as fast as it is taken. Rejects with the database's words. */
  query(statement: Statement): AsyncIterable<RowBatch>
  /** At once: a statement that is under way fails. */
  close(): Promise<void>
}

export interface DatabaseLogin {
  /** Who asks, for errors: `jdbc input`. */
  readonly plugin: string
  readonly address: DatabaseAddress
  readonly user: string | undefined
  readonly password: string | undefined
  /** Where times without a zone are told. */
  readonly zone: TimeZone
  readonly connectTimeoutMs: number
}
