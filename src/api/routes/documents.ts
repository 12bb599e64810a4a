import type { BulkOperation, BulkOutcome } from '../../core/bulk.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { printJson } from '../../core/print-json.ts'
import type { StoredDocument } from '../../engine/engine.ts'
import { getDocument } from '../../index/documents/get-documents.ts'
import { mappedSelection, showSource, type SourceSelection } from '../../index/documents/source-filter.ts'
import { storedFields } from '../../index/documents/stored-fields.ts'
import { parseDocument } from '../../index/documents/parse-document.ts'
import { writeDocuments } from '../../index/documents/write-documents.ts'
import type { IndexState } from '../../index/index-state.ts'
import { printValue } from '../../index/mapping/parameters.ts'
import { strings, validationFailed } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { printShards, quoted, statusOf } from '../bulk/print-bulk.ts'
import { parseVersionType } from '../bulk/read-bulk.ts'
import { readActiveShards } from '../by-query/read-options.ts'
import { refreshPolicy, sourceParams, sourceSelection } from '../documents/document-params.ts'
import { errorBody } from '../http/error-json.ts'
import { checkContentType } from '../http/media-type.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'

const WRITE_PARAMS = [
  'refresh',
  'routing',
  'timeout',
  'version',
  'version_type',
  'if_seq_no',
  'if_primary_term',
  'wait_for_active_shards',
]
const INDEX_PARAMS = [...WRITE_PARAMS, 'op_type', 'pipeline', 'require_alias', 'require_data_stream', 'include_source_on_error']
const GET_PARAMS = [
  'preference',
  'realtime',
  'refresh',
  'routing',
  'stored_fields',
  'version',
  'version_type',
  '_source',
  '_source_includes',
  '_source_excludes',
  '_source_include',
  '_source_exclude',
  'force_synthetic_source',
]

export const documentRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_doc/{id}'],
    action: 'indices:data/write/index',
    params: INDEX_PARAMS,
    handler: (request, context) => indexDocument(request, context, opType(request)),
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_doc'],
    action: 'indices:data/write/index',
    params: INDEX_PARAMS,
    handler: (request, context) => indexDocument(request, context, opType(request)),
  },
  {
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_create/{id}'],
    action: 'indices:data/write/index:op_type/create',
    params: INDEX_PARAMS,
    handler: (request, context) => indexDocument(request, context, 'create'),
  },
  {
    methods: ['POST'],
    paths: ['/{index}/_update/{id}'],
    action: 'indices:data/write/update',
    params: [...INDEX_PARAMS, 'retry_on_conflict', 'lang', '_source', '_source_includes', '_source_excludes'],
    handler: updateDocument,
  },
  {
    methods: ['DELETE'],
    paths: ['/{index}/_doc/{id}'],
    action: 'indices:data/write/delete',
    params: WRITE_PARAMS,
    handler: deleteDocument,
  },
  {
    methods: ['GET', 'HEAD'],
    paths: ['/{index}/_doc/{id}'],
    action: 'indices:data/read/get',
    params: GET_PARAMS,
    handler: getOne,
  },
  {
    methods: ['GET', 'HEAD'],
    paths: ['/{index}/_source/{id}'],
    action: 'indices:data/read/get',
    params: GET_PARAMS,
    handler: getSource,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_mget', '/{index}/_mget'],
    action: 'indices:data/read/mget',
    params: GET_PARAMS,
    handler: getMany,
  },
]

function opType(request: ApiRequest): 'index' | 'create' {
  const value = request.query.text('op_type')?.toLowerCase() ?? 'index'
  if (value === 'index' || value === 'create') return value
  throw illegalArgument(`opType must be 'create' or 'index', found: [${value}]`)
}

