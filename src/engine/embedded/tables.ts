import type { IndexSchema } from '../engine.ts'
import type { TableLayout } from './layout.ts'

/** The tables behind indices, for whoever compiles statements over them. */
export interface Tables {
  /**
   * Attaches the tables of these indices and holds them until `release`; `undefined` for an index that stored nothing yet.
   * Layouts are a snapshot: columns and sequence numbers of this moment.
   */
  open(schemas: readonly IndexSchema[]): Promise<OpenTables>
  /** What is known of an index without touching its table: enough to skip it (`minTime`, `maxTime`, `rows`). */
  summary(uuid: string): Pick<TableLayout, 'rows' | 'minTime' | 'maxTime'> | undefined
}

export interface OpenTables {
  readonly layouts: readonly (TableLayout | undefined)[]
  release(): void
}
