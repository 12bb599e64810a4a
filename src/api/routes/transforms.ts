import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { checkDefinitionName, checkShape, objectMember, type BodyShape } from '../../index/definitions/body-shape.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import { resolveAbstractions, searchOptions } from '../../index/names/resolve-names.ts'
import { strings } from '../../index/templates/parse-template.ts'
import { validationError } from '../../security/role.ts'
import type { ApiContext } from '../api-context.ts'
import type { Column } from '../cat/table.ts'
import { notDefined, page } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { nameContext, namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { catRoute } from '../cat/cat-route.ts'
import { required } from './documents.ts'

const PATH = '/_transform/{id}'

/** Transforms: kept, checked and told; nothing carries them out yet, so none is ever started. */
export const transformRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: ['/_transform', PATH],
    action: 'cluster:monitor/transform/get',
    params: ['allow_no_match', 'exclude_generated', 'from', 'size'],
    handler: (request, context) => list(request, context, printTransform),
  },
  {
    methods: ['GET'],
    paths: ['/_transform/_stats', `${PATH}/_stats`],
    action: 'cluster:monitor/transform/get',
    params: ['allow_no_match', 'from', 'size', 'timeout'],
    handler: (request, context) => list(request, context, printStats),
  },
  {
    methods: ['PUT'],
    paths: [PATH],
    action: 'cluster:admin/transform/put',
    params: [...TIMEOUT_PARAMS, 'defer_validation'],
    handler: put,
  },
  {
    methods: ['POST'],
    paths: [`${PATH}/_update`],
    action: 'cluster:admin/transform/put',
    params: [...TIMEOUT_PARAMS, 'defer_validation'],
    handler: update,
  },
  {
    methods: ['DELETE'],
    paths: [PATH],
    action: 'cluster:admin/transform/put',
    params: [...TIMEOUT_PARAMS, 'force', 'delete_dest_index'],
    handler: async (request, { definitions }) => {
      const id = required(request, 'id')
      if (!(await definitions.of('transform').delete(id))) throw transformMissing(id)
      return acknowledged
    },
  },
  {
    methods: ['POST'],
    paths: [`${PATH}/_start`],
    action: 'cluster:admin/transform/put',
    params: [...TIMEOUT_PARAMS, 'from'],
    handler: start,
  },
  {
    methods: ['POST'],
    paths: [`${PATH}/_stop`],
    action: 'cluster:admin/transform/put',
    params: [...TIMEOUT_PARAMS, 'allow_no_match', 'force', 'wait_for_checkpoint', 'wait_for_completion'],
    handler: stopOrReset,
  },
  {
    methods: ['POST'],
    paths: [`${PATH}/_reset`],
    action: 'cluster:admin/transform/put',
    params: [...TIMEOUT_PARAMS, 'force'],
    handler: stopOrReset,
  },
  catRoute(
    ['/_cat/transforms', '/_cat/transforms/{id}'],
    'cluster:monitor/transform/get',
    {
      columns: () => columns,
      rows: (request, { definitions }) =>
        definitions.of('transform').select(namesOf(request, 'id'), (id) => {
          throw transformMissing(id)
        }),
    },
    ['allow_no_match', 'from'],
  ),
]

const transformMissing = (id: string): ElkhornError => notDefined(`Transform with id [${id}] could not be found`)

function list(request: ApiRequest, { definitions }: ApiContext, print: (id: string, one: Definition) => JsonObject): Answer {
  const { query } = request
  const allowsNone = query.boolean('allow_no_match', true)
  const names = namesOf(request, 'id')
  const found = definitions.of('transform').select(names, (id) => {
    throw transformMissing(id)
  })
  if (found.length === 0 && names.length > 0 && !allowsNone) throw transformMissing(names.join(','))
  const shown = page(found, query.integer('from') ?? 0, query.integer('size') ?? 100)
  return ok({ count: found.length, transforms: shown.map(([id, definition]) => print(id, definition)) })
}

const printTransform = (id: string, { createdAt, body }: Definition): JsonObject => ({
  id,
  version: '10.0.0',
  create_time: createdAt,
  ...body,
  settings: body['settings'] ?? {},
})

const printStats = (id: string): JsonObject => ({
  id,
  state: 'stopped',
  stats: {
    pages_processed: 0,
    documents_processed: 0,
    documents_indexed: 0,
    documents_deleted: 0,
    trigger_count: 0,
    index_time_in_ms: 0,
    index_total: 0,
    index_failures: 0,
    search_time_in_ms: 0,
    search_total: 0,
    search_failures: 0,
    processing_time_in_ms: 0,
    processing_total: 0,
    delete_time_in_ms: 0,
    exponential_avg_checkpoint_duration_ms: 0,
    exponential_avg_documents_indexed: 0,
    exponential_avg_documents_processed: 0,
  },
  checkpointing: { last: { checkpoint: 0 } },
  health: { status: 'green' },
})

const CHANGEABLE: BodyShape['members'] = {
  source: 'object',
  dest: 'object',
  frequency: 'duration',
  sync: 'object',
  description: 'text',
  settings: 'object',
  _meta: 'object',
  retention_policy: 'object',
}

