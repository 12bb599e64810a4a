import type { AggregationResult } from '../../query/aggregation.ts'
import type { DocumentCollection, DocumentCollector } from '../../query/computed/document-collection.ts'
import { documentView } from './computed-values.ts'
import type { Match } from './sort-hits.ts'

/** Shows documents to what collects them, in the order in which they were written. */
export function collect(collection: DocumentCollection, matches: readonly Match[]): AggregationResult {
  const start = collection.open()
  const collectors = new Map<number, DocumentCollector>()
  for (const { document, target, score } of matches.toSorted((a, b) => a.document.seqNo - b.document.seqNo)) {
    let collector = collectors.get(target)
    if (!collector) collectors.set(target, (collector = start(target)))
    collector.add({ ...documentView(document), score: score ?? 0 })
  }
  return { kind: 'collected', results: new Map([...collectors].map(([target, collector]) => [target, collector.result()])) }
}
