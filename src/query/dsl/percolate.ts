import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { matchAll, type Query } from '../ast.ts'
import { computedFields, queryShardException, type BindContext } from '../bind/context.ts'
import type { Computation } from '../computed/computation.ts'
import { addComputation } from '../computed/computed-fields.ts'

import { common, listOf, readObject, text, wrongKind, type Member, type Read } from './reading.ts'

/** `{ "percolate": { "field": "query", "document": { "message": "…" } } }`: the stored queries that match documents. */
export interface PercolateQuery {
  readonly kind: 'percolate'
  /** Where documents of the index keep their query. */
  readonly field: string
  readonly documents: readonly JsonObject[]
  /** Tells the slots of several `percolate` queries of one search apart. */
  readonly name: string | undefined
}

const document: Read<JsonObject> = (value, at) => {
  if (isJsonObject(value)) return value
  throw wrongKind(value, at)
}

/**
 * A stored document that is named by `index` and `id` stands in `document` already: see `index/search/lookups.ts`.
 * @throws ElkhornError 400
 */
export function parsePercolate(json: JsonValue, at: Member): PercolateQuery {
  const spec = { field: text, document, documents: listOf(document), name: text }
  const indexed = { index: text, type: text, id: text, routing: text, preference: text, version: text }
  const read = readObject(json, at, { ...common, ...spec, ...indexed }, 'object')
  if (read.field === undefined) throw illegalArgument('Required [field]')
  const given = (['document', 'documents', 'id'] as const).filter((name) => read[name] !== undefined)
  if (given.length === 0) throw illegalArgument('Required one of fields [document, documents, id], but none were specified. ')
  if (given.length > 1) throw illegalArgument(`The following fields are not allowed together: [${given.join(', ')}] `)
  if (read.id !== undefined) {
    throw illegalArgument('[percolate] of a stored document is possible where documents are searched or counted')
  }
  const documents = read.documents ?? (read.document ? [read.document] : [])
  if (documents.length === 0) throw illegalArgument('[document] is a required argument')
  return { kind: 'percolate', field: read.field, documents, name: read.name }
}

/**
 * A field that says what the query of a document scores, best of all documents asked about, and a query for those that
 * have such a score. As in Elasticsearch, no boost changes it.
 */
export function bindPercolate({ field: path, documents }: PercolateQuery, context: BindContext): Query {
  const field = context.fields.find(path)
  if (!field) throw queryShardException(context, `field [${path}] does not exist`)
  if (field.type !== 'percolator')
    throw queryShardException(context, `expected field [${path}] to be of type [percolator], but is of type [${field.type}]`)
  if (!context.percolator) throw queryShardException(context, '[percolate] queries are not possible within stored queries')
  const scoresOf = context.percolator(documents, field)
  const computation: Computation = {
    reads: [],
    readsScore: false,
    readsSource: true,
    isScore: true,
    expression: undefined,
    open: () => (stored) => {
      const scores = scoresOf(stored.source()).filter((one) => one !== undefined)
      return scores.length === 0 ? [] : [Math.max(...scores)]
    },
  }
  const fields = computedFields(context)
  const score = fields.computed(addComputation('double', [{ fields, computation }]))
  if (!score) throw new Error('the scores of stored queries were not added')
  const filter: readonly Query[] = [field, score].map((one) => ({ kind: 'exists', field: one.path }))
  return {
    kind: 'function_score',
    query: { kind: 'bool', must: [], filter, should: [], mustNot: [], minimumShouldMatch: 0 },
    functions: [{ filter: matchAll, weight: 1, value: { kind: 'script', field: score } }],
    scoreMode: 'first',
    boostMode: 'replace',
    maxBoost: Infinity,
  }
}
