import { z } from 'zod'
import { createEvent, setOwn, type Event, type Fields } from '../../core/event.ts'
import { sendHttp } from '../http-client.ts'
import { ignored, integer, text } from '../options.ts'
import { defineInput } from '../plugin.ts'
import { runScheduled } from '../schedule.ts'
import { Trouble } from '../trouble.ts'
import { readFeed, type FeedItem } from './feed-items.ts'

const MAX_ANSWER_BYTES = 16 * 1024 * 1024
const TIMEOUT_MS = 60_000

export const rss = defineInput({
  name: 'rss',
  summary: 'Fetches a feed, RSS or Atom, again and again: an event for each item that was not in it the last time.',
  config: z.strictObject({
    url: text().describe('Address of the feed.'),
    interval: integer({ min: 1 }).default(3_600).describe('Seconds from one look at it to the next.'),
    ecs_compatibility: ignored('fields have the names of the feed'),
  }),
  examples: [{ title: 'News, every ten minutes', config: { url: 'https://news.example.org/rss', interval: 600 } }],
  defaultCodec: 'plain',
  create({ url, interval }, { clock, codec, log }) {
    const address = new URL(url)
    const trouble = new Trouble(log, { url })
    let seen = new Set<string>()
    let running: { stop(): Promise<void> } | undefined

    const fetchItems = async (signal: AbortSignal): Promise<readonly FeedItem[]> => {
      const headers = { accept: 'application/rss+xml, application/atom+xml, application/xml', 'user-agent': 'Elkhorn' }
      const answer = await sendHttp({
        url: address,
        method: 'GET',
        headers,
        timeoutMs: TIMEOUT_MS,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        signal,
      })
      if (answer.status !== 200) throw new Error(`the server answers ${answer.status} ${answer.message}`)
      return readFeed(answer.body.toString())
    }
    const eventsOf = (item: FeedItem): Event[] => {
      const { feed, key: _, text: message, ...rest } = item
      const decoder = codec.decoder()
      const decoded = [...decoder.decode(Buffer.from(message)), ...decoder.end()]
      // An item may be a title and a link alone.
      const events = decoded.length > 0 ? decoded : [createEvent({})]
      for (const { fields } of events) describe(fields, { Feed: feed, ...rest })
      return events
    }
    return {
      start(sink) {
        running = runScheduled({ kind: 'every', everyMs: interval * 1000 }, clock, async (signal) => {
          try {
            const items = await fetchItems(signal)
            trouble.works('reads the feed')
            const events = items.filter(({ key }) => !seen.has(key)).flatMap(eventsOf)
            // What is no longer in the feed is forgotten: what is remembered is never more than a feed.
            seen = new Set(items.map(({ key }) => key))
            if (events.length > 0 && !sink.push(events)) await sink.ready(signal)
          } catch (error) {
            if (!signal.aborted) trouble.tell('the feed could not be read', error)
          }
        })
        return Promise.resolve()
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})

function describe(fields: Fields, about: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(about)) setOwn(fields, name, value)
}
