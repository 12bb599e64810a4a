import { open, readFile, rename, rm, type FileHandle, writeFile } from 'node:fs/promises'
import type { Event } from '../core/event.ts'
import { createEvent, isFields, type Fields } from '../core/event.ts'
import { parseEventJson, printFields } from '../core/event-json.ts'
import { parseIsoInstant, isoNanos } from '../core/dates/iso-instant.ts'
import { Timestamp } from '../core/timestamp.ts'

const NEW_LINE = 0x0a

/** Which events of a segment are done: all before `before`, and those in `also`. */
export interface DoneEvents {
  readonly before: number
  readonly also: readonly number[]
}

/** A file of events, one line of JSON each, and which of them are done. Events are known by their line, from 0. */
export class QueueSegment {
  readonly number: number
  readonly #path: string
  #bytes: number
  #lines: number
  #before: number
  readonly #also: Set<number>
  #changed = false

  constructor(number: number, path: string, bytes: number, lines: number, done: DoneEvents) {
    this.number = number
    this.#path = path
    this.#bytes = bytes
    this.#lines = lines
    this.#before = Math.min(done.before, lines)
    this.#also = new Set(done.also.filter((line) => line < lines))
  }

  /** Bytes that are on disk for good. */
  get bytes(): number {
    return this.#bytes
  }

  /** Events that are on disk for good. */
  get lines(): number {
    return this.#lines
  }

  get allDone(): boolean {
    return this.#before === this.#lines
  }

  get undone(): number {
    return this.#lines - this.#before - this.#also.size
  }

  isDone(line: number): boolean {
    return line < this.#before || this.#also.has(line)
  }

  grew(bytes: number, lines: number): void {
    this.#bytes += bytes
    this.#lines += lines
  }

  done(line: number): void {
    if (this.isDone(line)) return
    this.#also.add(line)
    while (this.#also.delete(this.#before)) this.#before += 1
    this.#changed = true
  }

  /** Keeps which events are done, when that changed. Not synced: an event that comes again is a duplicate, not a loss. */
  async save(): Promise<void> {
    if (!this.#changed) return
    this.#changed = false
    const done: DoneEvents = { before: this.#before, also: [...this.#also] }
    const path = donePath(this.#path)
    // Aside and renamed: half a file would give back all of the segment.
    await writeFile(`${path}.new`, JSON.stringify(done))
    await rename(`${path}.new`, path)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
    await rm(donePath(this.#path), { force: true })
  }

  /**
   * Whole events from a place on, about as many bytes as asked for, at least one event.
   * @param offset where the line begins, in bytes
   */
  async read(offset: number, line: number, maxBytes: number): Promise<ReadEvents> {
    const file = await open(this.#path, 'r')
    try {
      let length = Math.min(maxBytes, this.#bytes - offset)
      for (;;) {
        const bytes = Buffer.alloc(length)
        const { bytesRead } = await file.read(bytes, 0, length, offset)
        const end = bytes.subarray(0, bytesRead).lastIndexOf(NEW_LINE) + 1
        if (end > 0 || bytesRead < length || offset + length >= this.#bytes)
          return linesOf(bytes.toString('utf8', 0, end), line, offset + end)
        length = Math.min(length * 2, this.#bytes - offset)
      }
    } finally {
      await file.close()
    }
  }
}

export interface ReadEvents {
  readonly events: readonly { readonly line: number; readonly event: Event }[]
  /** Where the next one begins. */
  readonly offset: number
  readonly line: number
}

/** Opens a file that a stop left behind. A last line that was being written when the power went is cut off. */
export async function openSegment(number: number, path: string): Promise<QueueSegment> {
  const bytes = await readFile(path)
  const end = bytes.lastIndexOf(NEW_LINE) + 1
  if (end < bytes.length) {
    const file: FileHandle = await open(path, 'r+')
    await file.truncate(end)
    await file.close()
  }
  let lines = 0
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) lines += 1
  return new QueueSegment(number, path, end, lines, await loadDone(donePath(path)))
}

/** An event as a line. */
export function eventLine({ fields, metadata }: Event): string {
  return `${printFields({ f: fields, m: metadata })}\n`
}

function linesOf(text: string, from: number, offset: number): ReadEvents {
  const lines = text === '' ? [] : text.slice(0, -1).split('\n')
  const events = lines.map((written, place) => ({ line: from + place, event: readEvent(written) }))
  return { events, offset, line: from + lines.length }
}

function readEvent(line: string): Event {
  const read = parseEventJson(line)
  const part = (name: string): Fields => {
    const value = isFields(read) ? read[name] : undefined
    return isFields(value) ? value : {}
  }
  const event = createEvent(part('f'), part('m'))
  const at = event.fields['@timestamp']
  if (typeof at === 'string') {
    const millis = parseIsoInstant(at)
    if (!Number.isNaN(millis)) event.fields['@timestamp'] = new Timestamp(millis, isoNanos)
  }
  event.sizeBytes = line.length
  return event
}

const donePath = (path: string): string => `${path}.done`

async function loadDone(path: string): Promise<DoneEvents> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DoneEvents
  } catch {
    return { before: 0, also: [] }
  }
}
