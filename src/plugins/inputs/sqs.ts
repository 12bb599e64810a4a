import { z } from 'zod'
import type { Event } from '../../core/event.ts'
import { fieldPath } from '../../core/field-path.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { handOver } from '../hand-over.ts'
import { ignored, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { openSqsQueue, sqsOptions, type SqsMessage, type SqsQueue } from '../sqs-queue.ts'
import { Trouble } from '../trouble.ts'
import { waitUntilAbort } from '../wait.ts'

const RETRY_MS = 5_000

const config = z.strictObject({
  ...sqsOptions,
  id_field: text().optional().describe('Field that gets the id of the message.'),
  md5_field: text().optional().describe('Field that gets the checksum of the message.'),
  sent_timestamp_field: text().optional().describe('Field that gets when the message was sent.'),
  polling_frequency: ignored('a request waits 20 seconds for messages'),
  threads: ignored('messages are read as fast as they are stored'),
})

export const sqs = defineInput({
  name: 'sqs',
  summary: 'Reads messages of a queue of Amazon SQS, or what speaks as it. A message is deleted when its events are stored.',
  config,
  examples: [{ title: 'A queue', config: { queue: 'readings', region: 'eu-central-1' } }],
  defaultCodec: 'json',
  create(options, { codec, log }) {
    const stopped = new AbortController()
    const { signal } = stopped
    const trouble = new Trouble(log, { queue: options.queue })
    const [id, md5, sent] = [options.id_field, options.md5_field, options.sent_timestamp_field].map((name) =>
      name === undefined ? undefined : fieldPath(name),
    )
    let running: Promise<void> = Promise.resolve()

    const eventsOf = (message: SqsMessage): Event[] => {
      const decoder = codec.decoder()
      const events = [...decoder.decode(Buffer.from(message.Body)), ...decoder.end()]
      const millis = Number(message.Attributes.SentTimestamp)
      for (const event of events) {
        id?.set(event, message.MessageId)
        md5?.set(event, message.MD5OfBody)
        if (Number.isFinite(millis)) sent?.set(event, new Timestamp(millis))
      }
      return events
    }
    /** Resolves when the messages are deleted, or will be received again. */
    const settle = async (queue: SqsQueue, messages: readonly SqsMessage[], stored: Promise<void>): Promise<void> => {
      try {
        await stored
        const [refused] = await queue.remove(messages, signal)
        if (refused !== undefined) throw new Error(refused.reason)
      } catch (error) {
        if (!signal.aborted) trouble.tell('messages could not be deleted: they come again', error)
      }
    }
    const read = async (sink: EventSink): Promise<void> => {
      const queue = await openSqsQueue(options, signal)
      let settled: Promise<unknown> = Promise.resolve()
      try {
        while (!signal.aborted) {
          const messages = await queue.receive(signal)
          trouble.works('reads the queue')
          if (messages.length === 0) continue
          const { welcome, stored } = handOver(sink, messages.flatMap(eventsOf))
          settled = Promise.all([settled, settle(queue, messages, stored)])
          if (!welcome) await sink.ready(signal)
        }
      } finally {
        if (!signal.aborted) await settled
      }
    }
    return {
      start(sink) {
        running = (async () => {
          while (!signal.aborted) {
            await read(sink).catch((error: unknown) => {
              if (!signal.aborted) trouble.tell('the queue could not be read: it is tried again', error)
            })
            await waitUntilAbort(RETRY_MS, signal)
          }
        })()
        return Promise.resolve()
      },
      async stop() {
        stopped.abort()
        await running
      },
    }
  },
})
