import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly text: string
}

/** One HTTP server that speaks Elasticsearch's API, over connections that stay open. */
export class HttpClient {
  readonly #url: URL
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  readonly #authorization: string | undefined

  constructor(url: string, auth: string | undefined) {
    this.#url = new URL(url)
    this.#authorization = auth && `Basic ${Buffer.from(auth).toString('base64')}`
  }

  /** @throws Error on a status of 400 or more */
  async call(method: string, path: string, body?: string | Buffer, type = 'application/json'): Promise<Answer> {
    const answer = await this.#send(method, path, body, type)
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`)
    return answer
  }

  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    return JSON.parse((await this.call(method, path, body === undefined ? undefined : JSON.stringify(body))).text)
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(method: string, path: string, body: string | Buffer | undefined, type: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(this.#authorization === undefined ? {} : { authorization: this.#authorization }),
        ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      }
      const outgoing = request({ host: this.#url.hostname, port: this.#url.port, method, path, headers, agent: this.#agent })
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }))
      })
      outgoing.end(body)
    })
  }
}
