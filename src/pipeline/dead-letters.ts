import { mkdir, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { createFile } from '../core/durable-files.ts'
import { parseIsoInstant, isoNanos } from '../core/dates/iso-instant.ts'
import { createEvent, isFields, type Event } from '../core/event.ts'
import { parseEventJson, printFields } from '../core/event-json.ts'
import type { Clock } from '../core/time.ts'
import { Timestamp } from '../core/timestamp.ts'

/** Why an event could not be handled, in the words of who refused it. */
export interface DeadLetterReason {
  readonly type: string
  readonly reason: string
  readonly status?: number
}

export interface DeadLetterOrigin {
  readonly pipeline: string
  readonly plugin: string
  readonly pluginId: string
}

export interface DeadLetterOptions {
  /** Folder of one pipeline's letters. */
  readonly folder: string
  /** When they take this much, new ones are refused (`drop_newer`) or the oldest file goes (`drop_older`). */
  readonly maxBytes: number
  readonly whenFull: 'drop_newer' | 'drop_older'
  readonly clock: Clock
}

const SEGMENT_BYTES = 10 * 1024 * 1024
const SEGMENT_NAME = /^(\d{8})\.jsonl$/

/**
 * Keeps events that could not be handled, with reason and origin: one JSON line each, in numbered files. A letter is on
 * disk before `keep` resolves; letters that come together share one fsync.
 */
export class DeadLetters {
  readonly #options: DeadLetterOptions
  #segments: { readonly number: number; bytes: number }[] = []
  #file: FileHandle | undefined
  #waiting: { readonly line: string; readonly done: (kept: boolean) => void; readonly failed: (error: unknown) => void }[] = []
  #writing: Promise<void> | undefined
  #kept = 0
  #dropped = 0

  constructor(options: DeadLetterOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true })
    const numbers = (await readdir(this.#options.folder)).flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? [])
    for (const text of numbers.toSorted()) {
      this.#segments.push({ number: Number(text), bytes: (await stat(this.#path(Number(text)))).size })
    }
  }

  /** Counters since the start, and what lies on disk. */
  get state(): { readonly kept: number; readonly dropped: number; readonly bytes: number } {
    return { kept: this.#kept, dropped: this.#dropped, bytes: this.#segments.reduce((sum, { bytes }) => sum + bytes, 0) }
  }

  /** Resolves to whether the letter was kept: not when the queue is full and drops newer ones. */
  keep(event: Event, reason: DeadLetterReason, origin: DeadLetterOrigin): Promise<boolean> {
    const line = `${printFields({
      timestamp: new Timestamp(this.#options.clock.now()),
      pipeline: origin.pipeline,
      plugin: origin.plugin,
      plugin_id: origin.pluginId,
      reason: { type: reason.type, reason: reason.reason, ...(reason.status === undefined ? {} : { status: reason.status }) },
      metadata: event.metadata,
      event: event.fields,
    })}\n`
    return new Promise((done, failed) => {
      this.#waiting.push({ line, done, failed })
      this.#writing ??= this.#write()
    })
  }

  /**
   * Gives the letters that are there to `write`, those of one plug-in after the other, and forgets them once they are
   * written. Answers how many; what `write` rejects with ends it, and what is not written stays.
   */
  async replay(write: (pluginId: string, events: readonly Event[]) => Promise<void>): Promise<number> {
    await this.#writing
    const segments = [...this.#segments]
    // What is refused again goes into a file of its own.
    await this.#file?.close()
    this.#file = undefined
    let count = 0
    for (const segment of segments) {
      const letters = (await readFile(this.#path(segment.number), 'utf8')).split('\n').flatMap(readLetter)
      for (const [pluginId, events] of grouped(letters)) {
        await write(
          pluginId,
          events.map(({ event }) => event),
        )
        count += events.length
      }
      await rm(this.#path(segment.number), { force: true })
      this.#segments = this.#segments.filter((one) => one !== segment)
    }
    return count
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file?.close()
    this.#file = undefined
  }

  async #write(): Promise<void> {
    // Letters of the same turn go together.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const letters = this.#waiting
      this.#waiting = []
      try {
        const text = Buffer.from(letters.map(({ line }) => line).join(''))
        const kept = await this.#makeRoom(text.length)
        if (kept) await this.#append(text)
        if (kept) this.#kept += letters.length
        else this.#dropped += letters.length
        for (const { done } of letters) done(kept)
      } catch (error) {
        for (const { failed } of letters) failed(error)
      }
    }
    // At once: whoever was told may bring the next letter before a promise could tell.
    this.#writing = undefined
  }

  async #makeRoom(bytes: number): Promise<boolean> {
    const { maxBytes, whenFull } = this.#options
    while (this.state.bytes + bytes > maxBytes) {
      const oldest = this.#segments[0]
      if (whenFull === 'drop_newer' || oldest === undefined || this.#segments.length < 2) return false
      await rm(this.#path(oldest.number), { force: true })
      this.#segments.shift()
    }
    return true
  }

  async #append(text: Uint8Array): Promise<void> {
    let last = this.#segments.at(-1)
    if (this.#file === undefined || last === undefined || last.bytes >= SEGMENT_BYTES) {
      await this.#file?.close()
      this.#file = undefined
      last = { number: (last?.number ?? 0) + 1, bytes: 0 }
      this.#file = await createFile(this.#path(last.number), 'a')
      this.#segments.push(last)
    }
    try {
      await this.#file.appendFile(text)
      await this.#file.datasync()
    } catch (error) {
      // Half a letter must not stand in front of the next.
      await this.#file.truncate(last.bytes).catch(() => undefined)
      throw error
    }
    last.bytes += text.length
  }

  #path(number: number): string {
    return join(this.#options.folder, `${String(number).padStart(8, '0')}.jsonl`)
  }
}

/** A line that was being written when the power went is no letter: its event was not acknowledged. */
function readLetter(line: string): { readonly pluginId: string; readonly event: Event }[] {
  if (!line.endsWith('}')) return []
  const letter = parseEventJson(line)
  if (!isFields(letter)) return []
  const { event, metadata, plugin_id: pluginId } = letter
  if (!isFields(event)) return []
  const made = createEvent(event, isFields(metadata) ? metadata : {})
  const at = event['@timestamp']
  if (typeof at === 'string') event['@timestamp'] = new Timestamp(parseIsoInstant(at), isoNanos)
  return [{ pluginId: typeof pluginId === 'string' ? pluginId : '', event: made }]
}

function grouped<T extends { readonly pluginId: string }>(letters: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const letter of letters) {
    const group = groups.get(letter.pluginId) ?? []
    groups.set(letter.pluginId, group)
    group.push(letter)
  }
  return groups
}
