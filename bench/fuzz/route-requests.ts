import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { routes } from '../../src/api/routes/index.ts'
import type { Random } from '../requests/random.ts'
import { Requests } from '../requests/requests.ts'
import { Searches } from '../requests/searches.ts'
import { makeDocument, type World } from '../requests/world.ts'
import { odd } from './mutate-json.ts'

/** A request to a route of the API, still as the route takes it. */
export interface RouteRequest {
  readonly method: string
  /** Parts filled, not yet encoded for odd ones. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly body?: JsonObject
  readonly lines?: readonly JsonValue[]
}

interface Endpoint {
  readonly methods: readonly string[]
  readonly path: string
  readonly params: readonly string[]
}

/** Routes that are made of services of a running node, so that they stand in no table. */
const OF_SERVICES: readonly Endpoint[] = [
  { methods: ['GET', 'PUT', 'DELETE'], path: '/_security/role/{name}', params: [] },
  { methods: ['GET', 'PUT', 'DELETE'], path: '/_security/user/{name}', params: [] },
  { methods: ['GET', 'POST', 'DELETE'], path: '/_security/api_key', params: ['id', 'name', 'owner'] },
  { methods: ['GET', 'POST'], path: '/_security/user/_has_privileges', params: [] },
  { methods: ['GET', 'PUT', 'DELETE'], path: '/_elkhorn/devices/{id}', params: [] },
]

const ENDPOINTS: readonly Endpoint[] = [
  ...routes.flatMap(({ methods, paths, params = [] }) => paths.map((path) => ({ methods, path, params }))),
  ...OF_SERVICES,
]

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
export function routeRequest(random: Random, world: World): RouteRequest {
  if (random.chance(0.4)) {
    const { method, path, body, lines } = new Requests(random, world).next()
    const [bare = '', query] = path.split('?')
    const params = { ...Object.fromEntries(new URLSearchParams(query)), ...makeParams(random, [], 0.2) }
    return { method, path: bare, params, ...(body ? { body } : {}), ...(lines ? { lines } : {}) }
  }
  const endpoint = random.pick(ENDPOINTS)
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, part: string) => makePart(random, part, world))
  const method = random.chance(0.95)
    ? random.pick(endpoint.methods)
    : random.pick(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS'])
  const params = makeParams(random, endpoint.params, 1)
  if (method === 'GET' ? random.chance(0.7) : random.chance(0.15)) return { method, path, params }
  if (/_bulk$|_msearch/.test(endpoint.path)) return { method, path, params, lines: makeLines(random, world) }
  return { method, path, params, body: makeBody(random, endpoint.path, world) }
}

function makePart(random: Random, part: string, world: World): string {
  if (part === 'index' && random.chance(0.7)) return world.index
  if (part === 'id' && random.chance(0.5)) return random.pick(world.ids)
  return random.pick(NAMES)
}

function makeParams(random: Random, own: readonly string[], much: number): Record<string, string> {
  const params: Record<string, string> = {}
  for (const name of random.times(0, Math.ceil(2 * much), () =>
    random.pick(own.length > 0 && random.chance(0.7) ? own : COMMON_PARAMS),
  )) {
    params[name] = random.pick(PARAM_VALUES)
  }
  return params
}

function makeLines(random: Random, world: World): readonly JsonValue[] {
  const searches = new Searches(random, world)
  return random
    .times(1, 3, () => [
      random.chance(0.5) ? { index: world.index } : { index: { _index: world.index } },
      random.chance(0.5) ? searches.hits() : makeDocument(random, world.fields),
    ])
    .flat()
}

