import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../core/log.ts'
import { ChildDied, EngineProcess } from './child/engine-process.ts'
import type { ColumnHead } from './child/messages.ts'
import { type Lanes, StatementError, type StatementOptions } from './lanes.ts'
import { sql, type Sql } from './sql.ts'

/**
 * - `reader`, `background`: searches, and what may not disturb them
 * - `writer`: inserts and marks
 * - `schema`: tables made, changed, attached, asked about; short statements that somebody waits for
 * - `control`: always free, to kill statements on the others
 */
export type LaneKind = 'reader' | 'background' | 'writer' | 'schema' | 'control'

/**
 * Two lanes of writers: the files of one batch are synced while the columns of the next are sorted. Two for tables: where
 * hundreds of indices are new, their making is what everybody waits for.
 */
const LANES: Readonly<Record<LaneKind, number>> = { reader: 4, background: 1, writer: 2, schema: 2, control: 1 }

/**
 * A statement that was running when the child died is run again so often; then it is held to be what kills it. Others may
 * be the cause a few times in a row: a process that is short of memory, or killed from outside.
 */
const MAX_RESENDS = 5
/** Where it was killed by a signal each time: that is hardly the statement's fault. */
const MAX_RESENDS_AFTER_KILLS = 50
const RESEND_PAUSE_MS = 10
/** The engine learns of a statement a moment after it was sent, so a kill is said until the statement has ended. */
const KILL_RETRY_MS = 50

/** What every connection is told first. */
const SETTINGS = [
  // Else `ORDER BY x LIMIT n` gives up reading text indexes directly: 98 instead of 13 ms.
  'SET use_top_k_dynamic_filtering = 0',
  // Statements hold lists of values as literals.
  'SET max_query_size = 1073741824, max_ast_elements = 10000000, max_expanded_ast_elements = 10000000, max_parser_depth = 10000',
  // Compiled code gained nothing in any measurement; it costs memory, and 40 CPU-ms for a statement that is asked often.
  'SET compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0',
  // Answers are small, and formatting them on threads of their own costs each statement 0.3 CPU-ms and thirteen switches.
  'SET output_format_parallel_formatting = 0',
  // The codec of doubles: see docs/decisions/codec-of-doubles.md.
  'SET allow_experimental_codecs = 1',
]

interface Slot {
  readonly kind: LaneKind
  readonly lane: number
}

/** The lanes of the engine process, each given to one statement at a time. */
export class LanePool implements Lanes {
  readonly process: EngineProcess
  readonly #free = new Map<LaneKind, number[]>()
  readonly #queues = new Map<LaneKind, ((lane: number) => void)[]>()
  #nextStatement = 1

  constructor(path: string, serverArguments: readonly string[], log: Log) {
    let lanes = 0
    for (const [kind, count] of Object.entries(LANES) as [LaneKind, number][]) {
      const numbers = Array.from({ length: count }, () => lanes++)
      this.#free.set(kind, numbers)
      this.#queues.set(kind, [])
    }
    this.process = new EngineProcess({ path, lanes, settings: SETTINGS, arguments: serverArguments }, log)
  }

  /** Reads only: it may run twice. */
  async query(statement: Sql, options: StatementOptions): Promise<Buffer> {
    return this.read(options.lane, statement, options)
  }

  /** As `query`, on any kind of lane. */
  async read(kind: LaneKind, statement: Sql, options: Omit<StatementOptions, 'lane'>): Promise<Buffer> {
    options.signal.throwIfAborted()
    const name = `s${this.#nextStatement++}`
    const text = withSettings(statement, name, options)
    const format = options.format ?? 'JSONCompact'
    for (let resends = 0; ; resends++) {
      const slot = await this.#acquire(kind, options.signal)
      const running = this.process.send({ kind: 'run', lane: slot.lane, statement: text, format, writes: false })
      const settled = running.then(
        () => undefined,
        () => undefined,
      )
      void settled.then(() => this.#release(slot))
      try {
        return await this.#unlessAborted(running, settled, name, options.signal)
      } catch (error) {
        if (!(error instanceof ChildDied)) throw error
        if (resends >= (error.wasKilled ? MAX_RESENDS_AFTER_KILLS : MAX_RESENDS))
          throw new Error('the engine process ended each time it ran this statement', { cause: error })
        await delay(RESEND_PAUSE_MS) // a socket may be gone a moment before its process is known to be
      }
    }
  }

  /**
   * Runs a statement that changes something, once.
   * @throws ChildDied when it is not known whether it ran
   */
  async run(kind: 'writer' | 'schema' | 'background', statement: Sql): Promise<void> {
    await this.#once(kind, (lane) =>
      this.process.send({ kind: 'run', lane, statement: statement.text, format: 'Null', writes: true }),
    )
  }

