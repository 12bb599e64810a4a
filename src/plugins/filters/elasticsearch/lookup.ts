import { readFile } from 'node:fs/promises'
import type { PluginContext } from '../../context.ts'
import { sendHttp } from '../../http-client.ts'
import { clusterAuthorization } from '../../outputs/elasticsearch/login.ts'
import { parseHosts } from '../../outputs/elasticsearch/hosts.ts'
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
  const addresses = parseHosts(options)
  if (addresses.some(({ host, port }) => hosts.isStore(host, port))) {
    return {
      async search(index, body) {
        if (platform.search === undefined) throw new Error('there is no store')
        return (await platform.search({ index, body })) as SearchAnswer
      },
    }
  }
  const tls = {
    ca: await Promise.all(options.ssl_certificate_authorities.map((file) => readFile(file))),
    rejectUnauthorized: options.ssl_verification_mode !== 'none',
  }
  let turn = 0
  return {
    async search(index, body) {
      for (let attempt = 0; ; attempt++) {
        const address = addresses[turn++ % addresses.length]
        if (address === undefined) throw new Error('there is no host')
        try {
          const { status, body: answer } = await sendHttp({
            url: new URL(
              `${address.protocol}://${address.host}:${address.port}${address.path}/${encodeURIComponent(index)}/_search`,
            ),
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              ...clusterAuthorization(options, address),
              ...options.custom_headers,
            },
            body: JSON.stringify(body),
            timeoutMs: TIMEOUT_MS,
            maxAnswerBytes: MAX_ANSWER_BYTES,
            tls,
          })
          const text = answer.toString('utf8')
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
