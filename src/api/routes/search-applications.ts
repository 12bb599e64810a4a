import { illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { printJson } from '../../core/print-json.ts'
import { checkDefinitionName, checkShape } from '../../index/definitions/body-shape.ts'
import type { Definition } from '../../index/definitions/definitions.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import { created, notDefined, page } from '../definitions/answers.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { namesOf } from '../indices/names.ts'
import { required } from './documents.ts'
import { renderSearch, withBody } from './search-templates.ts'
import { searchOne } from './search.ts'

const PATH = '/_application/search_application'
const ONE = `${PATH}/{name}`
const COLLECTION = '/_application/analytics/{name}'

/** Search applications: indices and a template of the searches that are asked of them; and collections of what was searched for. */
export const searchApplicationRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET'],
    paths: [PATH],
    action: 'cluster:admin/xpack/application/search_application/get',
    params: ['q', 'from', 'size'],
    handler: list,
  },
  { methods: ['GET'], paths: [ONE], action: 'cluster:admin/xpack/application/search_application/get', handler: get },
  {
    methods: ['PUT'],
    paths: [ONE],
    action: 'cluster:admin/xpack/application/search_application/put',
    params: ['create'],
    handler: put,
  },
  {
    methods: ['DELETE'],
    paths: [ONE],
    action: 'cluster:admin/xpack/application/search_application/put',
    handler: async (request, context) => {
      const [name] = existing(request, context)
      await context.definitions.of('search_application').delete(name)
      return acknowledged
    },
  },
  {
    methods: ['GET', 'POST'],
    paths: [`${ONE}/_search`],
    action: 'indices:data/read/search_template',
    params: ['typed_keys'],
    handler: search,
  },
  {
    methods: ['GET', 'POST'],
    paths: [`${ONE}/_render_query`],
    action: 'indices:data/read/search_template',
    handler: (request, context) => ok(render(request, context)),
  },
  {
    methods: ['GET'],
    paths: ['/_application/analytics', COLLECTION],
    action: 'cluster:admin/xpack/application/analytics/get',
    handler: getCollections,
  },
  { methods: ['PUT'], paths: [COLLECTION], action: 'cluster:admin/xpack/application/analytics/put', handler: putCollection },
  {
    methods: ['DELETE'],
    paths: [COLLECTION],
    action: 'cluster:admin/xpack/application/analytics/put',
    handler: async (request, { definitions }) => {
      const name = required(request, 'name')
      if (!(await definitions.of('analytics_collection').delete(name))) throw notDefined(name)
      return acknowledged
    },
  },
]

/** Searches of an application that has no template of its own. */
const DEFAULT_TEMPLATE = {
  source: '{"query":{"query_string":{"query":"{{query_string}}","default_field":"{{default_field}}"}}}',
  params: { query_string: '*', default_field: '*' },
}

function existing(request: ApiRequest, { definitions }: ApiContext): readonly [string, Definition] {
  const name = required(request, 'name')
  const application = definitions.of('search_application').find(name)
  if (!application) throw notDefined(name)
  return [name, application]
}

async function put(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const name = required(request, 'name')
  checkDefinitionName('search application name', name)
  const body = request.json() ?? {}
  checkShape(body, {
    parser: 'search_application',
    members: {
      name: 'text',
      indices: 'texts',
      analytics_collection_name: 'text',
      template: 'object',
      updated_at_millis: 'number',
    },
    required: ['indices'],
  })
  templateOf(body)
  const applications = definitions.of('search_application')
  if (request.query.boolean('create', false) && applications.find(name)) {
    throw illegalArgument(`search application [${name}] exists already`)
  }
  return created(await applications.put(name, body))
}

/** @throws ElkhornError 400 for a template that has no source */
function templateOf({ template }: JsonObject): { readonly source: string; readonly params: JsonObject } {
  if (template === undefined || template === null) return DEFAULT_TEMPLATE
  const { script } = isJsonObject(template) ? template : {}
  if (!isJsonObject(script) || script['source'] === undefined)
    throw illegalArgument('[template] needs a [script] with a [source]')
  const { source, params } = script
  return {
    source: typeof source === 'string' ? source : printJson(source),
    params: isJsonObject(params) ? params : {},
  }
}

function print(name: string, { modifiedAt, body }: Definition): JsonObject {
  return { ...body, name, indices: strings(body['indices']), updated_at_millis: modifiedAt }
}

function get(request: ApiRequest, context: ApiContext): Answer {
  const [name, application] = existing(request, context)
  const template = application.body['template'] ?? { script: { lang: 'mustache', ...DEFAULT_TEMPLATE } }
  return ok({ ...print(name, application), template })
}

function list({ query }: ApiRequest, { definitions }: ApiContext): Answer {
  const pattern = query.text('q')
  const all = definitions.of('search_application').entries()
  const found = all.filter(([name]) => pattern === undefined || matchesWildcard(pattern, name))
  const shown = page(found, query.integer('from') ?? 0, query.integer('size') ?? 10)
  return ok({
    count: found.length,
    results: shown.map(([name, application]) => {
      const { template: _template, ...rest } = print(name, application)
      return rest
    }),
  })
}

/** The search that the application's template makes of the request's parameters. */
function render(request: ApiRequest, context: ApiContext): JsonObject {
  const [, { body }] = existing(request, context)
  const asked = request.json() ?? {}
  checkShape(asked, { parser: 'search_application_search', members: { params: 'object' } })
  const { source, params } = templateOf(body)
  const given = isJsonObject(asked['params']) ? asked['params'] : {}
  return renderSearch(context.index.scripts, { source, params: { ...params, ...given } })
}

async function search(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const [, { body }] = existing(request, context)
  const indices = strings(body['indices']).join(',')
  const asked = withBody(request, render(request, context))
  return await searchOne({ ...asked, part: (name) => (name === 'index' ? indices : request.part(name)) }, context)
}

function getCollections(request: ApiRequest, { definitions }: ApiContext): Answer {
  const found = definitions.of('analytics_collection').select(namesOf(request, 'name'), (name) => {
    throw notDefined(name)
  })
  return ok(Object.fromEntries(found.map(([name]) => [name, { event_data_stream: { name: streamOf(name) } }])))
}

const streamOf = (collection: string): string => `behavioral_analytics-events-${collection}`

async function putCollection(request: ApiRequest, { definitions }: ApiContext): Promise<Answer> {
  const name = required(request, 'name')
  checkDefinitionName('analytics collection name', name)
  const collections = definitions.of('analytics_collection')
  if (collections.find(name)) throw illegalArgument(`analytics collection [${name}] exists already`)
  await collections.put(name, {})
  return ok({ acknowledged: true, name })
}
