import type { Event } from '../../core/event.ts'
import { sendHttp, type HttpTls } from '../http-client.ts'
import type { OutputContext } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 60_000
const TIMEOUT_MS = 60_000
const MAX_ANSWER_BYTES = 1024 * 1024

export interface Delivery {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/**
 * Posts events to a service until they are taken. What it refuses for good becomes dead letters: of a batch that is too large
 * or wrong, the events that are refused alone.
 */
export type Deliver = (
  events: readonly Event[],
  delivery: (events: readonly Event[]) => Delivery | Promise<Delivery>,
) => Promise<void>

/** Statuses that tell about what was sent: a part of it may be taken. Bad Request, Content Too Large, Unprocessable Content. */
const REFUSED_CONTENT = new Set([400, 413, 422])
/** Statuses that may change with time: credentials are put right, a server has more room. */
const FOR_THE_MOMENT = new Set([401, 403, 408, 429])

/** @param about fields of lines of the log; no secrets */
export function createHttpDelivery(context: OutputContext, about: Readonly<Record<string, unknown>>, tls: HttpTls = {}): Deliver {
  const { log, signal } = context
  const trouble = new Trouble(log, about)
  const deliver: Deliver = async (events, delivery) => {
    for (let attempt = 0; ; attempt++) {
      try {
        // Made anew each time: signatures and their dates get old.
        const request = await delivery(events)
        const answer = await sendHttp({
          ...request,
          method: 'POST',
          timeoutMs: TIMEOUT_MS,
          maxAnswerBytes: MAX_ANSWER_BYTES,
          tls,
          signal,
        })
        const { status } = answer
        if (status >= 200 && status < 300) {
          trouble.works('sends events')
          return
        }
        const reason = `the server answers ${status}: ${answer.body.toString('utf8', 0, 300)}`
        if (status < 500 && !FOR_THE_MOMENT.has(status)) {
          trouble.tell('events are refused', reason)
          if (events.length > 1 && REFUSED_CONTENT.has(status)) break
          for (const event of events) await context.deadLetter(event, { type: 'http_status', reason, status })
          return
        }
        trouble.tell('sending failed: it is tried again', reason)
      } catch (error) {
        signal.throwIfAborted()
        trouble.tell('sending failed: it is tried again', error)
      }
      await waitOrAbort(Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS), signal)
    }
    const middle = events.length >> 1
    await deliver(events.slice(0, middle), delivery)
    await deliver(events.slice(middle), delivery)
  }
  return deliver
}
