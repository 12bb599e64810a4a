import { writeDocuments } from '../../index/documents/write-documents.ts'
import type { ApiContext } from '../api-context.ts'
import { printBulk } from '../bulk/print-bulk.ts'
import { readBulk } from '../bulk/read-bulk.ts'
import { readActiveShards } from '../by-query/read-options.ts'
import { refreshPolicy, sourceParams } from '../documents/document-params.ts'
import { checkContentType } from '../http/media-type.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'
import { copiesOf } from './documents.ts'

export const bulkRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST', 'PUT'],
    paths: ['/_bulk', '/{index}/_bulk'],
    action: 'indices:data/write/bulk[s]',
    params: [
      'refresh',
      'routing',
      'timeout',
      'pipeline',
      'require_alias',
      'require_data_stream',
      'wait_for_active_shards',
      'list_executed_pipelines',
      'include_source_on_error',
      'batch_size',
      '_source',
      '_source_includes',
      '_source_excludes',
    ],
    handler: bulk,
  },
]

async function bulk(request: ApiRequest, api: ApiContext): Promise<Answer> {
  const context = api.index
  const started = context.clock.now()
  const { query } = request
  if (request.body.length > 0) checkContentType(request.header('content-type'))
  const target = request.part('index')
  const pipeline = query.text('pipeline')
  const routing = query.text('routing')
  const refresh = refreshPolicy(query)
  const operations = readBulk(request.body, {
    ...(target === undefined ? {} : { target }),
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(routing === undefined ? {} : { routing }),
    ...(query.boolean('require_alias', false) ? { requireAlias: true } : {}),
    ...(query.boolean('require_data_stream', false) ? { requireDataStream: true } : {}),
  })
  let ingestTookMs: number | undefined
  const outcomes = await writeDocuments(context, request.access, operations, {
    refresh,
    activeShards: readActiveShards(query),
    onIngest: (tookMs) => {
      ingestTookMs = Math.round(tookMs)
    },
  })
  const answer = printBulk(operations, outcomes, {
    tookMs: context.clock.now() - started,
    ingestTookMs,
    forcedRefresh: refresh === 'true',
    filter: request.filter,
    updateSource: sourceParams(query),
    copiesOf: (name) => copiesOf(api, name),
  })
  return { status: 200, ...answer }
}
