import { mkdir, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { replaceDurably } from '../../../core/durable-files.ts'
import { DATABASE } from '../layout.ts'

/**
 * The engine's files of what its tables are made of. It takes no notice when the system refuses to write one (a full
 * disk), and it does not open any more when one of them is cut: so what was there before is kept while one is written.
 */
export class Definitions {
  readonly #store: string
  readonly #copies: string

  /** @param store the engine's own folder; copies are kept beside it */
  constructor(store: string) {
    this.#store = join(store, 'metadata')
    this.#copies = join(dirname(store), 'changing')
  }

  /**
   * Makes a table, or the database, or changes it.
   * @throws Error when there is no room for a copy of its definition, and what `change` throws
   */
  async whileChanging(name: string, change: () => Promise<void>): Promise<void> {
    const path = this.#path(name)
    const copy = join(this.#copies, `${name}.sql`)
    await mkdir(this.#copies, { recursive: true })
    const before = await readIfThere(path)
    // What a change that failed has cut is not worth keeping: there is a copy of what was before it.
    if (before === undefined || isWhole(before)) await replaceDurably(copy, before ?? NOTHING)
    try {
      await change()
    } finally {
      if (isWhole((await readIfThere(path)) ?? NOTHING)) await rm(copy, { force: true })
    }
  }

  /**
   * Puts back what was not written in full. To be called before the engine opens.
   * @returns names of what was put back: whoever asked for the change never heard that it was done
   */
  async repair(): Promise<string[]> {
    const repaired: string[] = []
    for (const file of await namesIn(this.#copies)) {
      const name = file.slice(0, -'.sql'.length)
      const path = this.#path(name)
      const copy = join(this.#copies, file)
      const definition = await readIfThere(path)
      if (!file.endsWith('.sql') || definition === undefined || isWhole(definition)) continue
      if ((await stat(copy)).size > 0) await rename(copy, path)
      else await unlink(path) // it was being made, so that nothing is in it
      repaired.push(name)
    }
    return repaired
  }

  #path(name: string): string {
    return join(this.#store, ...(name === DATABASE ? [] : [DATABASE]), `${name}.sql`)
  }
}

const NOTHING = new Uint8Array(0)

const isWhole = (definition: Uint8Array): boolean => definition.at(-1) === 0x0a

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return unlessMissing(() => readFile(path))
}

async function namesIn(folder: string): Promise<string[]> {
  return (await unlessMissing(() => readdir(folder))) ?? []
}

async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
