import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { replaceDurably } from '../../core/durable-files.ts'
import type { Event } from '../../core/event.ts'
import { Timestamp } from '../../core/timestamp.ts'
import { awsOptions, connectAws, type AskAws } from '../aws-client.ts'
import { handOver } from '../hand-over.ts'
import { flag, integer, list, path, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { runScheduled } from '../schedule.ts'
import { Trouble } from '../trouble.ts'

const config = z.strictObject({
  log_group: list().describe('Groups that are read.'),
  log_group_prefix: flag().default(false).describe('Whether these are the beginnings of names of groups.'),
  log_streams: list().optional().describe('Only these streams.'),
  start_position: text()
    .default('beginning')
    .describe('Where a group begins of which nothing was read yet: `beginning`, `end`, or so many seconds ago.'),
  interval: integer({ min: 1 }).default(60).describe('Seconds from one look at the groups to the next.'),
  sincedb_path: path().optional().describe('File that keeps how far was read. One in the folder of data when absent.'),
  endpoint: text().optional().describe('Server that speaks as CloudWatch Logs. Amazon’s when absent.'),
  ...awsOptions,
})

const logEvent = z.object({
  eventId: z.string(),
  logStreamName: z.string().default(''),
  timestamp: z.number(),
  ingestionTime: z.number().default(0),
  message: z.string().default(''),
})
type LogEvent = z.output<typeof logEvent>

const eventsAnswer = z.object({
  events: z.array(logEvent).default([]),
  nextToken: z.string().optional(),
})

const groupsAnswer = z.object({
  logGroups: z.array(z.object({ logGroupName: z.string() })).default([]),
  nextToken: z.string().optional(),
})

/** How far a group was read: the time of the last event, and the ids of the events of that millisecond. */
const positionSchema = z.object({ at: z.number(), ids: z.array(z.string()) })
type Position = z.output<typeof positionSchema>

export const cloudwatchLogs = defineInput({
  name: 'cloudwatch_logs',
  summary: 'Reads groups of Amazon CloudWatch Logs. How far was read is kept when the events are stored.',
  config,
  examples: [{ title: 'All functions', config: { log_group: '/aws/lambda/', log_group_prefix: true, region: 'eu-central-1' } }],
  defaultCodec: 'plain',
  create(options, { clock, codec, dataDir, log }) {
    const file = options.sincedb_path ?? join(dataDir, 'cloudwatch-logs.json')
    const endpoint = options.endpoint ?? `https://logs.${options.region}.amazonaws.com`
    const from = firstPosition(options.start_position, clock.now())
    const trouble = new Trouble(log, { log_group: options.log_group })
    let positions = new Map<string, Position>()
    let running: { stop(): Promise<void> } | undefined

    const call = async (ask: AskAws, action: string, body: object, signal: AbortSignal): Promise<unknown> => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${action}` }
      const answer = await ask(endpoint, { method: 'POST', headers, body: JSON.stringify(body), signal })
      return answer.json()
    }
    const findGroups = async (ask: AskAws, signal: AbortSignal): Promise<readonly string[]> => {
      if (!options.log_group_prefix) return options.log_group
      const found = new Set<string>()
      for (const logGroupNamePrefix of options.log_group) {
        let nextToken: string | undefined
        do {
          const answer = groupsAnswer.parse(await call(ask, 'DescribeLogGroups', { logGroupNamePrefix, nextToken }, signal))
          for (const { logGroupName } of answer.logGroups) found.add(logGroupName)
          nextToken = answer.nextToken
        } while (nextToken !== undefined)
      }
      return [...found]
    }
    const eventsOf = (group: string, one: LogEvent): Event[] => {
      const decoder = codec.decoder()
      const events = [...decoder.decode(Buffer.from(one.message)), ...decoder.end()]
      for (const event of events) {
        event.fields['@timestamp'] = new Timestamp(one.timestamp)
        event.fields['cloudwatch_logs'] = {
          ingestion_time: new Timestamp(one.ingestionTime),
          log_group: group,
          log_stream: one.logStreamName,
          event_id: one.eventId,
        }
      }
      return events
    }
    /** Reads what came since the last time. Resolves when it is stored. */
    const readGroup = async (ask: AskAws, group: string, sink: EventSink, signal: AbortSignal): Promise<void> => {
      const before = positions.get(group) ?? { at: from, ids: [] }
      const known = new Set(before.ids)
      const stored: Promise<void>[] = []
      let reached: Position = before
      let nextToken: string | undefined
      do {
        const request = { logGroupName: group, startTime: before.at, logStreamNames: options.log_streams, nextToken }
        const answer = eventsAnswer.parse(await call(ask, 'FilterLogEvents', request, signal))
        const fresh = answer.events.filter(({ eventId }) => !known.has(eventId))
        for (const { eventId, timestamp } of fresh) {
          if (timestamp > reached.at) reached = { at: timestamp, ids: [eventId] }
          else if (timestamp === reached.at) reached = { at: timestamp, ids: [...reached.ids, eventId] }
        }
        const given = handOver(
          sink,
          fresh.flatMap((one) => eventsOf(group, one)),
        )
        stored.push(given.stored)
        if (!given.welcome) await sink.ready(signal)
        signal.throwIfAborted()
        nextToken = answer.nextToken
      } while (nextToken !== undefined)
      await Promise.all(stored)
      positions.set(group, reached)
      await mkdir(dirname(file), { recursive: true })
      await replaceDurably(file, JSON.stringify(Object.fromEntries(positions)))
    }
    return {
      async start(sink) {
        const ask = await connectAws('logs', options)
        positions = await loadPositions(file)
        running = runScheduled({ kind: 'every', everyMs: options.interval * 1000 }, clock, async (signal) => {
          try {
            for (const group of await findGroups(ask, signal)) await readGroup(ask, group, sink, signal)
            trouble.works('reads the groups')
          } catch (error) {
            if (!signal.aborted) trouble.tell('the groups could not be read', error)
          }
        })
      },
      async stop() {
        await running?.stop()
      },
    }
  },
})

/** @throws Error naming what is no position */
function firstPosition(written: string, now: number): number {
  if (written === 'beginning') return 0
  if (written === 'end') return now
  const seconds = Number(written)
  if (Number.isNaN(seconds))
    throw new Error(`[cloudwatch_logs] start_position: [${written}] is neither beginning, end nor seconds`)
  return now - seconds * 1000
}

async function loadPositions(file: string): Promise<Map<string, Position>> {
  try {
    return new Map(Object.entries(z.record(z.string(), positionSchema).parse(JSON.parse(await readFile(file, 'utf8')))))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map()
    throw new Error(`[${file}] does not say how far was read: remove it to read from the beginning`, { cause: error })
  }
}
