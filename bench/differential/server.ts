import { Agent, request } from 'node:http'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import type { GeneratedRequest } from '../requests/requests.ts'
import type { Answer } from './compare.ts'

/** A server that has not answered by then is said to have failed. */
const ANSWER_LIMIT_MILLIS = 30_000

/** One of the two servers that are asked. */
export class Server {
  readonly #url: URL
  readonly #authorization: string | undefined
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })

  /** @param auth `user:password` */
  constructor(url: string, auth?: string) {
    this.#url = new URL(url)
    this.#authorization = auth && `Basic ${Buffer.from(auth).toString('base64')}`
  }

  /** What pages show is put together: their hits, and the first page's other parts. */
  async ask(asked: Omit<GeneratedRequest, 'kind'>): Promise<Answer> {
    const first = await this.#send(asked)
    if (asked.follow === undefined || first.status >= 400) return first
    const pages = [first]
    for (let page = first; hitsOf(page).length > 0 && pages.length < MAX_PAGES;) {
      const next = nextPage(asked, page)
      if (next === undefined) break
      page = await this.#send(next)
      if (page.status >= 400) return page
      pages.push(page)
    }
    const id = scrollOf(first)
    if (id !== undefined) await this.#send({ method: 'DELETE', path: '/_search/scroll', body: { scroll_id: id } })
    return { status: first.status, json: { ...withoutHits(first), hits: { hits: pages.flatMap(hitsOf) } } }
  }

  #send({ method, path, body, lines }: Omit<GeneratedRequest, 'kind'>): Promise<Answer> {
    const text = lines ? lines.map((line) => `${JSON.stringify(line)}\n`).join('') : body && JSON.stringify(body)
    const headers = {
      ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
      ...(text === undefined
        ? {}
        : { 'content-type': lines ? 'application/x-ndjson' : 'application/json', 'content-length': Buffer.byteLength(text) }),
    }
    return new Promise((resolve, reject) => {
      const outgoing = request({
        host: this.#url.hostname,
        port: this.#url.port,
        method,
        path,
        headers,
        agent: this.#agent,
        timeout: ANSWER_LIMIT_MILLIS,
      })
      outgoing.on('timeout', () =>
        outgoing.destroy(new Error(`no answer within ${ANSWER_LIMIT_MILLIS} ms: ${method} ${path} ${text}`)),
      )
      // A server that hangs or is gone has failed: `compare` says so.
      outgoing.on('error', (error) => resolve({ status: 599, json: { error: { type: 'no_answer', reason: error.message } } }))
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 0, json: parse(Buffer.concat(chunks).toString()) }))
      })
      outgoing.end(text)
    })
  }

  /** @throws Error on a status of 400 or more */
  async call(method: string, path: string, body?: JsonObject): Promise<unknown> {
    const { status, json } = await this.ask({ method, path, ...(body === undefined ? {} : { body }) })
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json).slice(0, 500)}`)
    return json
  }

  close(): void {
    this.#agent.destroy()
  }
}

const MAX_PAGES = 12

function hitsOf({ json }: Answer): readonly JsonObject[] {
  return (json as { readonly hits?: { readonly hits?: readonly JsonObject[] } }).hits?.hits ?? []
}

const scrollOf = ({ json }: Answer): JsonValue | undefined => (json as JsonObject)['_scroll_id']

function withoutHits({ json }: Answer): object {
  const { _scroll_id: _id, hits: _hits, ...rest } = json as JsonObject
  return rest
}

function nextPage(asked: Omit<GeneratedRequest, 'kind'>, page: Answer): Omit<GeneratedRequest, 'kind'> | undefined {
  const { method, path, body } = asked
  if (asked.follow === 'scroll') {
    const id = scrollOf(page)
    return id === undefined ? undefined : { method, path: '/_search/scroll', body: { scroll_id: id, scroll: '1m' } }
  }
  const after = hitsOf(page).at(-1)?.['sort']
  return after === undefined ? undefined : { method, path, body: { ...body, search_after: after } }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
