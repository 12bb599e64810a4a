import { mkdir, open, readdir, readFile, rename, truncate, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTick } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { createFile, syncFolder } from '../core/durable-files.ts'
import type { Log } from '../core/log.ts'
import { parseJsonExact } from '../core/parse-json.ts'
import { printJson } from '../core/print-json.ts'
import type { MetadataSection, MetadataStore } from '../core/metadata-store.ts'

/*
 * On disk: `<generation>.snapshot`, everything as of a moment, and `<generation>.journal`, what changed since. A line is
 * the CRC-32 of its JSON in eight hex digits, a space, and one record:
 *   ["put","indices","logs-a",{…}]   ["delete","indices","logs-a"]   ["end",17]  (last line of a snapshot: its records)
 * A snapshot counts only when its last line is there; it is written beside and renamed. Starting reads the newest
 * snapshot and all journals from its generation on.
 */
type JournalRecord = readonly ['put', string, string, unknown] | readonly ['delete', string, string] | readonly ['end', number]

/** A journal is folded into a new snapshot when it is longer than this and than the snapshot below it. */
const COMPACT_AT_BYTES = 1024 * 1024
/** Records printed before other work gets its turn. */
const SNAPSHOT_CHUNK = 500

/** A metadata store in a folder of its own. One process at a time: the data folder's lock sees to it. */
export interface FileMetadataStore extends MetadataStore {
  /** Writes what is pending and closes the files. Later changes are refused. */
  close(): Promise<void>
}

/**
 * Opens the store and reads everything into memory. A torn last line, left by a crash, is cut off; it was never acknowledged.
 * @throws Error when a file is damaged anywhere else; nothing is changed then.
 */
export async function openMetadataStore(
  folder: string,
  log: Log,
  options: { readonly compactAtBytes?: number } = {},
): Promise<FileMetadataStore> {
  await mkdir(folder, { recursive: true })
  const loaded = await load(folder, log)
  const journal = await openJournal(folder, loaded.generation)
  return new JournaledStore(folder, log, loaded, journal, options.compactAtBytes ?? COMPACT_AT_BYTES)
}

/** A store that forgets everything with the process: for tests and for tools that only look. */
export function memoryMetadataStore(): MetadataStore {
  const sections = new Map<string, Section>()
  return {
    section: <T>(name: string) => sectionOf(sections, name, () => Promise.resolve()) as MetadataSection<T>,
    flush: () => Promise.resolve(),
  }
}

type Append = (record: JournalRecord) => Promise<void>

class Section implements MetadataSection<unknown> {
  readonly #name: string
  readonly #append: Append
  readonly values = new Map<string, unknown>()

  constructor(name: string, append: Append) {
    this.#name = name
    this.#append = append
  }

  get size(): number {
    return this.values.size
  }

  get(key: string): unknown {
    return this.values.get(key)
  }

  has(key: string): boolean {
    return this.values.has(key)
  }

  entries(): IterableIterator<[string, unknown]> {
    return this.values.entries()
  }

  put(key: string, value: unknown): Promise<void> {
    this.values.set(key, value)
    return this.#append(['put', this.#name, key, value])
  }

  async delete(key: string): Promise<boolean> {
    if (!this.values.delete(key)) return false
    await this.#append(['delete', this.#name, key])
    return true
  }
}

function sectionOf(sections: Map<string, Section>, name: string, append: Append): Section {
  let section = sections.get(name)
  if (!section) {
    section = new Section(name, append)
    sections.set(name, section)
  }
  return section
}

interface Loaded {
  readonly generation: number
  readonly sections: Map<string, Map<string, unknown>>
  readonly snapshotBytes: number
  readonly journalBytes: number
}

interface Batch {
  readonly lines: string[]
  readonly written: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

class JournaledStore implements FileMetadataStore {
  readonly #folder: string
  readonly #log: Log
  readonly #compactAtBytes: number
  readonly #sections = new Map<string, Section>()
  #journal: FileHandle
  #generation: number
  #journalBytes: number
  #snapshotBytes: number
  /** What the next write will carry; everybody who waits for it waits for the same promise. */
  #pending: Batch = newBatch()
  #writing: Promise<void> | undefined
  /** The end of the journal is not what we think it is: only a new generation brings order. */
  #damaged = false
  #closed = false

