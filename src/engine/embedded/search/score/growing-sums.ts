import { SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import { and, type Condition, leaf } from '../query/condition.ts'

/** Enough for the fields and terms of everything that is searched in turns. */
const MAX_KNOWN = 10_000
/**
 * Sums over tables. Rows only ever come on top, so a known sum is only added to: a search a second after the last one reads
 * the rows of that second.
 */
export class GrowingSums<S> {
  readonly #add: (known: S, added: S) => S
  readonly #known = new Map<string, { readonly sum: S; readonly upToSeqNo: number }>()

  constructor(add: (known: S, added: S) => S) {
    this.#add = add
  }

  /** @param what names the sum among those of a table @param measure makes it of some rows */
  async load(
    { uuid, visibleSeqNo }: Pick<TableLayout, 'uuid' | 'visibleSeqNo'>,
    what: string,
    measure: (rows: Condition) => Promise<S>,
  ): Promise<S> {
    const key = `${uuid} ${what}`
    const known = this.#known.get(key)
    if (known !== undefined && known.upToSeqNo >= visibleSeqNo) return known.sum
    const upTo = visibleRows(visibleSeqNo)
    const added = await measure(
      known === undefined ? upTo : and([leaf(sql`${identifier(SEQ_NO)} > ${known.upToSeqNo}`, { nullable: false }), upTo]),
    )
    const sum = known === undefined ? added : this.#add(known.sum, added)
    this.#known.delete(key)
    this.#known.set(key, { sum, upToSeqNo: visibleSeqNo })
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
    return sum
  }
}

export const visibleRows = (visibleSeqNo: number): Condition =>
  leaf(sql`${identifier(SEQ_NO)} <= ${visibleSeqNo}`, { nullable: false })