  /**
   * Inserts rows from columns that the statement reads as `arrowstream('<source>')`.
   * @throws ChildDied when it is not known whether they were stored
   */
  async insert(
    statement: Sql,
    source: string,
    columns: readonly ColumnHead[],
    payload: readonly Uint8Array[],
    kind: 'writer' | 'background' = 'writer',
  ): Promise<void> {
    await this.#once(kind, (lane) =>
      this.process.send({ kind: 'insert', lane, statement: statement.text, source, columns }, payload),
    )
  }

  /**
   * Has every lane that is idle let go of the tables of its last statement: a connection keeps some until the next one
   * (those that it read as `mergeTreeTextIndex`), and whoever drops such a table waits without end
   * and at full speed.
   */
  async letGo(): Promise<void> {
    const idle = [...this.#free].flatMap(([kind, lanes]) => lanes.splice(0).map((lane) => ({ kind, lane })))
    const statement = sql`SELECT 1`.text
    await Promise.all(
      idle.map(async (slot) => {
        try {
          await this.process.send({ kind: 'run', lane: slot.lane, statement, format: 'Null', writes: false })
        } finally {
          this.#release(slot)
        }
      }),
    )
  }

  async #once(kind: LaneKind, send: (lane: number) => Promise<Buffer>): Promise<void> {
    const slot = await this.#acquire(kind)
    try {
      await send(slot.lane)
    } finally {
      this.#release(slot)
    }
  }

  async #acquire(kind: LaneKind, signal?: AbortSignal): Promise<Slot> {
    const lane = this.#free.get(kind)?.pop()
    if (lane !== undefined) return { kind, lane }
    const queue = this.#queues.get(kind) ?? []
    return new Promise<Slot>((resolve, reject) => {
      const take = (lane: number): void => {
        signal?.removeEventListener('abort', leave)
        resolve({ kind, lane })
      }
      const leave = (): void => {
        queue.splice(queue.indexOf(take), 1)
        reject(signal?.reason)
      }
      queue.push(take)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  #release({ kind, lane }: Slot): void {
    const next = this.#queues.get(kind)?.shift()
    if (next) next(lane)
    else this.#free.get(kind)?.push(lane)
  }

  /** The answer, or at once the signal's reason; the statement is killed then and keeps its lane until it has ended. */
  #unlessAborted(running: Promise<Buffer>, settled: Promise<void>, name: string, signal: AbortSignal): Promise<Buffer> {
    return new Promise<Buffer>((resolve, reject) => {
      const abort = (): void => {
        reject(signal.reason)
        void this.#kill(name, settled)
      }
      if (signal.aborted) abort()
      else signal.addEventListener('abort', abort, { once: true })
      running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    })
  }

  async #kill(name: string, settled: Promise<void>): Promise<void> {
    const ended = settled.then(() => true)
    for (let done = false; !done;) {
      const kill = sql`KILL QUERY WHERE Settings['log_comment'] = ${name} ASYNC`
      try {
        // With the Null format nobody asks for the statement's answer, and it does nothing.
        await this.#once('control', (lane) =>
          this.process.send({ kind: 'run', lane, statement: kill.text, format: 'TSV', writes: false }),
        )
      } catch (error) {
        // A dead child has ended the statement, too; what the engine refuses here it will refuse again.
        if (error instanceof ChildDied || error instanceof StatementError) return
        throw error
      }
      done = await Promise.race([ended, delay(KILL_RETRY_MS, false)])
    }
  }
}

/** Settings after FORMAT hold for the whole statement, unions included. */
function withSettings(statement: Sql, name: string, options: Omit<StatementOptions, 'lane'>): string {
  const settings: string[] = [`log_comment = '${name}'`]
  if (Number.isFinite(options.timeoutMs)) settings.push(`max_execution_time = ${Math.max(options.timeoutMs, 1) / 1000}`)
  for (const [setting, value] of Object.entries(options.settings ?? {})) {
    if (!/^[a-z_0-9]+$/.test(setting)) throw new Error(`not a setting of the engine: ${JSON.stringify(setting)}`)
    settings.push(`${setting} = ${sql`${value}`.text}`)
  }
  return `${statement.text} FORMAT ${options.format ?? 'JSONCompact'} SETTINGS ${settings.join(', ')}`
}
