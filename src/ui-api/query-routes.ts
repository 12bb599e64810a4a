import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { ElkhornError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import type { Guard, SignedIn } from './guard.ts'
import type { DocumentsPort } from './ports.ts'
import { parseBody } from './request-body.ts'
import { SharedSearches } from './shared-searches.ts'
import type { QueryLine, QueryRequest } from './wire/query.ts'
import { wireError } from './wire-error.ts'

/** A dashboard of this many panels is a wall; more come in a second request. */
const MAX_REQUESTS = 100

const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)

const batchSchema = z.strictObject({
  requests: z
    .array(z.strictObject({ id: z.string().min(1).max(64), index: z.string().min(1).max(4096), body: jsonObject }))
    .min(1)
    .max(MAX_REQUESTS),
})

const cancelSchema = z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(MAX_REQUESTS) })

/** `POST /_ui/query` and `POST /_ui/query/cancel`; see `wire/query.ts`. */
export function registerQueryRoutes(
  app: FastifyInstance,
  { documents, guard, log }: { documents: DocumentsPort; guard: Guard; log: Log },
): void {
  const shared = new SharedSearches<string>()
  /** What can be given up, by session and request id. */
  const open = new Map<string, AbortController>()

  app.post('/_ui/query', async (request, reply) => {
    const signedIn = guard.signedIn(request)
    const { requests } = parseBody(batchSchema, request.body)
    const lines = new Readable({ read: () => undefined })
    const controllers = requests.map(() => new AbortController())
    let ended = false
    reply.raw.once('close', () => {
      if (!ended) for (const controller of controllers) controller.abort(new Error('the page has gone'))
    })
    const answered = requests.map(async (asked, position) => {
      const controller = controllers[position] ?? new AbortController()
      const key = openKey(signedIn, asked.id)
      open.set(key, controller)
      try {
        lines.push(await answer(signedIn, asked, controller.signal))
      } finally {
        if (open.get(key) === controller) open.delete(key)
      }
    })
    void Promise.allSettled(answered).then(() => {
      ended = true
      lines.push(null)
    })
    return reply.type('application/x-ndjson').header('cache-control', 'no-store').send(lines)
  })

  app.post('/_ui/query/cancel', async (request, reply) => {
    const signedIn = guard.signedIn(request)
    for (const id of parseBody(cancelSchema, request.body).ids) {
      open.get(openKey(signedIn, id))?.abort(new ElkhornError('task_cancelled_exception', 400, 'given up by the page'))
    }
    return reply.code(204).send()
  })

  /** The line that answers one request. Answers are text already, and are not read again only to be printed. */
  async function answer({ access }: SignedIn, { id, index, body }: QueryRequest, signal: AbortSignal): Promise<string> {
    const { realm, name, roles } = access.principal
    const key = JSON.stringify([realm, name, roles, index, body])
    try {
      const text = await shared.run(key, signal, (shared) => documents.search(access, index, body, shared))
      return `{"id":${JSON.stringify(id)},"answer":${text}}\n`
    } catch (error) {
      if (!(error instanceof ElkhornError) && !signal.aborted) log.error({ error, index }, 'search for a page failed')
      const line: QueryLine = { id, error: wireError(error) }
      return `${JSON.stringify(line)}\n`
    }
  }
}

const openKey = ({ session }: SignedIn, id: string): string => `${session} ${id}`
