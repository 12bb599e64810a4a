import { Turns } from '../../../../core/turns.ts'
import type { AggregationResult } from '../../../../query/aggregation.ts'
import type { DocumentCollector } from '../../../../query/computed/document-collection.ts'
import { SEQ_NO } from '../../layout.ts'
import { identifier, sql } from '../../sql.ts'
import { documentChunks } from '../computed/document-chunks.ts'
import { asIs, documentColumns, fieldsRead } from '../computed/load-values.ts'
import { ALWAYS, and } from '../query/condition.ts'
import { tableName, type Target } from '../target.ts'
import { addKey } from './bucket-key.ts'
import type { Cell } from './cell.ts'
import { cellAt } from './cells.ts'
import { levelKey, type PathLevel } from './group-statement.ts'
import type { CollectionNode } from './plan.ts'
import { RowSource } from './row-source.ts'
import type { TopContext } from './top.ts'

export const NOTHING_COLLECTED: AggregationResult = { kind: 'collected', results: new Map() }

/** Shows the documents of every bucket at the end of a path to what collects them; without a path, all that match. */
export async function collectBuckets(
  { name, aggregation }: CollectionNode,
  root: Cell,
  path: readonly PathLevel[],
  context: TopContext,
): Promise<void> {
  const start = aggregation.open()
  const results = new Map<Cell, Map<number, unknown>>()
  for (const target of context.targets) {
    const collectors = new Map<Cell, DocumentCollector>()
    await eachRow(aggregation, target, path, context, (keys, document) => {
      const cell = cellAt(root, path, keys)
      if (cell === undefined) return
      let collector = collectors.get(cell)
      if (collector === undefined) collectors.set(cell, (collector = start(target.position)))
      collector.add(document)
    })
    for (const [cell, collector] of collectors) {
      let ofCell = results.get(cell)
      if (ofCell === undefined) results.set(cell, (ofCell = new Map()))
      ofCell.set(target.position, collector.result())
    }
  }
  for (const [cell, ofCell] of results) cell.later.set(name, { kind: 'collected', results: ofCell })
}

type Use = (keys: readonly unknown[], document: Parameters<DocumentCollector['add']>[0]) => void

/** The documents of one target with the keys of their buckets: in the order of sequence numbers, once for each bucket. */
async function eachRow(
  { of }: CollectionNode['aggregation'],
  target: Target,
  path: readonly PathLevel[],
  { statements, scoring, encodeId }: TopContext,
  use: Use,
): Promise<void> {
  const reads = of[target.position]
  if (reads === undefined) return
  const { layout, schema } = target
  const documents = documentColumns({
    layout,
    fields: fieldsRead(reads.reads, schema.fields.all(), layout),
    source: reads.readsSource && layout.nested === undefined,
    encodeId,
    ...(reads.readsScore && { score: scoring.of(target) }),
  })
  const inBuckets = path.map((level) => levelKey(level).where?.(target) ?? ALWAYS)
  const matches = and([target.matches, ...inBuckets, reads.readsScore ? scoring.announce(target) : ALWAYS])
  for (const part of (await documentChunks({ layout, from: tableName(target) }, matches, statements)).parts) {
    const source = new RowSource([{ ...target, matches: part }])
    const keyColumns = path.map((level) => addKey(levelKey(level), source, { narrow: true }).read)
    const values = documents.sql.map((value) => source.column(() => value))
    const order = source.column(() => identifier(SEQ_NO))
    const columns = [asIs(order), ...keyColumns, ...values.map(asIs)]
    const rows = await statements.read(columns, sql`FROM ${source.sql()} ORDER BY ${order}`)
    const keys: unknown[] = []
    const turns = new Turns()
    while (!rows.done) {
      rows.uint64()
      for (let i = 0; i < keyColumns.length; i++) keys[i] = keyColumns[i]?.read(rows)
      use(keys, documents.read(rows))
      if (turns.isOver()) {
        await turns.next()
        statements.check()
      }
    }
  }
}
