import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { bytes, ignored } from '../options.ts'
import { defineOutput } from '../plugin.ts'
import { openSqsQueue, SQS_BATCH, sqsOptions, type SqsQueue } from '../sqs-queue.ts'
import { Trouble } from '../trouble.ts'
import { waitOrAbort } from '../wait.ts'

const FIRST_WAIT_MS = 500
const MAX_WAIT_MS = 60_000

const config = z.strictObject({
  ...sqsOptions,
  message_max_size: bytes()
    .default(256 * 1024)
    .describe('Largest message, and most of a request. What is larger becomes a dead letter.'),
  batch: ignored('messages are sent together'),
  batch_events: ignored('ten messages are sent together'),
  batch_timeout: ignored('a batch of the pipeline is sent at once'),
})

interface Message {
  readonly event: Event
  readonly body: string
}

export const sqs = defineOutput({
  name: 'sqs',
  summary: 'Sends events to a queue of Amazon SQS, or what speaks as it.',
  config,
  examples: [{ title: 'A queue', config: { queue: 'readings', region: 'eu-central-1' } }],
  defaultCodec: 'json',
  create(options, context) {
    const { codec, log, signal } = context
    const maxBytes = options.message_max_size
    const trouble = new Trouble(log, { queue: options.queue })
    let queue: SqsQueue | undefined

    /** Ten messages at most that are small enough together. */
    const parts = function* (messages: readonly Message[]): Generator<readonly Message[]> {
      let part: Message[] = []
      let partBytes = 0
      for (const message of messages) {
        const size = Buffer.byteLength(message.body)
        if (part.length === SQS_BATCH || (part.length > 0 && partBytes + size > maxBytes)) {
          yield part
          part = []
          partBytes = 0
        }
        part.push(message)
        partBytes += size
      }
      if (part.length > 0) yield part
    }
    const send = async (messages: readonly Message[]): Promise<void> => {
      let waiting = messages
      for (let attempt = 0; ; attempt++) {
        try {
          queue ??= await openSqsQueue(options, signal)
          const refused = await queue.send(
            waiting.map(({ body }) => body),
            signal,
          )
          for (const { place, isFinal, reason } of refused) {
            const event = waiting[place]?.event
            if (isFinal && event !== undefined) await context.deadLetter(event, { type: 'sqs_refused', reason })
          }
          const again = refused.filter(({ isFinal }) => !isFinal)
          if (again.length === 0) {
            trouble.works('writes to the queue')
            return
          }
          trouble.tell('messages were refused for now: they are sent again', again[0]?.reason)
          waiting = waiting.filter((_, i) => again.some(({ place }) => place === i))
        } catch (error) {
          signal.throwIfAborted()
          trouble.tell('sending failed: it is tried again', error)
        }
        await waitOrAbort(Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS), signal)
      }
    }
    return {
      async write(events) {
        const messages: Message[] = []
        for (const event of events) {
          const body = Buffer.from(codec.encode(event)).toString()
          const size = Buffer.byteLength(body)
          if (size <= maxBytes) messages.push({ event, body })
          else await context.deadLetter(event, { type: 'sqs_too_large', reason: `${size} bytes are more than ${maxBytes}` })
        }
        for (const part of parts(messages)) await send(part)
      },
    }
  },
})