  constructor(folder: string, log: Log, loaded: Loaded, journal: FileHandle, compactAtBytes: number) {
    this.#folder = folder
    this.#log = log
    this.#compactAtBytes = compactAtBytes
    this.#journal = journal
    this.#generation = loaded.generation
    this.#journalBytes = loaded.journalBytes
    this.#snapshotBytes = loaded.snapshotBytes
    for (const [name, values] of loaded.sections) {
      const section = this.#section(name)
      for (const [key, value] of values) section.values.set(key, value)
    }
  }

  section<T>(name: string): MetadataSection<T> {
    // The one cast: what a section holds is what its user put there.
    return this.#section(name) as MetadataSection<T>
  }

  async flush(): Promise<void> {
    // What is being written may fail, which is told to those who wait for it, not here.
    if (this.#pending.lines.length === 0) await this.#writing
    if (this.#pending.lines.length > 0 || this.#damaged) await this.#schedule()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      await this.flush()
    } finally {
      await this.#journal.close()
    }
  }

  #section(name: string): Section {
    return sectionOf(this.#sections, name, (record) => this.#append(record))
  }

  #append(record: JournalRecord): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('the metadata store is closed'))
    this.#pending.lines.push(printLine(record))
    return this.#schedule()
  }

  #schedule(): Promise<void> {
    const { written } = this.#pending
    this.#writing ??= this.#writeAll()
    return written
  }

  /** One write and one fsync at a time; what arrives meanwhile forms the next batch. */
  async #writeAll(): Promise<void> {
    // Whatever was changed in the same turn joins the first batch.
    await Promise.resolve()
    while (this.#pending.lines.length > 0 || this.#damaged) {
      const batch = this.#pending
      this.#pending = newBatch()
      try {
        if (this.#damaged) await this.#compact()
        else await this.#write(batch.lines)
        batch.resolve()
      } catch (error) {
        this.#damaged = true
        batch.reject(error)
        // No more changes: the next one, or whoever wants to know, tries again with everything that is in memory.
        if (this.#pending.lines.length === 0) {
          this.#pending.reject(error)
          break
        }
      }
      if (!this.#damaged && this.#journalBytes > Math.max(this.#compactAtBytes, this.#snapshotBytes)) {
        await this.#compact().catch((error: unknown) => {
          this.#damaged = true
          this.#log.warn({ error: String(error) }, 'metadata journal could not be folded into a snapshot')
        })
        if (this.#damaged && this.#pending.lines.length === 0) break
      }
    }
    // A repair carries what nobody added a line for, too.
    this.#pending.resolve()
    this.#pending = newBatch()
    this.#writing = undefined
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(''), 'utf8')
    await this.#journal.appendFile(bytes)
    await this.#journal.datasync()
    this.#journalBytes += bytes.length
  }

  /** Everything in memory, as a snapshot of a new generation with an empty journal beside it. */
  async #compact(): Promise<void> {
    const generation = this.#generation + 1
    const records: JournalRecord[] = []
    for (const [name, section] of this.#sections) {
      for (const [key, value] of section.values) records.push(['put', name, key, value])
    }
    const journal = await openJournal(this.#folder, generation)
    try {
      // Changes from here on are written after the snapshot is in place, because this is the only writer.
      this.#snapshotBytes = await writeSnapshot(this.#folder, generation, records)
    } catch (error) {
      await journal.close()
      throw error
    }
    const old = this.#journal
    const oldGeneration = this.#generation
    this.#journal = journal
    this.#journalBytes = 0
    this.#generation = generation
    this.#damaged = false
    await old.close()
    await removeUpTo(this.#folder, oldGeneration)
  }
}

function newBatch(): Batch {
  let resolve: () => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const written = new Promise<void>((onWritten, onFailed) => {
    resolve = onWritten
    reject = onFailed
  })
  // A batch that nobody waits for (a `put` without await) may fail without ending the process; `flush` tells.
  written.catch(() => undefined)
  return { lines: [], written, resolve, reject }
}

function openJournal(folder: string, generation: number): Promise<FileHandle> {
  return createFile(join(folder, `${generation}.journal`), 'a')
}

