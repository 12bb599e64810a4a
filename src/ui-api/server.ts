import { fastify } from 'fastify'
import type { FastifyInstance } from 'fastify'
import { ElkhornError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Clock } from '../core/time.ts'
import type { Service } from '../core/service.ts'
import type { TlsIdentity } from '../core/tls.ts'
import { registerAssets } from './asset-routes.ts'
import { loadAssets } from './assets.ts'
import type { Assets } from './assets.ts'
import { registerCsvRoutes } from './csv-routes.ts'
import { registerFieldsRoutes } from './fields-routes.ts'
import type { Authenticator } from '../security/authenticator.ts'
import { createGuard, refuseForgery, SECURITY_HEADERS } from './guard.ts'
import type { DocumentsPort } from './ports.ts'
import { registerQueryRoutes } from './query-routes.ts'
import { registerSavedObjectRoutes } from './saved-object-routes.ts'
import type { SavedObjects } from './saved-objects.ts'
import { registerSessionRoutes } from './session-routes.ts'
import { registerTailRoutes } from './tail-routes.ts'
import { wireError } from './wire-error.ts'

/** Bodies are queries and dashboards, never documents. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

export interface UiServerOptions {
  readonly host: string
  readonly port: number
  /** Folder with the built pages. */
  readonly pages: string
  readonly documents: DocumentsPort
  readonly authenticator: Authenticator
  readonly objects: SavedObjects
  readonly version: string
  readonly clock: Clock
  readonly log: Log
  /** With it the server speaks TLS only. */
  readonly tls?: TlsIdentity | undefined
}

export interface UiServer extends Service {
  /** The port it listens on, once started. */
  readonly port: number
}

/** What the pages are made of and what they ask, on port 5601. */
export function createUiServer(options: UiServerOptions): UiServer {
  let app: FastifyInstance | undefined
  let port = options.port
  return {
    name: 'pages',
    get port() {
      return port
    },
    async start() {
      app = build(options, await loadAssets(options.pages))
      try {
        await app.listen({ host: options.host, port: options.port })
      } catch (cause) {
        const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE'
        throw new Error(
          taken
            ? `ui.port ${options.port} on ${options.host} is taken`
            : `the pages cannot listen on ${options.host}:${options.port}`,
          { cause },
        )
      }
      const address = app.server.address()
      if (address !== null && typeof address === 'object') port = address.port
    },
    async stop() {
      await app?.close()
      app = undefined
    },
  }
}

function build(options: UiServerOptions, assets: Assets): FastifyInstance {
  const { documents, authenticator, objects, version, clock, log, tls } = options
  // Tails and open searches never end by themselves: a stop must not wait for them.
  const https = tls ? { https: { cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' } } : {}
  const app: FastifyInstance = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    trustProxy: false,
    ...(https as object),
  })
  const guard = createGuard(authenticator)

  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(SECURITY_HEADERS)
    if (request.url.startsWith('/_ui/')) void reply.header('cache-control', 'no-store')
    refuseForgery(request)
  })
  app.setErrorHandler(async (error, request, reply) => {
    const known = asElkhornError(error)
    // A page that goes away in the middle of its answer is nobody's fault.
    const left = reply.raw.destroyed || request.raw.destroyed
    if (known === undefined && !left) log.error({ error, path: request.url.split('?', 1)[0] }, 'request of a page failed')
    const answer = wireError(known ?? error)
    return reply.code(answer.status).type('application/json').send({ error: answer })
  })
  app.setNotFoundHandler(async (request, reply) => {
    const reason = `there is nothing at [${request.method} ${request.url.split('?', 1)[0]}]`
    return reply.code(404).send({ error: { type: 'resource_not_found_exception', status: 404, reason } })
  })

  registerSessionRoutes(app, { authenticator, guard, version })
  registerQueryRoutes(app, { documents, guard, log })
  registerFieldsRoutes(app, { documents, guard })
  registerTailRoutes(app, { documents, guard, clock, log })
  registerCsvRoutes(app, { documents, guard })
  registerSavedObjectRoutes(app, { objects, guard })
  app.get('/_ui/*', (_request, reply) => reply.callNotFound())
  registerAssets(app, assets)
  return app
}

/** Fastify's own complaints (a body that is no JSON, one that is too long) are the caller's too. */
function asElkhornError(error: unknown): ElkhornError | undefined {
  if (error instanceof ElkhornError) return error
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined
  if (error.statusCode < 400 || error.statusCode > 499) return undefined
  return new ElkhornError('illegal_argument_exception', error.statusCode, error.message)
}
