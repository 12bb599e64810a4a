import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { EpochMillis } from '../../core/time.ts'

const compress = promisify(gzip)

/** A file that waits to become an object, and the object's name. */
export interface SpoolFile {
  readonly path: string
  readonly key: string
}

interface OpenFile extends SpoolFile {
  readonly handle: FileHandle
  readonly openedAt: EpochMillis
  bytes: number
}

/**
 * Files of what is not uploaded yet, one for each prefix at a time. What was appended is synced; files that a stop left
 * behind are found again. The name of a file is the name of its object, percent-encoded.
 */
export class SpoolFolder {
  readonly #folder: string
  readonly #open = new Map<string, OpenFile>()
  #ended: SpoolFile[] = []
  #closing: Promise<void>[] = []

  constructor(folder: string) {
    this.#folder = folder
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    for (const name of (await readdir(this.#folder)).toSorted())
      this.#ended.push({ path: join(this.#folder, name), key: decodeURIComponent(name) })
  }

  /** Resolves when the bytes are on disk. */
  async append(prefix: string, suffix: string, bytes: Uint8Array, now: EpochMillis): Promise<void> {
    let file = this.#open.get(prefix)
    if (file === undefined) {
      const time = new Date(now).toISOString().slice(0, 16).replace(':', '.')
      const key = `${prefix}ls.s3.${randomUUID()}.${time}.part0${suffix}`
      const path = join(this.#folder, encodeURIComponent(key))
      file = { path, key, handle: await open(path, 'a'), openedAt: now, bytes: 0 }
      this.#open.set(prefix, file)
    }
    await file.handle.appendFile(bytes)
    await file.handle.datasync()
    file.bytes += bytes.length
  }

  endLarger(bytes: number): void {
    this.#end((file) => file.bytes >= bytes)
  }

  endOlder(than: EpochMillis): void {
    this.#end((file) => file.openedAt <= than)
  }

  /** Files that nothing is added to any more, oldest first. Each is given once. */
  takeEnded(): readonly SpoolFile[] {
    const ended = this.#ended
    this.#ended = []
    return ended
  }

  async contents(file: SpoolFile, encoding: 'none' | 'gzip'): Promise<Uint8Array<ArrayBuffer>> {
    await Promise.all(this.#closing)
    const bytes = await readFile(file.path)
    return new Uint8Array(encoding === 'gzip' ? await compress(bytes) : bytes)
  }

  remove(file: SpoolFile): Promise<void> {
    return rm(file.path, { force: true })
  }

  async close(): Promise<void> {
    this.#end(() => true)
    await Promise.all(this.#closing)
  }

  #end(which: (file: OpenFile) => boolean): void {
    for (const [prefix, file] of this.#open) {
      if (!which(file)) continue
      this.#open.delete(prefix)
      this.#closing = [...this.#closing, file.handle.close()].slice(-100)
      this.#ended.push(file)
    }
  }
}
