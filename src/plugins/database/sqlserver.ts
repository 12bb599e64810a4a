import type { FieldValue } from '../../core/event.ts'
import { float } from '../../core/float.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { ROWS_AT_A_TIME, type Database, type DatabaseLogin, type RowBatch } from './database.ts'
import { printSqlTime, readSqlTime } from './local-time.ts'
import { statementText, type SqlValue } from './statement.ts'

/** As much of the package `tedious` as is used. */
interface Package {
  readonly Connection: new (config: object) => Connection
  readonly Request: new (sql: string, done: (error: Error | null | undefined) => void) => SqlRequest
  readonly TYPES: Readonly<Record<'NVarChar' | 'BigInt' | 'Float' | 'Bit' | 'DateTime2', unknown>>
}

interface Connection {
  connect(done: (error?: Error) => void): void
  execSql(request: SqlRequest): void
  cancel(): boolean
  close(): void
  on(event: 'error', listener: (error: Error) => void): void
}

interface SqlRequest {
  addParameter(name: string, type: unknown, value: unknown): void
  on(event: 'columnMetadata', listener: (columns: readonly { readonly colName: string }[]) => void): void
  on(event: 'row', listener: (columns: readonly { readonly value: unknown }[]) => void): void
  pause(): void
  resume(): void
}

export async function openSqlServer(login: DatabaseLogin): Promise<Database> {
  const { address, zone } = login
  const { default: library } = (await loadOptionalPackage(login.plugin, 'tedious', '18')) as { readonly default: Package }
  const connection = new library.Connection({
    server: address.host,
    authentication: { type: 'default', options: { userName: login.user, password: login.password } },
    options: {
      port: address.port,
      database: address.database,
      encrypt: address.tls !== 'no',
      trustServerCertificate: address.tls !== 'checked',
      connectTimeout: login.connectTimeoutMs,
      requestTimeout: 0,
      // Times without a zone come as if they were UTC, and are put into their zone here.
      useUTC: true,
    },
  })
  connection.on('error', () => undefined) // the statement that was under way fails, too
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error === undefined ? resolve() : reject(error)))
  })
  const { TYPES } = library
  const read = (value: unknown): FieldValue => {
    if (value instanceof Date) return readSqlTime(value.toISOString().replace('Z', ''), zone) ?? null
    if (typeof value === 'number' && !Number.isInteger(value)) return float(value)
    if (Buffer.isBuffer(value)) return value.toString()
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return value
    return null
  }
  const add = (request: SqlRequest, name: string, value: SqlValue): void => {
    if (value instanceof Timestamp)
      request.addParameter(name, TYPES.DateTime2, new Date(`${printSqlTime(value, zone).slice(0, -3)}Z`))
    else if (typeof value === 'boolean') request.addParameter(name, TYPES.Bit, value)
    else if (typeof value === 'bigint') request.addParameter(name, TYPES.BigInt, String(value))
    else if (typeof value === 'number') request.addParameter(name, Number.isInteger(value) ? TYPES.BigInt : TYPES.Float, value)
    else request.addParameter(name, TYPES.NVarChar, value)
  }
  return {
    async *query(statement) {
      const waiting: FieldValue[][] = []
      let columns: readonly string[] = []
      let over = false
      let failure: Error | undefined
      let wake = (): void => undefined
      const request = new library.Request(
        statementText(statement, (place) => `@p${place}`),
        (error) => {
          over = true
          failure = error ?? undefined
          wake()
        },
      )
      statement.values.forEach((value, i) => add(request, `p${i + 1}`, value))
      request.on('columnMetadata', (metadata) => (columns = metadata.map(({ colName }) => colName)))
      request.on('row', (row) => {
        waiting.push(row.map(({ value }) => read(value)))
        if (waiting.length < ROWS_AT_A_TIME) return
        request.pause()
        wake()
      })
      connection.execSql(request)
      try {
        for (;;) {
          if (waiting.length < ROWS_AT_A_TIME && !over) {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
          if (failure !== undefined) throw failure
          const batch: RowBatch = { columns, rows: waiting.splice(0) }
          if (batch.rows.length > 0) yield batch
          if (over) return
          request.resume()
        }
      } finally {
        if (!over) connection.cancel()
      }
    },
    close() {
      connection.close()
      return Promise.resolve()
    },
  }
}
