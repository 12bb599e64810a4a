import { ElkhornError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { IndexState } from '../../index/index-state.ts'
import { findNode } from '../../index/mapping/compile-mapping.ts'
import { printLeafWithDefaults, showMapping, printNode } from '../../index/mapping/print-mapping.ts'
import { checkBlocks, putMapping } from '../../index/operations/change-index.ts'
import { resolveIndices } from '../../index/names/resolve-names.ts'
import { unwrapMappings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import {
  changeOptions,
  indicesOptions,
  nameContext,
  NAMES_PARAMS,
  namesOf,
  requestIndices,
  searchOptions,
  TIMEOUT_PARAMS,
} from '../indices/names.ts'

export const mappingRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT', 'POST'],
    paths: ['/{index}/_mapping', '/{index}/_mappings', '/_mapping', '/_mappings'],
    action: 'indices:admin/mapping/put',
    params: [...NAMES_PARAMS, ...TIMEOUT_PARAMS, 'write_index_only'],
    handler: put,
  },
  {
    methods: ['GET'],
    paths: ['/_mapping', '/_mappings', '/{index}/_mapping', '/{index}/_mappings'],
    action: 'indices:admin/mappings/get',
    params: [...NAMES_PARAMS, 'local', 'master_timeout', 'cluster_manager_timeout'],
    handler: get,
  },
  {
    methods: ['GET'],
    paths: ['/_mapping/field/{fields}', '/{index}/_mapping/field/{fields}'],
    action: 'indices:admin/mappings/fields/get',
    params: [...NAMES_PARAMS, 'include_defaults', 'local'],
    handler: getFields,
  },
]

async function put(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const json = request.json()
  if (!json)
    throw new ElkhornError('action_request_validation_exception', 400, 'Validation Failed: 1: mapping source is missing;')
  const named = nameContext(request, context, 'indices:admin/mapping/put')
  const resolved = resolveIndices(named, namesOf(request), indicesOptions(request.query, changeOptions))
  const onlyWriters = request.query.boolean('write_index_only', false)
  const indices = resolved
    .filter(({ index, aliases }) => !onlyWriters || isWriteIndex(context, index, aliases.length))
    .map(({ index }) => index)
  for (const index of indices) checkBlocks(index, 'metadata')
  await putMapping(context.index, indices, unwrapMappings(json))
  return acknowledged
}

function isWriteIndex({ index: { catalog } }: ApiContext, index: IndexState, aliases: number): boolean {
  if (index.dataStream !== undefined) return catalog.findDataStream(index.dataStream)?.indices.at(-1) === index.name
  return aliases === 0 || [...index.aliases.values()].some((record) => record.is_write_index === true)
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const indices = requestIndices(request, context, 'indices:admin/mappings/get', { ...searchOptions, forbidClosed: false })
  return ok(Object.fromEntries(indices.map((index) => [index.name, { mappings: showMapping(index.mapping.mapping) }])))
}

function getFields(request: ApiRequest, context: ApiContext): Answer {
  const indices = requestIndices(request, context, 'indices:admin/mappings/fields/get', { ...searchOptions, forbidClosed: false })
  const patterns = namesOf(request, 'fields')
  const defaults = request.query.boolean('include_defaults', false)
  return ok(Object.fromEntries(indices.map((index) => [index.name, { mappings: fieldMappings(index, patterns, defaults) }])))
}

function fieldMappings(index: IndexState, patterns: readonly string[], defaults: boolean): JsonObject {
  const { mapping, aliases } = index.mapping
  const paths = [...index.mapping.all().map((field) => field.path), ...aliases.keys()]
  const wanted = paths.filter((path) => patterns.some((pattern) => matchesWildcard(pattern === '_all' ? '*' : pattern, path)))
  return Object.fromEntries(
    wanted.sort().map((path) => {
      const node = findNode(mapping, path)
      const printed = node === undefined ? {} : node.kind === 'leaf' && defaults ? printLeafWithDefaults(node) : printNode(node)
      return [path, { full_name: path, mapping: { [path.slice(path.lastIndexOf('.') + 1)]: printed } }]
    }),
  )
}
