import { requireIndices } from '../../core/access.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseRolloverConditions, rollover } from '../../index/operations/rollover.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'
import { readCreateBody } from './indices.ts'

export const rolloverRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['POST'],
    paths: ['/{index}/_rollover', '/{index}/_rollover/{new_index}'],
    action: 'indices:admin/rollover',
    params: [...TIMEOUT_PARAMS, 'dry_run', 'lazy', 'wait_for_active_shards'],
    handler: handle,
  },
]

async function handle(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const target = required(request, 'index')
  requireIndices(request.access, 'indices:admin/rollover', [target])
  const { conditions, ...create } = request.json() ?? {}
  const newIndex = request.part('new_index')
  const dryRun = request.query.boolean('dry_run', false)
  const result = await rollover(context.index, {
    target,
    ...(newIndex === undefined ? {} : { newIndex }),
    conditions: isJsonObject(conditions) ? parseRolloverConditions(conditions) : [],
    create: readCreateBody(create),
    dryRun,
  })
  return ok({
    acknowledged: result.rolledOver,
    shards_acknowledged: result.rolledOver,
    old_index: result.oldIndex,
    new_index: result.newIndex,
    rolled_over: result.rolledOver,
    dry_run: dryRun,
    lazy: false,
    conditions: result.conditions,
  })
}
