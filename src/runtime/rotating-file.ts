import { appendFileSync } from 'node:fs'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Lines that wait for the disk beyond this are dropped and counted: a slow disk must not fill the memory. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/**
 * A file that lines are appended to and that starts anew at `maxBytes`: `x.log` becomes `x.log.1`, that becomes `x.log.2`,
 * up to `keep`. Writing returns at once; a disk that cannot take the lines never stops the program.
 */
export class RotatingFile {
  readonly #path: string
  readonly #maxBytes: number
  readonly #keep: number
  #handle: FileHandle | undefined
  #size = 0
  #waiting: string[] = []
  #waitingBytes = 0
  #dropped = 0
  #writing: Promise<void> | undefined

  constructor(path: string, { maxBytes, keep }: { readonly maxBytes: number; readonly keep: number }) {
    this.#path = path
    this.#maxBytes = maxBytes
    this.#keep = keep
  }

  /** Rejects where the file cannot be opened, so that a start can say so. */
  async open(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true })
    this.#handle = await open(this.#path, 'a')
    this.#size = (await this.#handle.stat()).size
  }

  /** Lines that could not be kept so far. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#dropped++
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined
    })
  }

  /** Resolves when what waits is written or counted as dropped. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#handle?.close()
    this.#handle = undefined
  }

  /** Writes what waits now: for the last words before the process ends in the middle of something. */
  flushSync(): void {
    const text = this.#takeWaiting()
    if (text !== '') appendFileSync(this.#path, text)
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 && this.#handle) {
      const lines = this.#waiting.length
      const text = this.#takeWaiting()
      try {
        if (this.#size > 0 && this.#size + text.length > this.#maxBytes) await this.#rotate()
        await this.#handle?.appendFile(text)
        this.#size += Buffer.byteLength(text)
      } catch {
        this.#dropped += lines // the disk is full or gone: the log is the last thing that may stop the program
      }
    }
  }

  #takeWaiting(): string {
    const text = this.#waiting.join('')
    this.#waiting = []
    this.#waitingBytes = 0
    return text
  }

  async #rotate(): Promise<void> {
    await this.#handle?.close()
    this.#handle = undefined
    if (this.#keep === 0) await rm(this.#path, { force: true })
    for (let age = this.#keep; age >= 1; age--) {
      await rename(age === 1 ? this.#path : `${this.#path}.${age - 1}`, `${this.#path}.${age}`).catch(ignoreMissing)
    }
    await this.open()
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