/** What all writes of one document take from their URL. @throws ElkhornError 400 */
function operationParams({ query }: ApiRequest): Omit<BulkOperation, 'action' | 'target'> {
  const routing = query.text('routing')
  const pipeline = query.text('pipeline')
  const version = query.integer('version')
  const versionType = query.text('version_type')
  const ifSeqNo = query.integer('if_seq_no')
  const ifPrimaryTerm = query.integer('if_primary_term')
  const retryOnConflict = query.integer('retry_on_conflict')
  if (ifSeqNo !== undefined && ifSeqNo < 0) throw illegalArgument(`sequence numbers must be non negative. got [${ifSeqNo}].`)
  return {
    ...(routing === undefined ? {} : { routing }),
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(version === undefined ? {} : { version }),
    ...(versionType === undefined ? {} : { versionType: parseVersionType(versionType) }),
    ...(ifSeqNo === undefined ? {} : { ifSeqNo }),
    ...(ifPrimaryTerm === undefined ? {} : { ifPrimaryTerm }),
    ...(retryOnConflict === undefined ? {} : { retryOnConflict }),
    ...(query.boolean('require_alias', false) ? { requireAlias: true } : {}),
    ...(query.boolean('require_data_stream', false) ? { requireDataStream: true } : {}),
  }
}

async function indexDocument(request: ApiRequest, context: ApiContext, action: 'index' | 'create'): Promise<Answer> {
  if (request.body.length === 0) throw validationFailed('source is missing')
  checkContentType(request.header('content-type'))
  const id = request.part('id')
  // Without an id there is nothing to replace; data streams only take creations.
  const operation: BulkOperation = {
    ...operationParams(request),
    action: id === undefined ? 'create' : action,
    target: required(request, 'index'),
    ...(id === undefined ? {} : { id }),
    source: request.body,
  }
  return printWrite(request, context, operation, await writeOne(request, context, operation))
}

async function updateDocument(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const operation: BulkOperation = {
    ...operationParams(request),
    action: 'update',
    target: required(request, 'index'),
    id: required(request, 'id'),
    source: request.body,
  }
  const outcome = await writeOne(request, context, operation)
  const selection = sourceParams(request.query) ?? sourceSelection(request.json()?.['_source'])
  return printWrite(request, context, operation, outcome, selection)
}

async function deleteDocument(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const operation: BulkOperation = {
    ...operationParams(request),
    action: 'delete',
    target: required(request, 'index'),
    id: required(request, 'id'),
  }
  return printWrite(request, context, operation, await writeOne(request, context, operation))
}

async function writeOne(request: ApiRequest, context: ApiContext, operation: BulkOperation): Promise<BulkOutcome> {
  const [outcome] = await writeDocuments(context.index, request.access, [operation], {
    refresh: refreshPolicy(request.query),
    activeShards: readActiveShards(request.query),
  })
  if (!outcome) throw new Error('a write gave no outcome')
  if (outcome.result === 'failed') throw outcome.error
  return outcome
}

function printWrite(
  request: ApiRequest,
  context: ApiContext,
  operation: BulkOperation,
  outcome: BulkOutcome,
  selection?: SourceSelection,
): Answer {
  if (outcome.result === 'failed') throw outcome.error
  const { index, id, version, result, seqNo, primaryTerm, source } = outcome
  const copies = result === 'noop' ? 0 : copiesOf(context, index)
  const forced = refreshPolicy(request.query) === 'true' && result !== 'noop' ? '"forced_refresh":true,' : ''
  const shown = source && selection !== undefined && selection !== false ? showSource(source, [selection]) : undefined
  const get =
    shown === undefined ? '' : `,"get":{"_seq_no":${seqNo},"_primary_term":${primaryTerm},"found":true,"_source":${shown}}`
  const text = `{"_index":${quoted(index)},"_id":${quoted(id)},"_version":${version},"result":"${result}",${forced}${printShards(copies)},"_seq_no":${seqNo},"_primary_term":${primaryTerm}${outcome.failureStore === undefined ? '' : `,"failure_store":"${outcome.failureStore}"`}${get}}`
  const location = `/${encodeURIComponent(index)}/_doc/${encodeURIComponent(id)}${operation.routing === undefined ? '' : `?routing=${encodeURIComponent(operation.routing)}`}`
  return { status: statusOf(outcome), text, ...(result === 'created' ? { headers: { location } } : {}) }
}

