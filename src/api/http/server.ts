import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { nobodyAccess, requireCluster, requireSomewhere, type Access } from '../../core/access.ts'
import { clusterActions, type ClusterAction } from '../../core/actions.ts'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Log } from '../../core/log.ts'
import { parseRequestJson } from '../../core/request-json.ts'
import type { Service } from '../../core/service.ts'
import type { TlsIdentity } from '../../core/tls.ts'
import { errorBody, toElkhornError } from './error-json.ts'
import { parsePathFilter } from './filter-path.ts'
import { closeLingering } from './lingering-close.ts'
import { checkContentType, chooseFormat, type ResponseFormat } from './media-type.ts'
import { parseQueryString, QueryParams } from './query-params.ts'
import { readBody } from './read-body.ts'
import { renderAnswer } from './render-answer.ts'
import type { Answer, ApiRequest, Method, Route } from './route.ts'
import { parseYamlBody } from './yaml-body.ts'

/** Where a request came from: `request` is `GET /logs-*\/_search`. */
export interface RequestOrigin {
  readonly address: string
  readonly request: string
}

export interface Authenticates {
  /** Tells who asks. @throws ElkhornError `security_exception` (401) */
  authenticate(authorization: string | undefined, origin: RequestOrigin): Promise<{ readonly access: Access }>
  /** Hears of every request that was refused to somebody who is known (403). */
  refused(access: Access, reason: string, origin: RequestOrigin): void
}

export interface ApiServerOptions<Context> {
  readonly routes: readonly Route<Context>[]
  readonly context: Context
  readonly security: Authenticates
  readonly host: string
  /** 0 takes a free one: see `port` once it has started. */
  readonly port: number
  readonly log: Log
  /** Largest body of a request, packed or unpacked. Elasticsearch's `http.max_content_length`, 100 MB. */
  readonly maxBodyBytes?: number
  /** With it the server speaks TLS only. */
  readonly tls?: TlsIdentity | undefined
}

export interface ApiServer extends Service {
  readonly port: number
}

const DEFAULT_MAX_BODY_BYTES = 100 * 1024 * 1024
/** Shorter answers are not worth packing. */
const MIN_GZIP_BYTES = 1024
/** Longest `_id` is 512 bytes, each of which may be three characters of a path. */
const MAX_PART_LENGTH = 4096

const MAX_HEADER_BYTES = 64 * 1024

const gzipAsync = promisify(gzip)

/** The HTTP server of Elasticsearch's REST API: reads requests, checks them against the route tables, prints answers. */
export function createApiServer<Context>(options: ApiServerOptions<Context>): ApiServer {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: MAX_PART_LENGTH,
      querystringParser: () => ({}),
    },
    forceCloseConnections: true,
    // Bulk requests may take their time; the body has its limit.
    requestTimeout: 0,
    keepAliveTimeout: 65_000,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    // Paths that cannot be decoded.
    frameworkErrors: (error, request, reply) => {
      reply.raw.setHeader('X-elastic-product', 'Elasticsearch')
      void sendError(request, reply, badRequest(error), jsonFormat)
    },
    ...httpsOptions(options.tls),
  })
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.addHttpMethod('HEAD', { hasBody: true, overrideExisting: true })
  // Bodies are read by `readBody`, only where a route wants them.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeader('X-elastic-product', 'Elasticsearch')
    const opaqueId = request.headers['x-opaque-id']
    if (opaqueId !== undefined) reply.raw.setHeader('X-Opaque-Id', opaqueId)
    done()
  })
  for (const route of options.routes) register(app, route, options)
  app.setNotFoundHandler((request, reply) => answerUnknown(request, reply, options.routes))
  app.setErrorHandler((error, request, reply) =>
    sendError(request, reply, badRequest(error, request.headers['content-type']), jsonFormat),
  )
  let port = options.port
  return {
    name: 'api',
    get port() {
      return port
    },
    async start() {
      await app.listen({ host: options.host, port: options.port })
      const address = app.server.address()
      if (typeof address === 'object' && address !== null) port = address.port
    },
    stop: () => app.close(),
  }
}

