import { mkdir, readdir, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { createFile } from '../core/durable-files.ts'
import type { Delivery, Event } from '../core/event.ts'
import type { Log } from '../core/log.ts'
import { reasonOf } from '../core/reason.ts'
import { MemoryQueue, type EventQueue, type QueueLimits } from './memory-queue.ts'
import { eventLine, openSegment, QueueSegment } from './queue-segment.ts'

const SEGMENT_BYTES = 16 * 1024 * 1024
const SEGMENT_NAME = /^(\d{12})\.queue$/
/** Events in memory besides those on disk: enough for the workers, few enough to be cheap. */
const WINDOW: QueueLimits = { maxEvents: 5_000, maxBytes: 16 * 1024 * 1024 }
const READ_BYTES = 4 * 1024 * 1024
/** What was stored since is delivered again after a kill. */
const SAVE_EVERY_MS = 100

export interface PersistedQueueOptions {
  readonly folder: string
  /** Most bytes on disk; above it sources wait. */
  readonly maxBytes: number
  /** Most events on disk, likewise. */
  readonly maxEvents: number
  /** Whether a stop waits until everything is written by the outputs. */
  readonly drain: boolean
  readonly log: Log
}

interface Pushed {
  readonly events: readonly Event[]
  readonly deliveries: readonly (Delivery | undefined)[]
}

/**
 * A queue on disk. Events are acknowledged to their source when they are synced here, many at once; they leave the disk
 * when the outputs have written them. What is not written comes again after a restart: at least once, in order.
 *
 * As long as outputs keep up, events go on from memory. When they do not, what is beyond the window is read back later.
 */
export class PersistedQueue implements EventQueue {
  readonly #options: PersistedQueueOptions
  readonly #window = new MemoryQueue(WINDOW)
  #segments: QueueSegment[] = []
  #file: FileHandle | undefined
  #pushed: Pushed[] = []
  #writing: Promise<void> | undefined
  /** Where reading goes on, when not everything on disk is in the window or beyond it. */
  #behind: { segment: QueueSegment; offset: number; line: number } | undefined
  #reading: Promise<void> | undefined
  #closed = false
  #timer: NodeJS.Timeout | undefined
  #saving: Promise<void> | undefined
  readonly #waiting = new Set<() => void>()

  constructor(options: PersistedQueueOptions) {
    this.#options = options
  }

  get length(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.undone, 0)
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
  }

  get #full(): boolean {
    const { maxBytes, maxEvents } = this.#options
    return this.bytes >= maxBytes || this.length >= maxEvents
  }

  async open(): Promise<void> {
    const { folder, log } = this.#options
    await mkdir(folder, { recursive: true })
    const names = (await readdir(folder)).filter((name) => SEGMENT_NAME.test(name)).toSorted()
    for (const name of names) {
      const segment = await openSegment(Number.parseInt(name, 10), join(folder, name))
      if (segment.allDone) await segment.remove()
      else this.#segments.push(segment)
    }
    const [first] = this.#segments
    if (first !== undefined) {
      log.info({ event_count: this.length }, 'the queue holds events from before: they go on now')
      this.#behind = { segment: first, offset: 0, line: 0 }
      this.#read()
    }
    this.#timer = setInterval(() => {
      if (this.#saving === undefined) void this.#save()
    }, SAVE_EVERY_MS).unref()
  }

  push(events: readonly Event[]): boolean {
    if (events.length === 0) return !this.#full
    this.#pushed.push({ events, deliveries: events.map(({ delivery }) => delivery) })
    this.#writing ??= this.#write()
    return !this.#full
  }

  ready(signal: AbortSignal): Promise<void> {
    if (!this.#full || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done)
    })
  }

  async take(maxEvents: number, delayMs: number, signal?: AbortSignal): Promise<Event[] | undefined> {
    const events = await this.#window.take(maxEvents, delayMs, signal)
    if (this.#behind !== undefined && this.#window.length < WINDOW.maxEvents / 2) this.#read()
    if (this.#closed && !this.#options.drain && events !== undefined) {
      // They stay on disk for the next start.
      return undefined
    }
    return events
  }

  close(): void {
    this.#closed = true
    if (this.#behind === undefined || !this.#options.drain) this.#window.close()
  }

  async shutDown(): Promise<void> {
    clearInterval(this.#timer)
    this.#closed = true
    await this.#writing
    await this.#reading
    await this.#save()
    await this.#file?.close()
    this.#file = undefined
  }

  // --- writing ---

  async #write(): Promise<void> {
    // What comes in the same turn is synced together.
    await Promise.resolve()
    while (this.#pushed.length > 0) {
      const pushed = this.#pushed
      this.#pushed = []
      const events = pushed.flatMap((one) => one.events)
      try {
        const { segment, line, offset } = await this.#append(events)
        for (const [place, event] of events.entries()) event.delivery = this.#delivery(segment, line + place)
        this.#goOn(events, segment, line, offset)
        for (const { deliveries } of pushed) for (const delivery of deliveries) delivery?.release()
      } catch (error) {
        // Nothing of it is acknowledged: sources send it again, or wait.
        const failure = error instanceof Error ? error : new Error(String(error))
        this.#options.log.error({ error: failure.message, event_count: events.length }, 'the queue cannot be written')
        for (const { deliveries } of pushed) for (const delivery of deliveries) delivery?.release(failure)
      }
    }
    // At once: whoever was acknowledged may push again before a promise could tell.
    this.#writing = undefined
  }

  async #append(events: readonly Event[]): Promise<{ segment: QueueSegment; line: number; offset: number }> {
    const bytes = Buffer.from(events.map(eventLine).join(''))
    let segment = this.#segments.at(-1)
    if (this.#file === undefined || segment === undefined || segment.bytes >= SEGMENT_BYTES) {
      await this.#file?.close()
      this.#file = undefined
      const number = (segment?.number ?? 0) + 1
      const path = join(this.#options.folder, `${String(number).padStart(12, '0')}.queue`)
      this.#file = await createFile(path, 'a')
      segment = new QueueSegment(number, path, 0, 0, { before: 0, also: [] })
      this.#segments.push(segment)
    }
    const place = { segment, line: segment.lines, offset: segment.bytes }
    try {
      await this.#file.appendFile(bytes)
      await this.#file.datasync()
    } catch (error) {
      // What was written half must not be read: the next events begin a file of their own.
      await this.#file.truncate(place.offset).catch(() => undefined)
      await this.#file.close().catch(() => undefined)
      this.#file = undefined
      throw error
    }
    segment.grew(bytes.length, events.length)
    return place
  }

  /** Hands events on from memory where all before them are; else they are read back when it is their turn. */
  #goOn(events: readonly Event[], segment: QueueSegment, line: number, offset: number): void {
    if (this.#behind !== undefined) return
    if (this.#window.length + events.length > WINDOW.maxEvents || this.#window.bytes > WINDOW.maxBytes) {
      this.#behind = { segment, offset, line }
      if (this.#window.length === 0) this.#read()
    } else this.#window.push(events)
  }

  // --- reading back ---

  #read(): void {
    this.#reading ??= this.#readBack()
      .catch((error: unknown) => this.#options.log.error({ error: reasonOf(error) }, 'the queue cannot be read'))
      .finally(() => {
        this.#reading = undefined
        if (this.#closed && this.#behind === undefined) this.#window.close()
      })
  }

  async #readBack(): Promise<void> {
    while (this.#behind !== undefined && this.#window.length < WINDOW.maxEvents && (!this.#closed || this.#options.drain)) {
      const { segment, offset, line } = this.#behind
      if (offset < segment.bytes) {
        const read = await segment.read(offset, line, READ_BYTES)
        const events = read.events.flatMap(({ line: at, event }) => {
          if (segment.isDone(at)) return []
          event.delivery = this.#delivery(segment, at)
          return [event]
        })
        this.#behind = { segment, offset: read.offset, line: read.line }
        this.#window.push(events)
        continue
      }
      const next = this.#segments.find(({ number }) => number > segment.number)
      this.#behind = next === undefined ? undefined : { segment: next, offset: 0, line: 0 }
    }
  }

  // --- what is done ---

  /** Counts the parts of one event. When all are kept, the event leaves the disk. */
  #delivery(segment: QueueSegment, line: number): Delivery {
    let parts = 1
    let failed = false
    return {
      hold: () => {
        parts += 1
      },
      release: (error) => {
        failed ||= error !== undefined
        parts -= 1
        if (parts > 0 || failed) return
        segment.done(line)
        if (segment.allDone) this.#drop(segment)
        this.#wake()
      },
    }
  }

  #wake(): void {
    if (this.#waiting.size > 0 && !this.#full) for (const wake of this.#waiting) wake()
  }

  #drop(segment: QueueSegment): void {
    // The one that is written to goes with its successor.
    if (segment !== this.#segments.at(-1)) {
      this.#segments = this.#segments.filter((one) => one !== segment)
      void segment.remove()
    }
  }

  /** One at a time: a call while one is under way waits for it and goes on from there. */
  async #save(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving
    this.#saving = this.#saveDone()
      .catch((error: unknown) => this.#options.log.warn({ error: reasonOf(error) }, 'the queue cannot keep its place'))
      .finally(() => {
        this.#saving = undefined
      })
    await this.#saving
  }

  async #saveDone(): Promise<void> {
    for (const segment of this.#segments) await segment.save()
    const done = this.#segments.slice(0, -1).filter((segment) => segment.allDone)
    for (const segment of done) this.#drop(segment)
    this.#wake()
  }
}
