import type { Field } from '../../../../query/field.ts'
import type { Sql } from '../../sql.ts'
import type { Condition } from '../query/condition.ts'

/** The score of documents, as their scripts read it. */
export interface KnownScore {
  readonly value: Sql
  /** Conditions that it calls on. */
  readonly announced: Condition
}

/** Fields whose scripts read the score: they have no column before it is known. */
export interface ScoredFields {
  readonly waiting: ReadonlySet<Field>
  compute(field: Field, score: KnownScore): Promise<void>
}
