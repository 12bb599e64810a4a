import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { IndexAccess } from '../core/access.ts'
import { ElkhornError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { Log } from '../core/log.ts'
import type { Clock } from '../core/time.ts'
import { SECURITY_HEADERS } from './guard.ts'
import type { Guard } from './guard.ts'
import type { DocumentsPort } from './ports.ts'
import { parseBody } from './request-body.ts'
import { encodeCursor, parseCursor } from './tail-cursor.ts'
import { followTail } from './tail.ts'
import type { TailSink } from './tail.ts'
import { wireError } from './wire-error.ts'

/** Tails open at once, of all users: each may search a few times a second. */
const MAX_TAILS = 200

const tailSchema = z.strictObject({
  index: z.string().min(1).max(4096),
  query: z.custom<JsonObject>((value) => isJsonObject(value), 'must be an object').optional(),
  documents: z.boolean(),
  cursor: z.string().max(1_000_000).optional(),
})

/** `POST /_ui/tail`; see `wire/tail.ts`. */
export function registerTailRoutes(
  app: FastifyInstance,
  { documents, guard, clock, log }: { documents: DocumentsPort; guard: Guard; clock: Clock; log: Log },
): void {
  let open = 0

  app.post('/_ui/tail', async (request, reply) => {
    const { access } = guard.signedIn(request)
    const { index, query, documents: wantsDocuments, cursor } = parseBody(tailSchema, request.body)
    const start =
      cursor === undefined ? { since: clock.now(), positions: await documents.tail.start(access, index) } : parseCursor(cursor)
    if (open >= MAX_TAILS)
      throw new ElkhornError('es_rejected_execution_exception', 429, `[${MAX_TAILS}] live tails are open already`)

    reply.hijack()
    const response = reply.raw
    const gone = new AbortController()
    response.once('close', () => gone.abort(new Error('the page has gone')))
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const sink = eventStream(response)
    open += 1
    try {
      await sink.send('heartbeat', '{}', encodeCursor(start))
      const current = (): IndexAccess => guard.signedIn(request).access
      await followTail({
        port: documents.tail,
        access: current,
        index,
        query,
        documents: wantsDocuments,
        start,
        sink,
        signal: gone.signal,
      })
    } catch (error) {
      if (!gone.signal.aborted) {
        if (!(error instanceof ElkhornError)) log.error({ error, index }, 'live tail failed')
        await sink.send('error', JSON.stringify(wireError(error)))
      }
    } finally {
      open -= 1
      response.end()
    }
  })
}

/** Server-sent events on a response. `send` waits while the page does not read. */
function eventStream(response: ServerResponse): TailSink {
  return {
    async send(event, json, id) {
      if (response.destroyed) return
      const lines = [...(id === undefined ? [] : [`id: ${id}`]), `event: ${event}`, `data: ${json}`, '', '']
      if (response.write(lines.join('\n'))) return
      await new Promise<void>((resolve) => {
        const done = (): void => {
          response.off('drain', done)
          response.off('close', done)
          resolve()
        }
        response.once('drain', done)
        response.once('close', done)
      })
    },
  }
}
