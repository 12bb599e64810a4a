import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { ElkhornError, illegalArgument } from '../../core/errors.ts'

const gunzipAsync = promisify(gunzip)
const inflateAsync = promisify(inflate)

/**
 * Reads a request's body whole, unpacked where it is packed (which happens on the thread pool).
 * @throws ElkhornError 413 for more than `limit` bytes, packed or not; 400 for a body that is cut or broken
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > limit) throw tooLarge(declared, limit)
  const packed = await collect(request, declared, limit)
  const encoding = request.headers['content-encoding']?.toLowerCase()
  if (encoding === undefined || encoding === 'identity' || packed.length === 0) return packed
  if (encoding !== 'gzip' && encoding !== 'x-gzip' && encoding !== 'deflate') {
    throw illegalArgument(`content-encoding [${encoding}] is not supported, use [gzip] or [deflate]`)
  }
  try {
    return await (encoding === 'deflate' ? inflateAsync : gunzipAsync)(packed, { maxOutputLength: limit })
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(undefined, limit)
    throw illegalArgument(`the body is no complete [${encoding}] data: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function collect(request: IncomingMessage, declared: number, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One buffer of the declared length: nothing is copied twice.
    const whole = declared > 0 ? Buffer.allocUnsafeSlow(declared) : undefined
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      if (length + chunk.length > (whole ? declared : limit)) {
        request.removeAllListeners('data')
        request.pause()
        reject(tooLarge(undefined, limit))
        return
      }
      if (whole) chunk.copy(whole, length)
      else chunks.push(chunk)
      length += chunk.length
    })
    request.on('end', () => resolve(whole ? whole.subarray(0, length) : Buffer.concat(chunks)))
    request.on('error', reject)
    request.on('close', () => {
      if (!request.complete) reject(illegalArgument(`the connection was closed in the middle of the body, after ${length} bytes`))
    })
  })
}

function tooLarge(length: number | undefined, limit: number): ElkhornError {
  return new ElkhornError(
    'content_too_long_exception',
    413,
    `entity content is too long${length === undefined ? '' : ` [${length}]`} for the configured buffer limit [${limit}]`,
  )
}
