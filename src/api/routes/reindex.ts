import type { BulkOperation } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { StoredDocument } from '../../core/stored-document.ts'
import { showSource, type SourceSelection } from '../../index/documents/source-filter.ts'
import { requireWriteTarget } from '../../index/documents/write-target.ts'
import type { ByQuery } from '../../index/by-query/run-by-query.ts'
import type { DocumentSource } from '../../index/by-query/document-source.ts'
import { localDocuments } from '../../index/by-query/local-documents.ts'
import { metadataOptions, resolveIndices, searchOptions } from '../../index/names/resolve-names.ts'
import { resolveLookups } from '../../index/search/lookups.ts'
import { strings, validationFailed } from '../../index/templates/parse-template.ts'
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
} from '../by-query/read-options.ts'
import { readRemote } from '../by-query/read-remote.ts'
import { remoteDocuments } from '../by-query/remote-documents.ts'
import { parseVersionType } from '../bulk/read-bulk.ts'
import { parseInteger, sourceSelection } from '../documents/document-params.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { nameContext } from '../indices/names.ts'
import { readSlice } from './by-query.ts'
import { lookupContext } from './search.ts'

const ACTION = 'indices:data/write/reindex'

/** `_reindex`: copies what a query finds into another index. */
export const reindexRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST'],
    paths: ['/_reindex'],
    action: ACTION,
    params: [...BY_QUERY_PARAMS, 'scroll', 'require_alias', 'search_timeout'],
    handler: reindex,
  },
]

/** Where documents go, and what becomes of them there. */
interface Destination {
  readonly index: string
  readonly action: 'index' | 'create'
  readonly versionType: BulkOperation['versionType']
  readonly pipeline: string | undefined
  /** `keep`, `discard`, or `=` and a value. */
  readonly routing: string
}

async function reindex(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const body = request.json()
  if (!body) throw validationFailed('request body is required')
  refuseUnknown(body, ['conflicts', 'dest', 'max_docs', 'script', 'size', 'source'], 'reindex')
  const options = readByQueryOptions(request.query, body)
  const source = readSource(await withLookups(body['source'], request, context))
  const destination = readDestination(body['dest'])
  const problems = [
    ...source.problems,
    ...(source.names.length === 0 ? ['use _all if you really want to copy from all existing indexes'] : []),
    ...(destination.index === '' ? ['index must be specified'] : []),
  ]
  if (problems.length > 0) throw validationFailed(...problems)
  const documents = await documentsOf(request, context, source, destination, options.slices)
  const byQuery: ByQuery = {
    ...options,
    documents,
    batchSize: source.batchSize,
    ...(source.slice ? { onlySlice: source.slice } : {}),
    shown: { updated: true, created: true },
    change: scriptedChange(
      context.index,
      body,
      (document) => copyOf(document, destination, source.selection, request.query.boolean('require_alias', false)),
      true,
    ),
  }
  const description = `reindex from [${source.names.join(', ')}] to [${destination.index}]`
  return await answerByQuery(request, context, byQuery, options, { action: ACTION, description })
}

/** Documents of this program, or of another cluster where the request names one. */
async function documentsOf(
  request: ApiRequest,
  context: ApiContext,
  { names, search, remote, json }: Source,
  destination: Destination,
  slices: ByQuery['slices'],
): Promise<DocumentSource> {
  if (remote === undefined) {
    await checkTargets(request, context, names, destination)
    return localDocuments({
      where: { names, options: searchOptions, action: 'indices:data/read/search' },
      query: search.query,
      sort: search.sort,
      searchTimeoutMs: searchTimeoutMs(request.query),
      needsSource: true,
    })
  }
  if (slices !== 1)
    throw validationFailed(`reindex from remote sources doesn't support slices > 1 but was [${slices === 'auto' ? 0 : slices}]`)
  return remoteDocuments(readRemote(remote, context.remotes), names, json)
}

interface Source {
  readonly names: readonly string[]
  readonly search: SearchRequest
  /** The query and what else goes to another cluster as it is. */
  readonly json: JsonObject
  readonly selection: SourceSelection | undefined
  readonly batchSize: number
  readonly slice: { readonly id: number; readonly max: number } | undefined
  readonly remote: JsonValue | undefined
  readonly problems: readonly string[]
}

