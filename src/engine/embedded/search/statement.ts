import { setMaxListeners } from 'node:events'
import { ElkhornError, illegalArgument } from '../../../core/errors.ts'
import { type Lanes, StatementError } from '../lanes.ts'
import { joinSql, sql, type Sql } from '../sql.ts'
import type { Column } from './columns.ts'
import { readingValues } from './read-values.ts'
import { RowReader } from './row-binary.ts'

/** The statements of one request: they share its lane, its signal and what is left of its time. */
export interface Statements {
  /** Runs ``SELECT <columns> <rest>``; `rest` begins with `FROM`. One object per row, one property per column. */
  select<C extends Columns>(columns: C, rest: Sql, settings?: Settings): Promise<Row<C>[]>
  /** As `select`, for columns that are known at run time only: one array per row. */
  selectRows(columns: readonly Column<unknown>[], rest: Sql, settings?: Settings): Promise<unknown[][]>
  /** As `selectRows`, for many rows: they are read one after the other. */
  read(columns: readonly Column<unknown>[], rest: Sql, settings?: Settings): Promise<RowReader>
  /** Makes a name of a column that stands for an expression in every later statement; `name` for one that is made of another. */
  define(expression: Sql, name?: string): string
  /** A statement that is run elsewhere, with what its names stand for. */
  withDefined(statement: Sql): Sql
  /** @throws the signal's reason; ElkhornError when the time is up */
  check(): void
  /** @throws as `check` */
  timeLeftMs(): number
  /** From now on terms are looked up in the index and then in the rows: see `compileTarget`. */
  checkTerms(): void
}

export type Columns = Readonly<Record<string, Column<unknown>>>
export type Row<C extends Columns> = { -readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never }
export type Settings = Readonly<Record<string, string | number>>

export interface StatementsOptions {
  readonly lanes: Lanes
  readonly lane: 'reader' | 'background'
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Milliseconds that only ever grow. */
  readonly now: () => number
  /** Most memory that the engine may take for one statement. */
  readonly memoryBytes: number
}

export function createStatements({ lanes, lane, signal, timeoutMs, now, memoryBytes }: StatementsOptions): Statements {
  const deadline = now() + timeoutMs
  const always: Record<string, number> = { max_memory_usage: memoryBytes }
  // Every statement that runs or waits listens.
  setMaxListeners(0, signal)

  const defined = new Map<string, string>()
  const withDefined = ({ text }: Sql): Sql => ({
    kind: 'sql',
    // Literals hold no backtick, and no column of a table is named so.
    text: defined.size === 0 ? text : text.replace(/`(x\d+\w*)`/g, (whole, name: string) => defined.get(name) ?? whole),
  })

  function timeLeft(): number {
    signal.throwIfAborted()
    const left = deadline - now()
    if (left <= 0) throw timeExceeded()
    return left
  }

  async function run(columns: readonly Column<unknown>[], rest: Sql, settings: Settings): Promise<RowReader> {
    const left = timeLeft()
    const list = joinSql(
      columns.map((column) => column.sql),
      ', ',
    )
    try {
      const options = {
        lane,
        format: 'RowBinary',
        signal,
        timeoutMs: left,
        settings: { ...always, ...settings },
      } as const
      const ask = async (statement: Sql): Promise<RowReader> => {
        try {
          return new RowReader(await lanes.query(statement, options))
        } catch (error) {
          const other = error instanceof StatementError ? readingValues(statement, error) : undefined
          if (other === undefined) throw error
          return ask(other)
        }
      }
      return await ask(withDefined(sql`SELECT ${list} ${rest}`))
    } catch (error) {
      throw error instanceof StatementError ? refused(error) : error
    }
  }

  return {
    read: (columns, rest, settings = {}) => run(columns, rest, settings),
    check: () => void timeLeft(),
    timeLeftMs: timeLeft,

    withDefined,

    define(expression, name = `x${defined.size}`) {
      defined.set(name, `(${withDefined(expression).text})`)
      return name
    },

    checkTerms: () => {
      always['query_plan_direct_read_from_text_index'] = 0
    },

    async select<C extends Columns>(columns: C, rest: Sql, settings: Settings = {}): Promise<Row<C>[]> {
      const names = Object.keys(columns)
      const list = Object.values(columns)
      const reader = await run(list, rest, settings)
      const rows: Row<C>[] = []
      while (!reader.done) {
        const row: Record<string, unknown> = {}
        for (let i = 0; i < list.length; i++) row[names[i] ?? ''] = list[i]?.read(reader)
        rows.push(row as Row<C>)
      }
      return rows
    },

    async selectRows(columns, rest, settings = {}) {
      const reader = await run(columns, rest, settings)
      const rows: unknown[][] = []
      while (!reader.done) rows.push(columns.map((column) => column.read(reader)))
      return rows
    },
  }
}

/** The engine's own numbers for what it may refuse. */
const CODE = {
  tooManyGroups: 158,
  timeout: 159,
  tooDeep: 167,
  tooBig: 168,
  memory: 241,
  cancelled: 394,
  /** What a statement refuses by itself, `throwIf(condition, reason)`: the documents are not what the request takes. */
  refusedByStatement: 395,
  regexp: 427,
} as const

/** A statement had more groups than `max_rows_to_group_by` allowed. */
export class TooManyGroupsError extends Error {
  constructor(cause: StatementError) {
    super('too many groups', { cause })
    this.name = 'TooManyGroupsError'
  }
}

/** As statements throw it: for what is said to the engine otherwise. */
export function asRefusal(error: unknown): unknown {
  return error instanceof StatementError ? refused(error) : error
}

/** Elasticsearch's name for what the engine refused; what it should never refuse stays as it is. */
function refused(error: StatementError): Error {
  switch (error.code) {
    case CODE.tooManyGroups:
      return new TooManyGroupsError(error)
    case CODE.timeout:
      return timeExceeded()
    case CODE.memory:
      return new ElkhornError(
        'circuit_breaking_exception',
        429,
        '[request] Data too large: the search needs more memory than one search may take. ' +
          'Ask for fewer buckets, a shorter time range or a smaller page.',
        { details: { durability: 'TRANSIENT' } },
      )
    case CODE.tooDeep:
    case CODE.tooBig:
      return new ElkhornError('too_many_nested_clauses', 400, 'Query contains too many nested clauses for one search.')
    case CODE.regexp:
      return new ElkhornError('illegal_argument_exception', 400, 'the regular expression is too large for the engine')
    case CODE.refusedByStatement:
      return illegalArgument(/DB::Exception: (.*?)\.?: while executing/s.exec(error.message)?.[1] ?? error.message)
    default:
      return error
  }
}

export function timeExceeded(): ElkhornError {
  return new ElkhornError('search_timeout_exception', 504, 'Time exceeded')
}

export function isTimeout(error: unknown): boolean {
  return error instanceof ElkhornError && error.type === 'search_timeout_exception'
}
