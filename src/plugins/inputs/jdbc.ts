import { join } from 'node:path'
import { z } from 'zod'
import { createEvent, type Event, type FieldValue } from '../../core/event.ts'
import { Float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { fieldPath } from '../../core/field-path.ts'
import type { Database } from '../database/database.ts'
import { toSqlValue } from '../database/event-value.ts'
import { keepLastValue, loadLastValue, type LastValue } from '../database/last-value.ts'
import { databaseOpener, databaseOptions } from '../database/options.ts'
import { rowFields } from '../database/rows.ts'
import { bind, namedStatement, positionalStatement, type SqlValue, type StatementTemplate } from '../database/statement.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { handOver } from '../hand-over.ts'
import { readTextFile } from '../missing-file.ts'
import { choice, flag, hash, ignored, integer, number, path, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { runScheduled, schedule } from '../schedule.ts'
import { Trouble } from '../trouble.ts'
import { waitUntilAbort } from '../wait.ts'

/** A statement without a schedule that failed is tried again after so long. */
const RETRY_MS = 5_000
const LAST_VALUE = 'sql_last_value'

const config = z.strictObject({
  ...databaseOptions,
  statement: text().optional().describe('What is asked. `:sql_last_value` is how far was read before, `:name` a parameter.'),
  statement_filepath: path().optional().describe('File with the statement instead.'),
  parameters: hash().default({}).describe('Values of `:name` in the statement.'),
  use_prepared_statements: flag()
    .default(false)
    .describe('Whether values stand for question marks, see `prepared_statement_bind_values`.'),
  schedule: schedule().optional().describe('When it is asked, as a cron expression. Once when absent.'),
  use_column_value: flag()
    .default(false)
    .describe('Whether `tracking_column` says how far was read. Otherwise the time of the run does.'),
  tracking_column: text().optional().describe('That column.'),
  tracking_column_type: choice('numeric', 'timestamp').default('numeric').describe('What it holds.'),
  record_last_run: flag().default(true).describe('Whether a restart goes on where it was.'),
  last_run_metadata_path: path().optional().describe('File that keeps it. One in the folder of data when absent.'),
  clean_run: flag().default(false).describe('Whether a start begins from the beginning.'),
  lowercase_column_names: flag().default(true).describe('Whether names of columns become lower case.'),
  target: text().optional().describe('Field that gets the row. The root of the event when absent.'),
  jdbc_paging_enabled: flag()
    .default(false)
    .describe(
      'With `explicit` paging: whether the statement is asked page by page. Rows come as fast as they are taken in any case.',
    ),
  jdbc_paging_mode: choice('auto', 'explicit').default('auto').describe('`explicit`: the statement holds `:size` and `:offset`.'),
  jdbc_page_size: integer({ min: 1 }).default(100_000).describe('Rows of such a page.'),
  jdbc_fetch_size: ignored('rows are fetched a thousand at a time'),
  statement_retry_attempts: integer({ min: 1 }).default(1).describe('How often a statement is tried in a run.'),
  statement_retry_attempts_wait_time: number({ min: 0 }).default(0.5).describe('Seconds between these.'),
  columns_charset: ignored('databases tell text as UTF-8'),
  charset: ignored('databases tell text as UTF-8'),
  period: ignored('name a schedule'),
  schedule_overlap: ignored('a run that is due waits for the one before'),
  ecs_compatibility: ecsCompatibility(),
})

type Options = z.output<typeof config>

export const jdbc = defineInput({
  name: 'jdbc',
  summary:
    'Asks a database (PostgreSQL, MySQL, MariaDB, SQL Server) by a schedule, and makes an event of each row. How far was read is kept when the events are stored.',
  config,
  examples: [
    {
      title: 'New orders, every minute',
      config: {
        jdbc_connection_string: 'jdbc:postgresql://db.example.org:5432/shop',
        jdbc_user: 'elkhorn',
        statement: 'SELECT * FROM orders WHERE id > :sql_last_value ORDER BY id',
        use_column_value: true,
        tracking_column: 'id',
        schedule: '* * * * *',
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, { clock, dataDir, log }) {
    check(options)
    const opener = databaseOpener('jdbc input', options)
    const target = options.target === undefined ? undefined : fieldPath(options.target)
    const file = options.last_run_metadata_path ?? join(dataDir, 'sql_last_value')
    const trouble = new Trouble(log)
    let database: Database | undefined
    let last: LastValue = options.use_column_value && options.tracking_column_type === 'numeric' ? 0 : new Timestamp(0)
    let running: { stop(): Promise<void> } | undefined

    const valueOf =
      (page: number) =>
      (name: string): SqlValue => {
        if (name === LAST_VALUE) return last
        if (name === 'size') return options.jdbc_page_size
        if (name === 'offset') return page * options.jdbc_page_size
        return toSqlValue(options.parameters[name] ?? null)
      }
    const places =
      (page: number) =>
      (place: string): SqlValue => {
        const written = options.prepared_statement_bind_values[Number(place)] ?? null
        return written !== null && /^:\w+$/.test(written) ? valueOf(page)(written.slice(1)) : written
      }
    /** Asks once. Resolves with how far was read when all events are stored. */
    const read = async (template: StatementTemplate, sink: EventSink, signal: AbortSignal): Promise<LastValue> => {
      const paged = options.jdbc_paging_enabled && options.jdbc_paging_mode === 'explicit'
      const stored: Promise<void>[] = []
      let reached: LastValue = options.use_column_value ? last : new Timestamp(clock.now())
      database ??= await opener.open()
      for (let page = 0; ; page++) {
        let count = 0
        const values = options.use_prepared_statements ? places(page) : valueOf(page)
        for await (const batch of database.query(bind(template, values))) {
          const rows = rowFields(batch, options.lowercase_column_names)
          count += rows.length
          const tracked = options.use_column_value ? rows.at(-1)?.[options.tracking_column ?? ''] : undefined
          if (tracked !== undefined && tracked !== null) reached = trackedValue(tracked, options)
          const events = rows.map((row): Event => {
            if (target === undefined) return createEvent(row)
            const event = createEvent({})
            target.set(event, row)
            return event
          })
          const { welcome, stored: batchStored } = handOver(sink, events)
          stored.push(batchStored)
          if (!welcome) await sink.ready(signal)
          signal.throwIfAborted()
        }
        if (!paged || count < options.jdbc_page_size) break
      }
      await Promise.all(stored)
      return reached
    }
    const run = async (template: StatementTemplate, sink: EventSink, signal: AbortSignal): Promise<void> => {
      const attempts = Math.max(options.statement_retry_attempts, options.connection_retry_attempts)
      for (let attempt = 1; !signal.aborted; attempt++) {
        try {
          last = await read(template, sink, signal)
          trouble.works('reads from the database')
          if (options.record_last_run) await keepLastValue(file, last)
          return
        } catch (error) {
          if (signal.aborted) return
          const connected = database !== undefined
          trouble.tell('the database could not be read', error, { connected })
          await database?.close().catch(() => undefined) // it may be closed already
          database = undefined
          if (attempt >= attempts && options.schedule !== undefined) return
          const patienceS = connected ? options.statement_retry_attempts_wait_time : options.connection_retry_attempts_wait_time
          await waitUntilAbort(attempt < attempts ? patienceS * 1000 : RETRY_MS, signal)
        }
      }
    }
    return {
      async start(sink) {
        const sql = options.statement ?? (await readTextFile(options.statement_filepath ?? ''))
        const template = options.use_prepared_statements
          ? positionalStatement(sql)
          : namedStatement(sql, new Set([LAST_VALUE, 'size', 'offset', ...Object.keys(options.parameters)]))
        if (!options.clean_run && options.record_last_run) last = (await loadLastValue(file)) ?? last
        running = runScheduled(options.schedule, clock, (signal) => run(template, sink, signal))
      },
      async stop() {
        const stopped = running?.stop()
        await database?.close().catch(() => undefined) // it may be closed already
        await stopped
      },
    }
  },
})

/** @throws Error naming options that do not go together */
function check(options: Options): void {
  if ((options.statement === undefined) === (options.statement_filepath === undefined))
    throw new Error('[jdbc] needs statement or statement_filepath, and not both')
  if (options.use_column_value && options.tracking_column === undefined)
    throw new Error('[jdbc] use_column_value needs tracking_column')
}

function trackedValue(value: FieldValue, { tracking_column: column, tracking_column_type: type }: Options): LastValue {
  if (type === 'timestamp') {
    if (value instanceof Timestamp) return value
    throw new Error(`[jdbc] tracking_column: [${String(column)}] holds no time`)
  }
  const number = value instanceof Float ? value.value : typeof value === 'string' ? Number(value) : value
  if (typeof number === 'bigint' || (typeof number === 'number' && !Number.isNaN(number))) return number
  throw new Error(
    `[jdbc] tracking_column: [${String(column)}] holds no number: set tracking_column_type => "timestamp" for times`,
  )
}
