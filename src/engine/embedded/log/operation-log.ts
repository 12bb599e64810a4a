import { type FileHandle, mkdir, readdir, readFile, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createFile } from '../../../core/durable-files.ts'
import type { Log } from '../../../core/log.ts'
import { type LogRecord, readRecord } from './record.ts'

/** A segment that has so much is closed, and deleted once all of it is stored. */
const SEGMENT_BYTES = 32 * 1024 * 1024
/** A smaller segment is kept for what comes next even when all of it is stored. */
const WORTH_DELETING_BYTES = 1024 * 1024
/** What is written with one call, so that the first of a long queue is not answered with the last. */
const GROUP_BYTES = 8 * 1024 * 1024
const MAX_BUFFERS = 1000

interface Segment {
  /** Position of its first byte in the log as a whole; its file is named by it. */
  readonly start: number
  end: number
}

interface Waiting {
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
  resolve(): void
  reject(error: Error): void
}

/**
 * The log of operations of all indices. What was appended is on disk when its promise resolves; appends that come while
 * the disk is busy share the next write and sync. Positions count bytes since the log began.
 *
 * When a write fails (a full disk), it and all that wait behind it fail, and nothing of them is left in the log; the next
 * append tries again.
 */
export class OperationLog {
  readonly #folder: string
  readonly #log: Log
  readonly #onFailure: () => void
  readonly #segmentBytes: number
  readonly #segments: Segment[] = []
  readonly #queue: Waiting[] = []
  #file: FileHandle | undefined
  #writing: Promise<void> | undefined
  /** Where the next appended record will lie, and up to where all is on disk. */
  #end = 0
  #durableEnd = 0

  /** `onFailure` is called before the promises of appends that failed reject. */
  constructor(folder: string, log: Log, onFailure: () => void, segmentBytes = SEGMENT_BYTES) {
    this.#folder = folder
    this.#log = log
    this.#onFailure = onFailure
    this.#segmentBytes = segmentBytes
  }

  get end(): number {
    return this.#end
  }

  get durableEnd(): number {
    return this.#durableEnd
  }

  /** Bytes of the log's files. */
  get bytes(): number {
    return this.#end - (this.#segments[0]?.start ?? this.#end)
  }