async function put(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  checkDefinitionName('transform id', id, /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/)
  const transforms = context.definitions.of('transform')
  if (transforms.find(id)) {
    throw new ElkhornError('resource_already_exists_exception', 400, `Transform with id [${id}] already exists`)
  }
  const body = request.json() ?? {}
  checkShape(body, {
    parser: 'data_frame_transform_config',
    members: { ...CHANGEABLE, pivot: 'object', latest: 'object' },
    required: ['source', 'dest'],
  })
  checkTransform(request, context, body)
  await transforms.put(id, body)
  return acknowledged
}

/** @throws ElkhornError 400 for a transform that could not be carried out */
function checkTransform(request: ApiRequest, context: ApiContext, body: JsonObject): void {
  const { pivot, latest, source, dest } = body
  if (isJsonObject(pivot) === isJsonObject(latest)) throw validationError(['exactly one of [pivot], [latest] must be specified'])
  const sources = isJsonObject(source) ? strings(source['index']) : []
  if (sources.length === 0) throw validationError(['source.index must not be empty'])
  if (!isJsonObject(dest) || typeof dest['index'] !== 'string' || dest['index'] === '') {
    throw validationError(['dest.index must not be empty'])
  }
  if (sources.includes(dest['index']))
    throw validationError([`Destination index [${dest['index']}] is included in source expression [${sources.join(',')}]`])
  if (isJsonObject(pivot)) {
    const groups = objectMember(pivot, 'group_by')
    if (Object.keys(groups).length === 0) throw validationError(['pivot.groups must not be null or empty'])
    if (!isJsonObject(pivot['aggregations'] ?? pivot['aggs']))
      throw validationError(['pivot.aggregations must not be null or empty'])
  }
  if (isJsonObject(latest)) {
    checkShape(latest, {
      parser: 'latest_config',
      members: { unique_key: 'texts', sort: 'text' },
      required: ['unique_key', 'sort'],
    })
  }
  if (!request.query.boolean('defer_validation', false)) {
    resolveAbstractions(nameContext(request, context, 'indices:data/read/search'), sources, searchOptions)
  }
}

async function update(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const id = required(request, 'id')
  const transforms = context.definitions.of('transform')
  const before = transforms.find(id)
  if (!before) throw transformMissing(id)
  const change = request.json() ?? {}
  checkShape(change, { parser: 'data_frame_transform_config_update', members: CHANGEABLE })
  const body = { ...before.body, ...change }
  checkTransform(request, context, body)
  return ok(printTransform(id, await transforms.put(id, body)))
}

/** @throws ElkhornError 400 always: nothing would come of it, and who starts it should know */
function start(request: ApiRequest, { definitions }: ApiContext): Answer {
  const id = required(request, 'id')
  if (!definitions.of('transform').find(id)) throw transformMissing(id)
  throw validationError([`transform [${id}] cannot be started: transforms are kept and checked, and not carried out yet`])
}

/** It is stopped, and has no state. */
function stopOrReset(request: ApiRequest, { definitions }: ApiContext): Answer {
  definitions.of('transform').select(namesOf(request, 'id'), (id) => {
    throw transformMissing(id)
  })
  return acknowledged
}

type Row = readonly [string, Definition]

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const columns: readonly Column<Row>[] = [
  { name: 'id', description: 'the id', shown: true, value: ([id]) => id },
  { name: 'state', aliases: ['s'], description: 'transform state', shown: true, value: () => 'stopped' },
  { name: 'checkpoint', aliases: ['c'], description: 'checkpoint', shown: true, value: () => 0 },
  {
    name: 'documents_processed',
    aliases: ['docp', 'documentsProcessed'],
    description: 'the number of documents read from source indices and processed',
    shown: true,
    value: () => 0,
  },
  {
    name: 'checkpoint_progress',
    aliases: ['cp'],
    description: 'progress of the checkpoint',
    shown: true,
    value: () => undefined,
  },
  {
    name: 'last_search_time',
    aliases: ['lst'],
    description: 'last time transform searched for updates',
    shown: true,
    value: () => undefined,
  },
  {
    name: 'changes_last_detection_time',
    aliases: ['cldt'],
    description: 'changes last detected time',
    shown: true,
    value: () => undefined,
  },
  {
    name: 'create_time',
    aliases: ['ct', 'createTime'],
    description: 'transform creation time',
    value: ([, { createdAt }]) => new Date(createdAt).toISOString(),
  },
  {
    name: 'source_index',
    aliases: ['si', 'sourceIndex'],
    description: 'source index',
    value: ([, { body }]) => strings(objectMember(body, 'source')['index']).join(','),
  },
  {
    name: 'dest_index',
    aliases: ['di', 'destIndex'],
    description: 'destination index',
    value: ([, { body }]) => textOf(objectMember(body, 'dest')['index']),
  },
  {
    name: 'frequency',
    aliases: ['f'],
    description: 'frequency of transform',
    value: ([, { body }]) => textOf(body['frequency']) ?? '1m',
  },
  { name: 'description', aliases: ['d'], description: 'description', value: ([, { body }]) => textOf(body['description']) },
  {
    name: 'transform_type',
    aliases: ['tt'],
    description: 'batch or continuous transform',
    value: ([, { body }]) => (body['sync'] === undefined ? 'batch' : 'continuous'),
  },
]
