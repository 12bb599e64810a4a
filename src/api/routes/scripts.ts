import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { parseEventJson } from '../../core/event-json.ts'
import { printJson } from '../../core/print-json.ts'
import { executeScript, isDocumentContext } from '../../index/search/execute-script.ts'
import { CONTEXTS } from '../../script/painless/contexts/all.ts'
import { testContext } from '../../script/painless/contexts/document-scripts.ts'
import { describeApi, describeContext } from '../../script/painless/describe-api.ts'
import { parseScriptReference } from '../../script/script-request.ts'
import type { StoredScript } from '../../script/scripts.ts'
import type { ApiContext } from '../api-context.ts'
import { acknowledged, ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'

/** Stored scripts, and scripts that are tried out. */
export const scriptRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['PUT', 'POST'],
    paths: ['/_scripts/{id}', '/_scripts/{id}/{context}'],
    action: 'cluster:admin/script/put',
    params: ['timeout', 'master_timeout', 'cluster_manager_timeout', 'context'],
    handler: put,
  },
  {
    methods: ['GET'],
    paths: ['/_scripts/{id}'],
    action: 'cluster:admin/script/get',
    params: ['master_timeout', 'cluster_manager_timeout'],
    handler: get,
  },
  {
    methods: ['DELETE'],
    paths: ['/_scripts/{id}'],
    action: 'cluster:admin/script/delete',
    params: ['timeout', 'master_timeout', 'cluster_manager_timeout'],
    handler: remove,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_scripts/painless/_execute'],
    action: 'cluster:admin/script/get',
    handler: execute,
  },
  {
    methods: ['GET'],
    paths: ['/_scripts/painless/_context'],
    action: 'cluster:admin/script/get',
    params: ['context'],
    handler: painlessContext,
  },
  { methods: ['GET'], paths: ['/_script_language'], action: 'cluster:admin/script/get', handler: languages },
  { methods: ['GET'], paths: ['/_script_context'], action: 'cluster:admin/script/get', handler: contexts },
]

const LANGUAGES: ReadonlySet<string> = new Set(['painless', 'expression', 'mustache'])

async function put(request: ApiRequest, { index: { scripts } }: ApiContext): Promise<Answer> {
  const id = request.part('id') ?? ''
  const script = readStored(request.json())
  if (script.lang === 'painless') {
    const name = request.part('context') ?? request.query.text('context')
    const context = CONTEXTS.find((one) => one.name === name)
    if (name !== undefined && context === undefined) throw illegalArgument(`Unknown context [${name}]`)
    if (context !== undefined) scripts.compile<unknown>({ ...script, params: {} }, context)
  }
  await scripts.store(id, script)
  return acknowledged
}

function readStored(body: JsonObject | undefined): StoredScript {
  const script = body?.['script']
  if (!isJsonObject(script)) throw illegalArgument('must specify a [script] object with [lang] and [source]')
  const { lang, source, code, options } = script
  if (typeof lang !== 'string' || lang === '') throw illegalArgument('must specify lang for stored script')
  const text = source ?? code
  if (text === undefined || text === null || text === '') throw illegalArgument('must specify source for stored script')
  if (!LANGUAGES.has(lang)) {
    throw illegalArgument(`unable to put stored script with unsupported lang [${lang}]`)
  }
  return {
    lang,
    source: typeof text === 'string' ? text : printJson(text),
    ...(isJsonObject(options) ? { options: stringMembers(options) } : {}),
  }
}

function stringMembers(options: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, String(value)]))
}

function get(request: ApiRequest, { index: { scripts } }: ApiContext): Answer {
  const id = request.part('id') ?? ''
  const script = scripts.getStored(id)
  if (!script) return { status: 404, json: { _id: id, found: false } }
  return ok({ _id: id, found: true, script })
}

async function remove(request: ApiRequest, { index: { scripts } }: ApiContext): Promise<Answer> {
  const id = request.part('id') ?? ''
  if (await scripts.remove(id)) return acknowledged
  throw new ElkhornError('resource_not_found_exception', 404, `stored script [${id}] does not exist and cannot be deleted`)
}

/** Runs a script once; numbers keep their kind, `20.0` is no `20`. */
async function execute(request: ApiRequest, { index }: ApiContext): Promise<Answer> {
  if (request.json() === undefined) throw illegalArgument('request body is required')
  const body = parseEventJson(request.body.toString('utf8')) as JsonObject
  if (body['script'] === undefined) throw illegalArgument('Required [script]')
  const context: JsonValue = body['context'] ?? testContext.name
  const reference = parseScriptReference(body['script'])
  if (context === testContext.name) return ok({ result: index.scripts.compile(reference, testContext)() })
  if (typeof context !== 'string' || !isDocumentContext(context)) {
    throw illegalArgument(
      `unsupported script context name [${String(context)}]; [${testContext.name}], [filter] and [score] work`,
    )
  }
  return ok({ result: await executeScript(index, request.access, reference, context, body['context_setup']) })
}

function languages(): Answer {
  const names = CONTEXTS.map(({ name }) => name)
  return ok({
    types_allowed: ['inline', 'stored'],
    language_contexts: [
      { language: 'expression', contexts: names.filter((name) => EXPRESSION_CONTEXTS.has(name)) },
      { language: 'mustache', contexts: ['template'] },
      { language: 'painless', contexts: names },
    ],
  })
}

/** Contexts whose scripts may be expressions of Lucene's. */
const EXPRESSION_CONTEXTS: ReadonlySet<string> = new Set([
  'aggregation_selector',
  'aggs',
  'bucket_aggregation',
  'field',
  'filter',
  'number_sort',
  'score',
])

function contexts(): Answer {
  return ok({ contexts: CONTEXTS.map(describeContext) })
}

/** All contexts, or what scripts of one of them may use. */
function painlessContext(request: ApiRequest): Answer {
  const name = request.query.text('context')
  if (name === undefined) return ok({ contexts: CONTEXTS.map((context) => context.name) })
  const context = CONTEXTS.find((one) => one.name === name)
  if (!context) throw illegalArgument(`script context [${name}] not found`)
  return ok(describeApi(context))
}
