import { illegalArgument } from '../../core/errors.ts'
import { printJson } from '../../core/print-json.ts'
import { quoted } from '../bulk/print-bulk.ts'
import { getDocument } from '../../index/documents/get-documents.ts'
import { parseDocument } from '../../index/documents/parse-document.ts'
import { showSource } from '../../index/documents/source-filter.ts'
import { storedFields } from '../../index/documents/stored-fields.ts'
import { searchOptions } from '../../index/names/resolve-names.ts'
import { explainHits } from '../../index/search/explain.ts'
import type { SearchFailure } from '../../index/search/search-failure.ts'
import { bindTargets, openTargets, type Searched, type Where } from '../../index/search/targets.ts'
import { validationFailed } from '../../index/templates/parse-template.ts'
import { parseQuery } from '../../query/dsl/parse-query.ts'
import type { UnboundQuery } from '../../query/dsl/unbound.ts'
import type { ApiContext } from '../api-context.ts'
import { sourceParams } from '../documents/document-params.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { selectionsOf } from './documents.ts'
import { onlyQuery, QUERY_PARAMS } from './search.ts'

const TIMEOUT_MS = 60_000

/** Why a document matches a query, and with which score. */
export const explainRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/{index}/_explain/{id}'],
    action: 'indices:data/read/explain',
    params: [...QUERY_PARAMS, '_source', '_source_includes', '_source_excludes', 'preference', 'routing', 'stored_fields'],
    handler: explainOne,
  },
]

async function explainOne(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const id = request.part('id') ?? ''
  const name = request.part('index') ?? ''
  const where: Where = { names: [name], options: searchOptions, action: 'indices:data/read/explain' }
  const query = await onlyQuery(request, context, where)
  if (query === undefined) throw validationFailed('query is missing')
  const opened = await openTargets(context.index, request.access, where, context.index.clock.now())
  const [index, second] = opened.indices
  if (index === undefined || second !== undefined) {
    throw illegalArgument(`[${name}] stands for ${opened.indices.length} indices; [_explain] looks at the documents of one`)
  }
  const found = await findDocument(id, opened, request, context)
  const about = `"_index":${quoted(index.name)},"_id":${quoted(id)}`
  if (found === undefined) return { status: 404, text: `{${about},"matched":false}` }
  const explanation = await explanationOf(query, { ...found, id }, opened, request, context)
  const shown = printJson(explanation ?? { value: 0, description: 'no matching clause', details: [] })
  const get = await getPart(id, request, context)
  return { status: 200, text: `{${about},"matched":${explanation !== undefined},"explanation":${shown}${get}}` }
}

/** One index is asked: what is wrong there is the answer. */
function throwFirst([first]: readonly SearchFailure[]): void {
  if (first !== undefined) throw first.error
}

/** The document as searches see it. */
async function findDocument(
  id: string,
  opened: Searched,
  request: ApiRequest,
  { index }: ApiContext,
): Promise<{ readonly seqNo: number } | undefined> {
  const { targets, failures } = bindTargets(opened.searched, parseQuery({ ids: { values: [id] } }))
  throwFirst([...opened.failures, ...failures])
  const { hits } = await index.engine.search({
    targets,
    from: 0,
    size: 1,
    sort: [],
    trackTotalHits: 0,
    trackScores: false,
    source: false,
    aggregations: [],
    maxBuckets: 0,
    timeoutMs: TIMEOUT_MS,
    signal: request.signal,
  })
  return hits[0]
}

async function explanationOf(
  query: UnboundQuery,
  { seqNo, id }: { readonly seqNo: number; readonly id: string },
  opened: Searched,
  request: ApiRequest,
  { index }: ApiContext,
): Promise<Awaited<ReturnType<typeof explainHits>>[number]> {
  const { targets, failures } = bindTargets(opened.searched, query)
  throwFirst(failures)
  const hits = [{ target: 0, id, seqNo, score: null }]
  const [explanation] = await explainHits(index.engine, { targets, hits, timeoutMs: TIMEOUT_MS, signal: request.signal })
  return explanation
}

/** The document itself, where the request asks for parts of it. */
async function getPart(id: string, request: ApiRequest, context: ApiContext): Promise<string> {
  const selection = sourceParams(request.query)
  const fields = request.query.list('stored_fields') ?? []
  if (selection === undefined && fields.length === 0) return ''
  const target = request.part('index') ?? ''
  const asked = { target, id, realtime: false, refresh: false, signal: request.signal }
  const { index, document } = await getDocument(context.index, request.access, asked)
  if (!document) return ''
  const source = showSource(document.source, selectionsOf(request, index, selection ?? fields.includes('_source')))
  const stored = fields.length > 0 ? storedFields(index.mapping, parseDocument(document.source), fields) : {}
  const parts = [
    `"_seq_no":${document.seqNo}`,
    `"_primary_term":${document.primaryTerm}`,
    '"found":true',
    ...(source === undefined ? [] : [`"_source":${source}`]),
    ...(Object.keys(stored).length > 0 ? [`"fields":${printJson(stored)}`] : []),
  ]
  return `,"get":{${parts.join(',')}}`
}
