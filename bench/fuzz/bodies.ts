import type { JsonObject } from '../../src/core/json.ts'
import type { Random } from '../requests/random.ts'
import { Searches } from '../requests/searches.ts'
import { makeDocument, type World } from '../requests/world.ts'
import { EXAMPLE_MAPPING, exampleDocument } from './example-fields.ts'
import { exampleQuery, exampleSearch } from './example-searches.ts'
import { EXAMPLE_INDEX, INGEST_PIPELINE } from './example-world.ts'
import type { Handles } from './handles.ts'
import { odd } from './mutate-json.ts'
import { PROCESSORS } from './processors.ts'
import { SCRIPTS } from './scripts.ts'

/** What bodies are made of. */
export interface Source {
  readonly random: Random
  readonly world: World
  readonly handles: Handles
}

type MakeBody = (source: Source) => JsonObject

/** A body of the kind that the path, as the table of routes has it, is about. */
export function makeBody(path: string, source: Source): JsonObject {
  const kind = KINDS.find(([pattern]) => pattern.test(path))
  return kind ? kind[1](source) : { [source.random.pick(['query', 'name', 'indices', 'fields'])]: odd(source.random) }
}

/** The body of a search, over the one index or the other. */
export function makeSearch({ random, world, handles }: Source): JsonObject {
  const searches = new Searches(random, world)
  const body = random.pick<() => JsonObject>([
    () => searches.hits(),
    () => searches.aggregations(),
    () => exampleSearch(random),
    () => exampleSearch(random),
  ])()
  return random.chance(0.03) ? { ...body, pit: { id: handles.pick(random), keep_alive: '1m' } } : body
}

const query = ({ random, world }: Source): JsonObject =>
  random.chance(0.5) ? new Searches(random, world).query(1) : exampleQuery(random)

const script = ({ random }: Source): JsonObject => ({
  source: random.pick(SCRIPTS),
  params: { n: random.int(0, 3), vector: [1, 2, 3] },
})

const processors = (random: Random): JsonObject[] =>
  random.times(1, 4, () => {
    const name = random.pick(Object.keys(PROCESSORS))
    const more = random.options(0.1, {
      if: random.pick(['ctx.message != null', ...SCRIPTS]),
      on_failure: [{ set: { field: 'error', value: '{{_ingest.on_failure_message}}' } }],
      ignore_failure: true,
      tag: 't',
    })
    return { [name]: { ...PROCESSORS[name], ...more } }
  })

const documentOf = ({ random, world }: Source): JsonObject =>
  random.chance(0.5)
    ? makeDocument(random, world.fields)
    : { ...exampleDocument(random), ...random.options(0.3, { rule: exampleQuery(random, 1) }) }

const docs = ({ random }: Source): JsonObject[] =>
  random.times(1, 2, (at) => ({
    _index: random.pick(['fuzz', EXAMPLE_INDEX, 'logs-fuzz-default', 'new']),
    _id: `${at}`,
    _source: {
      ...exampleDocument(random),
      message: '10.0.0.1 - word [x] a=1&b=2 https://a.example.co.uk/p?q=1',
      json: '{"a": [1, {"b": null}]}',
      csv: 'a,"b ""c""",3',
      'dotted.name': 1,
    },
  }))

const template = ({ random, world }: Source): JsonObject => ({
  settings: { number_of_shards: 1, 'index.default_pipeline': INGEST_PIPELINE },
  mappings: {
    ...world.creation.mappings,
    ...random.options(0.2, { dynamic_templates: [{ all: { match: '*', mapping: { type: 'keyword' } } }] }),
  },
  aliases: { al: { filter: exampleQuery(random, 1) } },
  ...random.options(0.3, { lifecycle: { data_retention: '7d' } }),
})

const mustache = {
  source:
    '{"query":{"match":{"message":"{{text}}"}},"size":{{#size}}{{size}}{{/size}}{{^size}}3{{/size}}{{#list}},"{{.}}":1{{/list}}}',
  params: { text: 'disk', size: 2, list: [] },
}

const role = (source: Source): JsonObject => ({
  cluster: ['monitor', 'manage_security'],
  indices: [
    {
      names: ['x*', '/a+/'],
      privileges: ['read', 'index'],
      query: query(source),
      field_security: { grant: ['*'], except: ['a*'] },
    },
  ],
  applications: [{ application: 'kibana-.kibana', privileges: ['read', 'data:*'], resources: ['*', 'space:x'] }],
  run_as: ['fuzz'],
  metadata: { version: 1 },
})

