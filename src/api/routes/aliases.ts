import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import type { AliasRecord } from '../../index/index-state.ts'
import { resolveAbstractions, resolveIndices, type IndicesOptions } from '../../index/names/resolve-names.ts'
import { deleteIndices } from '../../index/operations/change-index.ts'
import { parseAliasActions, updateAliases, type AliasAction } from '../../index/operations/update-aliases.ts'
import { parseAlias, strings, validationFailed } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, exists, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { indicesOptions, metadataOptions, nameContext, NAMES_PARAMS, namesOf, TIMEOUT_PARAMS } from '../indices/names.ts'
import { printAlias } from '../indices/print-index.ts'

const READ_PARAMS = [...NAMES_PARAMS, 'local', 'master_timeout', 'cluster_manager_timeout']
const READ_PATHS = ['/_alias', '/_aliases', '/_alias/{name}', '/{index}/_alias', '/{index}/_alias/{name}']

export const aliasRoutes: readonly Route<ApiContext>[] = [
  { methods: ['POST'], paths: ['/_aliases'], action: 'indices:admin/aliases', params: TIMEOUT_PARAMS, handler: update },
  {
    methods: ['PUT', 'POST'],
    paths: [
      '/{index}/_alias/{name}',
      '/{index}/_aliases/{name}',
      '/_alias/{name}',
      '/_aliases/{name}',
      '/{index}/_alias',
      '/{index}/_aliases',
      '/_alias',
    ],
    action: 'indices:admin/aliases',
    params: TIMEOUT_PARAMS,
    handler: put,
  },
  {
    methods: ['DELETE'],
    paths: ['/{index}/_alias/{name}', '/{index}/_aliases/{name}'],
    action: 'indices:admin/aliases',
    params: TIMEOUT_PARAMS,
    handler: remove,
  },
  { methods: ['GET'], paths: READ_PATHS, action: 'indices:admin/aliases/get', params: READ_PARAMS, handler: get },
  {
    methods: ['HEAD'],
    paths: ['/_alias/{name}', '/{index}/_alias/{name}', '/{index}/_alias'],
    action: 'indices:admin/aliases/get',
    params: READ_PARAMS,
    handler: head,
  },
]

async function update(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const json = request.json()
  if (!json) throw new ElkhornError('parse_exception', 400, 'request body is required')
  return await apply(request, context, parseAliasActions(json))
}

async function apply(request: ApiRequest, context: ApiContext, actions: readonly AliasAction[]): Promise<Answer> {
  const removed = await updateAliases(context.index, nameContext(request, context, 'indices:admin/aliases'), actions)
  if (removed.length > 0) await deleteIndices(context.index, removed)
  return acknowledged
}

async function put(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { index, indices, alias, aliases, ...options } = request.json() ?? {}
  const names = namesOf(request, 'name')
  const aliasNames = names.length > 0 ? names : strings(aliases ?? alias)
  const indexNames = namesOf(request).length > 0 ? namesOf(request) : strings(indices ?? index)
  if (aliasNames.length === 0) throw illegalArgument("[alias] can't be empty string")
  const record: AliasRecord = parseAlias(aliasNames.join(','), options)
  return await apply(request, context, [
    { kind: 'add', indices: indexNames.length > 0 ? indexNames : ['_all'], aliases: aliasNames, record },
  ])
}

async function remove(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const [indices, aliases] = [namesOf(request), namesOf(request, 'name')]
  if (indices.length === 0 || aliases.length === 0) throw validationFailed('index and alias are required')
  return await apply(request, context, [{ kind: 'remove', indices, aliases }])
}

/** Aliases by the index or data stream that has them. */
interface Found {
  readonly holders: ReadonlyMap<string, ReadonlyMap<string, AliasRecord>>
  /** Names that were asked for and are no alias. */
  readonly missing: readonly string[]
}

/** Hidden indices have aliases too: all are looked through unless the request says less. */
const aliasOptions: IndicesOptions = { ...metadataOptions, expandHidden: true }

function find(request: ApiRequest, context: ApiContext): Found {
  const { catalog } = context.index
  const options = indicesOptions(request.query, aliasOptions)
  const named = nameContext(request, context, 'indices:admin/aliases/get')
  const patterns = namesOf(request, 'name')
  const holders = new Map<string, Map<string, AliasRecord>>()
  const seen = new Set<string>()
  const add = (name: string, aliases: Iterable<readonly [string, AliasRecord]>): void => {
    const wanted = new Map<string, AliasRecord>()
    for (const [alias, record] of aliases) {
      if (!matchesPatterns(patterns, alias)) continue
      wanted.set(alias, record)
      seen.add(alias)
    }
    if (wanted.size > 0 || patterns.length === 0) holders.set(name, wanted)
  }
  for (const { index } of resolveIndices(named, namesOf(request), options)) add(index.name, index.aliases)
  for (const { name } of resolveAbstractions(named, namesOf(request), options)) {
    const stream = catalog.findDataStream(name)
    if (stream?.aliases) add(name, Object.entries(stream.aliases))
  }
  const missing = patterns.filter(
    (pattern) => !pattern.includes('*') && pattern !== '_all' && !pattern.startsWith('-') && !seen.has(pattern),
  )
  return { holders, missing }
}

/** Patterns in order: one that begins with a minus after a wildcard takes away again. */
function matchesPatterns(patterns: readonly string[], name: string): boolean {
  if (patterns.length === 0) return true
  let matches = false
  let sawWildcard = false
  for (const pattern of patterns) {
    if (sawWildcard && pattern.startsWith('-')) {
      if (matchesWildcard(pattern.slice(1), name)) matches = false
      continue
    }
    if (pattern.includes('*') || pattern === '_all') sawWildcard = true
    if (pattern === '_all' || matchesWildcard(pattern, name)) matches = true
  }
  return matches
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const { holders, missing } = find(request, context)
  const body = Object.fromEntries(
    [...holders]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, aliases]) => [
        name,
        {
          aliases: Object.fromEntries(
            [...aliases].sort(([a], [b]) => (a < b ? -1 : 1)).map(([alias, record]) => [alias, printAlias(record)]),
          ),
        },
      ]),
  )
  if (missing.length === 0) return ok(body)
  const error = missing.length === 1 ? `alias [${missing[0]}] missing` : `aliases [${[...missing].sort().join(',')}] missing`
  return { status: 404, json: { error, status: 404, ...body } }
}

function head(request: ApiRequest, context: ApiContext): Answer {
  try {
    const { holders, missing } = find(request, context)
    const some = [...holders.values()].some((aliases) => aliases.size > 0)
    return exists(missing.length === 0 && some)
  } catch (error) {
    if (error instanceof ElkhornError && error.status === 404) return exists(false)
    throw error
  }
}
