import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { replaceDurably } from '../../core/durable-files.ts'
import { createEvent, isFields, type Event } from '../../core/event.ts'
import { parseEventJson } from '../../core/event-json.ts'
import { parseIsoInstant } from '../../core/dates/iso-instant.ts'
import { flag, path, text } from '../options.ts'
import { defineInput, type EventSink } from '../plugin.ts'
import { Trouble } from '../trouble.ts'
import { waitUntilAbort } from '../wait.ts'

const LOOK_EVERY_MS = 1_000
const SEGMENT_NAME = /^(\d{8})\.jsonl$/

/** How far a queue has been read: everything before this place. */
interface Place {
  readonly segment: number
  readonly offset: number
}

export const deadLetterQueue = defineInput({
  name: 'dead_letter_queue',
  summary: 'Reads the dead letters of a pipeline, with the reason in `[@metadata][dead_letter_queue]`, as they come.',
  config: z.strictObject({
    path: path()
      .optional()
      .describe('Folder that holds a folder of letters for each pipeline. That of this program when absent.'),
    pipeline_id: text().default('main').describe('Pipeline whose letters are read.'),
    commit_offsets: flag().default(true).describe('Whether it goes on where it stopped.'),
    sincedb_path: path().optional().describe('File that holds the place. In the folder of the pipeline when absent.'),
    start_timestamp: text().optional().describe('Letters from before are left out: `2024-05-01T00:00:00Z`.'),
    clean_consumed: flag().default(false).describe('Whether files that were read are removed.'),
  }),
  examples: [{ title: 'Letters of the pipeline django', config: { pipeline_id: 'django' } }],
  defaultCodec: 'plain',
  create(options, { dataDir, log, platform }) {
    const folder = join(options.path ?? join(platform.dataDir, 'dead_letter_queue'), options.pipeline_id)
    const placeFile = options.sincedb_path ?? join(dataDir, 'place.json')
    const from = options.start_timestamp === undefined ? -Infinity : parseIsoInstant(options.start_timestamp)
    if (Number.isNaN(from))
      throw new Error(`start_timestamp: [${options.start_timestamp}] is no time: write 2024-05-01T00:00:00Z`)
    const stopped = new AbortController()
    let running: Promise<void> = Promise.resolve()

    const loadPlace = async (): Promise<Place> => {
      if (!options.commit_offsets) return { segment: 0, offset: 0 }
      try {
        return JSON.parse(await readFile(placeFile, 'utf8')) as Place
      } catch {
        return { segment: 0, offset: 0 }
      }
    }
    const savePlace = async (place: Place): Promise<void> => {
      if (options.clean_consumed) {
        for (const number of await segmentsOf(folder))
          if (number < place.segment) await rm(join(folder, segmentName(number)), { force: true })
      }
      if (!options.commit_offsets) return
      await mkdir(join(placeFile, '..'), { recursive: true })
      await replaceDurably(placeFile, JSON.stringify(place))
    }
    /** Pushes what lies in a file behind a place. Resolves to the place behind, once everything is stored. */
    const readSegment = async (place: Place, sink: EventSink): Promise<Place> => {
      const bytes = await readFile(join(folder, segmentName(place.segment)))
      const end = bytes.lastIndexOf(0x0a) + 1
      const lines = bytes.toString('utf8', place.offset, Math.max(place.offset, end)).split('\n')
      const events = lines.flatMap((line) => (line === '' ? [] : letterEvent(line, from)))
      if (events.length > 0) {
        await new Promise<void>((resolve, reject) => {
          sink.push(events, (error) => (error === undefined ? resolve() : reject(error)))
        })
      }
      return { segment: place.segment, offset: Math.max(place.offset, end) }
    }
    const run = async (sink: EventSink): Promise<void> => {
      const trouble = new Trouble(log)
      let place = await loadPlace()
      while (!stopped.signal.aborted) {
        try {
          const segments = await segmentsOf(folder)
          for (const segment of segments.filter((number) => number >= place.segment)) {
            const next = await readSegment(segment === place.segment ? place : { segment, offset: 0 }, sink)
            if (next.segment !== place.segment || next.offset !== place.offset) await savePlace(next)
            place = next
          }
          trouble.works()
        } catch (error) {
          if (!stopped.signal.aborted) trouble.tell('dead letters could not be read', error)
        }
        await waitUntilAbort(LOOK_EVERY_MS, stopped.signal)
      }
    }
    return {
      start(sink) {
        running = run(sink)
        return Promise.resolve()
      },
      stop() {
        stopped.abort()
        return Promise.resolve()
      },
      close: () => running,
    }
  },
})

async function segmentsOf(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names
    .flatMap((name) => (SEGMENT_NAME.exec(name)?.[1] === undefined ? [] : Number(name.slice(0, 8))))
    .toSorted((a, b) => a - b)
}

const segmentName = (number: number): string => `${String(number).padStart(8, '0')}.jsonl`

/** A letter as the event that it was, with why it is one. */
function letterEvent(line: string, from: number): Event[] {
  const letter = parseEventJson(line)
  if (!isFields(letter) || !isFields(letter['event'])) return []
  const { event: fields, metadata, timestamp, plugin, plugin_id: pluginId, reason } = letter
  if (typeof timestamp === 'string' && parseIsoInstant(timestamp) < from) return []
  const event = createEvent(isFields(fields) ? fields : {}, isFields(metadata) ? metadata : {})
  event.metadata['dead_letter_queue'] = {
    plugin_type: plugin ?? '',
    plugin_id: pluginId ?? '',
    reason: isFields(reason) ? (reason['reason'] ?? '') : '',
    ...(isFields(reason) && { reason_type: reason['type'] ?? '' }),
    entry_time: timestamp ?? '',
  }
  event.sizeBytes = line.length
  return [event]
}