/** A body of the kind that the path is about. */
function makeBody(random: Random, path: string, world: World): JsonObject {
  const searches = new Searches(random, world)
  const script = { source: 'ctx._source.level = (ctx._source.level ?: 0) + params.n', params: { n: 1 } }
  if (/template/.test(path) && /search|render/.test(path)) {
    return {
      source: '{"query":{"match":{"message":"{{text}}"}},"size":{{#size}}{{size}}{{/size}}{{^size}}3{{/size}}}',
      params: { text: 'disk', size: 2 },
    }
  }
  if (/index_template|component|_template/.test(path)) {
    return {
      index_patterns: ['fuzz-t*'],
      order: 1,
      template: { settings: { number_of_shards: 1 }, mappings: world.creation.mappings, aliases: { al: {} } },
    }
  }
  if (/_ingest/.test(path)) {
    return {
      processors: [
        { set: { field: 'a', value: '{{b}}' } },
        { grok: { field: 'message', patterns: ['%{IP:ip} %{WORD:w}'] } },
        { script: { source: 'ctx.x = ctx.y + 1' } },
        { gsub: { field: 'a', pattern: '(a+)+$', replacement: 'b' } },
      ],
      docs: [{ _index: 'x', _id: '1', _source: { message: '10.0.0.1 word', y: 2, a: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' } }],
    }
  }
  if (/_scripts/.test(path))
    return {
      script: { lang: 'painless', source: 'int x = 1; for (int i = 0; i < 10; ++i) { x += i } return x' },
      context: 'painless_test',
    }
  if (/_analyze/.test(path))
    return {
      analyzer: 'standard',
      text: ['The quick fox', '温度'],
      tokenizer: 'standard',
      filter: ['lowercase', { type: 'ngram', min_gram: 1, max_gram: 2 }],
    }
  if (/_aliases/.test(path))
    return {
      actions: [
        { add: { index: world.index, alias: 'al', filter: searches.query(1) } },
        { remove: { index: world.index, alias: 'none' } },
      ],
    }
  if (/_reindex/.test(path))
    return { source: { index: world.index, query: searches.query(1), size: 10 }, dest: { index: 'fuzz-1' }, script, max_docs: 5 }
  if (/by_query/.test(path)) return { query: searches.query(1), script, max_docs: 5 }
  if (/_update/.test(path))
    return random.chance(0.5) ? { script, upsert: { level: 1 } } : { doc: makeDocument(random, world.fields) }
  if (/_doc|_create/.test(path)) return makeDocument(random, world.fields)
  if (/_mapping/.test(path)) return { properties: { added: { type: 'keyword' }, more: { properties: { x: { type: 'long' } } } } }
  if (/_settings/.test(path))
    return { index: { refresh_interval: '1s', max_result_window: 20_000 }, persistent: { 'search.max_buckets': 1000 } }
  if (/_pit|_scroll/.test(path)) return { id: 'abc', scroll_id: ['abc'], keep_alive: '1m', scroll: '1m' }
  if (/_terms_enum/.test(path)) return { field: 'host', string: 'ho', size: 3 }
  if (/_mget/.test(path))
    return {
      docs: [
        { _id: '1', _source: ['host'] },
        { _id: '2', routing: 'x' },
      ],
    }
  if (/_snapshot/.test(path))
    return {
      type: 'fs',
      settings: { location: '../../x' },
      indices: world.index,
      rename_pattern: '(.+)',
      rename_replacement: 'restored-$1',
    }
  if (/_security|_elkhorn/.test(path))
    return {
      password: 'secret-x',
      roles: ['viewer'],
      indices: [{ names: ['x*'], privileges: ['read'], query: searches.query(0) }],
      cluster: ['monitor'],
      name: 'k',
      expiration: '1d',
    }
  if (/_ilm/.test(path))
    return {
      policy: { phases: { hot: { actions: { rollover: { max_docs: 5 } } }, delete: { min_age: '1d', actions: { delete: {} } } } },
    }
  if (/^\/\{index\}$/.test(path)) return { ...world.creation }
  if (/_rollover/.test(path)) return { conditions: { max_docs: 1, max_age: '1d' } }
  if (/_search|_count|_validate/.test(path)) return random.chance(0.5) ? searches.hits() : searches.aggregations()
  return { [random.pick(['query', 'name', 'indices', 'fields'])]: odd(random) }
}