/** Another cluster looks up what its query asks for itself. */
async function withLookups(
  json: JsonValue | undefined,
  request: ApiRequest,
  context: ApiContext,
): Promise<JsonValue | undefined> {
  if (!isJsonObject(json) || (json['remote'] !== undefined && json['remote'] !== null)) return json
  const names = strings(json['index'] ?? []).flatMap((name) => name.split(','))
  const where = { names, options: searchOptions, action: 'indices:data/read/search' } as const
  return resolveLookups(json, lookupContext(request, context, where))
}

function readSource(json: JsonValue | undefined): Source {
  const { index, size, remote, slice, from, type: _type, ...rest } = isJsonObject(json) ? json : {}
  const names = index === undefined || index === null ? [] : strings(index).flatMap((name) => name.split(','))
  const { query: _query, ...others } = rest
  // Another cluster reads its query itself.
  const search = parseSearch(remote === undefined || remote === null ? rest : others)
  const selection = sourceSelection(rest['_source'])
  return {
    names,
    search,
    json: rest,
    selection,
    batchSize: checkBatchSize(size === undefined || size === null ? DEFAULT_BATCH_SIZE : parseInteger(size, 'size')),
    slice: readSlice(slice),
    remote: remote ?? undefined,
    problems: [
      ...(from === undefined ? [] : ['from is not supported in this context']),
      ...(search.storedFields === undefined ? [] : ['stored_fields is not supported in this context']),
      ...(selection === false ? ['_source:false is not supported in this context'] : []),
    ],
  }
}

function readDestination(json: JsonValue | undefined): Destination {
  const dest = isJsonObject(json) ? json : {}
  refuseUnknown(dest, ['index', 'op_type', 'pipeline', 'routing', 'type', 'version_type'], 'dest')
  const text = (key: string): string | undefined => {
    const value = dest[key]
    return value === undefined || value === null ? undefined : String(value)
  }
  const action = text('op_type') ?? 'index'
  if (action !== 'index' && action !== 'create') throw illegalArgument(`opType must be 'create' or 'index', found: [${action}]`)
  const routing = text('routing') ?? 'keep'
  if (routing !== 'keep' && routing !== 'discard' && !routing.startsWith('=')) {
    throw illegalArgument(`routing must be unset, [keep], [discard] or [=<some new value>] but was [${routing}]`)
  }
  const versionType = text('version_type')
  return {
    index: text('index') ?? '',
    action,
    versionType: versionType === undefined ? undefined : parseVersionType(versionType),
    pipeline: text('pipeline'),
    routing,
  }
}

/** @throws ElkhornError 400 where the copy would read what it writes; 404 where the destination may not be made */
async function checkTargets(
  request: ApiRequest,
  context: ApiContext,
  names: readonly string[],
  destination: Destination,
): Promise<void> {
  const sources = resolveIndices(nameContext(request, context, 'indices:data/read/search'), names, searchOptions)
  const { catalog } = context.index
  const written = catalog.findIndex(destination.index) ?? catalog.findAlias(destination.index)
  if (written) {
    const own = resolveIndices(
      { ...nameContext(request, context, 'indices:data/write/reindex'), access: request.access },
      [destination.index],
      { ...metadataOptions, ignoreUnavailable: true },
    )
    const both = own.find(({ index }) => sources.some((one) => one.index.uuid === index.uuid))
    if (both) throw validationFailed(`reindex cannot write into an index its reading from [${destination.index}]`)
  }
  await requireWriteTarget(context.index, request.access, { target: destination.index, action: destination.action })
}

function copyOf(
  document: StoredDocument,
  { index, action, versionType, pipeline, routing }: Destination,
  selection: SourceSelection | undefined,
  requireAlias: boolean,
): BulkOperation {
  const kept = routing === 'keep' ? document.routing : routing.startsWith('=') ? routing.slice(1) : undefined
  const isExternal = versionType === 'external' || versionType === 'external_gte'
  const filtered = selection === undefined || selection === true ? undefined : showSource(document.source, [selection])
  return {
    action,
    target: index,
    id: document.id,
    source: filtered === undefined ? document.source : Buffer.from(filtered, 'utf8'),
    ...(isExternal ? { version: document.version, versionType } : {}),
    ...(kept === undefined ? {} : { routing: kept }),
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(requireAlias ? { requireAlias } : {}),
  }
}

function refuseUnknown(json: JsonObject, known: readonly string[], owner: string): void {
  for (const key of Object.keys(json)) {
    if (!known.includes(key)) throw new ElkhornError('x_content_parse_exception', 400, `[1:2] [${owner}] unknown field [${key}]`)
  }
}
