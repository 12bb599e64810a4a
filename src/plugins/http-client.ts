import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { createGunzip, createInflate } from 'node:zlib'

export interface HttpRequest {
  readonly url: URL
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
  /** A longer answer is an error. */
  readonly maxAnswerBytes: number
  readonly tls?: HttpTls
  readonly signal?: AbortSignal
}

export interface HttpTls {
  readonly ca?: readonly Buffer[]
  readonly cert?: Buffer
  readonly key?: Buffer
  /** Key and certificate in one (PKCS #12), instead of `cert` and `key`. */
  readonly pfx?: Buffer
  readonly passphrase?: string
  readonly rejectUnauthorized?: boolean
}

export interface HttpAnswer {
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** One request over HTTP or HTTPS, its answer decompressed. @throws Error when there is no whole answer in time */
export function sendHttp({
  url,
  method,
  headers,
  body,
  timeoutMs,
  maxAnswerBytes,
  tls,
  signal,
}: HttpRequest): Promise<HttpAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        method,
        timeout: timeoutMs,
        headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
        ...(signal !== undefined && { signal }),
        ...(tls?.ca !== undefined && tls.ca.length > 0 && { ca: [...tls.ca] }),
        ...(tls?.cert !== undefined && { cert: tls.cert }),
        ...(tls?.key !== undefined && { key: tls.key }),
        ...(tls?.pfx !== undefined && { pfx: tls.pfx }),
        ...(tls?.passphrase !== undefined && { passphrase: tls.passphrase }),
        ...(tls?.rejectUnauthorized === false && { rejectUnauthorized: false }),
      },
      (response) => {
        const encoding = response.headers['content-encoding']
        const stream =
          encoding === 'gzip' ? response.pipe(createGunzip()) : encoding === 'deflate' ? response.pipe(createInflate()) : response
        const chunks: Buffer[] = []
        let length = 0
        stream.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > maxAnswerBytes) request.destroy(new Error(`the answer is longer than ${maxAnswerBytes} bytes`))
          else chunks.push(chunk)
        })
        stream.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            message: response.statusMessage ?? '',
            headers: Object.fromEntries(
              Object.entries(response.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
            ),
            body: Buffer.concat(chunks, length),
          }),
        )
        stream.on('error', reject)
        response.on('error', reject)
        response.on('aborted', () => reject(new Error('the answer was cut off')))
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}

/** The header of basic authentication. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
