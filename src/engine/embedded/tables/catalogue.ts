import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceDurably } from '../../../core/durable-files.ts'
import type { TableSize, TableSummary } from './stored-table.ts'

export interface KnownTable {
  readonly summary: TableSummary
  readonly size: TableSize
}

/** A line of the file. Without the rest: the table was written to since, ask it. */
type Entry = { readonly uuid: string } & Partial<KnownTable>

/** The journal is written anew when it has this many lines more than twice the tables. */
const SLACK_LINES = 1000

/**
 * Remembers the summaries of tables that nobody writes to, so that they need not be attached to be skipped, and a start
 * after a clean stop reads no table at all. A cache: what is not in it is asked of the table. One line of JSON per change,
 * the last one of a table counts.
 */
export class Catalogue {
  readonly #path: string
  readonly #entries = new Map<string, KnownTable>()
  /** Tables of which the file may still tell what is not true any more. */
  readonly #stale = new Set<string>()
  #file: FileHandle | undefined
  #lines = 0
  /** Lines that the next write takes, and that write. */
  #pending: string[] = []
  #next: Promise<void> | undefined
  #tail: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  async open(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    for (const line of (await readIfThere(this.#path)).split('\n')) {
      const entry = parseLine(line)
      if (entry?.summary && entry.size) this.#entries.set(entry.uuid, { summary: entry.summary, size: entry.size })
      else if (entry) this.#entries.delete(entry.uuid)
    }
    await this.#rewrite()
  }

  find(uuid: string): KnownTable | undefined {
    return this.#entries.get(uuid)
  }

  /** Resolves when it is durable. */
  async put(uuid: string, known: KnownTable): Promise<void> {
    this.#entries.set(uuid, known)
    await this.#append({ uuid, ...known })
  }

  /** To be awaited before the table is written to. */
  async forget(uuid: string): Promise<void> {
    if (this.#entries.delete(uuid)) this.#stale.add(uuid)
    if (!this.#stale.has(uuid)) return
    await this.#append({ uuid })
    this.#stale.delete(uuid)
  }

  async close(): Promise<void> {
    await this.#tail
    await this.#file?.close()
    this.#file = undefined
  }

  /** What comes while the disk is busy shares the next write and sync: a stop remembers thousands of tables at once. */
  #append(entry: Entry): Promise<void> {
    this.#pending.push(`${JSON.stringify(entry)}\n`)
    if (this.#next === undefined) {
      this.#next = this.#tail.then(() => this.#writePending())
      this.#tail = this.#next.catch(() => undefined)
    }
    return this.#next
  }

  async #writePending(): Promise<void> {
    const lines = this.#pending
    this.#pending = []
    this.#next = undefined
    if (this.#file === undefined) throw new Error('the catalogue of tables is closed')
    // A line feed first: an append that failed may have left half a line.
    await this.#file.appendFile(`\n${lines.join('')}`)
    await this.#file.datasync()
    this.#lines += lines.length
    if (this.#lines > this.#entries.size * 2 + SLACK_LINES) await this.#rewrite()
  }

  async #rewrite(): Promise<void> {
    const lines = [...this.#entries].map(([uuid, known]) => `${JSON.stringify({ uuid, ...known } satisfies Entry)}\n`)
    await replaceDurably(this.#path, lines.join(''))
    await this.#file?.close()
    this.#file = await open(this.#path, 'a')
    this.#lines = lines.length
  }
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** `undefined` for what is no entry: a line that was cut by a crash. */
function parseLine(line: string): Entry | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Entry)
  } catch {
    return undefined
  }
}
