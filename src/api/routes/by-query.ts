import type { JsonObject } from '../../core/json.ts'
import type { BulkOperation } from '../../core/bulk.ts'
import { illegalArgument } from '../../core/errors.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import type { ByQuery } from '../../index/by-query/run-by-query.ts'
import type { DocumentSource } from '../../index/by-query/document-source.ts'
import { localDocuments } from '../../index/by-query/local-documents.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import { resolveLookups } from '../../index/search/lookups.ts'
import type { Where } from '../../index/search/targets.ts'
import { validationFailed } from '../../index/templates/parse-template.ts'
import { parseSearch } from '../../query/parse-search.ts'
import type { SearchRequest } from '../../query/search-request.ts'
import type { ApiContext } from '../api-context.ts'
import { answerByQuery } from '../by-query/answer-by-query.ts'
import { scriptedChange } from '../by-query/scripted-change.ts'
import {
  BY_QUERY_PARAMS,
  checkBatchSize,
  DEFAULT_BATCH_SIZE,
  readByQueryOptions,
  searchTimeoutMs,
  type ByQueryOptions,
} from '../by-query/read-options.ts'
import { parseInteger } from '../documents/document-params.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { indicesOptions, NAMES_PARAMS, namesOf } from '../indices/names.ts'
import { lookupContext } from './search.ts'
import { urlParameters } from './search.ts'

const PARAMS = [
  ...NAMES_PARAMS,
  ...BY_QUERY_PARAMS,
  'analyzer',
  'analyze_wildcard',
  'default_operator',
  'df',
  'from',
  'lenient',
  'preference',
  'q',
  'request_cache',
  'routing',
  'scroll',
  'scroll_size',
  'search_timeout',
  'search_type',
  'sort',
  'stats',
  'terminate_after',
  'version',
  'version_type',
  '_source',
  '_source_includes',
  '_source_excludes',
]

/** `_update_by_query` and `_delete_by_query`. */
export const byQueryRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST'],
    paths: ['/{index}/_update_by_query'],
    action: 'indices:data/write/update/byquery',
    params: [...PARAMS, 'pipeline'],
    handler: updateByQuery,
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_delete_by_query'],
    action: 'indices:data/write/delete/byquery',
    params: PARAMS,
    handler: deleteByQuery,
  },
]

async function updateByQuery(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const where = whereOf(request, 'indices:data/write/update/byquery')
  const body = (await resolveLookups(request.json(), lookupContext(request, context, where))) ?? {}
  const options = readByQueryOptions(request.query, body)
  const search = readSearch(request, body, [])
  const pipeline = request.query.text('pipeline')
  const change = ({ index, id, seqNo, routing, source }: StoredDocument): BulkOperation => ({
    action: 'index',
    target: index,
    id,
    source,
    ifSeqNo: seqNo,
    ifPrimaryTerm: 1,
    ...(routing === undefined ? {} : { routing }),
    ...(pipeline === undefined ? {} : { pipeline }),
  })
  const byQuery: ByQuery = {
    ...commonOf(request, body, options),
    documents: documentsOf(request, search, where, true),
    shown: { updated: true, created: false },
    change: scriptedChange(context.index, body, change, false),
  }
  const label = {
    action: 'indices:data/write/update/byquery',
    description: `update-by-query [${namesOf(request).join(', ')}]`,
  }
  return await answerByQuery(request, context, byQuery, options, label)
}

async function deleteByQuery(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const where = whereOf(request, 'indices:data/write/delete/byquery')
  const body = await resolveLookups(request.json(), lookupContext(request, context, where))
  if (body === undefined && !request.query.has('q')) throw validationFailed('query is missing')
  const options = readByQueryOptions(request.query, body ?? {})
  const hasQuery = request.query.has('q') || (body?.['query'] !== undefined && body['query'] !== null)
  const search = readSearch(request, body ?? {}, hasQuery ? [] : ['query is missing'])
  const change = ({ index, id, seqNo, routing }: StoredDocument): BulkOperation => ({
    action: 'delete',
    target: index,
    id,
    ifSeqNo: seqNo,
    ifPrimaryTerm: 1,
    ...(routing === undefined ? {} : { routing }),
  })
  const byQuery: ByQuery = {
    ...commonOf(request, body ?? {}, options),
    documents: documentsOf(request, search, where, false),
    shown: { updated: false, created: false },
    change,
  }
  const label = {
    action: 'indices:data/write/delete/byquery',
    description: `delete-by-query [${namesOf(request).join(', ')}]`,
  }
  return await answerByQuery(request, context, byQuery, options, label)
}

const whereOf = (request: ApiRequest, action: Where['action']): Where => ({
  names: namesOf(request),
  options: indicesOptions(request.query, searchOptions),
  action,
})

const documentsOf = (request: ApiRequest, { query, sort }: SearchRequest, where: Where, needsSource: boolean): DocumentSource =>
  localDocuments({
    where,
    query,
    sort,
    searchTimeoutMs: searchTimeoutMs(request.query),
    needsSource,
  })

function commonOf(
  request: ApiRequest,
  body: JsonObject,
  options: ByQueryOptions,
): Omit<ByQuery, 'documents' | 'shown' | 'change'> {
  const slice = readSlice(body['slice'])
  return {
    ...options,
    batchSize: checkBatchSize(request.query.integer('scroll_size') ?? DEFAULT_BATCH_SIZE),
    ...(slice ? { onlySlice: slice } : {}),
  }
}

/** The part of the body that says what to search for. */
function readSearch(request: ApiRequest, body: JsonObject, problems: readonly string[]): SearchRequest {
  const { conflicts: _conflicts, max_docs: _maxDocs, size: _size, script: _script, slice: _slice, ...rest } = body
  const { from: _from, size: _urlSize, slices: _slices, ...url } = urlParameters(request)
  const search = parseSearch(rest, url)
  const found = [
    ...(rest['from'] === undefined ? [] : ['from is not supported in this context']),
    ...(search.storedFields === undefined ? [] : ['stored_fields is not supported in this context']),
    ...problems,
  ]
  if (found.length > 0) throw validationFailed(...found)
  return search
}

/** `slice: { id, max }`: one of several requests that share the work. @throws ElkhornError 400 */
export function readSlice(json: JsonObject[string]): { readonly id: number; readonly max: number } | undefined {
  if (json === undefined || json === null) return undefined
  const slice = json as JsonObject
  const max = parseInteger(slice['max'] ?? 0, 'max')
  const id = parseInteger(slice['id'] ?? 0, 'id')
  if (max <= 1) throw illegalArgument(`max must be greater than 1, got ${max}`)
  if (id < 0 || id >= max) throw illegalArgument(`id must be between 0 and max [${max}], got ${id}`)
  return { id, max }
}
