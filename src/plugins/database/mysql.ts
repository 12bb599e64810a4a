import { timeZone } from '../../core/dates/time-zone.ts'
import type { FieldValue } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { ROWS_AT_A_TIME, type Database, type DatabaseLogin } from './database.ts'
import { printSqlTime, readSqlTime } from './local-time.ts'
import { statementText, type SqlValue } from './statement.ts'

/** As much of the package `mysql2` as is used. */
interface Package {
  createConnection(config: object): Connection
}

interface Connection {
  connect(done: (error: Error | null) => void): void
  query(query: { sql: string; values?: readonly unknown[]; rowsAsArray?: boolean; typeCast?: TypeCast }): Query
  destroy(): void
  on(event: 'error', listener: (error: Error) => void): void
}

interface Query {
  stream(options: { highWaterMark: number }): AsyncIterable<readonly FieldValue[]> & { destroy(): void }
  on(event: 'fields', listener: (fields: readonly { readonly name: string }[] | undefined) => void): void
}

interface Column {
  readonly type: string
  readonly length: number
  string(): string | null
}

type TypeCast = (column: Column) => FieldValue

const INTEGERS = new Set(['TINY', 'SHORT', 'INT24', 'LONG', 'LONGLONG', 'YEAR'])
const FLOATS = new Set(['FLOAT', 'DOUBLE', 'DECIMAL', 'NEWDECIMAL'])

export async function openMysql({ address, user, password, zone, plugin, connectTimeoutMs }: DatabaseLogin): Promise<Database> {
  const { default: library } = (await loadOptionalPackage(plugin, 'mysql2')) as { readonly default: Package }
  const connection = library.createConnection({
    host: address.host,
    port: address.port,
    database: address.database,
    user,
    password,
    ...(address.tls !== 'no' && { ssl: { rejectUnauthorized: address.tls === 'checked' } }),
    connectTimeout: connectTimeoutMs,
    enableKeepAlive: true,
    charset: 'utf8mb4',
  })
  connection.on('error', () => undefined) // the statement that was under way fails, too
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve() : reject(error)))
  })
  // A TIMESTAMP is told in the zone of the session: an offset, for names of zones are known to few servers. A DATETIME is
  // what was written, in the zone that was asked for.
  const offset = printOffset(zone.offsetMsAt(Date.now()))
  const sessionZone = timeZone(offset)
  for await (const _ of connection.query({ sql: 'SET time_zone = ?', values: [offset] }).stream({ highWaterMark: 1 })) break

  const read: TypeCast = (column) => {
    const { type } = column
    const text = column.string()
    if (text === null) return null
    // The only width that means something: MySQL's BOOLEAN.
    if (type === 'TINY' && column.length === 1) return text !== '0'
    if (INTEGERS.has(type)) return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)
    if (FLOATS.has(type)) return float(Number(text))
    if (type === 'TIMESTAMP') return readSqlTime(text, sessionZone) ?? null
    if (type === 'DATETIME' || type === 'DATE') return readSqlTime(text, zone) ?? null
    return text
  }
  const write = (value: SqlValue): unknown => (value instanceof Timestamp ? printSqlTime(value, zone) : value)
  return {
    async *query(statement) {
      const sql = statementText(statement, () => '?')
      const query = connection.query({ sql, values: statement.values.map(write), rowsAsArray: true, typeCast: read })
      let columns: readonly string[] = []
      query.on('fields', (fields) => (columns = fields?.map(({ name }) => name) ?? []))
      let rows: (readonly FieldValue[])[] = []
      for await (const row of query.stream({ highWaterMark: ROWS_AT_A_TIME })) {
        if (!Array.isArray(row)) continue // how many rows a statement changed
        rows.push(row)
        if (rows.length < ROWS_AT_A_TIME) continue
        yield { columns, rows }
        rows = []
      }
      yield { columns, rows }
    },
    close() {
      connection.destroy()
      return Promise.resolve()
    },
  }
}

/** `+02:00` */
function printOffset(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000)
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
