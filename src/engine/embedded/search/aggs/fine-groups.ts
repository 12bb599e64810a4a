import { joinSql, sql, type Sql } from '../../sql.ts'

/** Counts distinct values. */
export const DISTINCT = 'uniqCombined64'

/**
 * The aggregate functions of groups that are put together from finer ones: an inner statement computes their states, the
 * outer one merges them.
 */
export class FineGroups {
  /** Name of each state's column, by what it is a state of. */
  readonly #states = new Map<string, { readonly state: Sql; readonly alias: Sql }>()

  readonly #key: Sql

  constructor(key: Sql) {
    this.#key = key
  }

  /** What `name(parameters)(values)` is over all rows of the finer groups; `parameters` in parentheses. */
  merged(name: Sql, parameters: Sql, values: Sql): Sql {
    // The same of each group's key once as of all its rows.
    if (name.text === DISTINCT && values.text === this.#key.text) return sql`${name}${parameters}(${values})`
    const state = sql`${name}State${parameters}(${values})`
    const alias = this.#states.get(state.text)?.alias ?? { kind: 'sql', text: `s${this.#states.size}` }
    this.#states.set(state.text, { state, alias })
    return sql`${name}Merge${parameters}(${alias})`
  }

  /** `(SELECT key, states FROM rows GROUP BY key)` */
  sql(rows: Sql): Sql {
    const key = this.#key
    const states = [...this.#states.values()].map(({ state, alias }) => sql`${state} AS ${alias}`)
    return sql`(SELECT ${joinSql([key, ...states], ', ')} FROM ${rows} GROUP BY ${key})`
  }
}
