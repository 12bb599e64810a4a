import type { Hit } from '../../../src/ui-api/wire/query.ts'
import type { TailEvents, TailRequest } from '../../../src/ui-api/wire/tail.ts'
import { readEvents } from './event-stream.ts'
import { ApiError, send } from './http.ts'

export type TailState = 'connecting' | 'open' | 'waiting'

export interface TailListener {
  /** New documents, oldest first; only where documents were asked for. */
  readonly onHits?: (hits: readonly Hit[]) => void
  /** So many new documents match. */
  readonly onChanged?: (count: number) => void
  /** So many matched at once that they were passed over. */
  readonly onGap?: (skipped: number) => void
  /** The server refused for good. */
  readonly onError: (error: ApiError) => void
  readonly onState?: (state: TailState) => void
}

/** Without a sign of life for this long the connection is dead: heartbeats come every 15 s. */
const SILENCE_MS = 40_000
const MIN_RETRY_MS = 500
const MAX_RETRY_MS = 15_000

/** Follows new documents until the signal is aborted. Reconnects by itself and goes on behind the last event it read. */
export async function followTail(request: TailRequest, listener: TailListener, signal: AbortSignal): Promise<void> {
  let cursor = request.cursor
  let retryMs = MIN_RETRY_MS
  while (!signal.aborted) {
    listener.onState?.('connecting')
    const attempt = new AbortController()
    const abort = (): void => attempt.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    let silence = setTimeout(abort, SILENCE_MS)
    try {
      const response = await send('POST', '/_ui/tail', {
        body: { ...request, ...(cursor === undefined ? {} : { cursor }) },
        signal: attempt.signal,
      })
      if (response.body === null) throw new ApiError({ type: 'unreachable', status: 0, reason: 'the answer is empty' })
      listener.onState?.('open')
      for await (const { event, data, id } of readEvents(response.body)) {
        clearTimeout(silence)
        silence = setTimeout(abort, SILENCE_MS)
        retryMs = MIN_RETRY_MS
        if (id !== undefined) cursor = id
        const value: unknown = JSON.parse(data)
        if (event === 'error') throw new ApiError(value as TailEvents['error'])
        if (event === 'hits') listener.onHits?.((value as TailEvents['hits']).hits)
        if (event === 'changed') listener.onChanged?.((value as TailEvents['changed']).count)
        if (event === 'gap') listener.onGap?.((value as TailEvents['gap']).skipped)
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        listener.onError(error)
        return
      }
    } finally {
      clearTimeout(silence)
      signal.removeEventListener('abort', abort)
    }
    listener.onState?.('waiting')
    await new Promise((resolve) => setTimeout(resolve, retryMs))
    retryMs = Math.min(MAX_RETRY_MS, retryMs * 2)
  }
}