export function copiesOf(context: ApiContext, index: string): number {
  return 1 + (context.index.catalog.findIndex(index)?.replicas ?? 0)
}

/** A part of the path that the route's path has. */
export function required(request: ApiRequest, part: string): string {
  const value = request.part(part)
  if (value === undefined) throw illegalArgument(`[${part}] is required in the path`)
  return value
}

interface Wanted {
  readonly selection: SourceSelection | undefined
  readonly storedFields: readonly string[]
  readonly version: number | undefined
}

function wantedOf({ query }: ApiRequest): Wanted {
  return { selection: sourceParams(query), storedFields: query.list('stored_fields'), version: query.integer('version') }
}

async function getOne(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  const { index, document } = await loadDocument(request, context, id)
  if (!document) return { status: 404, text: `{"_index":${quoted(index.name)},"_id":${quoted(id)},"found":false}` }
  const wanted = wantedOf(request)
  checkVersion(index, document, wanted.version)
  return { status: 200, text: printDocument(request, index, document, wanted) }
}

async function getSource(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  const { index, document } = await loadDocument(request, context, id)
  const wanted = wantedOf(request)
  if (document) checkVersion(index, document, wanted.version)
  const text = document && showSource(document.source, selectionsOf(request, index, wanted.selection))
  if (text !== undefined) return { status: 200, text }
  throw new ElkhornError(
    'resource_not_found_exception',
    404,
    document ? `Source not found [${index.name}]/[${id}]` : `Document not found [${index.name}]/[${id}]`,
  )
}

async function loadDocument(
  request: ApiRequest,
  context: ApiContext,
  id: string,
): Promise<{ readonly index: IndexState; readonly document: StoredDocument | undefined }> {
  const { query } = request
  const routing = query.text('routing')
  return await getDocument(context.index, request.access, {
    target: required(request, 'index'),
    id,
    ...(routing === undefined ? {} : { routing }),
    realtime: query.boolean('realtime', true),
    refresh: query.boolean('refresh', false),
    signal: request.signal,
  })
}

function checkVersion(index: IndexState, document: StoredDocument, version: number | undefined): void {
  if (version === undefined || version === document.version) return
  throw new ElkhornError(
    'version_conflict_engine_exception',
    409,
    `[${document.id}]: version conflict, current version [${document.version}] is different than the one provided [${version}]`,
    { details: { index_uuid: index.uuid, shard: '0', index: index.name } },
  )
}

/** All that limits what is seen of a document: the request, the mapping, the principal's fields. */
export function selectionsOf(
  request: ApiRequest,
  index: IndexState,
  asked: SourceSelection | undefined,
): readonly SourceSelection[] {
  const selections: SourceSelection[] = [mappedSelection(index.mapping.mapping.options.source)]
  const granted = request.access.fields(index.dataStream ?? index.name)
  if (granted) selections.push({ allows: granted })
  if (asked !== undefined) selections.push(asked)
  return selections
}

function printDocument(request: ApiRequest, index: IndexState, document: StoredDocument, wanted: Wanted): string {
  const { id, version, seqNo, primaryTerm, routing } = document
  // Asking for stored fields leaves the source out unless it is asked for as well.
  const asked = wanted.selection ?? (wanted.storedFields.length > 0 ? wanted.storedFields.includes('_source') : undefined)
  const source = showSource(document.source, selectionsOf(request, index, asked))
  const fields =
    wanted.storedFields.length > 0 ? storedFields(index.mapping, parseDocument(document.source), wanted.storedFields) : {}
  const parts = [
    `"_index":${quoted(index.name)}`,
    `"_id":${quoted(id)}`,
    `"_version":${version}`,
    `"_seq_no":${seqNo}`,
    `"_primary_term":${primaryTerm}`,
    ...(routing === undefined ? [] : [`"_routing":${quoted(routing)}`]),
    '"found":true',
    ...(source === undefined ? [] : [`"_source":${source}`]),
    ...(Object.keys(fields).length > 0 ? [`"fields":${printJson(fields)}`] : []),
  ]
  return `{${parts.join(',')}}`
}

