import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { valuesAt } from '../../core/values-at.ts'
import { commonTerms } from './common-terms.ts'
import { documentOf, textOf, type LookupContext } from './looked-up-document.ts'
import { nearestNeighbours, withNeighbours } from './nearest-neighbours.ts'
import { moreLikeThis } from './more-like-this.ts'

/**
 * Queries that ask for documents before they can be one: `terms` of another document, `more_like_this`, `percolate` of a stored
 * document, `knn`, and `common`, which counts them. Wherever they stand in a request's body, what they come to is put in their
 * place. Everything else stays the very same object, so that errors still know their places.
 * @throws ElkhornError as `getDocument` does
 */
export async function resolveLookups<T extends JsonValue | undefined>(json: T, lookup: LookupContext): Promise<T> {
  const hasNeighbours = isJsonObject(json) && json['knn'] !== undefined
  return (await resolve(hasNeighbours ? await withNeighbours(json, lookup) : json, lookup)) as T
}

async function resolve(json: JsonValue | undefined, lookup: LookupContext): Promise<JsonValue | undefined> {
  if (Array.isArray(json)) {
    const list = json as readonly JsonValue[]
    const resolved = await Promise.all(list.map((one) => resolve(one, lookup)))
    return resolved.every((one, i) => one === list[i]) ? json : (resolved as JsonValue[])
  }
  if (!isJsonObject(json)) return json
  const alike = json['more_like_this']
  if (isJsonObject(alike) && Object.keys(json).length === 1 && (alike['like'] !== undefined || alike['fields'] !== undefined))
    return moreLikeThis(alike, lookup)
  const common = json['common']
  if (isJsonObject(common) && Object.keys(json).length === 1 && isQueryOfField(common)) return commonTerms(common, lookup)
  const knn = json['knn']
  if (isJsonObject(knn) && Object.keys(json).length === 1 && knn['query_vector'] !== undefined)
    return nearestNeighbours(knn, lookup)
  const percolate = json['percolate']
  if (isJsonObject(percolate) && percolate['id'] !== undefined && Object.keys(json).length === 1)
    return { percolate: await ofStoredDocument(percolate, lookup) }
  const entries = await Promise.all(
    Object.entries(json).map(async ([key, value]): Promise<[string, JsonValue | undefined]> => [
      key,
      key === 'terms' && isJsonObject(value) ? await termsOf(value, lookup) : await resolve(value, lookup),
    ]),
  )
  return entries.every(([key, value]) => value === json[key]) ? json : Object.fromEntries(entries)
}

/** `{ "terms": { "user": { "index": "users", "id": "2", "path": "followers" } } }` */
async function termsOf(terms: JsonObject, lookup: LookupContext): Promise<JsonValue> {
  const entries = await Promise.all(
    Object.entries(terms).map(async ([field, value]): Promise<[string, JsonValue | undefined]> => {
      if (!isJsonObject(value) || value['id'] === undefined || value['path'] === undefined) return [field, value]
      return [field, await lookedUp(value, lookup)]
    }),
  )
  return entries.every(([field, value]) => value === terms[field]) ? terms : Object.fromEntries(entries)
}

async function lookedUp({ index, id, path, routing }: JsonObject, lookup: LookupContext): Promise<JsonValue[]> {
  if (typeof index !== 'string') throw illegalArgument('[terms] query lookup element requires specifying the index')
  const document = await documentOf({ index, id: textOf(id), routing }, lookup)
  return document ? valuesAt(document, textOf(path)) : []
}

/** Not a field of that name. */
const isQueryOfField = (json: JsonObject): boolean => {
  const [value] = Object.values(json)
  return (
    typeof value === 'string' ||
    (isJsonObject(value) && (value['query'] !== undefined || value['cutoff_frequency'] !== undefined))
  )
}

/** `{ "percolate": { "field": "query", "index": "alerts", "id": "2" } }` with the document in the place of its name. */
async function ofStoredDocument(percolate: JsonObject, lookup: LookupContext): Promise<JsonObject> {
  if (percolate['document'] !== undefined || percolate['documents'] !== undefined) return percolate
  const { index, id, type: _type, routing, preference: _preference, version: _version, ...others } = percolate
  if (typeof index !== 'string') throw illegalArgument('[index] is a required argument')
  const document = await documentOf({ index, id: textOf(id), routing }, lookup)
  if (document) return { ...others, document }
  throw new ElkhornError('resource_not_found_exception', 404, `indexed document [${index}/${textOf(id)}] couldn't be found`)
}
