import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import { createGunzip, createInflate } from 'node:zlib'
import type { Event } from '../../core/event.ts'
import { reasonOf } from '../../core/reason.ts'
import type { EventSink } from '../plugin.ts'

interface Refusal {
  readonly status: number
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpRequests {
  readonly maxBodyBytes: number
  /** Why a request is not let in: a status and what is said. */
  refuse?(request: IncomingMessage): Refusal | undefined | Promise<Refusal | undefined>
  /** Events out of a body. */
  decode(body: Buffer, request: IncomingMessage): readonly Event[]
  readonly okStatus: number
  readonly okHeaders: Readonly<Record<string, string>>
  /** What the answer says instead of `ok`. */
  okBody?(request: IncomingMessage): { readonly body: string | Buffer; readonly type: string }
  /** `false`: bodies are left as they came, whatever `content-encoding` says. */
  readonly contentEncoding?: boolean
  sink(): EventSink | undefined
}

/** A server that makes events of what is posted, and answers once they are kept. */
export function createHttpReceiver(options: HttpRequests, tls?: TlsOptions): Server {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    receive(request, response, options).catch(() => request.destroy())
  }
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle)
  server.headersTimeout = 20_000
  server.requestTimeout = 120_000
  return server
}

async function receive(request: IncomingMessage, response: ServerResponse, options: HttpRequests): Promise<void> {
  const answer = (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body), ...headers })
    response.end(body)
  }
  const refused = await options.refuse?.(request)
  if (refused !== undefined) {
    request.resume()
    answer(refused.status, refused.text, refused.headers)
    return
  }
  const body = await readBody(request, options.maxBodyBytes, options.contentEncoding ?? true)
  if (typeof body === 'number') {
    answer(body, body === 413 ? `the body is larger than ${options.maxBodyBytes} bytes` : 'the body cannot be decompressed', {
      connection: 'close',
    })
    return
  }
  const sink = options.sink()
  if (sink === undefined) {
    answer(503, 'the pipeline stops')
    return
  }
  let events: readonly Event[]
  try {
    events = body.length === 0 ? [] : options.decode(body, request)
  } catch (error) {
    answer(400, `the body cannot be read: ${reasonOf(error)}`)
    return
  }
  // A request is answered when its events are kept: a client that waits for that is slowed down by itself.
  sink.push(events, (error) => {
    if (error === undefined) {
      const { body: said, type } = options.okBody?.(request) ?? { body: options.okStatus === 204 ? '' : 'ok', type: 'text/plain' }
      answer(options.okStatus, said, { 'content-type': type, ...options.okHeaders })
    } else answer(503, 'the events could not be stored: send them again')
  })
}

/** The body, decompressed; or the status of the refusal. */
async function readBody(request: IncomingMessage, maxBytes: number, decode: boolean): Promise<Buffer | 413 | 400> {
  const encoding = decode ? (request.headers['content-encoding'] ?? 'identity') : 'identity'
  const stream =
    encoding === 'gzip' ? request.pipe(createGunzip()) : encoding === 'deflate' ? request.pipe(createInflate()) : request
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      length += part.length
      if (length > maxBytes) return 413
      parts.push(part)
    }
  } catch {
    return 400
  }
  return Buffer.concat(parts, length)
}

/** The answer to who gives no user name, or a wrong one. */
export const unauthorized = {
  status: 401,
  text: 'a user name and a password are needed',
  headers: { 'www-authenticate': 'Basic realm="elkhorn"' },
}

/** Whether a request has the user name and password that are asked for, where they are. */
export function isLetIn(
  { headers }: { readonly headers: IncomingHttpHeaders },
  { user, password: secret }: { user?: string | undefined; password?: string | undefined },
): boolean {
  if (user === undefined) return true
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Basic ${Buffer.from(`${user}:${secret ?? ''}`).toString('base64')}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