/** By what the path holds; the first that fits. */
const KINDS: readonly (readonly [RegExp, MakeBody])[] = [
  [/(?:_search|_render)\/template/, ({ random }) => ({ ...mustache, ...random.options(0.2, { id: 'fuzz', explain: true }) })],
  [/index_template/, (source) => ({ index_patterns: ['fuzz-t*'], priority: 600, template: template(source) })],
  [/_component_template/, (source) => ({ template: template(source), version: 1 })],
  [/_template/, (source) => ({ index_patterns: ['fuzz-t*'], order: 1, ...template(source) })],
  [
    /_ingest\/(?:\{index\}\/)?_simulate/,
    (source) => ({
      docs: docs(source),
      ...source.random.options(0.4, {
        pipeline_substitutions: { [INGEST_PIPELINE]: { processors: processors(source.random) } },
        component_template_substitutions: { c: { template: template(source) } },
        index_template_substitutions: { t: { index_patterns: ['new*'], template: template(source), composed_of: ['c'] } },
        mapping_addition: { properties: { added: { type: 'keyword' } } },
      }),
    }),
  ],
  [/_simulate/, (source) => ({ pipeline: { processors: processors(source.random) }, docs: docs(source) })],
  [/_ingest\/pipeline/, ({ random }) => ({ processors: processors(random), on_failure: processors(random) })],
  [/_ingest\/\w*ip|_ingest\/ip/, () => ({ name: 'x', maxmind: { account_id: '1' } })],
  [
    /_execute$/,
    (source) => ({
      script: script(source),
      context: source.random.pick(['painless_test', 'filter', 'score', 'long_field', 'keyword_field', 'ingest', 'update']),
      context_setup: { index: EXAMPLE_INDEX, document: exampleDocument(source.random), query: query(source) },
    }),
  ],
  [
    /_scripts/,
    ({ random }) => ({
      script: random.chance(0.5) ? { lang: 'painless', source: random.pick(SCRIPTS) } : { lang: 'mustache', ...mustache },
    }),
  ],
  [
    /_analyze/,
    ({ random }) => ({
      analyzer: random.pick(['standard', 'same', 'english', 'thai', 'pattern']),
      text: ['The quick fox', '温度'],
      ...random.options(0.4, {
        tokenizer: random.pick([
          'standard',
          'keyword',
          { type: 'ngram', min_gram: 1, max_gram: 2 },
          { type: 'pattern', pattern: '(a+)+' },
        ]),
        char_filter: [
          'html_strip',
          { type: 'mapping', mappings: ['a => b'] },
          { type: 'pattern_replace', pattern: '(a+)+$', replacement: '$1' },
        ],
        filter: [
          'lowercase',
          { type: 'shingle' },
          { type: 'synonym_graph', synonyms: ['a, b c => d'] },
          { type: 'condition', filter: ['uppercase'], script: { source: 'true' } },
        ],
        field: 'message',
        explain: true,
      }),
    }),
  ],
  [
    /_aliases/,
    (source) => ({
      actions: [
        { add: { index: source.world.index, alias: 'al', filter: query(source) } },
        { remove: { index: source.world.index, alias: 'none' } },
      ],
    }),
  ],
  [
    /_reindex/,
    (source) => ({
      source: {
        index: [source.world.index, EXAMPLE_INDEX],
        query: query(source),
        size: 10,
        ...source.random.options(0.2, { slice: { id: 0, max: 2 }, sort: ['seq'], _source: ['a*'] }),
      },
      dest: { index: source.random.pick(['fuzz-1', 'logs-fuzz-default']), op_type: 'create', pipeline: INGEST_PIPELINE },
      script: script(source),
      conflicts: 'proceed',
      max_docs: 5,
    }),
  ],
  [/by_query/, (source) => ({ query: query(source), script: script(source), max_docs: 5, conflicts: 'proceed' })],
  [
    /_update/,
    (source) =>
      source.random.chance(0.5)
        ? { script: script(source), upsert: documentOf(source), scripted_upsert: true }
        : { doc: documentOf(source), doc_as_upsert: source.random.chance(0.5) },
  ],
  [/_doc|_create/, documentOf],
  [
    /_mappings?$/,
    ({ random }) => ({
      dynamic: random.pick([true, 'strict', 'runtime']),
      properties: { added: { type: 'keyword' }, more: { properties: { x: { type: 'long' } } } },
      runtime: { r: { type: 'long', script: 'emit(1)' } },
    }),
  ],
  [/_settings/, () => ({ index: { refresh_interval: '1s', max_result_window: 20_000 } })],
  [
    /_pit|_scroll|point_in_time|scroll/,
    ({ random, handles }) => ({
      id: handles.pick(random),
      pit_id: [handles.pick(random)],
      scroll_id: handles.pick(random),
      keep_alive: '1m',
      scroll: '1m',
    }),
  ],
  [
    /_terms_enum/,
    (source) => ({
      field: source.random.pick(['host', 'device', 'labels', 'ip']),
      string: 'ho',
      size: 3,
      index_filter: query(source),
      search_after: 'a',
    }),
  ],
  [
    /_mget/,
    () => ({
      docs: [
        { _id: '1', _source: ['host'] },
        { _id: '2', routing: 'x' },
        { _index: EXAMPLE_INDEX, _id: '3', stored_fields: ['title'] },
      ],
    }),
  ],
  [
    /_snapshot/,
    ({ random, world }) => ({
      type: 'fs',
      settings: { location: random.pick(['fuzz', '../../x']) },
      indices: random.pick([world.index, '*', EXAMPLE_INDEX]),
      rename_pattern: '(.+)',
      rename_replacement: 'restored-$1',
    }),
  ],
  [
    /has_privileges/,
    ({ random, world }) => ({
      cluster: ['monitor', 'all', 'none'],
      index: random.times(1, 2, () => ({
        names: [world.index, 'x*'],
        privileges: ['read', 'indices:data/*'],
        allow_restricted_indices: true,
      })),
      application: [
        { application: 'kibana-.kibana', privileges: ['read', 'data:read/x', 'login:'], resources: ['*', 'space:x'] },
      ],
    }),
  ],
  [/_security\/privilege/, () => ({ 'app-x': { read: { actions: ['data:read/*', 'login:'], metadata: { a: 1 } } } })],
  [
    /_security\/role_mapping/,
    () => ({
      enabled: true,
      roles: ['viewer'],
      rules: { all: [{ field: { username: '*' } }, { except: { field: { groups: ['a', null] } } }] },
      metadata: {},
    }),
  ],
  [/_security\/role/, role],
  [
    /api_key/,
    (source) => ({
      ...source.random.options(0.5, {
        name: 'k',
        expiration: '1d',
        metadata: { a: 1 },
        role_descriptors: { r: role(source) },
        ids: [source.handles.pick(source.random)],
        owner: true,
      }),
      ...source.random.options(0.2, {
        query: query(source),
        grant_type: 'password',
        username: 'fuzz',
        password: 'secret-x',
        api_key: { name: 'g' },
      }),
    }),
  ],
  [
    /oauth2/,
    ({ random, handles }) => ({
      grant_type: random.pick(['password', 'client_credentials', 'refresh_token']),
      username: 'fuzz',
      password: 'secret-x',
      token: handles.pick(random),
      refresh_token: handles.pick(random),
    }),
  ],
  [
    /_security\/_query/,
    (source) => ({
      query: query(source),
      sort: ['name', { creation: { order: 'desc' } }],
      from: 0,
      size: 5,
      aggs: { a: { terms: { field: 'name' } } },
    }),
  ],
  [
    /_security|_elkhorn/,
    () => ({
      password: 'secret-x',
      roles: ['viewer'],
      full_name: 'F',
      email: 'f@example.com',
      metadata: { a: 1 },
      enabled: true,
    }),
  ],
  [
    /_ilm/,
    () => ({
      policy: { phases: { hot: { actions: { rollover: { max_docs: 5 } } }, delete: { min_age: '1d', actions: { delete: {} } } } },
    }),
  ],
  [
    /_slm/,
    () => ({
      schedule: '0 30 1 * * ?',
      name: '<fuzz-{now/d}>',
      repository: 'fuzz',
      config: { indices: ['fuzz*'] },
      retention: { expire_after: '1d', min_count: 1 },
    }),
  ],
  [
    /_watcher/,
    (source) => ({
      trigger: { schedule: source.random.pick([{ interval: '10m' }, { cron: '0 0 12 * * ?' }, { daily: { at: 'noon' } }]) },
      input: { search: { request: { indices: ['fuzz*'], body: { query: query(source) } } } },
      condition: { script: script(source) },
      actions: { log: { logging: { text: '{{ctx.payload.hits.total}}' } } },
      metadata: { a: 1 },
    }),
  ],
  [
    /_transform/,
    () => ({
      source: { index: 'fuzz*' },
      dest: { index: 'fuzz-dest' },
      pivot: { group_by: { g: { terms: { field: 'host' } } }, aggregations: { a: { avg: { field: 'count' } } } },
      sync: { time: { field: 'time', delay: '60s' } },
      frequency: '1m',
    }),
  ],
  [
    /_rollup/,
    () => ({
      index_pattern: 'fuzz*',
      rollup_index: 'fuzz-rollup',
      cron: '*/30 * * * * ?',
      page_size: 100,
      groups: { date_histogram: { field: 'time', fixed_interval: '1h' } },
      metrics: [{ field: 'count', metrics: ['max'] }],
    }),
  ],
  [/_enrich/, () => ({ match: { indices: [EXAMPLE_INDEX], match_field: 'device', enrich_fields: ['title', 'temperature'] } })],
  [/_synonyms\/\{set\}\/\{rule\}/, () => ({ synonyms: 'a, b => c' })],
  [/_synonyms/, () => ({ synonyms_set: [{ id: 'one', synonyms: 'hot, warm, torrid' }, { synonyms: 'quick fox => runner' }] })],
  [
    /_query_rules/,
    ({ random }) => {
      const rule = {
        rule_id: 'r',
        type: random.pick(['pinned', 'exclude']),
        criteria: [{ type: random.pick(['exact', 'fuzzy', 'always', 'lt']), metadata: 'q', values: ['a', 3] }],
        actions: { ids: ['1'] },
      }
      return random.pick<JsonObject>([{ rules: [rule] }, rule, { match_criteria: { q: 'a' } }])
    },
  ],
  [
    /_application/,
    ({ world }) => ({
      indices: [world.index],
      template: { script: mustache, dictionary: { type: 'object' } },
      params: { q: 'x' },
    }),
  ],
  [
    /_data_stream\/_modify/,
    ({ world }) => ({ actions: [{ add_backing_index: { data_stream: 'logs-fuzz-default', index: world.index } }] }),
  ],
  [
    /_lifecycle|_options|_data_stream/,
    () => ({
      data_retention: '7d',
      enabled: true,
      downsampling: [{ after: '1d', fixed_interval: '1h' }],
      failure_store: { enabled: true },
    }),
  ],
  [
    /_logstash/,
    () => ({
      description: 'x',
      last_modified: '2026-03-01T00:00:00Z',
      pipeline_metadata: { type: 'x' },
      username: 'u',
      pipeline: 'input {} output {}',
      pipeline_settings: { 'pipeline.workers': 1 },
    }),
  ],
  [/_autoscaling/, () => ({ roles: ['data_hot'], deciders: { fixed: {} } })],
  [/shutdown/, () => ({ type: 'restart', reason: 'x', allocation_delay: '1m' })],
  [/_rollover/, () => ({ conditions: { max_docs: 1, max_age: '1d' } })],
  [/_field_caps/, (source) => ({ fields: ['*'], index_filter: query(source), runtime_mappings: { r: { type: 'long' } } })],
  [
    /_mvt/,
    (source) => ({
      query: query(source),
      ...source.random.options(0.3, {
        aggs: { a: { avg: { field: 'temperature' } } },
        grid_precision: source.random.int(0, 8),
        grid_type: source.random.pick(['grid', 'point', 'centroid']),
        extent: 512,
        buffer: 20,
        exact_bounds: true,
        fields: ['device', '*'],
        size: 100,
        sort: ['@timestamp'],
        runtime_mappings: { r: { type: 'long', script: script(source) } },
      }),
    }),
  ],
  [
    /_rank_eval/,
    (source) => ({
      requests: [{ id: 'q', request: { query: query(source) }, ratings: [{ _index: source.world.index, _id: '1', rating: 1 }] }],
      metric: { precision: { k: 3 } },
    }),
  ],
  [/_search|_count|_validate|_explain|_async_search/, makeSearch],
  [
    /^\/\{index\}(?:\/_(?:split|shrink|clone)|$)/,
    ({ random, world }) => (random.chance(0.7) ? { ...world.creation } : { mappings: EXAMPLE_MAPPING }),
  ],
]