interface MultiGetItem {
  readonly target: string | undefined
  readonly id: string | undefined
  readonly routing: string | undefined
  readonly wanted: Wanted
}

async function getMany(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const items = multiGetItems(request)
  const problems = items.flatMap(({ target, id }, i) => [
    ...(target === undefined ? [`index is missing for doc ${i}`] : []),
    ...(id === undefined ? [`id is missing for doc ${i}`] : []),
  ])
  if (items.length === 0) problems.push('no documents to get')
  if (problems.length > 0) throw validationFailed(...problems)
  const docs = await Promise.all(items.map((item) => getItem(request, context, item)))
  return { status: 200, text: `{"docs":[${docs.join(',')}]}` }
}

async function getItem(request: ApiRequest, context: ApiContext, item: MultiGetItem): Promise<string> {
  const { target = '', id = '', routing, wanted } = item
  try {
    const { index, document } = await getDocument(context.index, request.access, {
      target,
      id,
      ...(routing === undefined ? {} : { routing }),
      realtime: request.query.boolean('realtime', true),
      refresh: request.query.boolean('refresh', false),
      signal: request.signal,
    })
    if (!document) return `{"_index":${quoted(index.name)},"_id":${quoted(id)},"found":false}`
    checkVersion(index, document, wanted.version)
    return printDocument(request, index, document, wanted)
  } catch (error) {
    if (!(error instanceof ElkhornError)) throw error
    const { error: body } = errorBody(error, { trace: false })
    return `{"_index":${quoted(target)},"_id":${quoted(id)},"error":${printJson(body)}}`
  }
}

function multiGetItems(request: ApiRequest): readonly MultiGetItem[] {
  const json = request.json()
  if (!json) throw new ElkhornError('parse_exception', 400, 'request body or source parameter is required')
  const defaults = wantedOf(request)
  const target = request.part('index')
  const routing = request.query.text('routing')
  const items: MultiGetItem[] = []
  for (const [key, value] of Object.entries(json)) {
    if (key !== 'docs' && key !== 'ids') {
      throw new ElkhornError(
        'parsing_exception',
        400,
        `unexpected token [START_ARRAY], expected [FIELD_NAME] or [START_ARRAY] for [${key}]`,
      )
    }
    if (!Array.isArray(value))
      throw new ElkhornError('parsing_exception', 400, `unknown key [${key}] for a VALUE, expected START_ARRAY`)
    for (const entry of value as readonly unknown[]) {
      if (key === 'ids') items.push({ target, id: String(entry), routing, wanted: defaults })
      else items.push(multiGetItem(entry, { target, routing, wanted: defaults }))
    }
  }
  return items
}

function multiGetItem(entry: unknown, defaults: Pick<MultiGetItem, 'target' | 'routing' | 'wanted'>): MultiGetItem {
  if (!isJsonObject(entry)) throw illegalArgument('docs array element should include an object')
  const json: JsonObject = entry
  for (const key of Object.keys(json)) {
    if (!['_index', '_id', 'routing', 'stored_fields', '_source', 'version', 'version_type'].includes(key)) {
      throw new ElkhornError('parsing_exception', 400, `unexpected element [${key}] within multi get document`)
    }
  }
  const text = (key: string): string | undefined => {
    const value = json[key]
    return value === undefined || value === null ? undefined : printValue(value)
  }
  const version = json['version']
  return {
    target: text('_index') ?? defaults.target,
    id: text('_id'),
    routing: text('routing') ?? defaults.routing,
    wanted: {
      selection: sourceSelection(json['_source']) ?? defaults.wanted.selection,
      storedFields: json['stored_fields'] === undefined ? defaults.wanted.storedFields : strings(json['stored_fields']),
      version: typeof version === 'number' ? version : undefined,
    },
  }
}
