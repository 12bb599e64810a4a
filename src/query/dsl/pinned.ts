import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Query } from '../ast.ts'
import { withBoost } from '../bind/combine.ts'
import type { BindContext } from '../bind/context.ts'
import { clause, type ParseQuery } from './clause.ts'
import { common, listOf, readObject, text, type Member, type Read } from './reading.ts'
import type { BindQuery, UnboundQuery } from './unbound.ts'

/** `{ "pinned": { "ids": ["1", "4"], "organic": { … } } }`: these documents first, in this order, then the others. */
export interface PinnedQuery {
  readonly kind: 'pinned'
  readonly documents: readonly { readonly id: string; readonly index: string | undefined }[]
  readonly organic: UnboundQuery
  readonly boost: number | undefined
}

/** As many as Elasticsearch takes. */
const MAX_DOCUMENTS = 100

const document: Read<PinnedQuery['documents'][number]> = (value, at) => {
  const { _id: id, _index: index } = readObject(value, at, { _id: text, _index: text }, 'object')
  if (id === undefined) throw illegalArgument('Required [_id]')
  return { id, index }
}

export function parsePinned(json: JsonValue, at: Member, parse: ParseQuery): PinnedQuery {
  const read = readObject(json, at, { ...common, ids: listOf(text), docs: listOf(document), organic: clause(parse) }, 'object')
  if (!read.organic) throw illegalArgument('Required [organic]')
  if ((read.ids === undefined) === (read.docs === undefined)) throw illegalArgument('[pinned] takes either [ids] or [docs]')
  const documents = read.docs ?? read.ids?.map((id) => ({ id, index: undefined })) ?? []
  if (documents.length > MAX_DOCUMENTS)
    throw illegalArgument(`[pinned] Max of ${MAX_DOCUMENTS} ids exceeded: ${documents.length} provided.`)
  return { kind: 'pinned', documents, organic: read.organic, boost: read.boost }
}

/** More than any score of a query, and so large that each next document has a 32-bit float of its own below. */
const FIRST_SCORE = 1.7014118346046923e38

export function bindPinned({ documents, organic, boost }: PinnedQuery, context: BindContext, bind: BindQuery): Query {
  const pinned = documents.flatMap(({ id, index }, i): readonly Query[] => {
    if (index !== undefined && index !== context.index.name) return []
    // One step of a float this large is about a ten millionth of it.
    const score = Math.fround(FIRST_SCORE * (1 - i * 1e-6))
    return [{ kind: 'constant_score', query: { kind: 'ids', ids: [id] }, boost: score }]
  })
  const queries = [...pinned, withBoost(bind(organic, context), boost)].filter(({ kind }) => kind !== 'none')
  return queries.length === 0 ? { kind: 'none' } : { kind: 'dis_max', queries, tieBreaker: 0 }
}
