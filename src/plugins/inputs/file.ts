import { createHash } from 'node:crypto'
import { mkdir, open, readFile, stat, unlink, appendFile, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { replaceDurably } from '../../core/durable-files.ts'
import type { Event } from '../../core/event.ts'
import { ecsCompatibility } from '../ecs-option.ts'
import { findFiles } from '../find-files.ts'
import { bytes, choice, duration, ignored, integer, list, path, text } from '../options.ts'
import { defineInput, type EventSink, type InputContext } from '../plugin.ts'
import { waitUntilAbort } from '../wait.ts'
import { LineReader } from './line-reader.ts'
import { StoredPosition } from './stored-position.ts'

const SAVE_MS = 1_000
/** Beyond so many, the positions of files that are gone are forgotten. */
const MAX_POSITIONS = 10_000

const config = z.strictObject({
  path: list().describe('Files to read: absolute paths, with `*`, `?`, `**`, `[ab]` and `{a,b}`.'),
  mode: choice('tail', 'read').default('tail').describe('`tail` waits for more, `read` reads each file once to its end.'),
  start_position: choice('beginning', 'end')
    .default('end')
    .describe('Where a file that is there at the start is begun. Later ones are read whole.'),
  exclude: list().default([]).describe('Names of files that are left out, with wildcards.'),
  delimiter: text().default('\n').describe('What ends a line.'),
  sincedb_path: path().optional().describe('File that remembers how far files were read. `/dev/null` for none.'),
  sincedb_write_interval: duration()
    .default(15_000)
    .describe('How often that is written, in seconds; never rarer than each second.'),
  sincedb_clean_after: ignored('positions of files that are gone are forgotten when there are many'),
  stat_interval: duration().default(1_000).describe('How often files are looked at, in seconds.'),
  discover_interval: integer({ min: 1 }).default(15).describe('After how many looks new files are looked for.'),
  ignore_older: duration().optional().describe('Files that have not changed for this long are left out, in seconds.'),
  close_older: ignored('a file is open only while it is read'),
  max_open_files: ignored('a file is open only while it is read'),
  file_chunk_size: bytes()
    .default(256 * 1024)
    .describe('How much is read at once.'),
  file_chunk_count: ignored('a file that grows is read as far as its end'),
  file_sort_by: choice('last_modified', 'path').default('last_modified').describe('Order in which files are read.'),
  file_sort_direction: choice('asc', 'desc').default('asc').describe('Its direction.'),
  file_completed_action: choice('delete', 'log', 'log_and_delete')
    .default('log')
    .describe('What becomes of a file that `read` has read.'),
  file_completed_log_path: path().optional().describe('File that the names of those are written to.'),
  exit_after_read: ignored('the pipeline goes on'),
  check_archive_validity: ignored('compressed files are not read'),
  ecs_compatibility: ecsCompatibility(),
})

type FileOptions = z.output<typeof config>

/** A file as it is found again after it was renamed. */
interface Reading {
  path: string
  readonly id: string
  /** Read up to here. */
  offset: number
  /** Where a restart begins. */
  readonly stored: StoredPosition
  reader: LineReader
  /** When something was read last, on the clock that never goes back. */
  readAt: number
  /** Something could not be stored: the file is read from where it is. */
  failed: boolean
  done: boolean
}

export const file = defineInput({
  name: 'file',
  summary: 'Reads lines of files, and follows those that grow, are rotated or cut.',
  config,
  examples: [{ title: 'Logs of a program', config: { path: ['/var/log/app/*.log'], start_position: 'beginning' } }],
  defaultCodec: 'plain',
  create(options, context) {
    const stopped = new AbortController()
    let running: Promise<void> = Promise.resolve()
    return {
      async start(sink) {
        const watch = new FileWatch(options, context, sink, stopped.signal)
        await watch.open()
        running = watch.run().catch((error: unknown) => context.log.error({ error }, 'files are no longer read'))
      },
      async stop() {
        stopped.abort()
        await running
      },
    }
  },
})

class FileWatch {
  readonly #options: FileOptions
  readonly #context: InputContext
  readonly #sink: EventSink
  readonly #signal: AbortSignal
  readonly #files = new Map<string, Reading>()
  readonly #known = new Map<string, number>()
  readonly #sincedb: string | undefined
  #dirty = false
  #savedAt = 0

  constructor(options: FileOptions, context: InputContext, sink: EventSink, signal: AbortSignal) {
    this.#options = options
    this.#context = context
    this.#sink = sink
    this.#signal = signal
    const name = createHash('sha256').update(options.path.join('\n')).digest('hex').slice(0, 16)
    const chosen = options.sincedb_path ?? join(context.dataDir, `positions-${name}.json`)
    this.#sincedb = chosen === '/dev/null' || chosen === 'NUL' ? undefined : chosen
  }

  async open(): Promise<void> {
    const wrong = this.#options.path.find((one) => !one.startsWith('/'))
    if (wrong !== undefined) throw new Error(`the path [${wrong}] is not absolute`)
    if (this.#sincedb === undefined) return
    const written = await readFile(this.#sincedb, 'utf8').catch(() => '{}')
    const saved: unknown = JSON.parse(written)
    for (const [id, offset] of Object.entries(saved as object)) if (typeof offset === 'number') this.#known.set(id, offset)
    await this.#discover(true)
  }

  async run(): Promise<void> {
    if (this.#sincedb === undefined) await this.#discover(true)
    for (let round = 1; !this.#signal.aborted; round++) {
      for (const reading of this.#files.values()) await this.#read(reading)
      if (this.#dirty && performance.now() - this.#savedAt > SAVE_MS) await this.#save()
      await waitUntilAbort(this.#options.stat_interval, this.#signal)
      // A folder is cheap to look at: new files need not wait for long.
      if (!this.#signal.aborted && round % Math.min(this.#options.discover_interval, 5) === 0) await this.#discover(false)
    }
    await this.#save()
  }

  /** Takes up files that are new, by their inode: a renamed file is the one that it was. */
  async #discover(atStart: boolean): Promise<void> {
    const {
      exclude,
      ignore_older: ignoreMs,
      start_position: position,
      mode,
      file_sort_by: by,
      file_sort_direction: direction,
    } = this.#options
    const found: { path: string; id: string; size: number; mtimeMs: number }[] = []
    for (const path of await findFiles(this.#options.path, exclude)) {
      const stats = await stat(path).catch(() => undefined)
      if (stats === undefined || !stats.isFile()) continue
      if (ignoreMs !== undefined && this.#context.clock.now() - stats.mtimeMs > ignoreMs) continue
      found.push({ path, id: `${stats.dev}-${stats.ino}`, size: stats.size, mtimeMs: stats.mtimeMs })
    }
    found.sort((a, b) => (by === 'path' ? (a.path < b.path ? -1 : 1) : a.mtimeMs - b.mtimeMs) * (direction === 'asc' ? 1 : -1))
    for (const { path, id, size } of found) {
      const there = this.#files.get(id)
      if (there !== undefined) {
        there.path = path
        continue
      }
      const from = mode === 'read' || !atStart || position === 'beginning' ? 0 : size
      const offset = Math.min(this.#known.get(id) ?? from, size)
      this.#files.set(id, {
        path,
        id,
        offset,
        stored: new StoredPosition(offset),
        reader: this.#reader(),
        readAt: performance.now(),
        failed: false,
        done: false,
      })
      this.#known.set(id, offset)
    }
  }

  async #read(reading: Reading): Promise<void> {
    if (reading.done) return
    let handle: FileHandle
    try {
      handle = await open(reading.path, 'r')
    } catch {
      // It is gone, or was renamed to a name that is not asked for.
      this.#files.delete(reading.id)
      return
    }
    try {
      const stats = await handle.stat()
      if (`${stats.dev}-${stats.ino}` !== reading.id) {
        this.#files.delete(reading.id)
        await this.#discover(false)
        return
      }
      if (stats.size < reading.offset) this.#cut(reading)
      else if (reading.failed) this.#restart(reading, reading.stored.value)
      await this.#readOn(reading, handle)
    } finally {
      await handle.close()
    }
    if (this.#options.mode === 'read' && !this.#signal.aborted) await this.#complete(reading)
  }

  /** The file was cut: it begins anew, and what it said before is an event as it is. */
  #cut(reading: Reading): void {
    this.#hand(reading, reading.reader.end(), reading.offset)
    this.#restart(reading, 0)
    this.#known.set(reading.id, 0)
    this.#dirty = true
  }

  #restart(reading: Reading, offset: number): void {
    reading.offset = offset
    reading.reader = this.#reader()
    reading.failed = false
    reading.stored.restart(offset)
  }

  #reader(): LineReader {
    return new LineReader(this.#context.codec, this.#options.delimiter)
  }

  async #readOn(reading: Reading, handle: FileHandle): Promise<void> {
    const buffer = Buffer.alloc(this.#options.file_chunk_size)
    while (!this.#signal.aborted) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, reading.offset)
      const { reader } = reading
      if (bytesRead === 0) {
        const { idle } = reader
        if (idle !== undefined && performance.now() - reading.readAt >= idle.afterMs)
          this.#hand(reading, idle.flush(), reading.offset - reader.waitingBytes)
        return
      }
      reading.offset += bytesRead
      reading.readAt = performance.now()
      const events = reader.push(buffer.subarray(0, bytesRead))
      if (!this.#hand(reading, events, reading.offset - reader.waitingBytes)) await this.#sink.ready(this.#signal)
    }
  }

  /** Answers whether more are welcome. The position is remembered when the events are stored. */
  #hand(reading: Reading, events: readonly Event[], upTo: number): boolean {
    if (events.length === 0) return true
    const ecs = (this.#options.ecs_compatibility ?? this.#context.ecs) !== 'disabled'
    for (const { fields } of events) {
      if (ecs) {
        fields['log'] ??= { file: { path: reading.path } }
        fields['host'] ??= { name: this.#context.hostname }
      } else {
        fields['path'] ??= reading.path
        fields['host'] ??= this.#context.hostname
      }
    }
    const isStored = reading.stored.begin(upTo)
    return this.#sink.push(events, (error) => {
      if (error !== undefined) {
        reading.failed = true
        reading.stored.restart(reading.stored.value)
      } else if (isStored()) {
        this.#known.set(reading.id, reading.stored.value)
        this.#dirty = true
      }
    })
  }

  async #complete(reading: Reading): Promise<void> {
    this.#hand(reading, reading.reader.end(), reading.offset)
    // What is deleted must be stored: until it is, the file is looked at again.
    if (reading.failed || !reading.stored.isSettled) return
    reading.done = true
    const { file_completed_action: action, file_completed_log_path: logPath } = this.#options
    if (logPath !== undefined && action !== 'delete') await appendFile(logPath, `${reading.path}\n`)
    if (action !== 'log') await unlink(reading.path)
  }

  async #save(): Promise<void> {
    if (this.#sincedb === undefined) return
    this.#dirty = false
    this.#savedAt = performance.now()
    if (this.#known.size > MAX_POSITIONS) for (const id of this.#known.keys()) if (!this.#files.has(id)) this.#known.delete(id)
    await mkdir(dirname(this.#sincedb), { recursive: true })
    await replaceDurably(this.#sincedb, JSON.stringify(Object.fromEntries(this.#known)))
  }
}
