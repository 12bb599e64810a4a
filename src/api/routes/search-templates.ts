import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { parseRequestJson } from '../../core/request-json.ts'
import { printJson } from '../../core/print-json.ts'
import { parseTemplate } from '../../script/mustache/parse.ts'
import { renderTemplate } from '../../script/mustache/render.ts'
import type { Scripts } from '../../script/scripts.ts'
import type { ApiContext } from '../api-context.ts'
import { errorBody } from '../http/error-json.ts'
import { ok, type Answer, type ApiRequest, type Route } from '../http/route.ts'
import { readOneOfMany, readSearches, SEARCH_PARAMS, searchOne, type OneOfMany } from './search.ts'

/** Searches whose body is a Mustache template. */
export const searchTemplateRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/_search/template', '/{index}/_search/template'],
    action: 'indices:data/read/search_template',
    params: [...SEARCH_PARAMS, 'profile'],
    handler: searchTemplate,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_msearch/template', '/{index}/_msearch/template'],
    action: 'indices:data/read/search_template',
    params: ['search_type', 'typed_keys', 'max_concurrent_searches', 'rest_total_hits_as_int', 'ccs_minimize_roundtrips'],
    handler: searchTemplates,
  },
  {
    methods: ['GET', 'POST'],
    paths: ['/_render/template', '/_render/template/{id}'],
    action: 'indices:data/read/search_template',
    handler: render,
  },
]

const KNOWN = ['id', 'source', 'params', 'explain', 'profile']

/** The search that a request for one means. @throws ElkhornError 400 */
export function renderSearch(scripts: Scripts, body: JsonObject | undefined): JsonObject {
  for (const key of Object.keys(body ?? {})) {
    if (!KNOWN.includes(key))
      throw new ElkhornError('x_content_parse_exception', 400, `[1:2] [search_template] unknown field [${key}]`)
  }
  const { id, source, params, explain, profile } = body ?? {}
  const hasSource = source !== undefined && source !== null && source !== ''
  const hasId = id !== undefined && id !== null
  if (!hasSource && !hasId) {
    throw new ElkhornError('action_request_validation_exception', 400, 'Validation Failed: 1: template is missing;')
  }
  const text = hasId
    ? scripts.resolve({ id: String(id), lang: 'mustache', params: {} }).source
    : typeof source === 'string'
      ? source
      : printJson(source)
  const rendered = parseRequestJson(renderTemplate(parseTemplate(text), isJsonObject(params) ? params : {}, 'json'))
  if (!isJsonObject(rendered)) throw illegalArgument('a search template has to make an object')
  return {
    ...rendered,
    ...(explain === undefined ? {} : { explain }),
    ...(profile === undefined ? {} : { profile }),
  }
}

/** The request as it would be had its body been written out. */
export function withBody(request: ApiRequest, body: JsonObject): ApiRequest {
  return { ...request, json: () => body }
}

async function searchTemplate(request: ApiRequest, context: ApiContext): Promise<Answer> {
  return await searchOne(withBody(request, renderSearch(context.index.scripts, request.json())), context)
}

async function searchTemplates(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const started = performance.now()
  const { scripts } = context.index
  const templates = readSearches(request)
  // A template that is not there refuses the whole request; one that is wrong, only its own search.
  const missing = templates.flatMap(({ body }) => (isMissing(body) ? ['template is missing'] : []))
  if (missing.length > 0) {
    const list = missing.map((problem, at) => `${at + 1}: ${problem};`).join('')
    throw new ElkhornError('action_request_validation_exception', 400, `Validation Failed: ${list}`)
  }
  const responses = await Promise.all(
    templates.map(async (one) => {
      try {
        return await (
          await readOneOfMany(request, context, rendered(scripts, one))
        )()
      } catch (error) {
        if (!(error instanceof ElkhornError)) throw error
        return printJson(errorBody(error, { trace: false }))
      }
    }),
  )
  return { status: 200, text: `{"took":${Math.round(performance.now() - started)},"responses":[${responses.join(',')}]}` }
}

function isMissing(body: OneOfMany['body']): boolean {
  if (!isJsonObject(body)) return true
  const { id, source } = body
  return (id === undefined || id === null) && (source === undefined || source === null || source === '')
}

function rendered(scripts: Scripts, { header, body }: OneOfMany): OneOfMany {
  return { header, body: renderSearch(scripts, isJsonObject(body) ? body : undefined) }
}

function render(request: ApiRequest, { index: { scripts } }: ApiContext): Answer {
  const id = request.part('id')
  const body = request.json() ?? {}
  return ok({ template_output: renderSearch(scripts, id === undefined ? body : { ...body, id }) })
}
