import type { Sql } from './sql.ts'

/**
 * Ways into the native engine. Each lane is one connection in the child process and runs one statement at a time; a
 * statement waits for a free lane of its kind. When the child dies, reads are sent again once it is back.
 */
export interface Lanes {
  /** Rows as the engine prints them in `format` (`JSONCompact` unless said; `RowBinary` for many rows). */
  query(statement: Sql, options: StatementOptions): Promise<Buffer>
}

export interface StatementOptions {
  /** `reader` for searches, `background` for rules and jobs, so that a dashboard never waits behind them. */
  readonly lane: 'reader' | 'background'
  readonly format?: 'JSONCompact' | 'RowBinary' | 'JSONCompactEachRow'
  /** Aborting kills the statement in the engine and rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** The engine stops the statement after this long. */
  readonly timeoutMs: number
  /** Further engine settings of this statement, for example `max_rows_to_group_by`. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** What the native engine refused, with its own code (158: too many groups; 159: timeout; 241: memory). */
export class StatementError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.name = 'StatementError'
    this.code = code
  }
}
