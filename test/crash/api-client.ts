/** Where a started Elkhorn answers, and what its process is. */
export interface CrashTarget {
  readonly url: string
  /** Value of an `Authorization` header. */
  readonly authorization: string
  readonly pid: number
}

/** Calls the REST API; a string is sent as bulk lines, everything else as JSON. */
export class ApiClient {
  readonly #target: CrashTarget

  constructor(target: CrashTarget) {
    this.#target = target
  }

  /** @throws Error on a status of 300 or more, `TypeError` when the connection breaks */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, authorization } = this.#target
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const type = typeof body === 'string' ? 'application/x-ndjson' : 'application/json'
    const answer = await fetch(url + path, {
      method,
      headers: { authorization, ...(text === undefined ? {} : { 'content-type': type }) },
      ...(text === undefined ? {} : { body: text }),
    })
    const answered = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${answered.slice(0, 500)}`)
    return JSON.parse(answered)
  }
}
