import type { JsonObject } from '../../../src/core/json.ts'
import type { QueryLine, QueryRequest } from '../../../src/ui-api/wire/query.ts'
import { ApiError, send } from './http.ts'
import { readLines } from './lines.ts'
import { readAnswer } from './search-answer.ts'
import type { SearchAnswer } from './search-answer.ts'

interface Waiting {
  readonly request: QueryRequest
  readonly resolve: (answer: SearchAnswer) => void
  readonly reject: (error: unknown) => void
  settled: boolean
}

/** Searches asked for within this time travel together: all panels of a page, drawn in one go. */
const GATHER_MS = 4

let gathering: Waiting[] = []
let counter = 0
const page = Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join('')

/**
 * One search. Many are sent as one request and answered one by one; aborting gives up this one alone.
 * @throws ApiError
 */
export function search(index: string, body: JsonObject, signal?: AbortSignal): Promise<SearchAnswer> {
  return new Promise((resolve, reject) => {
    counter += 1
    const request: QueryRequest = { id: `${page}-${counter}`, index, body }
    const waiting: Waiting = { request, resolve, reject, settled: false }
    if (signal?.aborted === true) return reject(signal.reason)
    signal?.addEventListener('abort', () => giveUp(waiting, signal.reason), { once: true })
    if (gathering.length === 0) setTimeout(sendGathered, GATHER_MS)
    gathering.push(waiting)
  })
}

function giveUp(waiting: Waiting, reason: unknown): void {
  if (waiting.settled) return
  waiting.reject(reason)
  if (gathering.includes(waiting)) gathering = gathering.filter((other) => other !== waiting)
  else cancel(waiting.request.id)
}

function sendGathered(): void {
  const batch = gathering
  gathering = []
  if (batch.length > 0) void sendBatch(batch)
}

async function sendBatch(batch: readonly Waiting[]): Promise<void> {
  const open = new Map(batch.map((waiting) => [waiting.request.id, waiting]))
  try {
    const response = await send('POST', '/_ui/query', { body: { requests: batch.map(({ request }) => request) } })
    if (response.body === null) throw new ApiError({ type: 'exception', status: 502, reason: 'the answer is empty' })
    for await (const text of readLines(response.body)) {
      const line = JSON.parse(text) as QueryLine
      const waiting = open.get(line.id)
      if (waiting === undefined) continue
      open.delete(line.id)
      waiting.settled = true
      if ('answer' in line) waiting.resolve(readAnswer(line.answer))
      else waiting.reject(new ApiError(line.error))
    }
    if (open.size > 0) throw new ApiError({ type: 'unreachable', status: 0, reason: 'the answer broke off' })
  } catch (error) {
    for (const waiting of open.values()) {
      waiting.settled = true
      waiting.reject(error)
    }
  }
}

let cancelling: string[] = []

function cancel(id: string): void {
  if (cancelling.length === 0) {
    setTimeout(() => {
      const ids = cancelling
      cancelling = []
      // Nobody waits for the outcome: a search that is not given up merely ends by itself.
      void send('POST', '/_ui/query/cancel', { body: { ids } }).catch((error: unknown) =>
        console.debug('searches were not given up', error),
      )
    }, GATHER_MS)
  }
  cancelling.push(id)
}
