import { Agent, request as httpRequest } from 'node:http'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { ProcessTree } from '../harness/processes.ts'
import { Random } from '../requests/random.ts'
import { filling, makeWorld, type World } from '../requests/world.ts'
import { exampleFilling } from './example-world.ts'
import { Handles } from './handles.ts'
import { Server } from '../differential/server.ts'
import { hostileRequest, type HostileRequest } from './hostile-request.ts'

export interface FuzzTarget {
  readonly url: string
  /** `user:password` */
  readonly auth: string
  /** Of Elkhorn's main process. */
  readonly pid: number
}

export interface Failure {
  readonly request: HostileRequest
  /** What happened instead of an answer that a client can do something with. */
  readonly what: string
}

export interface FuzzResult {
  readonly requests: number
  /** Answers by their status. */
  readonly statuses: ReadonlyMap<number, number>
  readonly failures: readonly Failure[]
  /** Requests that took more than `SLOW_CPU_SECONDS` of the server's CPU, asked alone. */
  readonly slow: readonly Failure[]
  /** Resident bytes of all processes after the first requests, and at the end. */
  readonly memory: { readonly before: number; readonly after: number }
}

export interface RunOptions {
  readonly requests: number
  readonly seed: number
  /** Begins here, as if it had sent all before: a multiple of `WORLD_REQUESTS`. */
  readonly from?: number
  progress?(line: string): void
  /** Told of each failure and each slow request as soon as it is found. */
  found?(kind: 'failed' | 'slow', one: Failure): void
}

/** Requests to one index before it is made anew: what mutated writes leave would pile up otherwise. */
export const WORLD_REQUESTS = 400
/** Asked at the same time. */
const WORKERS = 4
const SLOW_CPU_SECONDS = 2
/** An answer that takes longer is looked at again, alone. */
const SUSPECT_MILLIS = 2_000
/** Some wait on purpose (`wait_for_status`, `timeout`); nothing waits longer. */
const ANSWER_LIMIT_MILLIS = 90_000
/** After so many requests caches and pools are as large as they get. */
const WARM_UP = 0.2
/** What resident memory may grow by from then on: garbage that is not collected yet, and arenas of the engine's allocator. */
export const MEMORY_GROWTH_BYTES = 400 * 1024 * 1024
const MAX_FAILURES = 200
/** Answers of 500 and more that Elasticsearch gives as well, to those who ask for no time, for more copies than there are nodes, or to fail. */
const AS_ELASTICSEARCH = /"(?:unavailable_shards|search_timeout|fail_processor)_exception"/

