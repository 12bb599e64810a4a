import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { reasonOf } from '../../core/reason.ts'
import type { Database } from '../database/database.ts'
import { compileEventValue } from '../database/event-value.ts'
import { connectionString, databaseOpener } from '../database/options.ts'
import { bind, positionalStatement } from '../database/statement.ts'
import { flag, ignored, integer, list, number, password, text } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const config = z.strictObject({
  connection_string: connectionString(),
  username: text().optional().describe('User to log in as.'),
  password: password().optional().describe('Their password.'),
  statement: list().describe(
    'A statement with question marks, and what each of them stands for: a field, or a text with references to fields.',
  ),
  unsafe_statement: flag()
    .default(false)
    .refine((unsafe) => !unsafe, {
      error: 'values never become part of the text of a statement: write a statement for each table',
    })
    .describe('Not done: must be `false`.'),
  connection_timeout: integer({ min: 1 }).default(10_000).describe('Milliseconds that a connection may take.'),
  retry_initial_interval: number({ min: 0 }).default(2).describe('Seconds until a connection is tried again.'),
  driver_class: text().optional().describe('Accepted: the connection string says which database it is.'),
  driver_jar_path: ignored('no Java is loaded'),
  driver_auto_commit: ignored('each statement stands for itself'),
  connection_test: ignored('a connection that broke is made anew'),
  connection_test_query: ignored('a connection that broke is made anew'),
  max_pool_size: ignored('one connection writes'),
  flush_size: ignored('the size of batches is a setting of the pipeline'),
  idle_flush_time: ignored('the delay of batches is a setting of the pipeline'),
  retry_max_interval: ignored('see retry_initial_interval'),
  max_flush_exceptions: ignored('what the database refuses is a dead letter'),
  retry_sql_states: ignored('what the database refuses is a dead letter'),
  event_as_json_keyword: ignored('name the fields'),
  enable_event_as_json_keyword: ignored('name the fields'),
})

export const jdbc = defineOutput({
  name: 'jdbc',
  summary:
    'Runs a statement for each event at a database (PostgreSQL, MySQL, MariaDB, SQL Server). What it refuses is a dead letter.',
  config,
  examples: [
    {
      title: 'A row for each alarm',
      config: {
        connection_string: 'jdbc:postgresql://db.example.org:5432/plant?user=elkhorn',
        statement: ['INSERT INTO alarms (device, level, at) VALUES (?, ?, ?)', '[device][id]', '%{level}', '@timestamp'],
      },
    },
  ],
  defaultCodec: 'plain',
  create(options, context) {
    const { log, signal } = context
    const [sql = '', ...written] = options.statement
    const template = positionalStatement(sql)
    if (template.names.length !== written.length)
      throw new Error(
        `[jdbc] statement: there are ${template.names.length} question marks, and ${written.length} values for them`,
      )
    const values = written.map(compileEventValue)
    const opener = databaseOpener('jdbc output', {
      jdbc_connection_string: options.connection_string,
      jdbc_user: options.username,
      jdbc_password: options.password,
      jdbc_pool_timeout: options.connection_timeout / 1000,
    })
    const trouble = new Trouble(log)
    let database: Database | undefined

    const connected = async (): Promise<Database> => {
      while (database === undefined) {
        try {
          database = await opener.open()
        } catch (error) {
          signal.throwIfAborted()
          trouble.tell('no connection: it is tried again', error)
          await waitOrAbort(options.retry_initial_interval * 1000, signal)
        }
      }
      return database
    }
    const writeOne = async (event: Event): Promise<void> => {
      for (;;) {
        const current = await connected()
        try {
          for await (const _ of current.query(bind(template, (_name, place) => values[place]?.(event) ?? null))) continue
          trouble.works('writes to the database')
          return
        } catch (error) {
          signal.throwIfAborted()
          if (await answers(current)) {
            await context.deadLetter(event, { type: 'sql_refused', reason: reasonOf(error) })
            return
          }
          trouble.tell('the connection broke: events are sent again', error)
          await current.close().catch(() => undefined) // it is closed already
          database = undefined
        }
      }
    }
    let last: Promise<unknown> = Promise.resolve()
    return {
      async write(events) {
        // Batches come side by side, and there is one connection.
        const before = last
        const written = (async () => {
          await before
          for (const event of events) await writeOne(event)
        })()
        last = written.catch(() => undefined) // told to whoever waits for it
        await written
      },
      async close() {
        await database?.close()
      },
    }
  },
})

/** Whether the connection still works: then an error was about the statement. */
async function answers(database: Database): Promise<boolean> {
  try {
    for await (const _ of database.query({ pieces: ['SELECT 1'], values: [] })) continue
    return true
  } catch {
    return false
  }
}