/** Fastify's types tell a server with TLS from one without; nothing here depends on which it is. */
const httpsOptions = (tls: TlsIdentity | undefined): object =>
  tls ? { https: { cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2', maxHeaderSize: MAX_HEADER_BYTES } } : {}

const jsonFormat: ResponseFormat = { kind: 'json', contentType: 'application/json' }

function badRequest(error: unknown, contentType?: string): ElkhornError {
  const { statusCode, code } = error as { statusCode?: number; code?: string }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new ElkhornError('media_type_header_exception', 406, `Content-Type header [${contentType ?? ''}] is not supported`)
  }
  if (statusCode !== undefined && statusCode < 500) return illegalArgument(error instanceof Error ? error.message : String(error))
  return toElkhornError(error)
}

function register<Context>(app: FastifyInstance, route: Route<Context>, options: ApiServerOptions<Context>): void {
  for (const path of route.paths) {
    app.route({
      method: [...route.methods],
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      handler: (request, reply) => serve(request, reply, route, options),
    })
  }
}

async function serve<Context>(
  raw: FastifyRequest,
  reply: FastifyReply,
  route: Route<Context>,
  options: ApiServerOptions<Context>,
): Promise<FastifyReply> {
  let format = jsonFormat
  let access = nobodyAccess
  try {
    const query = parseQueryString(queryOf(raw))
    format = chooseFormat(raw.headers.accept, query.text('format'), route.plain === true)
    const path = pathOf(raw)
    const { action } = route
    if (action !== 'public') {
      access = (await options.security.authenticate(raw.headers.authorization, originOf(raw))).access
    }
    if (isClusterAction(action)) requireCluster(access, action)
    else if (action !== 'public') requireSomewhere(access, action)
    const body = await readBody(raw.raw, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)
    query.refuseUnknown(path, route.params ?? [])
    const request = apiRequest(raw, reply, { query, path, body, access })
    const answer = await route.handler(request, options.context)
    return await sendAnswer(raw, reply, answer, format, request)
  } catch (error) {
    if (error instanceof ElkhornError && error.status === 403) options.security.refused(access, error.reason, originOf(raw))
    if (reply.raw.destroyed) return reply
    if (!(error instanceof ElkhornError))
      options.log.error({ request: `${raw.method} ${pathOf(raw)}`, error: describe(error) }, 'a request failed')
    return sendError(raw, reply, toElkhornError(error), format.kind === 'text' ? jsonFormat : format)
  }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

const originOf = (raw: FastifyRequest): RequestOrigin => ({ address: raw.ip, request: `${raw.method} ${pathOf(raw)}` })

function isClusterAction(action: string): action is ClusterAction {
  return Object.hasOwn(clusterActions, action)
}

function queryOf(request: FastifyRequest): string {
  const mark = request.raw.url?.indexOf('?') ?? -1
  return mark < 0 ? '' : (request.raw.url ?? '').slice(mark + 1)
}

function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? '/'
  const mark = url.indexOf('?')
  return mark < 0 ? url : url.slice(0, mark)
}

function apiRequest(
  raw: FastifyRequest,
  reply: FastifyReply,
  {
    query,
    path,
    body,
    access,
  }: { readonly query: QueryParams; readonly path: string; readonly body: Buffer; readonly access: Access },
): ApiRequest {
  const parts = raw.params as Readonly<Record<string, string>>
  let controller: AbortController | undefined
  return {
    method: raw.method as Method,
    path,
    part: (name) => parts[name],
    query,
    body,
    json: () => parseBody(body, query, raw.headers['content-type']),
    access,
    address: raw.ip,
    get signal() {
      if (!controller) {
        const made = new AbortController()
        controller = made
        reply.raw.once('close', () => {
          if (!reply.raw.writableFinished) made.abort(new Error('the client went away'))
        })
      }
      return controller.signal
    },
    filter: parsePathFilter(query.list('filter_path')),
    header: (name) => {
      const value = raw.headers[name]
      return Array.isArray(value) ? value.join(',') : value
    },
  }
}

function parseBody(body: Buffer, query: QueryParams, contentType: string | undefined): JsonObject | undefined {
  const source = query.text('source')
  if (body.length === 0 && source === undefined) return undefined
  const isYaml =
    body.length > 0 ? checkContentType(contentType) === 'yaml' : query.text('source_content_type')?.includes('yaml') === true
  const text = body.length > 0 ? body.toString('utf8') : (source ?? '')
  if (text.trim() === '') return undefined
  const value: unknown = isYaml ? parseYamlBody(text) : parseRequestJson(text)
  if (!isJsonObject(value))
    throw new ElkhornError('parsing_exception', 400, 'Expected [START_OBJECT] but found something else', {
      details: { line: 1, col: 1 },
    })
  return value
}

async function sendAnswer(
  raw: FastifyRequest,
  reply: FastifyReply,
  answer: Answer,
  format: ResponseFormat,
  request: ApiRequest,
): Promise<FastifyReply> {
  reply.code(answer.status)
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value)
  if (raw.method === 'HEAD' || (answer.json === undefined && answer.text === undefined && answer.bytes === undefined)) {
    // A table's length is of no use to anybody, but the type is what clients check.
    reply.header('content-type', format.contentType)
    return reply.send()
  }
  const bytes = renderAnswer(answer, { format, pretty: request.query.boolean('pretty', false), filter: request.filter })
  reply.header('content-type', answer.headers?.['content-type'] ?? format.contentType)
  if (bytes.length >= MIN_GZIP_BYTES && acceptsGzip(raw)) {
    reply.header('content-encoding', 'gzip')
    reply.header('vary', 'accept-encoding')
    return reply.send(await gzipAsync(bytes, { level: constants.Z_BEST_SPEED }))
  }
  return reply.send(bytes)
}

