import { timeZone, utc, type TimeZone } from '../../core/dates/time-zone.ts'
import { reasonOf } from '../../core/reason.ts'
import { readTextFile } from '../missing-file.ts'
import { ignored, integer, list, number, password, path, text } from '../options.ts'
import { parseJdbcAddress } from './address.ts'
import type { Database } from './database.ts'
import { openDatabase } from './open-database.ts'

/** A connection string; what cannot be spoken with is refused when the pipeline is read. */
export const connectionString = () =>
  text()
    .superRefine((written, issues) => {
      try {
        parseJdbcAddress(written)
      } catch (error) {
        issues.addIssue({ code: 'custom', message: reasonOf(error) })
      }
    })
    .meta({ option: 'text' })
    .describe(
      'Where the database is: `jdbc:postgresql://host:5432/database`, `jdbc:mysql:`, `jdbc:mariadb:` or `jdbc:sqlserver:`.',
    )

/** Options about the connection, as Logstash's plug-ins for databases name them. */
export const databaseOptions = {
  jdbc_connection_string: connectionString(),
  jdbc_driver_class: text().optional().describe('Accepted: the connection string says which database it is.'),
  jdbc_driver_library: ignored('no Java is loaded'),
  jdbc_user: text().optional().describe('User to log in as.'),
  jdbc_password: password().optional().describe('Their password.'),
  jdbc_password_filepath: path().optional().describe('File with that password.'),
  jdbc_default_timezone: text().optional().describe('Zone of times that name none: `Europe/Berlin`. UTC when absent.'),
  plugin_timezone: text().default('utc').describe('Accepted: see `jdbc_default_timezone`.'),
  connection_retry_attempts: integer({ min: 1 }).default(1).describe('How often a connection is tried.'),
  connection_retry_attempts_wait_time: number({ min: 0 }).default(0.5).describe('Seconds between these.'),
  jdbc_pool_timeout: integer({ min: 1 }).default(5).describe('Seconds that a connection may take.'),
  jdbc_validate_connection: ignored('a connection that broke is made anew'),
  jdbc_validation_timeout: ignored('a connection that broke is made anew'),
  sequel_opts: ignored('no Sequel is used'),
  sql_log_level: text().default('info').describe('Accepted: statements are logged where they fail.'),
  prepared_statement_name: text().default('').describe('Accepted: names are not needed.'),
  prepared_statement_bind_values: list().default([]).describe('What stands for each question mark of a prepared statement.'),
}

interface ConnectionOptions {
  readonly jdbc_connection_string: string
  readonly jdbc_user?: string | undefined
  readonly jdbc_password?: string | undefined
  readonly jdbc_password_filepath?: string | undefined
  readonly jdbc_default_timezone?: string | undefined
  readonly jdbc_pool_timeout: number
}

/** Opens a database again and again. */
export interface DatabaseOpener {
  readonly zone: TimeZone
  open(): Promise<Database>
}

/** @throws Error naming a zone that there is none of */
export function databaseOpener(plugin: string, options: ConnectionOptions): DatabaseOpener {
  const address = parseJdbcAddress(options.jdbc_connection_string)
  const zone = options.jdbc_default_timezone === undefined ? utc : timeZone(options.jdbc_default_timezone)
  return {
    zone,
    async open() {
      const { jdbc_password_filepath: file } = options
      const fromFile = file === undefined ? undefined : (await readTextFile(file)).trim()
      return openDatabase({
        plugin,
        address,
        user: options.jdbc_user ?? address.user,
        password: options.jdbc_password ?? fromFile ?? address.password,
        zone,
        connectTimeoutMs: options.jdbc_pool_timeout * 1000,
      })
    },
  }
}
