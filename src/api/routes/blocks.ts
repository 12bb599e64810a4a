import { illegalArgument } from '../../core/errors.ts'
import { putSettings } from '../../index/operations/change-index.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { changeOptions, NAMES_PARAMS, requestIndices, TIMEOUT_PARAMS } from '../indices/names.ts'
import { required } from './documents.ts'

const BLOCKS = ['metadata', 'read', 'read_only', 'write']

/** `PUT /{index}/_block/write`: the same as setting `index.blocks.write`. */
export const blockRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT'],
    paths: ['/{index}/_block/{block}'],
    action: 'indices:admin/block/add',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: async (request, context) => {
      const indices = await setBlock(request, context, 'true')
      return ok({ acknowledged: true, shards_acknowledged: true, indices: indices.map((name) => ({ name, blocked: true })) })
    },
  },
  {
    methods: ['DELETE'],
    paths: ['/{index}/_block/{block}'],
    action: 'indices:admin/block/add',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS],
    handler: async (request, context): Promise<Answer> => {
      await setBlock(request, context, null)
      return acknowledged
    },
  },
]

async function setBlock(request: ApiRequest, context: ApiContext, value: 'true' | null): Promise<readonly string[]> {
  const block = required(request, 'block')
  if (!BLOCKS.includes(block)) throw illegalArgument(`No block found with name ${block}`)
  const indices = requestIndices(request, context, 'indices:admin/block/add', changeOptions)
  await putSettings(context.index, indices, { [`index.blocks.${block}`]: value }, { preserveExisting: false })
  return indices.map(({ name }) => name)
}
