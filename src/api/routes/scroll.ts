import { illegalArgument } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { continueScroll, readKeepAlive } from '../../index/search/scroll.ts'
import { strings } from '../../index/templates/parse-template.ts'
import type { ApiContext } from '../api-context.ts'
import type { Answer, ApiRequest, Route } from '../http/route.ts'

/** The pages of a search after the first. */
export const scrollRoutes: readonly Route<ApiContext>[] = [
  {
    methods: ['GET', 'POST'],
    paths: ['/_search/scroll', '/_search/scroll/{scroll_id}'],
    action: 'indices:data/read/scroll',
    params: ['scroll', 'scroll_id', 'rest_total_hits_as_int'],
    handler: next,
  },
  {
    methods: ['DELETE'],
    paths: ['/_search/scroll', '/_search/scroll/{scroll_id}'],
    action: 'indices:data/read/scroll/clear',
    params: ['scroll_id'],
    handler: clear,
  },
]

async function next(request: ApiRequest, context: ApiContext): Promise<Answer> {
  const { query } = request
  const body = readBody(request, ['scroll_id', 'scroll'])
  const id = body['scroll_id'] ?? request.part('scroll_id') ?? query.text('scroll_id')
  if (typeof id !== 'string') throw illegalArgument('scrollId is missing')
  const scroll = body['scroll'] ?? query.text('scroll')
  const printing = {
    typedKeys: false,
    totalAsInt: query.boolean('rest_total_hits_as_int', false),
    node: context.node.id,
    allowPartial: true,
    keepAliveMs: scroll === undefined ? undefined : readKeepAlive(scroll, 'scroll'),
  }
  return { status: 200, text: await continueScroll(context.index, request.access, id, printing, request.signal) }
}

function clear(request: ApiRequest, { index }: ApiContext): Answer {
  const owner = request.access.principal.name
  const { scrolls } = index.readers
  const body = readBody(request, ['scroll_id'])
  const named = strings(body['scroll_id'] ?? request.part('scroll_id') ?? request.query.text('scroll_id'))
  const ids = named.flatMap((one) => one.split(',')).filter((id) => id !== '')
  if (ids.length === 0) throw illegalArgument('no scroll ids specified')
  const all = ids.includes('_all')
  const closing = all ? scrolls.list(owner).map(({ id }) => id) : ids
  const freed = closing.filter((id) => scrolls.close(id, owner)).length
  return { status: freed === 0 && !all ? 404 : 200, json: { succeeded: true, num_freed: freed } }
}

/** @throws ElkhornError (400) for members that are not `known` */
export function readBody(request: ApiRequest, known: readonly string[]): Readonly<Record<string, JsonValue | undefined>> {
  const body = request.json() ?? {}
  const unknown = Object.keys(body).find((key) => !known.includes(key))
  if (unknown !== undefined)
    throw illegalArgument(`Unknown parameter [${unknown}] in request body or parameter is of the wrong type`)
  return body
}
