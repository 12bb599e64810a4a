import { ID, SEQ_NO } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import { type Condition, leaf, or } from './condition.ts'

/** What an id that was made by the engine says about its document; `undefined` for ids of other makes. */
export type DecodeId = (id: string) => number | undefined

/** Generated ids are not stored: they are looked up by the sequence number that they encode. */
export function idsCondition(ids: readonly string[], decodeId: DecodeId): Condition {
  const seqNos = ids.flatMap((id) => decodeId(id) ?? [])
  const parts: Condition[] = []
  if (seqNos.length > 0) {
    const made = sql`(${identifier(SEQ_NO)} IN ${seqNos} AND ${identifier(ID)} = '')`
    parts.push(leaf(made, { nullable: false }))
  }
  if (ids.length > 0) parts.push(leaf(sql`${identifier(ID)} IN ${ids}`, { nullable: false }))
  return or(parts)
}
