import {
  constants,
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { TlsOptions } from 'node:tls'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { Event } from '../../core/event.ts'
import {
  GRPC_STATUS,
  GrpcError,
  PREFIX_BYTES,
  parseMessage,
  printMessage,
  printStatusMessage,
  refusalOfStart,
} from '../../protocols/grpc/messages.ts'
import type { EventSink } from '../plugin.ts'
import type { Receiver } from './listening-input.ts'

/** What an exporter does at once; more wait on its side. */
const MAX_CALLS_PER_CONNECTION = 64
const MAX_HEADER_BYTES = 16 * 1024
/** A message that is not whole after so long does not come any more. */
const MESSAGE_TIMEOUT_MS = 120_000
/** Messages of this many times the largest size may be on their way in together. */
const MAX_MESSAGES_AT_ONCE = 4
/** A connection without a call. Exporters connect anew by themselves. */
const IDLE_TIMEOUT_MS = 10 * 60_000

const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) }
const ENCODINGS = `identity,${Object.keys(decompressors).join(',')}`

export interface GrpcCalls {
  /** Both as it travels and decompressed. */
  readonly maxMessageBytes: number
  /** Whether the caller may call. */
  isLetIn(headers: IncomingHttpHeaders): boolean
  /** What a method makes of its message, and what it answers once the events are kept; `undefined`: there is no such method. */
  method(path: string): ((message: Buffer) => { readonly events: readonly Event[]; readonly answer: Uint8Array }) | undefined
  sink(): EventSink | undefined
}

/** A server of unary gRPC calls that makes events of messages, and answers once they are kept. */
export function createGrpcReceiver(calls: GrpcCalls, tls?: TlsOptions): Receiver {
  const settings = { maxConcurrentStreams: MAX_CALLS_PER_CONNECTION, maxHeaderListSize: MAX_HEADER_BYTES }
  const server: Http2Server =
    tls === undefined ? createServer({ settings }) : createSecureServer({ ...tls, settings, ALPNProtocols: ['h2'] })
  const readBody = bodyReader(calls.maxMessageBytes)
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions.add(session)
    session.setTimeout(IDLE_TIMEOUT_MS, () => session.close())
    session.on('close', () => sessions.delete(session))
    session.on('error', () => session.destroy())
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => stream.close(constants.NGHTTP2_CANCEL))
    if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
      stream.respond({ ':status': 415 }, { endStream: true })
      return
    }
    call(stream, headers, calls, readBody).then(
      (answer) => respond(stream, GRPC_STATUS.ok, '', answer),
      (error: unknown) => {
        const { status, message } = error instanceof GrpcError ? error : { status: GRPC_STATUS.internal, message: String(error) }
        respond(stream, status, message)
      },
    )
  })
  return {
    server,
    endConnections: () => {
      for (const session of sessions) session.close()
    },
    destroyConnections: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

function respond(stream: ServerHttp2Stream, status: number, message: string, answer?: Uint8Array): void {
  if (stream.destroyed || stream.headersSent) return
  const trailers = { 'grpc-status': String(status), ...(message !== '' && { 'grpc-message': printStatusMessage(message) }) }
  const head = { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': ENCODINGS }
  if (answer === undefined) {
    stream.respond({ ...head, ...trailers }, { endStream: true })
    // What is still on its way of a message that was refused is not wanted.
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR)
    return
  }
  stream.on('wantTrailers', () => stream.sendTrailers(trailers))
  stream.respond(head, { waitForTrailers: true })
  stream.end(printMessage(answer))
}

/** Resolves to the answer once the events of a call are kept. @throws GrpcError */
async function call(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  calls: GrpcCalls,
  readBody: (stream: ServerHttp2Stream) => Promise<Buffer>,
): Promise<Uint8Array> {
  const path = headers[':path'] ?? ''
  if (!calls.isLetIn(headers)) throw new GrpcError(GRPC_STATUS.unauthenticated, 'a user name and a password are needed')
  const method = calls.method(path)
  if (method === undefined) throw new GrpcError(GRPC_STATUS.unimplemented, `there is no method [${path}]`)
  const { compressed, bytes } = parseMessage(await readBody(stream), calls.maxMessageBytes)
  const encoding = headers['grpc-encoding']
  const message = compressed ? await decompress(bytes, String(encoding ?? 'identity'), calls.maxMessageBytes) : bytes
  const sink = calls.sink()
  if (sink === undefined) throw new GrpcError(GRPC_STATUS.unavailable, 'the pipeline stops')
  const { events, answer } = method(message)
  await new Promise<void>((resolve, reject) => {
    sink.push(events, (error) => {
      if (error === undefined) resolve()
      else reject(new GrpcError(GRPC_STATUS.unavailable, 'the events could not be stored: send them again'))
    })
  })
  return answer
}

/** Reads bodies, all of them together within a bound: callers on many streams cannot fill the memory. */
function bodyReader(maxMessageBytes: number): (stream: ServerHttp2Stream) => Promise<Buffer> {
  const maxHeldBytes = MAX_MESSAGES_AT_ONCE * (PREFIX_BYTES + maxMessageBytes)
  let heldBytes = 0
  return async (stream) => {
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), MESSAGE_TIMEOUT_MS)
    const parts: Buffer[] = []
    let start: Buffer = Buffer.alloc(0)
    let lengthBytes = 0
    try {
      for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        parts.push(part)
        lengthBytes += part.length
        heldBytes += part.length
        if (start.length < PREFIX_BYTES) start = Buffer.concat([start, part])
        const refused = refusalOfStart(start, lengthBytes, maxMessageBytes)
        if (refused !== undefined) throw refused
        if (heldBytes > maxHeldBytes) throw new GrpcError(GRPC_STATUS.unavailable, 'too much comes in at once: send it again')
      }
    } finally {
      clearTimeout(timer)
      heldBytes -= lengthBytes
    }
    return Buffer.concat(parts, lengthBytes)
  }
}

async function decompress(bytes: Buffer, encoding: string, maxOutputLength: number): Promise<Buffer> {
  const decompressor = Object.hasOwn(decompressors, encoding) ? decompressors[encoding as keyof typeof decompressors] : undefined
  if (decompressor === undefined)
    throw new GrpcError(GRPC_STATUS.unimplemented, `grpc-encoding [${encoding}] is not known: ${ENCODINGS} are`)
  try {
    return await decompressor(bytes, { maxOutputLength })
  } catch (error) {
    if (error instanceof RangeError)
      throw new GrpcError(GRPC_STATUS.resourceExhausted, `the message is larger than ${maxOutputLength} bytes once decompressed`)
    throw new GrpcError(GRPC_STATUS.invalidArgument, `the message is not ${encoding}`)
  }
}