  /** Finds the segments and cuts off what a crash left half written. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.log')).sort()
    for (const name of names) {
      const start = Number(name.slice(0, -4))
      const bytes = await readFile(join(this.#folder, name))
      const whole = wholeRecords(bytes)
      if (whole < bytes.length) {
        this.#log.warn({ segment: name, kept_bytes: whole, cut_bytes: bytes.length - whole }, 'the log ended in a torn record')
        await truncate(join(this.#folder, name), whole)
      }
      this.#segments.push({ start, end: start + whole })
    }
    this.#end = this.#segments.at(-1)?.end ?? 0
    this.#durableEnd = this.#end
  }

  /** Everything in the log, oldest first. Only before the first append. */
  async *read(): AsyncGenerator<{ readonly record: LogRecord; readonly start: number }> {
    // What was read may be cut meanwhile.
    for (const { start, end } of this.#segments.slice()) {
      const bytes = (await readFile(this.#path(start))).subarray(0, end - start)
      for (let at = 0; ;) {
        const found = readRecord(bytes, at)
        if (found === undefined) break
        yield { record: found.record, start: start + at }
        at = found.end
      }
    }
  }

  /** Appends a record. Resolves when it is on disk. @throws Error with the system's code (`ENOSPC`) */
  append(parts: readonly Uint8Array[]): Promise<void> {
    let bytes = 0
    for (const part of parts) bytes += part.length
    this.#end += bytes
    return new Promise<void>((resolve, reject) => {
      this.#queue.push({ parts, bytes, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  /** Forgets what lies before a position: it is stored elsewhere. */
  cut(position: number): Promise<void> {
    return this.#cut(position, WORTH_DELETING_BYTES)
  }

  /** @param keptBytes the last segment is kept for what comes next while it has less than that */
  async #cut(position: number, keptBytes: number): Promise<void> {
    const last = this.#segments.at(-1)
    const done = this.#segments.filter(({ end }) => end <= position)
    for (const segment of done) {
      if (segment === last) {
        if (this.#writing !== undefined || segment.end - segment.start < keptBytes) continue
        await this.#closeFile()
      }
      const at = this.#segments.indexOf(segment)
      if (at < 0) continue
      this.#segments.splice(at, 1)
      await unlink(this.#path(segment.start))
    }
  }

  /** Ends, and forgets what lies before a position, however little: the next start need not read it. */
  async close(storedUpTo: number): Promise<void> {
    await this.#writing
    await this.#closeFile()
    await this.#cut(storedUpTo, 0)
  }

  async #write(): Promise<void> {
    // What else comes in this turn of the event loop goes along.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#writeGroup(group)
        for (const waiting of group) waiting.resolve()
      } catch (error) {
        await this.#giveUp([...group, ...this.#queue.splice(0)], error as Error)
      }
    }
    this.#writing = undefined
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let buffers = 0
    let count = 0
    for (const waiting of this.#queue) {
      if (count > 0 && (bytes + waiting.bytes > GROUP_BYTES || buffers + waiting.parts.length > MAX_BUFFERS)) break
      bytes += waiting.bytes
      buffers += waiting.parts.length
      count += 1
    }
    return this.#queue.splice(0, count)
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const segment = await this.#segmentForWriting()
    const file = this.#file
    if (file === undefined) throw new Error('the log is closed')
    let at = this.#durableEnd - segment.start
    let parts = group.flatMap((waiting) => waiting.parts)
    while (parts.length > 0) {
      const { bytesWritten } = await file.writev(parts, at)
      at += bytesWritten
      parts = without(parts, bytesWritten)
    }
    await file.datasync()
    segment.end = segment.start + at
    this.#durableEnd = segment.end
  }

  async #segmentForWriting(): Promise<Segment> {
    const current = this.#segments.at(-1)
    if (this.#file !== undefined && current !== undefined && current.end - current.start < this.#segmentBytes) return current
    await this.#closeFile()
    this.#file = await createFile(this.#path(this.#durableEnd), 'w')
    const segment = { start: this.#durableEnd, end: this.#durableEnd }
    if (current?.start === segment.start) this.#segments.pop()
    this.#segments.push(segment)
    return segment
  }

  /** Takes back what was appended and is not on disk. The file is not trusted any more: the next append begins another. */
  async #giveUp(waiting: readonly Waiting[], error: Error): Promise<void> {
    this.#log.error({ error: error.message, records: waiting.length }, 'the log cannot be written')
    const segment = this.#segments.at(-1)
    try {
      if (segment !== undefined) await this.#file?.truncate(segment.end - segment.start)
      await this.#file?.datasync()
    } catch (truncateError) {
      this.#log.error({ error: String(truncateError) }, 'the log cannot be cut back')
    }
    await this.#closeFile()
    // More may have come meanwhile; it was numbered behind what failed.
    const all = [...waiting, ...this.#queue.splice(0)]
    this.#end = this.#durableEnd
    this.#onFailure()
    for (const one of all) one.reject(error)
  }

  async #closeFile(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  #path(start: number): string {
    return join(this.#folder, `${String(start).padStart(16, '0')}.log`)
  }
}

/** Bytes of the whole and undamaged records at the beginning. */
function wholeRecords(bytes: Buffer): number {
  let at = 0
  for (;;) {
    const found = readRecord(bytes, at)
    if (found === undefined) return at
    at = found.end
  }
}

function without(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  const rest = [...parts]
  let left = bytes
  while (rest[0] !== undefined && left >= rest[0].length) left -= rest.shift()?.length ?? 0
  if (left > 0 && rest[0] !== undefined) rest[0] = rest[0].subarray(left)
  return rest
}
