import { setTimeout } from 'node:timers/promises'
import type { IndexAccess } from '../core/access.ts'
import type { JsonObject } from '../core/json.ts'
import type { TailPort, TailPositions } from './ports.ts'
import { encodeCursor } from './tail-cursor.ts'
import type { TailCursor } from './tail-cursor.ts'
import type { TailEvents } from './wire/tail.ts'

/** Documents of one event. */
const PAGE = 500
/** More than this many at once are passed over: a person cannot read them, and the search has them all. */
const MAX_BACKLOG = 10_000
/** Between two looks at the store: five events a second feel live, and cost five small searches. */
const MIN_ROUND_MS = 200
const HEARTBEAT_MS = 15_000

export interface TailSink {
  /** `json` is the event's data as text. Resolves when the page can take more: a slow page slows its own tail, nothing else. */
  send(event: keyof TailEvents, json: string, id?: string): Promise<void>
}

export interface Tail {
  readonly port: TailPort
  /** Asked in each round: rights may change, and sessions end, while a page looks on. Throws when they did. */
  readonly access: () => IndexAccess
  readonly index: string
  readonly query: JsonObject | undefined
  readonly documents: boolean
  readonly start: TailCursor
  readonly sink: TailSink
  readonly signal: AbortSignal
}

/**
 * Sends what becomes searchable behind `start` until the signal is aborted. Nothing is kept in memory between rounds but
 * the positions: what a page has not read yet is still in the store, so a slow page costs no room here.
 */
export async function followTail(tail: Tail): Promise<void> {
  const { port, sink, signal } = tail
  const news = new Bell()
  const leave = port.onSearchable(() => news.ring())
  const heartbeat = setInterval(() => {
    void sink.send('heartbeat', '{}')
    news.ring() // a round also finds out whether the session has ended
  }, HEARTBEAT_MS)
  signal.addEventListener('abort', () => news.ring(), { once: true })
  let { positions } = tail.start
  try {
    news.ring() // what came in while the page was away
    for (;;) {
      await news.next()
      if (signal.aborted) return
      positions = await sendNews(tail, positions)
      await setTimeout(MIN_ROUND_MS, undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    leave()
    clearInterval(heartbeat)
  }
}

/** Sends everything up to where the store is now, page by page. @returns the positions behind it */
async function sendNews(tail: Tail, from: TailPositions): Promise<TailPositions> {
  const { port, index, query, sink, signal, documents } = tail
  const { since } = tail.start
  const access = tail.access()
  const upTo = port.newest(access, index, from, since)
  let after = from
  while (isBehind(after, upTo) && !signal.aborted) {
    const read = await port.read({ access, index, query, after, upTo, limit: documents ? PAGE : 0, signal })
    if (!documents || read.total > MAX_BACKLOG) {
      const reached = new Map([...after, ...upTo])
      const id = encodeCursor({ since, positions: reached })
      if (read.total > 0) {
        await (documents
          ? sink.send('gap', JSON.stringify({ skipped: read.total }), id)
          : sink.send('changed', JSON.stringify({ count: read.total }), id))
      }
      return reached
    }
    after = new Map([...after, ...read.positions])
    if (read.hits.length > 0)
      await sink.send('hits', `{"hits":[${read.hits.join(',')}]}`, encodeCursor({ since, positions: after }))
  }
  return after
}

function isBehind(positions: TailPositions, upTo: TailPositions): boolean {
  return [...upTo].some(([uuid, seqNo]) => (positions.get(uuid) ?? -1) < seqNo)
}

/** Rings once for any number of rings since it was last waited for. */
class Bell {
  #rung = false
  #wake: (() => void) | undefined

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  async next(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#rung = false
    this.#wake = undefined
  }
}
