import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Guard } from './guard.ts'
import type { DocumentsPort } from './ports.ts'
import { parseBody } from './request-body.ts'
import type { CoverageAnswer } from './wire/fields.ts'
import type { SearchAnswer } from './wire/query.ts'

/** Fields counted in one request; a page shows and asks in pieces. */
const MAX_COUNTED_FIELDS = 500

const coverage = z.strictObject({
  index: z.string().min(1).max(4096),
  query: z.custom<JsonObject>((value) => isJsonObject(value), 'must be an object'),
  fields: z.array(z.string().min(1).max(1024)).max(MAX_COUNTED_FIELDS),
})

/** `GET /_ui/fields`, `POST /_ui/fields/coverage` and `GET /_ui/names`. */
export function registerFieldsRoutes(
  app: FastifyInstance,
  { documents, guard }: { documents: DocumentsPort; guard: Guard },
): void {
  app.get<{ Querystring: { index?: string } }>('/_ui/fields', async (request) => {
    const { access } = guard.signedIn(request)
    return documents.fields(access, request.query.index ?? '*')
  })

  app.post('/_ui/fields/coverage', async (request, reply): Promise<CoverageAnswer> => {
    const { access } = guard.signedIn(request)
    const { index, query, fields } = parseBody(coverage, request.body)
    const filters = Object.fromEntries(fields.map((field) => [field, { exists: { field } }]))
    const aggs = fields.length === 0 ? {} : { aggs: { coverage: { filters: { filters } } } }
    const body = { size: 0, track_total_hits: true, query, ...aggs }
    const text = await documents.search(access, index, body, signalOf(reply.raw))
    const { aggregations, hits } = JSON.parse(text) as SearchAnswer
    const found = aggregations?.['coverage']
    const buckets = isJsonObject(found) && isJsonObject(found['buckets']) ? found['buckets'] : {}
    const counts = Object.entries(buckets).map(([field, bucket]) => [
      field,
      isJsonObject(bucket) ? Number(bucket['doc_count']) : 0,
    ])
    return { total: hits.total?.value ?? 0, counts: Object.fromEntries(counts) }
  })

  app.get('/_ui/names', async (request) => {
    const { access } = guard.signedIn(request)
    return { names: documents.names(access) }
  })
}

/** Aborted when the page goes away before it is answered. */
function signalOf(response: NodeJS.EventEmitter & { readonly writableFinished: boolean }): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new Error('the page has gone'))
  })
  return controller.signal
}
