import { SEQ_NO } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import type { ScratchLanes } from '../computed/scratch-table.ts'
import { asRefusal, type Statements } from '../statement.ts'

/** Its tables are in memory and go with the process. */
const SCRATCH = sql`scratch`

let nextTable = 1

/**
 * What rows are told from the nested objects that they hold: their scores, their sort values. The engine makes it of the
 * objects' table and keeps it in memory, by sequence number, as long as the search runs; a row takes some 30 bytes.
 */
export class Lookups {
  readonly #lanes: ScratchLanes
  readonly #statements: Statements
  readonly #memoryBytes: number
  readonly #tables: Sql[] = []

  constructor(lanes: ScratchLanes, statements: Statements, memoryBytes: number) {
    this.#lanes = lanes
    this.#statements = statements
    this.#memoryBytes = memoryBytes
  }

  /**
   * @param select gives a sequence number and a value for each holder
   * @param type of the value, for the engine
   * @returns what a row's value is: NULL, or 0 where the type has none, for rows that are not among them
   */
  async fill(select: Sql, type: Sql): Promise<Sql> {
    const name = `n${nextTable++}`
    const table = sql`${SCRATCH}.${identifier(name)}`
    const settings = sql`SETTINGS max_execution_time = ${Math.max(1, this.#statements.timeLeftMs() / 1000)}, max_memory_usage = ${this.#memoryBytes}`
    await this.#lanes.run('schema', sql`CREATE DATABASE IF NOT EXISTS ${SCRATCH} ENGINE = Memory`)
    await this.#lanes.run(
      'schema',
      sql`CREATE TABLE ${table} (${identifier(SEQ_NO)} Int64, v ${type}) ENGINE = Join(ANY, LEFT, ${identifier(SEQ_NO)}) SETTINGS persistent = 0`,
    )
    this.#tables.push(table)
    try {
      await this.#lanes.run('schema', sql`INSERT INTO ${table} ${this.#statements.withDefined(select)} ${settings}`)
    } catch (error) {
      throw asRefusal(error)
    }
    return sql`joinGet(${`scratch.${name}`}, 'v', toInt64(${identifier(SEQ_NO)}))`
  }

  async drop(): Promise<void> {
    await Promise.all(this.#tables.splice(0).map((table) => this.#lanes.run('schema', sql`DROP TABLE IF EXISTS ${table}`)))
  }
}
