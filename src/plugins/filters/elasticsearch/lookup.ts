import { readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { PluginContext } from '../../context.ts'
import { parseHosts, type HostAddress } from '../../outputs/elasticsearch/hosts.ts'
import type { LookupConfig } from './elasticsearch.ts'

/** The part of an answer of `_search` that a lookup reads. */
export interface SearchAnswer {
  readonly hits?: { readonly hits?: readonly SearchHit[] }
  readonly aggregations?: Readonly<Record<string, unknown>>
}

interface SearchHit {
  readonly _source?: Readonly<Record<string, unknown>>
  readonly [name: string]: unknown
}

export interface Lookup {
  /** @throws Error that says why there is no answer */
  search(index: string, body: object): Promise<SearchAnswer>
}

const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** The local store where a host means this program, else the cluster. */
export async function openLookup(options: LookupConfig, { hosts, platform }: PluginContext): Promise<Lookup> {
  const addresses = parseHosts({ hosts: options.hosts, ssl_enabled: options.ssl_enabled, path: undefined, port: undefined })
  if (addresses.some(({ host, port }) => hosts.isStore(host, port))) {
    return {
      async search(index, body) {
        if (platform.search === undefined) throw new Error('there is no store')
        return (await platform.search({ index, body })) as SearchAnswer
      },
    }
  }
  const authorities = await Promise.all(options.ssl_certificate_authorities.map((file) => readFile(file)))
  let turn = 0
  return {
    async search(index, body) {
      for (let attempt = 0; ; attempt++) {
        const address = addresses[turn++ % addresses.length]
        if (address === undefined) throw new Error('there is no host')
        try {
          const { status, text } = await post(
            address,
            `/${encodeURIComponent(index)}/_search`,
            JSON.stringify(body),
            options,
            authorities,
          )
          if (status < 300) return JSON.parse(text) as SearchAnswer
          if (attempt >= options.retry_on_failure || !options.retry_on_status.includes(String(status)))
            throw new Error(`the cluster answers ${status}: ${text.slice(0, 300)}`)
        } catch (error) {
          if (attempt >= options.retry_on_failure) throw error
        }
      }
    },
  }
}

function post(
  { protocol, host, port, path }: HostAddress,
  route: string,
  body: string,
  options: LookupConfig,
  authorities: readonly Buffer[],
): Promise<{ readonly status: number; readonly text: string }> {
  const send = protocol === 'https' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = send(
      {
        host: host.replace(/^\[|\]$/g, ''),
        port,
        path: path + route,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization(options), ...options.custom_headers },
        timeout: TIMEOUT_MS,
        ...(authorities.length > 0 && { ca: [...authorities] }),
        ...(options.ssl_verification_mode === 'none' && { rejectUnauthorized: false }),
      },
      (response) => {
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > MAX_ANSWER_BYTES) request.destroy(new Error(`the answer is longer than ${MAX_ANSWER_BYTES} bytes`))
          else chunks.push(chunk)
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
        response.on('error', reject)
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}

function authorization({ user, password, api_key: key }: LookupConfig): Record<string, string> {
  if (key !== undefined) return { authorization: `ApiKey ${key.includes(':') ? Buffer.from(key).toString('base64') : key}` }
  if (user === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` }
}
