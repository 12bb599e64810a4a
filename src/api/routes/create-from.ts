import { requireIndices } from '../../core/access.ts'
import { ElkhornError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { requireSingleIndex } from '../../index/documents/get-documents.ts'
import { checkShape } from '../../index/definitions/body-shape.ts'
import { copyIndex } from '../../index/operations/copy-index.ts'
import { withIndexPrefix } from '../../index/settings/index-settings.ts'
import { flattenSettings } from '../../index/settings/settings-json.ts'
import type { ApiContext } from '../api-context.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { required } from './documents.ts'

/** `_create_from`: an empty index that is like another one. */
export const createFromRoutes: readonly Route<ApiContext>[] = [
  { methods: ['PUT', 'POST'], paths: ['/_create_from/{source}/{dest}'], action: 'indices:admin/create', handler: createFrom },
]

async function createFrom(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const target = required(request, 'dest')
  const { index: source } = requireSingleIndex(context.index, request.access, required(request, 'source'), 'indices:admin/get')
  requireIndices(request.access, 'indices:admin/create', [target])
  const body = request.json() ?? {}
  checkShape(body, {
    parser: 'create_index_from_source',
    members: { settings_override: 'object', mappings_override: 'object', remove_index_blocks: 'boolean' },
  })
  const member = (name: string): JsonObject => {
    const value = body[name]
    return isJsonObject(value) ? value : {}
  }
  if (source.name === target) {
    throw new ElkhornError('illegal_argument_exception', 400, `an index cannot be made from itself, got [${target}] twice`)
  }
  const made = await copyIndex(context.index, {
    source,
    target,
    settings: withIndexPrefix(flattenSettings(member('settings_override'))),
    mappings: member('mappings_override'),
    removeBlocks: body['remove_index_blocks'] !== false && body['remove_index_blocks'] !== 'false',
  })
  return ok({ acknowledged: true, shards_acknowledged: true, index: made.name })
}
