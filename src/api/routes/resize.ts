import { requireIndices } from '../../core/access.ts'
import { illegalArgument } from '../../core/errors.ts'
import { requireSingleIndex } from '../../index/documents/get-documents.ts'
import { resolveDateMathName } from '../../index/names/date-math-name.ts'
import { resizeIndex, type ResizeKind } from '../../index/operations/resize-index.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'
import { readCreateBody } from './indices.ts'

const ACTION = 'indices:admin/resize'

/** `_shrink`, `_split` and `_clone`: another index with the same documents. */
export const resizeRoutes: readonly Route<ApiContext>[] = (['shrink', 'split', 'clone'] as const).map((kind) => ({
  methods: ['PUT', 'POST'],
  paths: [`/{index}/_${kind}/{target}`],
  action: ACTION,
  params: [...TIMEOUT_PARAMS, 'wait_for_active_shards', 'copy_settings', 'wait_for_completion', 'task_execution_timeout'],
  handler: (request, context) => resize(kind, request, context),
}))

async function resize(kind: ResizeKind, request: ApiRequest, context: ApiContext): Promise<Answer> {
  const target = resolveDateMathName(required(request, 'target'), context.index.clock.now())
  if (!request.query.boolean('copy_settings', true))
    throw illegalArgument('parameter [copy_settings] can not be explicitly set to [false]')
  const { index: source } = requireSingleIndex(context.index, request.access, required(request, 'index'), ACTION)
  requireIndices(request.access, ACTION, [source.name, target])
  const { max_primary_shard_size: maxShardSize, ...body } = request.json() ?? {}
  if (maxShardSize !== undefined)
    throw illegalArgument('[max_primary_shard_size] is not supported: give [index.number_of_shards]')
  const { settings = {}, mappings, aliases } = readCreateBody(body)
  if (mappings !== undefined)
    throw illegalArgument('mappings are not allowed when resizing indices, all mappings are copied from the source index')
  const made = await resizeIndex(context.index, { kind, source, target, settings, aliases, signal: request.signal })
  return ok({ acknowledged: true, shards_acknowledged: true, index: made.name })
}