function acceptsGzip(request: FastifyRequest): boolean {
  const header = request.headers['accept-encoding']
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return (
    /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))?/i.test(text) && !/gzip\s*;\s*q=0(?:\.0*)?\s*(?:,|$)/i.test(text)
  )
}

function sendError(raw: FastifyRequest, reply: FastifyReply, error: ElkhornError, format: ResponseFormat): FastifyReply {
  reply.code(error.status)
  reply.header('content-type', format.contentType)
  const { header } = error.details
  if (isJsonObject(header)) for (const [name, value] of Object.entries(header)) reply.header(name, value)
  // The rest of a body that is refused is not read.
  if (!raw.raw.complete) {
    reply.header('connection', 'close')
    closeLingering(raw.raw)
  }
  if (raw.method === 'HEAD') return reply.send()
  const query = safeQuery(raw)
  const json = errorBody(error, { trace: query.has('error_trace') && query.text('error_trace') !== 'false' })
  const filter = parsePathFilter(query.list('filter_path'))
  return reply.send(
    renderAnswer(
      { status: error.status, json },
      { format, pretty: query.has('pretty') && query.text('pretty') !== 'false', filter },
    ),
  )
}

function safeQuery(raw: FastifyRequest): QueryParams {
  try {
    return parseQueryString(queryOf(raw))
  } catch {
    // The error that is being answered is about this query string.
    return new QueryParams(new Map())
  }
}

/** No such path: 400. A path that other methods have: 405, naming them. OPTIONS: the methods. */
function answerUnknown<Context>(request: FastifyRequest, reply: FastifyReply, routes: readonly Route<Context>[]): FastifyReply {
  const path = pathOf(request)
  const uri = request.raw.url ?? path
  const methods = new Set(
    routes.filter((route) => route.paths.some((pattern) => matchesPath(pattern, path))).flatMap((route) => route.methods),
  )
  const allowed = [...methods].sort().join(',')
  if (request.method === 'OPTIONS' && methods.size > 0) return reply.code(200).header('allow', allowed).send()
  reply.header('content-type', 'application/json')
  if (methods.size === 0) {
    return reply.code(400).send(JSON.stringify({ error: `no handler found for uri [${uri}] and method [${request.method}]` }))
  }
  const error = `Incorrect HTTP method for uri [${uri}] and method [${request.method}], allowed: [${[...methods].sort().join(', ')}]`
  return reply
    .code(405)
    .header('allow', allowed)
    .send(JSON.stringify({ error, status: 405 }))
}

function matchesPath(pattern: string, path: string): boolean {
  const wanted = pattern.split('/').filter((part) => part !== '')
  const given = path.split('/').filter((part) => part !== '')
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith('{') || part === given[i])
}
