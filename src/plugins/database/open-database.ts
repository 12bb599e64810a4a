import type { Database, DatabaseLogin } from './database.ts'
import { openMysql } from './mysql.ts'
import { openPostgresql } from './postgresql.ts'
import { openSqlServer } from './sqlserver.ts'

/** Connects. Rejects when nobody is there, when the login fails, or when the package for the database is not installed. */
export function openDatabase(login: DatabaseLogin): Promise<Database> {
  switch (login.address.kind) {
    case 'postgresql':
      return openPostgresql(login)
    case 'mysql':
      return openMysql(login)
    default:
      return openSqlServer(login)
  }
}
