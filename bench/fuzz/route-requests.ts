import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { endpoints } from '../../src/api/reference.ts'
import { Requests } from '../requests/requests.ts'
import { makeBody, makeSearch, type Source } from './bodies.ts'
import { exampleSearch } from './example-searches.ts'
import { EXAMPLE_INDEX } from './example-world.ts'

/** A request to a route of the API, still as the route takes it. */
export interface RouteRequest {
  readonly method: string
  /** Parts filled, not yet encoded for odd ones. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly body?: JsonObject
  readonly lines?: readonly JsonValue[]
}

/**
 * Routes that would end the run: they change the password that it is signed in with, or start the process that makes
 * sample data.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  '/_security/user/_password',
  '/_elkhorn/sample',
  '/_elkhorn/sample/faults/{fault}',
])

const ENDPOINTS = endpoints()
  .flatMap(({ methods, paths, params = [] }) => paths.map((path) => ({ methods, path, params })))
  .filter(({ path }) => !LEFT_OUT.has(path))

const SEARCH_PARAMS = ENDPOINTS.find(({ path }) => path === '/{index}/_search')?.params ?? []

const COMMON_PARAMS = [
  'pretty',
  'human',
  'error_trace',
  'filter_path',
  'format',
  'timeout',
  'size',
  'from',
  'q',
  'routing',
  'refresh',
  'v',
  'h',
  's',
  'scroll',
  'sort',
  'expand_wildcards',
]
const PARAM_VALUES = [
  '',
  'true',
  'false',
  '0',
  '-1',
  '1',
  '10',
  '1m',
  '-5s',
  '99999999999999999999',
  'abc',
  '*',
  '-*',
  'a,b,,c',
  'level:[1 TO',
  '_all',
  'yaml',
  'json',
  'open,hidden',
  'müller',
  '\u0000',
  '%',
  'hits.hits.*,-took',
  'x'.repeat(3000),
  '1e400',
]
const NAMES = [
  'fuzz',
  'fuzz-1',
  '__proto__',
  'constructor',
  'toString',
  'a',
  '_all',
  '*',
  'fuzz*',
  '-fuzz',
  'fuzz,none',
  '.hidden',
  '..',
  '.',
  '',
  '<fuzz-{now/d}>',
  '<{',
  'UPPER',
  'müller',
  '😀',
  'x'.repeat(300),
  'a b',
  'a/b',
  '%',
  '_',
  '+x',
  'logs-fuzz-default',
  '\u0000',
]

/** Any route of the API with parts, parameters and a body that it could take. */
export function routeRequest(source: Source): RouteRequest {
  const { random, world } = source
  const roll = random.unit()
  if (roll < 0.3) {
    const { method, path, body, lines } = new Requests(random, world).next()
    const [bare = '', query] = path.split('?')
    const params = { ...Object.fromEntries(new URLSearchParams(query)), ...makeParams(source, SEARCH_PARAMS) }
    return { method, path: bare, params, ...(body ? { body } : {}), ...(lines ? { lines } : {}) }
  }
  if (roll < 0.5) {
    const last = random.chance(0.8) ? '_search' : random.pick(['_async_search', '_count', '_delete_by_query', '_validate/query'])
    const body = exampleSearch(random)
    return {
      method: 'POST',
      path: `/${EXAMPLE_INDEX}/${last}`,
      params: makeParams(source, SEARCH_PARAMS),
      body: last === '_search' || last === '_async_search' ? body : { query: body['query'] ?? {} },
    }
  }
  const endpoint = random.pick(ENDPOINTS)
  const method = random.chance(0.95)
    ? random.pick(endpoint.methods)
    : random.pick(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'])
  // What is gone, or closed, nothing else can be asked of: that happens to another index, and now and then to all.
  const ends = (method === 'DELETE' && /\{(?:index|name)\}$/.test(endpoint.path)) || /_close$|_block/.test(endpoint.path)
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, part: string) =>
    ends && random.chance(0.95) ? 'fuzz-1' : makePart(part, source),
  )
  const params = makeParams(source, endpoint.params)
  if (method === 'GET' ? random.chance(0.7) : random.chance(0.15)) return { method, path, params }
  if (/_bulk$|_msearch/.test(endpoint.path)) return { method, path, params, lines: makeLines(source) }
  return { method, path, params, body: makeBody(endpoint.path, source) }
}

/** What stands for a part of a path: mostly something that is there. */
function makePart(part: string, { random, world, handles }: Source): string {
  if (random.chance(0.3)) return random.pick(NAMES)
  switch (part) {
    case 'index':
      return random.pick([world.index, world.index, EXAMPLE_INDEX])
    case 'id':
      return random.pick([random.pick(world.ids), handles.pick(random), 'fuzz'])
    case 'field':
      return random.pick(['place', 'location', 'area', 'plan', 'host'])
    case 'zoom':
    case 'x':
    case 'y':
      return `${random.int(0, 2)}`
    default:
      return random.pick(['fuzz', 'fuzz', handles.pick(random)])
  }
}

function makeParams({ random, handles }: Source, own: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  for (let left = random.pick([0, 0, 0, 1, 2]); left > 0; left--) {
    const name = random.pick(own.length > 0 && random.chance(0.9) ? own : COMMON_PARAMS)
    params[name] = random.chance(0.95) ? random.pick(PARAM_VALUES) : handles.pick(random)
  }
  return params
}

function makeLines(source: Source): readonly JsonValue[] {
  const { random, world } = source
  const index = random.pick([world.index, EXAMPLE_INDEX, 'logs-fuzz-default'])
  return random
    .times(1, 3, () => [
      random.chance(0.5) ? { index } : { [random.pick(['index', 'create', 'update'])]: { _index: index } },
      random.chance(0.5) ? makeSearch(source) : makeBody('_doc', source),
    ])
    .flat()
}
