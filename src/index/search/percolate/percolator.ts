import { isJsonObject, type JsonObject } from '../../../core/json.ts'
import { printJson } from '../../../core/print-json.ts'
import { MappedValues } from '../../../engine/engine.ts'
import { withComputed } from '../../../engine/memory/computed-values.ts'
import type { MemoryDocument } from '../../../engine/memory/document.ts'
import { compileQuery } from '../../../engine/memory/evaluate.ts'
import { newDocument } from '../../../engine/memory/new-document.ts'
import { IndexStatistics, LUCENE_FACTOR } from '../../../engine/memory/statistics.ts'
import type { BindContext } from '../../../query/bind/context.ts'
import type { Percolator } from '../../../query/bind/percolator.ts'
import { bindQuery } from '../../../query/dsl/bind-query.ts'
import { parseQuery } from '../../../query/dsl/parse-query.ts'
import { mapDocument } from '../../documents/map-document.ts'
import { valuesAt } from '../../../core/values-at.ts'
import type { IndexState } from '../../index-state.ts'
import type { CompiledMapping } from '../../mapping/compile-mapping.ts'

/** What stored queries are bound to, with the fields of a mapping. */
export type StoredQueryContext = (mapping: CompiledMapping) => BindContext

/** Asks the queries that an index stores about documents, which are read as if they were written to it, and stay in memory. */
export function percolatorOf(index: IndexState, contextOf: StoredQueryContext): Percolator {
  return (documents, field) => {
    const { mapping, mapped } = readDocuments(index, documents)
    const statistics = new IndexStatistics(mapped, LUCENE_FACTOR)
    return (stored) => {
      const json = storedQuery(stored, field.path)
      if (!json) return []
      const context = contextOf(mapping)
      const query = bindQuery(parseQuery(json), context)
      if (!context.computed?.count) return mapped.map(compileQuery(query, statistics))
      const asked = withComputed(mapped, { schema: index, query, computed: context.computed })
      return asked.map(compileQuery(query, new IndexStatistics(asked, LUCENE_FACTOR)))
    }
  }
}

/** What a query scores a document that is read as if it was written to the index; `undefined` where it does not match. */
export function scoreDocument(
  index: IndexState,
  document: JsonObject,
  query: JsonObject,
  contextOf: StoredQueryContext,
): number | undefined {
  const { mapping, mapped } = readDocuments(index, [document])
  const [only] = mapped
  const compiled = compileQuery(bindQuery(parseQuery(query), contextOf(mapping)), new IndexStatistics(mapped, LUCENE_FACTOR))
  return only && compiled(only)
}

/** The query that a document of the index keeps. */
export function storedQuery(stored: JsonObject, path: string): JsonObject | undefined {
  const [query] = valuesAt(stored, path)
  return isJsonObject(query) ? query : undefined
}

/** Later documents see the fields of those before them, as in an index. */
function readDocuments(
  index: IndexState,
  documents: readonly JsonObject[],
): { readonly mapping: CompiledMapping; readonly mapped: readonly MemoryDocument[] } {
  let { mapping } = index
  const mapped = documents.map((document, seqNo) => {
    const out = new MappedValues()
    mapping = mapDocument(index, mapping, document, { id: TEMPORARY_ID }, out)
    const source = Buffer.from(printJson(document))
    return newDocument({ id: TEMPORARY_ID, seqNo, version: 1, routing: undefined, source }, out, index)
  })
  return { mapping, mapped }
}

/** As Elasticsearch calls them in errors. */
const TEMPORARY_ID = '_temp_id'