/** Sends random hostile requests; every one must be answered, without a fault of the server's own. */
export async function runFuzz(target: FuzzTarget, options: RunOptions): Promise<FuzzResult> {
  const server = new Server(target.url, target.auth)
  const client = new HostileClient(target)
  const processes = new ProcessTree([target.pid])
  const statuses = new Map<number, number>()
  const failures: Failure[] = []
  const slow: Failure[] = []
  const fail = (failure: Failure): void => {
    failures.push(failure)
    options.found?.('failed', failure)
  }
  const engine = childrenOf(target.pid).join(',')
  let before = 0
  let ended = false
  const latest: HostileRequest[] = []
  let sent = options.from ?? 0
  try {
    while (sent < options.requests && failures.length < MAX_FAILURES) {
      const random = new Random(`fuzz ${options.seed}/${sent}`)
      const world = makeWorld(random, 'fuzz')
      const handles = new Handles()
      await makeAnew(server, world, random)
      const suspects: HostileRequest[] = []
      const end = Math.min(options.requests, sent + WORLD_REQUESTS)
      await Promise.all(
        Array.from({ length: WORKERS }, async (_, worker) => {
          const own = new Random(`fuzz ${options.seed}/${sent}/${worker}`)
          while (!ended && sent < end && failures.length < MAX_FAILURES) {
            sent++
            const request = hostileRequest({ random: own, world, handles })
            latest.push(request)
            if (latest.length > 2 * WORKERS) latest.shift()
            const { status, text, ms } = await client.send(request)
            handles.note(text)
            statuses.set(status, (statuses.get(status) ?? 0) + 1)
            if (!existsSync(`/proc/${target.pid}`)) ended = true
            if (ended) return
            if (status === 0 || (status >= 500 && !AS_ELASTICSEARCH.test(text)))
              fail({ request, what: `${status} ${text.slice(0, 500)}` })
            if (ms > SUSPECT_MILLIS) suspects.push(request)
          }
        }),
      )
      if (ended) {
        for (const request of latest) fail({ request, what: 'one of the last requests before the process ended' })
        break
      }
      for (const request of suspects) {
        const cpu = processes.cpuSeconds()
        await client.send(request)
        const seconds = processes.cpuSeconds() - cpu
        if (seconds <= SLOW_CPU_SECONDS) continue
        const one = { request, what: `${seconds.toFixed(1)} s of CPU` }
        slow.push(one)
        options.found?.('slow', one)
      }
      const now = childrenOf(target.pid).join(',')
      if (now !== engine) {
        fail({
          request: { method: '-', target: '-', headers: {} },
          what: `a process ended: ${engine} became ${now} before request ${sent}`,
        })
        break
      }
      if (before === 0 && sent >= options.requests * WARM_UP) before = processes.residentBytes()
      options.progress?.(
        `${sent} requests, ${failures.length} failures, ${slow.length} slow, ${Math.round(processes.residentBytes() / 2 ** 20)} MiB`,
      )
    }
    return { requests: sent, statuses, failures, slow, memory: { before, after: processes.residentBytes() } }
  } finally {
    server.close()
    client.close()
  }
}

/** What requests leave behind under names of their own. */
const LEFT_BEHIND = [
  '/_index_template/*',
  '/_template/*',
  '/_component_template/*',
  '/_ingest/pipeline/*',
  '/_search/scroll/_all',
  '/_search/point_in_time/_all',
  '/_enrich/policy/fuzz',
]

/** Takes away what the requests before have left, and makes the indices that the next ones are about. */
async function makeAnew(server: Server, world: World, random: Random): Promise<void> {
  await server.call('PUT', '/_cluster/settings', { persistent: { '*': null }, transient: { '*': null } })
  await server.call('DELETE', '/_data_stream/*')
  await server.call('DELETE', '/*,-.*?expand_wildcards=all&ignore_unavailable=true')
  for (const path of LEFT_BEHIND) await server.ask({ method: 'DELETE', path })
  await server.ask({ method: 'DELETE', path: '/_security/api_key', body: { owner: true } })
  await server.call('PUT', `/${world.index}`, world.creation)
  for (const request of [...filling(world), ...exampleFilling(random)]) await server.ask(request)
}

class HostileClient {
  readonly #target: URL
  readonly #authorization: string
  readonly #agent = new Agent({ keepAlive: true, maxSockets: WORKERS })

  constructor({ url, auth }: FuzzTarget) {
    this.#target = new URL(url)
    this.#authorization = `Basic ${Buffer.from(auth).toString('base64')}`
  }

  /** Status 0 where no answer came, with the reason as text. */
  send({
    method,
    target,
    headers,
    body,
  }: HostileRequest): Promise<{ readonly status: number; readonly text: string; readonly ms: number }> {
    const started = performance.now()
    return new Promise((resolve) => {
      const done = (status: number, text: string): void => resolve({ status, text, ms: performance.now() - started })
      const outgoing = httpRequest(
        {
          host: this.#target.hostname,
          port: this.#target.port,
          method,
          path: target,
          agent: this.#agent,
          headers: {
            authorization: this.#authorization,
            ...headers,
            ...(body === undefined ? {} : { 'content-length': body.length }),
          },
          timeout: ANSWER_LIMIT_MILLIS,
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', (error) => done(0, error.message))
          response.on('end', () => done(response.statusCode ?? 0, Buffer.concat(chunks).toString()))
        },
      )
      outgoing.on('error', (error) => done(0, error.message))
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${ANSWER_LIMIT_MILLIS} ms`)))
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Processes that this one has started. Linux only. */
function childrenOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' '))
    .filter((one) => one !== '')
    .toSorted()
}
