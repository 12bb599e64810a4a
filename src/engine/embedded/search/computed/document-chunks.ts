import { objectSeqNo, SEQ_NO, type TableLayout } from '../../layout.ts'
import { identifier, sql, type Sql } from '../../sql.ts'
import { uint } from '../columns.ts'
import { and, type Condition, leaf, where } from '../query/condition.ts'
import type { Statements } from '../statement.ts'

/** Documents that match, in parts that are small enough to be carried here at once. */
export interface DocumentChunks {
  readonly count: number
  /** One part after the other, in the order of sequence numbers. */
  readonly parts: Iterable<Condition>
}

/** Documents whose values are carried here at once. */
const DOCUMENTS_PER_STATEMENT = 100_000
/** Sequence numbers of one part, where few of them match: a part of them may hold them all. */
const MAX_STEP = 500_000

export async function documentChunks(
  { layout, from }: { readonly layout: TableLayout; readonly from: Sql },
  matches: Condition,
  statements: Statements,
): Promise<DocumentChunks> {
  const seqNo = identifier(SEQ_NO)
  const about = { count: uint(sql`count()`), first: uint(sql`min(${seqNo})`), last: uint(sql`max(${seqNo})`) }
  const [found] = await statements.select(about, sql`FROM ${from} ${where(matches)}`)
  const { count, first, last } = found ?? { count: 0, first: 0, last: 0 }
  const maxStep = layout.nested === undefined ? MAX_STEP : objectSeqNo(MAX_STEP, 0)
  const step = Math.min(maxStep, Math.max(1, Math.ceil((last - first + 1) / Math.ceil(count / DOCUMENTS_PER_STATEMENT))))
  return { count, parts: count === 0 ? [] : chunks(first, last, step, matches) }
}

function* chunks(first: number, last: number, step: number, matches: Condition): Generator<Condition> {
  const seqNo = identifier(SEQ_NO)
  for (let start = first; start <= last; start += step) {
    yield and([matches, leaf(sql`(${seqNo} >= ${start} AND ${seqNo} < ${start + step})`, { nullable: false })])
  }
}