async function writeSnapshot(folder: string, generation: number, records: readonly JournalRecord[]): Promise<number> {
  const path = join(folder, `${generation}.snapshot`)
  const file = await open(`${path}.new`, 'w')
  let bytes = 0
  try {
    for (let i = 0; i < records.length; i += SNAPSHOT_CHUNK) {
      const chunk = Buffer.from(
        records
          .slice(i, i + SNAPSHOT_CHUNK)
          .map(printLine)
          .join(''),
        'utf8',
      )
      await file.appendFile(chunk)
      bytes += chunk.length
      await nextTick()
    }
    await file.appendFile(printLine(['end', records.length]))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(folder)
  return bytes
}

async function removeUpTo(folder: string, generation: number): Promise<void> {
  for (const file of await readdir(folder)) {
    const match = /^(\d+)\.(?:snapshot|journal|snapshot\.new)$/.exec(file)
    if (match && Number(match[1]) <= generation) await unlink(join(folder, file))
  }
}

function printLine(record: JournalRecord): string {
  // Whole numbers beyond 2^53 stay what they are.
  const json = printJson(record)
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`
}

/** `undefined` for a line that is torn or damaged. */
function readLine(line: string): JournalRecord | undefined {
  const json = line.slice(9)
  if (line[8] !== ' ' || Number.parseInt(line.slice(0, 8), 16) !== crc32(json)) return undefined
  return parseJsonExact(json) as unknown as JournalRecord
}

async function load(folder: string, log: Log): Promise<Loaded> {
  const generations = { snapshot: [] as number[], journal: [] as number[] }
  for (const file of await readdir(folder)) {
    const match = /^(\d+)\.(snapshot|journal)$/.exec(file)
    if (match) generations[match[2] as 'snapshot' | 'journal'].push(Number(match[1]))
  }
  const base = Math.max(0, ...generations.snapshot)
  const journals = generations.journal.filter((generation) => generation >= base).sort((a, b) => a - b)
  const sections = new Map<string, Map<string, unknown>>()
  let snapshotBytes = 0
  if (base > 0) {
    const path = join(folder, `${base}.snapshot`)
    const { bytes, ended, validBytes } = await readRecords(path, sections)
    if (!ended || validBytes < bytes) throw new Error(`${path} is damaged at byte ${validBytes}`)
    snapshotBytes = bytes
  }
  let journalBytes = 0
  for (const generation of journals) {
    const path = join(folder, `${generation}.journal`)
    const { bytes, validBytes, validAfter } = await readRecords(path, sections)
    if (validBytes < bytes) {
      if (validAfter) throw new Error(`${path} is damaged at byte ${validBytes}`)
      log.warn({ file: path, cut_bytes: bytes - validBytes }, 'the torn end of a metadata journal was cut off')
      await truncate(path, validBytes)
    }
    journalBytes = validBytes
  }
  const generation = Math.max(base, ...journals, 1)
  return { generation, sections, snapshotBytes, journalBytes }
}

interface ReadRecords {
  readonly bytes: number
  /** Up to here every line is whole. */
  readonly validBytes: number
  /** Whether a whole line stands behind the first damaged one: then it is no torn end. */
  readonly validAfter: boolean
  /** Whether the last line is a snapshot's last line and its count is right. */
  readonly ended: boolean
}

async function readRecords(path: string, sections: Map<string, Map<string, unknown>>): Promise<ReadRecords> {
  const bytes = await readFile(path)
  let validBytes = 0
  let records = 0
  let ended = false
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(0x0a, start)
    const end = newline < 0 ? bytes.length : newline
    const record = newline < 0 ? undefined : readLine(bytes.toString('utf8', start, end))
    if (!record) return { bytes: bytes.length, validBytes, validAfter: hasValidLine(bytes, end + 1), ended: false }
    ended = record[0] === 'end' && record[1] === records
    if (record[0] !== 'end') {
      apply(record, sections)
      records += 1
    }
    start = end + 1
    validBytes = start
  }
  return { bytes: bytes.length, validBytes, validAfter: false, ended }
}

function apply(record: Exclude<JournalRecord, readonly ['end', number]>, sections: Map<string, Map<string, unknown>>): void {
  const name = record[1]
  let values = sections.get(name)
  if (!values) {
    values = new Map()
    sections.set(name, values)
  }
  if (record[0] === 'put') values.set(record[2], record[3])
  else values.delete(record[2])
}

function hasValidLine(bytes: Buffer, from: number): boolean {
  for (let start = from; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start)
    if (end < 0) return false
    if (readLine(bytes.toString('utf8', start, end))) return true
    start = end + 1
  }
  return false
}
