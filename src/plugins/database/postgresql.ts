import { float } from '../../core/float.ts'
import type { FieldValue } from '../../core/event.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { loadOptionalPackage } from '../optional-package.ts'
import { ROWS_AT_A_TIME, type Database, type DatabaseLogin, type RowBatch } from './database.ts'
import { printSqlTime, readSqlTime } from './local-time.ts'
import { statementText, type SqlValue } from './statement.ts'

/** As much of the package `pg` as is used. */
interface Package {
  readonly Client: new (config: object) => Client
}

interface Client {
  connect(): Promise<void>
  query(query: { text: string; values?: readonly unknown[]; rowMode: 'array' }): Promise<Answer>
  end(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): void
}

interface Answer {
  readonly fields?: readonly { readonly name: string }[]
  readonly rows: readonly (readonly FieldValue[])[]
}

/** Statements whose rows a cursor can hold back; others answer at once. */
const WITH_CURSOR = /^\s*(?:select|values|table)\b/i

/** Numbers of types: `SELECT oid, typname FROM pg_type`. */
const BOOL = 16
const BYTEA = 17
const INTEGERS = new Set([20, 21, 23, 26])
const FLOATS = new Set([700, 701, 1700])
const TIMES = new Set([1082, 1114, 1184])

export async function openPostgresql(login: DatabaseLogin): Promise<Database> {
  const { address, zone } = login
  const { default: library } = (await loadOptionalPackage(login.plugin, 'pg')) as { readonly default: Package }
  const read = (type: number): ((text: string) => FieldValue) => {
    if (type === BOOL) return (text) => text === 't'
    if (INTEGERS.has(type)) return readInteger
    if (FLOATS.has(type)) return (text) => (Number.isFinite(Number(text)) ? float(Number(text)) : text)
    if (TIMES.has(type)) return (text) => readSqlTime(text, zone) ?? text
    if (type === BYTEA) return (text) => Buffer.from(text.slice(2), 'hex').toString()
    return (text) => text
  }
  const client = new library.Client({
    host: address.host,
    port: address.port,
    database: address.database,
    user: login.user,
    password: login.password,
    ssl: address.tls !== 'no' && { rejectUnauthorized: address.tls === 'checked' },
    connectionTimeoutMillis: login.connectTimeoutMs,
    keepAlive: true,
    types: { getTypeParser: read },
  })
  client.on('error', () => undefined) // the statement that was under way fails, too
  await client.connect()
  const ask = (text: string, values: readonly unknown[] = []): Promise<Answer> => client.query({ text, values, rowMode: 'array' })
  const write = (value: SqlValue): unknown => (value instanceof Timestamp ? printSqlTime(value, zone) : value)
  // Times without a zone are those of the zone that was asked for, and so are the values that they are compared with.
  await ask("SELECT set_config('TimeZone', $1, false)", [zone.id])

  async function* withCursor(text: string, values: readonly unknown[]): AsyncGenerator<RowBatch> {
    await ask('BEGIN')
    try {
      await ask(`DECLARE rows NO SCROLL CURSOR FOR ${text}`, values)
      for (;;) {
        const batch = batchOf(await ask(`FETCH ${ROWS_AT_A_TIME} FROM rows`))
        if (batch.rows.length > 0) yield batch
        if (batch.rows.length < ROWS_AT_A_TIME) break
      }
    } finally {
      await ask('ROLLBACK').catch(() => undefined) // the connection is gone: the error that broke it is told
    }
  }
  return {
    async *query(statement) {
      const text = statementText(statement, (place) => `$${place}`)
      const values = statement.values.map(write)
      if (WITH_CURSOR.test(text)) yield* withCursor(text, values)
      else yield batchOf(await ask(text, values))
    },
    close: () => client.end(),
  }
}

function batchOf({ fields = [], rows }: Answer): RowBatch {
  return { columns: fields.map(({ name }) => name), rows }
}

function readInteger(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}
