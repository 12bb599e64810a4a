import { joinSql, sql, type Sql } from '../../sql.ts'
import { ALWAYS, and, announced, type Condition, where } from '../query/condition.ts'
import { tableName, type Target } from '../target.ts'

/** Longer than any list of values. */
const MAX_LIST = 2 ** 31

/** One way in which documents of a target take part: a document with several values may do so in another way. */
export interface Branch {
  readonly sql: Sql
  readonly where: Condition
}

/**
 * The documents that a grouped statement is about, as rows of named columns: the same columns from every target, in one
 * `UNION ALL`. Keys and metrics ask for the columns that they need; equal ones are read once.
 */
export class RowSource {
  readonly targets: readonly Target[]
  readonly #columns = new Map<string, { readonly alias: Sql; readonly of: (target: Target) => Sql }>()
  readonly #conditions: ((target: Target) => Condition)[] = []
  readonly #announced: ((target: Target) => readonly Condition[])[] = []
  /** What rows are grouped by so far. */
  readonly keys: Sql[] = []
  /** What is made of the rows of the targets, one after the other. */
  readonly #layers: ((rows: Sql) => Sql)[] = []
  readonly #derived: Sql[] = []
  #branches: { readonly alias: Sql; readonly of: (target: Target) => readonly Branch[] } | undefined

  readonly #prefix: string

  /** @param prefix of the columns' names */
  constructor(targets: readonly Target[], prefix = 'v') {
    this.targets = targets
    this.#prefix = prefix
  }

  /** Names of the columns so far. */
  get columns(): readonly Sql[] {
    const own = [...this.#columns.values()].map(({ alias }) => alias)
    return [...own, ...(this.#branches ? [this.#branches.alias] : []), ...this.#derived]
  }

  /** A column that every target has under this name. */
  carry(name: Sql): void {
    this.#columns.set(name.text, { alias: name, of: () => name })
  }

  /** A column of the rows; `conditions` are those that its expression calls on. */
  column(of: (target: Target) => Sql, conditions?: (target: Target) => readonly Condition[]): Sql {
    const id = this.targets.map((target) => of(target).text).join('\n')
    const known = this.#columns.get(id)
    if (known !== undefined) return known.alias
    const alias: Sql = { kind: 'sql', text: `${this.#prefix}${this.#columns.size}` }
    this.#columns.set(id, { alias, of })
    if (conditions !== undefined) this.#announced.push(conditions)
    return alias
  }

  /** A column of single values of a list: every document comes once for each. */
  joinedColumn(of: (target: Target) => Sql, conditions?: (target: Target) => readonly Condition[]): Sql {
    // Equal calls of arrayJoin in one statement are one call: two levels of the same terms would not meet each other.
    const distinct = MAX_LIST - this.#columns.size
    return this.column((target) => sql`arrayJoin(arraySlice(${of(target)}, 1, ${distinct}))`, conditions)
  }

  /** A column by which documents come in several branches. One column of a source can. */
  branchingColumn(of: (target: Target) => readonly Branch[]): Sql {
    if (this.#branches !== undefined) throw new Error('the rows branch already')
    const alias: Sql = { kind: 'sql', text: `${this.#prefix}b` }
    this.#branches = { alias, of }
    return alias
  }

  get branches(): boolean {
    return this.#branches !== undefined
  }

  /** Leaves out documents. */
  narrow(to: (target: Target) => Condition): void {
    this.#conditions.push(to)
  }

  /** Leaves out rows by their columns, once values of lists are rows of their own. */
  keep(condition: Sql): void {
    this.#layers.push((rows) => sql`(SELECT * FROM ${rows} WHERE ${condition})`)
  }

  /**
   * A column of what rows with the same keys have in common: `value` of the columns of the rows and of those that `summed`
   * selects for each bucket so far, over all targets.
   */
  derive(value: Sql, summed: Sql): Sql {
    const alias: Sql = { kind: 'sql', text: `${this.#prefix}d${this.#derived.length}` }
    const keys = joinSql(this.keys, ', ')
    // Rows without a key are a bucket, too, where that is asked for.
    const same = joinSql(
      this.keys.map((key) => sql`r.${key} <=> b.${key}`),
      ' AND ',
    )
    const buckets = sql`(SELECT ${keys}, ${summed} FROM ${this.sql()} GROUP BY ${keys})`
    this.#layers.push((rows) => sql`(SELECT r.*, ${value} AS ${alias} FROM ${rows} AS r INNER JOIN ${buckets} AS b ON ${same})`)
    this.#derived.push(alias)
    return alias
  }

  /** `(SELECT … UNION ALL …)` */
  sql(): Sql {
    return this.#rowsOf(this.targets)
  }

  /** The rows of one target. */
  sqlOf(target: Target): Sql {
    return this.#rowsOf([target])
  }

  #rowsOf(targets: readonly Target[]): Sql {
    const rows = union(targets.flatMap((target) => this.#selects(target)))
    return this.#layers.reduce((made, layer) => layer(made), rows)
  }

  #selects(target: Target): Sql[] {
    const branches = this.#branches?.of(target) ?? [undefined]
    return branches.map((branch) => this.#select(target, branch))
  }

  #select(target: Target, branch: Branch | undefined): Sql {
    const columns = [...this.#columns.values()].map(({ alias, of }) => sql`${of(target)} AS ${alias}`)
    if (branch !== undefined && this.#branches !== undefined) columns.push(sql`${branch.sql} AS ${this.#branches.alias}`)
    if (columns.length === 0) columns.push(sql`1 AS one`)
    const narrowed = and([target.matches, ...this.#conditions.map((condition) => condition(target)), branch?.where ?? ALWAYS])
    const called = announced(this.#announced.flatMap((conditions) => conditions(target)))
    return sql`SELECT ${joinSql(columns, ', ')} FROM ${tableName(target)} ${where(narrowed, called)}`
  }
}

function union(selects: readonly Sql[]): Sql {
  return sql`(${joinSql(selects, ' UNION ALL ')})`
}
