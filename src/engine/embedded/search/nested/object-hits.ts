import type { EngineHit } from '../../../engine.ts'
import { ID, SEQ_NO, splitObjectSeqNo, VERSION } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import { source, text, uint } from '../columns.ts'
import type { HitsContext } from '../hits/hits.ts'
import { tableOf } from '../query/nested.ts'
import type { Target } from '../target.ts'

/** Hits among nested objects as hits of their documents, each with the place of its object. Other hits stay as they are. */
export async function withDocuments(
  hits: readonly EngineHit[],
  targets: readonly Target[],
  { statements, encodeId }: Pick<HitsContext, 'statements' | 'encodeId'>,
): Promise<readonly EngineHit[]> {
  const found = new Map<EngineHit, EngineHit>()
  await Promise.all(
    targets.map(async ({ position, layout: { nested }, scope: { documents } }) => {
      const own = hits.filter(({ target }) => target === position)
      if (nested === undefined || documents === undefined || own.length === 0) return
      const seqNos = [...new Set(own.map(({ seqNo }) => splitObjectSeqNo(seqNo).documentSeqNo))]
      const columns = {
        seqNo: uint(identifier(SEQ_NO)),
        id: text(identifier(ID)),
        version: uint(identifier(VERSION)),
        source: source(documents),
      }
      const rows = await statements.select(columns, sql`FROM ${tableOf(documents)} WHERE ${identifier(SEQ_NO)} IN ${seqNos}`)
      const bySeqNo = new Map(rows.map((row) => [row.seqNo, row]))
      for (const hit of own) {
        const { documentSeqNo, number } = splitObjectSeqNo(hit.seqNo)
        const row = bySeqNo.get(documentSeqNo)
        if (row === undefined) continue
        const id = row.id === '' ? encodeId(documents.uuid, documentSeqNo) : row.id
        const object = { path: nested.path, number }
        found.set(hit, { ...hit, id, seqNo: documentSeqNo, version: row.version + 1, source: row.source, object })
      }
    }),
  )
  return hits.map((hit) => found.get(hit) ?? hit)
}
